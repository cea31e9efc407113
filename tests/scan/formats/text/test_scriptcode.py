"""What Microsoft's encoding hides is read again."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.scan.formats.text.scriptcode import decoded
from tests.support.scripts import encoded


def test_a_script_that_microsofts_own_tool_encoded_is_read() -> None:
    assert next(decoded(b"#@~^DAAAAA==\\ko$K6,JAAAAAA==^#~@")) == b'MsgBox "'


@given(st.text(alphabet="abcXYZ0189 \t\"'()=.<>@\r\n", max_size=200))
def test_whatever_is_encoded_is_read_again(text: str) -> None:
    assert list(decoded(encoded(text))) == [text.encode()]


def test_several_blocks_are_read_one_by_one() -> None:
    assert list(decoded(encoded("a") + b"\r\n" + encoded("b"))) == [b"a", b"b"]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_to_an_end(data: bytes) -> None:
    assert sum(map(len, decoded(b"#@~^AAAAAA==" + data))) <= len(data)
