"""What one reader finds, the union of all readings holds, however the message was broken."""

import email
import re
from email.message import Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mime import structure
from gateway.mime.payload import Payload, payloads
from gateway.mime.structure import Source
from tests.support import scanning
from tests.support.mail import LINEAGE, Read
from tests.support.tricks.wire import FILE, OTHER, PART, TEXT, TOP, B, delimited, wire

_OUTER = f'{TOP}Content-Type: multipart/mixed; boundary="{B}"\n\n'
_INNER = f"Content-Type: multipart/alternative; boundary={OTHER}\n\n"
MESSAGES = (
    f"{_OUTER}{delimited(TEXT, PART)}",
    f"{TOP}{PART}",
    f"{_OUTER}{delimited(_INNER + delimited(TEXT, PART, boundary=OTHER), TEXT)}",
)
_WORD = re.compile(r"\w+|\n|.")
JUNK = [
    *("␍", "␊", "␀", "␋", "␌", "␉", " ", "\n", "\n\n", "\n ", ";", ":", "=", '"', "(", ")", "(x)"),
    *("'", "\\", "--", "-", ",", "=?utf-8?Q?x?=", "=?", "?=", "\xe9", "\x01", "*", "*0", "%20"),
    *("/", "text/plain", "base64", "7bit", B, OTHER, "Content-Type: text/plain\n", "boundary=x"),
]
BREAKS = st.lists(
    st.tuples(
        st.integers(0, 400), st.sampled_from(["put", "drop", "replace"]), st.sampled_from(JUNK)
    ),
    max_size=4,
)


def broken(text: str, breaks: list[tuple[int, str, str]]) -> bytes:
    """The message with some of its words dropped, replaced, or with junk put before them."""
    words = _WORD.findall(text)
    for place, change, junk in breaks:
        at = place % len(words)
        words[at : at + (change != "put")] = [junk] if change != "drop" else []
        words = words or [junk]
    return wire("".join(words))


def library_finds(message: bytes) -> bool:
    """Whether the standard library's parser gives the hidden file back."""
    return any(_body(part).startswith(FILE) for part in email.message_from_bytes(message).walk())


def _body(part: Message) -> bytes:
    body = b"" if part.is_multipart() else part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


@settings(deadline=None)  # the first scan compiles the rules
@given(st.sampled_from(MESSAGES), BREAKS)
@pytest.mark.slow
def test_what_the_standard_library_finds_is_found_or_held(
    text: str, breaks: list[tuple[int, str, str]]
) -> None:
    message = broken(text, breaks)
    report = scanning.scan(message)

    if library_finds(message):
        assert scanning.finds_eicar(report) or scanning.reasons(report)


@given(st.sampled_from(MESSAGES), BREAKS)
@pytest.mark.slow
def test_each_reading_is_within_the_union(text: str, breaks: list[tuple[int, str, str]]) -> None:
    message = broken(text, breaks)
    whole = set(Read(message).datas)

    source = Source(message)
    for reading in (structure.STRICT, *structure.OTHER_READINGS):
        for part in structure.split(source, reading).parts:
            seen = [one for one in payloads(part, LINEAGE) if isinstance(one, Payload)]
            assert whole.issuperset(one.data for one in seen if one.data.strip())
