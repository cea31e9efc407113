import pytest

from gateway.scan.formats.archives.zipcontents import contents
from tests.support import files


def test_an_honest_archive_leaves_nothing_to_doubt() -> None:
    inside = contents(files.zipped({"a": files.TEXT, "b": b""}))

    assert [found.entry.names for found in inside.found] == [("a",), ("b",)]
    assert not any(found.doubt for found in inside.found)
    assert inside.damages == ()


def test_entries_are_apart_or_all_of_those_that_overlap_are_left_out() -> None:
    apart = files.Record(b"apart", files.TEXT)
    twice = files.Record(b"twice", files.TEXT)
    places = [0, len(apart.local()), len(apart.local())]
    inside = contents(files.zipped_by_hand([apart, twice, twice], places))

    assert inside.overlapping == 2
    assert [found.entry.name for found in inside.found if not found.doubt] == [b"apart"]


@pytest.mark.slow
def test_more_entries_than_are_looked_at_are_said_to_be_there() -> None:
    inside = contents(files.zipped({str(number): b"" for number in range(20_001)}))

    assert inside.is_cut_short
    assert len(inside.found) == 20_000


def test_bytes_without_records_hold_nothing() -> None:
    inside = contents(b"x" * 1000)

    assert inside.found == ()
    assert inside.damages == ("no central directory",)


def test_streamed_entries_without_a_directory_end_where_the_next_record_begins() -> None:
    first = files.Record(b"a", b"first", local_flags=8)
    local = bytearray(first.local())
    local[14:26] = bytes(12)
    inside = contents(bytes(local) + files.Record(b"b", b"second").local())

    assert [found.entry.packed_size for found in inside.found] == [5, 6]
    assert [found.is_size_known for found in inside.found] == [False, True]
