from collections.abc import Iterator

import pytest

from gateway.scan.formats.pdf.filters import MOST_BYTES, UnreadError
from gateway.scan.formats.pdf.objects import PdfObjects
from gateway.scan.formats.pdf.values import Reference, spelled
from tests.support import pdf


def values(data: bytes, name: str) -> Iterator[object]:
    return (one.value for one in PdfObjects(data).holding(spelled(name)))


def test_objects_are_found_without_a_table() -> None:
    assert [*values(pdf.document("", "", "<< /X 1 >>", table=False), "X")] == [{"X": 1.0}]


def test_every_version_of_an_object_is_found_and_the_last_one_counts() -> None:
    document = PdfObjects(b"4 0 obj << /X 1 >> endobj 4 0 obj << /X 2 >> endobj")

    assert [one.value for one in document.holding(spelled("X"))] == [{"X": 1.0}, {"X": 2.0}]
    assert document.resolved(Reference(4)) == {"X": 2.0}


def test_packed_objects_are_found() -> None:
    data = pdf.document("", "", pdf.object_stream((7, "<< /X 1 >>"), (8, "<< /X 2 >>")))

    assert [*values(data, "X")] == [{"X": 1.0}, {"X": 2.0}]


def test_a_trailer_is_an_object_too() -> None:
    assert [*values(b"<< /X 1 >> nothing else", "X")] == [{"X": 1.0}]


@pytest.mark.parametrize(
    ("data", "filters"),
    [
        (b"616263>", "/ASCIIHexDecode"),
        (b"<~@:E^~>", "[/ASCII85Decode]"),
        (b"\x02abc\x80", "/RunLengthDecode"),
        (b"abc", "[]"),
    ],
)
def test_filters_are_undone(data: bytes, filters: str) -> None:
    stream = pdf.stream(data, f"/X 1 /Filter {filters}", packed=False)
    document = PdfObjects(pdf.document("", "", stream))
    (one,) = document.holding(spelled("X"))

    assert document.unpacked(one) == b"abc"


def test_a_stream_whose_length_lies_ends_where_it_ends() -> None:
    document = PdfObjects(b"4 0 obj << /X 1 /Length 99999 >> stream\nabc\nendstream")
    (one,) = document.holding(spelled("X"))

    assert document.unpacked(one) == b"abc"


def test_a_bomb_is_not_unpacked() -> None:
    document = PdfObjects(
        pdf.document("", "", pdf.stream(bytes(MOST_BYTES + 1), "/X 1 /Filter /FlateDecode"))
    )
    (one,) = document.holding(spelled("X"))

    with pytest.raises(UnreadError, match="16 MiB"):
        document.unpacked(one)
