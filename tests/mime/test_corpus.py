"""What real mail shows: honest mail stays clean, and no part that others see is missed."""

import email
from collections.abc import Iterator

from tests.support.corpus import needs_corpus, rows
from tests.support.mail import Read

EVERY = 5
NOT_DECODED_BY_THE_LIBRARY = 0.03
"""The share of parts that the library gives back as they are, or splits where we do not."""

pytestmark = needs_corpus


def benign() -> Iterator[bytes]:
    """Every fifth honest message."""
    for row in rows("benign", every=EVERY, feature="mail"):
        if row["fp_eligible"]:
            yield row["path"].read_bytes()


def plain(data: bytes) -> bytes:
    """What is compared: line ends and blanks at the ends differ between readers."""
    return data.replace(b"\r\n", b"\n").strip()


def everything_in(message: bytes, depth: int = 0) -> set[bytes]:
    """Every body in a message and in the messages attached to it."""
    read = Read(message)
    found = set(map(plain, read.datas))
    for payload in read.payloads:
        if payload.declared_type == "message/rfc822" and depth < 9:
            found |= everything_in(payload.data, depth + 1)
    return found


def test_honest_mail_is_calm() -> None:
    messages = list(benign())

    assert messages
    assert [message for message in messages if not Read(message).is_calm] == []


def test_what_the_standard_library_finds_we_find() -> None:
    count, missed = 0, 0
    for message in benign():
        ours = everything_in(message)
        for part in email.message_from_bytes(message).walk():
            body = b"" if part.is_multipart() else part.get_payload(decode=True)
            if isinstance(body, bytes) and plain(body):
                count += 1
                missed += plain(body) not in ours

    assert missed <= NOT_DECODED_BY_THE_LIBRARY * count
