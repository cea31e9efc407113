"""Twice the bytes cost twice the work, whatever the bytes: counted in calls, not in seconds."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from gateway import mime
from tests.support.mail import LINEAGE, lines

HEADER = b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n"
NAMED = b"Content-Type: x/y; name=a\r\n"
QUOTED = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
TEXT = b"From: a@b.example\r\n\r\n"


def nested(count: int) -> bytes:
    part = b'--%d\r\nContent-Type: multipart/mixed; boundary="%d"\r\n\r\n'
    return HEADER.replace(b"b1", b"0") + b"".join(part % (n, n + 1) for n in range(count))


SHAPES = {
    "semicolons": lambda n: b"Content-Type: x/y" + b";" * n,
    "parentheses": lambda n: b"Content-Type: x/y" + b"(" * n,
    "quotes": lambda n: b"Content-Type: x/y;" + b'a="' * n,
    "parameters": lambda n: b"Content-Type: x/y" + b";boundary*1*=%41" * n,
    "words": lambda n: b"Subject: " + b"=?utf-8?q?a?= " * n + b"\r\n\r\n",
    "fields": lambda n: b"Content-Type: text/plain\r\n" * n,
    "lines that are no fields": lambda n: b"Content-Type: x/y\r\nnot a field\r\n" * n,
    "continuations": lambda n: b"Subject: x\r\n" + b" y\r\n" * n,
    "fields inside of lines": lambda n: b"X:" + b" Content-Type:" * n + b"\r\n\r\n",
    "fields behind NULs": lambda n: b"X:" + b"\0Content-Transfer-Encoding: b" * n + b"\r\n\r\n",
    "lines of blanks": lambda n: b"Content-Type: x/y\r\n" + b" \r\n" * n + b"x",
    "headers cut by delimiters": lambda n: HEADER + b"--b1\r\nContent-Type: x/y; name=a\r\n" * n,
    "headers cut by an end": lambda n: (
        HEADER + b"--b1\r\nContent-Type: x/y; name=a\r\n--b1--\r\n\r\nx\r\n" * n
    ),
    "multiparts closed at the end": lambda n: (
        HEADER
        + b"--b1\r\nContent-Type: multipart/x; boundary=b2\r\n\r\n--b2\r\n" * n
        + b"--b2--\r\n"
    ),
    "hyphens": lambda n: TEXT + b"--\r\n" * n,
    "delimiters": lambda n: HEADER + b"--b1\r\n" * n,
    "closing delimiters": lambda n: HEADER + b"--b1--\r\n" * n,
    "parts": lambda n: HEADER + b"--b1\r\nContent-Type: text/plain\r\n\r\nx\r\n" * n,
    "undeclared parts": lambda n: TEXT + b"--zz\r\nContent-Type: text/plain\r\n\r\nx\r\n" * n,
    "headers without end": lambda n: HEADER + b"--b1\r\nContent-Type: x/y\r\nnot a field\r\n" * n,
    "nesting": nested,
    "padding": lambda n: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"YQ==\r\n" * n,
    "escapes": lambda n: QUOTED + b"=zz" * n,
    "lines of junk": lambda n: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"YWJj#x\r\n" * n,
    "short lines of base64": lambda n: NAMED + b"\r\n" + b"YWJj\r\n" * n,
    "small escapes": lambda n: (
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=4F=4f" * n
    ),
    "words that begin": lambda n: TEXT + b"begin a\n#0V%T\n" * n,
    "colons": lambda n: TEXT + b"\r\n:" + b"!" * 70 * n,
    "semicolons in a name": lambda n: b"Content-Type: x/y; name=a" + b";b" * n + b"\r\n\r\n",
    "colons in a name": lambda n: b"Content-Type: x/y; name=a" + b":b" * n + b"\r\n\r\n",
    "sections": lambda n: b"".join(b"Content-Type: x/y; name*%d=a\r\n" % k for k in range(n)),
    "begins": lambda n: TEXT + b"begin 644 x\n" * n,
    "uuencoded files": lambda n: TEXT + b"begin 644 x\n#0V%T\n`\nend\n" * n,
    "armour": lambda n: TEXT + b"-----BEGIN X-----\nQUJD\n" * n,
    "calendar": lambda n: (
        lines("Content-Type: text/calendar", "", "BEGIN:VCALENDAR")
        + b"ATTACH;ENCODING=BASE64:QUJD\r\n" * n
    ),
    "yEnc": lambda n: TEXT + b"=ybegin line=1 name=x\r\n" * n,
    "BinHex": lambda n: TEXT + b"(This file must be converted with BinHex 4.0)\r\n:!!" * n,
}


def calls(message: bytes) -> int:
    """How many functions, of Python and of C, reading a message calls."""
    count = 0

    def observe(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(observe)
    try:
        for _ in mime.read(message, LINEAGE).open():
            pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_twice_the_bytes_cost_at_most_twice_the_work(shape: Callable[[int], bytes]) -> None:
    once, twice = calls(shape(400)), calls(shape(800))

    assert twice <= 2.2 * once
