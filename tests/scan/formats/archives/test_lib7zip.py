import pytest

from gateway.model import Reason
from gateway.scan.formats.archives.lib7zip import Archive, SevenZipError
from gateway.scan.kinds import Kind
from tests.support import files

DATA = files.sevenzipped({"a.txt": files.TEXT, "b.bin": bytes(1 << 20)})


def opened(data: bytes, *, item_bytes: int = 1 << 30, total_bytes: int = 1 << 30) -> Archive:
    return Archive(data, Kind.SEVENZIP, item_bytes=item_bytes, total_bytes=total_bytes)


def test_items_are_listed_and_read() -> None:
    archive = opened(DATA)
    items = list(archive.items())

    assert [(item.name, item.size) for item in items] == [
        ("a.txt", len(files.TEXT)),
        ("b.bin", 1 << 20),
    ]
    assert archive.read(items[0]) == files.TEXT
    assert archive.read_all()["b.bin"] == bytes(1 << 20)


def test_an_item_over_the_limit_is_not_unpacked() -> None:
    archive = opened(DATA, item_bytes=1000)
    item = list(archive.items())[1]

    with pytest.raises(SevenZipError) as caught:
        archive.read(item)

    assert caught.value.reason is Reason.TOO_BIG


def test_unpacking_ends_when_the_total_is_reached() -> None:
    with pytest.raises(SevenZipError) as caught:
        opened(DATA, total_bytes=1000).read_all()

    assert caught.value.reason is Reason.TOO_BIG


@pytest.mark.parametrize(
    "data",
    [b"", b"7z", DATA[:50], b"\0" * 100],
    ids=["nothing", "two-letters", "cut-short", "zeros"],  # an archive has the time of day in it
)
def test_what_is_no_archive_is_damage(data: bytes) -> None:
    with pytest.raises(SevenZipError) as caught:
        opened(data)

    assert caught.value.reason is Reason.DAMAGED


def test_what_needs_a_password_says_so() -> None:
    locked = files.sevenzipped({"a": b"a"}, password="x", hide_names=True)

    with pytest.raises(SevenZipError) as caught:
        opened(locked)

    assert caught.value.reason is Reason.ENCRYPTED
