import pytest

from gateway.scan.formats.text.xmlevents import End, MalformedError, Start, Text, events


def test_names_come_without_prefixes() -> None:
    data = b'<a:b xmlns:a="urn:x" a:c="1" d="&#50;"><e>t&amp;u</e></a:b>'

    assert [*events(data)] == [
        Start("b", {"c": "1", "d": "2"}, "urn:x"),
        Start("e", {}),
        Text("t&u"),
        End("e"),
        End("b"),
    ]


@pytest.mark.parametrize(
    "data",
    [b"<a><b></a>", b"<!DOCTYPE a><a/>", b"<a>" * 3000, b'<?xml version="1.0" encoding="x"?><a/>'],
    ids=["crossed", "document type", "deep", "unknown encoding"],
)
def test_what_office_refuses_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        [*events(data)]


def test_what_stands_before_the_fault_is_seen() -> None:
    found = events(b"<a><b/><c")

    assert next(found) == Start("a", {})
    with pytest.raises(MalformedError):
        list(found)
