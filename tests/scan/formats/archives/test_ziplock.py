import pytest

from gateway.demo import samples
from gateway.scan.formats.archives import zipcontents
from gateway.scan.formats.archives.ziplock import may_open
from tests.support import files

LOCKED = {
    "old": samples.encrypted_zip("a.txt", files.TEXT, b"Xy7!q"),
    "old, as 7-Zip writes it": files.sevenzipped_as_zip({"a.txt": files.TEXT}, password="Xy7!q"),
    **{
        cipher: files.sevenzipped_as_zip({"a.txt": files.TEXT}, password="Xy7!q", cipher=cipher)
        for cipher in ("AES128", "AES192", "AES256")
    },
}


@pytest.mark.parametrize("name", sorted(LOCKED))
@pytest.mark.slow
def test_the_right_password_agrees_and_hardly_any_other(name: str) -> None:
    data = LOCKED[name]
    entry = zipcontents.contents(data).found[0].entry
    others = [number for number in range(300) if may_open(data, entry, f"wrong {number}")]

    assert may_open(data, entry, "Xy7!q")
    assert len(others) < 10


@pytest.mark.parametrize("page", ["utf-8", "cp850", "cp1252"])
def test_a_password_with_an_accent_is_right_in_the_code_page_of_its_time(page: str) -> None:
    data = samples.encrypted_zip("a.txt", files.TEXT, "Été7".encode(page))

    assert may_open(data, zipcontents.contents(data).found[0].entry, "Été7")


@pytest.mark.parametrize("name", sorted(LOCKED))
def test_an_entry_that_is_cut_short_opens_with_nothing(name: str) -> None:
    entry = zipcontents.contents(LOCKED[name]).found[0].entry

    assert not may_open(LOCKED[name][: entry.body + 2], entry, "Xy7!q")
