"""How a document of a stated media type begins: what begins otherwise is something else."""

import base64
import binascii
import re
from enum import Enum, auto

from gateway.scan.formats.text import textlook

_HEADS: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/jpg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG",),
    "image/gif": (b"GIF8",),
    "image/tiff": (b"II*\0", b"MM\0*"),
    "image/bmp": (b"BM",),
    "text/rtf": (b"{\\rt",),
    "application/rtf": (b"{\\rt",),
    "application/zip": (b"PK\x03\x04",),
    "application/msword": (b"\xd0\xcf\x11\xe0", b"{\\rt", b"PK\x03\x04"),
}
_HARMLESS = tuple(
    head for kind, heads in _HEADS.items() if kind.startswith(("image/", "text/")) for head in heads
)
"""A picture that is stated to be a picture of another make is carelessness, and opens as one."""
_MARKUP = re.compile(r"(?:text|application)/(?:html|xml|xhtml\+xml|[\w.-]+\+xml)$")
_PACKAGE = "application/vnd.openxmlformats-officedocument"
_NOT_LETTERS = re.compile(rb"[^A-Za-z0-9+/]")
_HEAD_BYTES = 48


class Agreement(Enum):
    """Whether content is what it is stated to be."""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()
    """The type says nothing of how its content begins."""


def agreement(media_type: str, head: bytes) -> Agreement:
    """Compare the first bytes of a document with its media type."""
    kind = media_type.partition(";")[0].strip().lower()
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n") if kind != "application/dicom" else head
    if kind in _HEADS:
        return _answer(head.startswith((*_HEADS[kind], *_HARMLESS)))
    if kind.startswith(_PACKAGE):
        return _answer(head.startswith(b"PK\x03\x04"))
    if _MARKUP.match(kind):
        return _answer(head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")))
    if kind.startswith("text/"):
        return _answer(textlook.is_text(head) or head.startswith((b"\xff\xfe", b"\xfe\xff")))
    return Agreement.UNKNOWN


def _answer(agrees: bool) -> Agreement:  # noqa: FBT001 - the whole of the question
    return Agreement.YES if agrees else Agreement.NO


def first_bytes(letters: str) -> bytes:
    """What a run of base64 begins with; b"" when it is none."""
    plain = _NOT_LETTERS.sub(b"", letters[: _HEAD_BYTES * 3].encode("ascii", "replace"))
    plain = plain[: _HEAD_BYTES // 3 * 4]
    try:
        return base64.b64decode(plain[: len(plain) // 4 * 4])
    except (binascii.Error, ValueError):
        return b""
