"""A shortcut is read as far as it goes."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.scan.formats.shelllink import read
from tests.support.shortcuts import shortcut


def test_every_text_of_a_shortcut_is_read() -> None:
    made = shortcut(
        local_path="C:\\Windows\\notepad.exe",
        description="Compte rendu",
        relative_path=".\\a.txt",
        folder="C:\\",
        arguments="a.txt",
        icon="shell32.dll",
    )
    found = read(made)

    assert found.local_path == "C:\\Windows\\notepad.exe"
    assert (found.description, found.relative_path) == ("Compte rendu", ".\\a.txt")
    assert (found.folder, found.arguments, found.icon) == ("C:\\", "a.txt", "shell32.dll")
    assert found.is_whole
    assert found.end == len(made)


def test_a_target_with_variables_goes_before_every_other() -> None:
    assert read(shortcut(expanded="%COMSPEC%", relative_path="a.exe")).target == "%COMSPEC%"


def test_a_target_on_a_share_is_read() -> None:
    assert read(shortcut(share="\\\\server\\share")).target == "\\\\server\\share\\"


def test_what_stands_behind_the_end_is_not_part_of_it() -> None:
    made = shortcut(relative_path="a.txt")

    assert read(made + b"load").end == len(made)


def test_a_shortcut_that_is_cut_gives_what_came_before() -> None:
    made = shortcut(relative_path="a.txt", arguments="b" * 100)
    found = read(made[:100])

    assert (found.relative_path, found.is_whole) == ("a.txt", False)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_to_an_end(rest: bytes) -> None:
    data = shortcut(local_path="C:\\a")[:20] + rest

    assert 0 <= read(data).end <= len(data)
