import pytest

from gateway.smtp.hops import count_hops, header_of


@pytest.mark.parametrize(
    ("message", "hops"),
    [
        (b"", 0),
        (b"Received: a\r\n\tb\r\nRECEIVED: c\r\nX-Received: d\r\n\r\nReceived: body\r\n", 2),
        (b"\r\nReceived: body\r\n", 0),
        (b"Received: only a header", 1),
    ],
)
def test_received_fields_of_the_header_are_counted(message: bytes, hops: int) -> None:
    assert count_hops(header_of(memoryview(message))) == hops
