import struct

import pytest

from gateway.scan.formats.archives import ziprecords
from gateway.scan.formats.archives.zipcontents import contents
from tests.support import files

PLAIN = files.zipped({"a.txt": files.TEXT, "b.txt": b"b"})


def with_zip64_end(data: bytes) -> bytes:
    """The same archive with its counts and places in a ZIP64 end record."""
    end = data.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HII", data, end + 10)
    record = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1)
    full = struct.pack("<HHHHIIH", 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:end] + b"PK\x06\x06" + record + locator + b"PK\x05\x06" + full


def names(data: bytes) -> list[bytes]:
    directory = ziprecords.last_directory(data)
    assert directory is not None
    return [entry.name for entry in ziprecords.central_entries(data, directory)]


def test_the_directory_is_found_behind_a_comment() -> None:
    commented = PLAIN[:-2] + struct.pack("<H", 300) + b"x" * 300

    assert names(commented) == [b"a.txt", b"b.txt"]


def test_the_directory_is_found_before_junk_without_a_comment() -> None:
    assert names(PLAIN + b"junk" * 100) == [b"a.txt", b"b.txt"]


def test_a_zip64_end_record_is_read() -> None:
    directory = ziprecords.last_directory(with_zip64_end(PLAIN))

    assert directory is not None
    assert (directory.count, directory.shift) == (2, 0)
    assert names(with_zip64_end(PLAIN)) == [b"a.txt", b"b.txt"]


def test_a_zip64_archive_behind_a_program_is_read() -> None:
    data = files.program() + with_zip64_end(PLAIN)
    directory = ziprecords.last_directory(data)

    assert directory is not None
    assert directory.shift == 512


def test_end_records_that_point_nowhere_are_passed_over() -> None:
    false_end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 9, 9, 900, 900, 0)

    assert names(PLAIN + false_end) == [b"a.txt", b"b.txt"]
    assert ziprecords.last_directory(false_end) is None


def test_sizes_in_a_zip64_extra_field_are_read() -> None:
    extra = struct.pack("<HHQQ", 1, 16, len(files.TEXT), 5)
    sizes = (0, 0xFFFFFFFF, 0xFFFFFFFF, 1, len(extra))
    head = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 45, 0, 0, 0, 0, *sizes)
    entry = ziprecords.local_entry(head + b"a" + extra, 0)

    assert entry is not None
    assert (entry.size, entry.packed_size) == (len(files.TEXT), 5)


def test_the_unicode_path_is_one_more_name() -> None:
    path = "é.exe".encode()
    extra = struct.pack("<HHBI", 0x7075, 5 + len(path), 1, 0) + path
    head = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0, 0, 0, 0, 1, len(extra))
    entry = ziprecords.local_entry(head + b"a" + extra, 0)

    assert entry is not None
    assert entry.names == ("a", "é.exe")


def test_four_letters_by_chance_are_no_entry() -> None:
    noise = b"PK\x03\x04" + b"\x01" * 60

    assert list(ziprecords.local_entries(noise)) == []


@pytest.mark.slow
def test_a_file_of_nothing_but_false_headers_is_given_up_on() -> None:
    endless = b"PK\x03\x04" * 400_000

    assert list(ziprecords.local_entries(endless)) == []
    assert contents(endless).is_cut_short


@pytest.mark.slow
def test_streamed_entries_without_any_end_are_read_in_linear_time() -> None:
    record = files.Record(b"a", b"", local_flags=8).local()

    assert len(contents(record * 20_000).found) == 20_000
