"""Mail written by hand, with visible signs for the bytes that an editor does not show.

A line end in a text stands for the line end of the wire. Bare and odd ones have signs of their own:
``␍`` carriage return, ``␊`` line feed, ``␀`` NUL, ``␋`` vertical tab, ``␌`` form feed, ``␉`` tab,
``␠`` a blank where it matters.
"""

import base64
from collections.abc import Iterator

from gateway.demo import samples

_SIGNS = str.maketrans("␍␊␀␋␌␉␠", "\r\n\0\v\f\t ")

FILE = samples.eicar()
"""What is hidden: a file that everybody agreed to find, and that does nothing."""
ARCHIVE = samples.zip_of({"eicar.com.txt": FILE})
"""The same in an archive, whose bytes are not text."""

B = "b0undary"
"""The boundary that leads to the file."""
OTHER = "0ther"
"""A boundary that leads nowhere."""

_LENGTHS = (4, 4, 8, 8, 16, 16, 32, 32, 64)


def wire(text: str, *, line_end: str = "\r\n") -> bytes:
    """The bytes of a text."""
    return text.replace("\n", line_end).translate(_SIGNS).encode("latin-1")


def ragged(data: bytes = FILE) -> str:
    """``data`` as base64 in lines of unequal length, which no heuristic takes for base64."""
    text = base64.b64encode(data).decode()
    return "".join(line + "\n" for line in _cut(text))


def _cut(text: str) -> Iterator[str]:
    turn = 0
    while text:
        length = _LENGTHS[turn % len(_LENGTHS)]
        yield text[:length]
        text = text[length:]
        turn += 1


TOP = "From: a@partner.example\nTo: b@hospital.example\nSubject: r\nMIME-Version: 1.0\n"
TEXT = "Content-Type: text/plain\n\nBonjour\n"
TYPE = "Content-Type: application/octet-stream\n"
DISPOSITION = "Content-Disposition: attachment; filename=rapport.bin\n"
ENCODING = "Content-Transfer-Encoding: base64\n"
PART = f"{TYPE}{DISPOSITION}{ENCODING}\n{ragged()}"


def part(header: str = ENCODING, body: str | None = None, *, end: str = "\n") -> str:
    """A part with a file under another encoding, or another end of its header."""
    return f"{TYPE}{DISPOSITION}{header}{end}{ragged() if body is None else body}"


def delimited(*parts: str, boundary: str = B) -> str:
    """The parts between their delimiters."""
    return "".join(f"--{boundary}\n{one}" for one in parts) + f"--{boundary}--\n"


def mail(*parts: str, header: str = f"Content-Type: multipart/mixed; boundary={B}\n") -> str:
    """A message of parts."""
    return f"{TOP}{header}\n{delimited(*parts)}"


def behind(content_type: str, boundary: str = B, *, before: str = "", after: str = "") -> str:
    """A message whose parts lie behind a boundary, under this Content-Type."""
    body = delimited(TEXT, PART, boundary=boundary)
    return f"{TOP}Content-Type: {content_type}\n\n{before}{body}{after}"
