import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mime import uuencode
from gateway.mime.quotedprintable import MAX_REPAIRS
from gateway.mime.transfer import (
    MAX_FILES,
    Encoding,
    asides,
    decodings,
    encoding_of,
    is_overdone,
)


@pytest.mark.parametrize(
    ("value", "encoding"),
    [
        ("7bit", Encoding.IDENTITY),
        ("8-Bit", Encoding.IDENTITY),
        ("", Encoding.IDENTITY),
        ("BASE64", Encoding.BASE64),
        ("base-64;", Encoding.BASE64),
        ("x-base64", Encoding.BASE64),
        ("quoted_printable", Encoding.QUOTED_PRINTABLE),
        ("x-uue", Encoding.UUENCODE),
        ("zip", Encoding.UNKNOWN),
    ],
)
def test_an_encoding_is_known_by_any_spelling(value: str, encoding: Encoding) -> None:
    assert encoding_of(value) is encoding


def test_slips_beyond_counting_are_told() -> None:
    assert is_overdone(b"=zz" * (MAX_REPAIRS + 1), (Encoding.QUOTED_PRINTABLE,))
    assert is_overdone(b"begin 644 x\n#0V%T\nend\n" * (MAX_FILES + 1), (Encoding.UUENCODE,))
    assert not is_overdone(b"=zz" * (MAX_REPAIRS + 1), (Encoding.IDENTITY,))


@given(st.binary(max_size=300), st.lists(st.sampled_from(Encoding), max_size=6))
def test_no_reading_is_much_longer_than_the_text(body: bytes, encodings: list[Encoding]) -> None:
    read = [*decodings(body, encodings), *asides(body, encodings)]

    most = len(body)
    if Encoding.UUENCODE in encodings:
        most = uuencode.MOST_GROWTH * len(body) + 1024
    assert all(len(decoded) <= most for decoded in read)


def test_the_lines_of_a_uuencoded_body_need_no_frame() -> None:
    assert list(decodings(b"#0V%T\n`\n", (Encoding.UUENCODE,))) == [b"Cat"]
