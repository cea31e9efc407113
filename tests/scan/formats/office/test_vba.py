"""Source is found wherever a project keeps it, and what is unreadable is said."""

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.demo.vbaproject import compress, vba_project
from gateway.scan.formats.archives.inflate import BROKEN, DamagedError
from gateway.scan.formats.office import vba
from gateway.scan.formats.office.compoundwriter import compound_file
from tests.support import office

SOURCE = "Sub Bonjour()\r\n    MsgBox 1\r\nEnd Sub\r\n"


def sources(data: bytes) -> Iterator[str]:
    for module in vba.modules(data):
        assert isinstance(module, vba.Module)
        yield module.source


def test_every_module_of_a_project_is_read() -> None:
    data = vba_project({"ThisDocument": SOURCE, "Planning": SOURCE * 300})

    assert [len(source) for source in sources(data)] == [
        len(f'Attribute VB_Name = "{name}"\r\n') + length
        for name, length in (("ThisDocument", len(SOURCE)), ("Planning", 300 * len(SOURCE)))
    ]


def test_source_in_a_stream_that_no_project_lists_is_read() -> None:
    hidden = b"rubbish" + compress(b'Attribute VB_Name = "x"\r\nSub AutoOpen()\r\nEnd Sub\r\n')

    assert "AutoOpen" in "".join(sources(compound_file({"Other/Stream": hidden})))


def test_a_wrong_offset_does_not_hide_the_source() -> None:
    streams = {"VBA/dir": compress(directory("Module1", offset=7)), "VBA/Module1": stream(b"xxx")}

    assert "Sub Hidden" in "".join(sources(compound_file(streams)))


def test_a_module_without_its_stream_is_said() -> None:
    data = compound_file({"VBA/dir": compress(directory("Module1", offset=0))})

    assert list(vba.modules(data)) == [vba.Unread("macro module Module1: its stream is missing")]


def test_a_module_that_is_rubbish_is_said() -> None:
    streams = {"VBA/dir": compress(directory("Module1", offset=0)), "VBA/Module1": b"rubbish"}

    assert list(vba.modules(compound_file(streams))) == [
        vba.Unread("macro module Module1: not compressed as macro source is")
    ]


def test_a_copy_token_repeats_what_came_before() -> None:
    # [MS-OVBA] 3.2.3: the example with the best compression.
    packed = bytes.fromhex("0103b0026145 00".replace(" ", ""))

    assert vba.decompress(packed) == b"a" * 73


def test_the_worked_example_of_the_standard_is_read() -> None:
    # [MS-OVBA] 3.2.2.
    packed = bytes.fromhex(
        "01 2f b0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6a 01 38 08 61 6b 6c 00 30 6d"
        "6e 6f 70 06 71 02 70 04 10 72 73 74 75 76 10 77 78 79 7a 00 3c"
    )

    assert vba.decompress(packed) == b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"


def test_a_copy_from_before_the_beginning_is_damage() -> None:
    with pytest.raises(DamagedError):
        vba.decompress(bytes.fromhex("0103b001000000"))


def test_source_beyond_the_limit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vba, "_MOST_SOURCE", 4096)

    assert next(vba.modules(office.project("' x\n" * 4096))) == vba.Unread(
        "macro module ThisDocument: more than 0 MiB of macro source"
    )


def test_many_modules_together_have_the_same_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vba, "_MOST_SOURCE", 9000)
    data = vba_project({f"Module{number}": "' x\r\n" * 800 for number in range(9)})

    *read, last = vba.modules(data)

    assert len(read) == 2
    assert last == vba.Unread("more than 0 MiB of macro source")


def test_a_stream_that_ends_early_holds_no_source_and_stops_nothing() -> None:
    data = bytearray(compound_file({"Big": b"x" * 9000, "Other": stream(b"")}))
    place = data.index("Big".encode("utf-16-le"))
    data[place + 120 : place + 124] = (1 << 20).to_bytes(4, "little")

    assert "Sub Hidden" in "".join(sources(bytes(data)))


@given(st.binary(max_size=400), st.integers(0, 20))
def test_any_bytes_end_in_source_or_damage(rubbish: bytes, place: int) -> None:
    good = bytearray(office.project(SOURCE))
    good[1024 + place * 64 : 1024 + place * 64 + len(rubbish)] = rubbish

    with contextlib.suppress(BROKEN):
        list(vba.modules(bytes(good)))


def directory(name: str, *, offset: int) -> bytes:
    fields = ((0x19, name.encode()), (0x1A, name.encode()), (0x31, offset.to_bytes(4, "little")))
    records = [*fields, (0x2B, b"")]
    return b"".join(
        code.to_bytes(2, "little") + len(value).to_bytes(4, "little") + value
        for code, value in records
    )


def stream(before: bytes) -> bytes:
    return before + compress(b'Attribute VB_Name = "Module1"\r\nSub Hidden()\r\nEnd Sub\r\n')
