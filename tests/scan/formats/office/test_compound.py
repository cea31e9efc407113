import struct

import pytest

from gateway.scan.formats.archives.inflate import DamagedError
from gateway.scan.formats.office.compound import CompoundFile
from tests.support import files


def test_streams_have_paths_and_sizes() -> None:
    entries = CompoundFile(files.compound({"A": b"a", "B": bytes(9000)})).entries

    assert [(entry.path, entry.size) for entry in entries] == [(("A",), 4096), (("B",), 9000)]


def test_only_as_much_is_read_as_was_asked_for() -> None:
    opened = CompoundFile(files.compound({"A": b"abcdef" * 2000}))

    assert opened.read(opened.entries[0], 5) == b"abcde"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "header"),
        (bytes(600), "header"),
        (files.compound({"A": b"a"})[:30] + b"\x1f" * 600, "2"),
    ],
)
def test_what_is_no_compound_file_is_damage(data: bytes, words: str) -> None:
    with pytest.raises(DamagedError, match=words):
        CompoundFile(data)


def test_short_streams_come_from_the_short_sectors() -> None:
    opened = CompoundFile(files.compound_with_short_stream("Short", b"abc"))

    assert opened.read(opened.entries[0], 10) == b"abc"


def test_a_tree_in_a_circle_ends() -> None:
    data = bytearray(files.compound({"A": b"a", "B": b"b"}))
    (directory,) = struct.unpack_from("<I", data, 48)
    last = (directory + 1) * 512 + 2 * 128
    data[last + 72 : last + 76] = struct.pack("<I", 1)

    assert len(CompoundFile(bytes(data)).entries) == 2
