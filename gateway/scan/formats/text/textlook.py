"""What a text says of itself: mail, HTML, XML, a script, or plain words."""

import codecs
import re
from enum import Enum, auto

from gateway.scan.formats.health import laboratory

_LOOKED_AT = 1 << 16
_HEAD_OF_MAIL = 8_192
_BLANK = "\ufeff \t\r\n\v\f\0"


class Look(Enum):
    """What a text can be."""

    MESSAGE = auto()
    RTF = auto()
    SVG = auto()
    HTML = auto()
    XML = auto()
    SCRIPT = auto()
    PGP = auto()
    SMIME = auto()
    HL7 = auto()
    HPRIM = auto()
    PLAIN = auto()


_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BARE_UTF16 = (
    (re.compile(rb"(?:[\t\r\n -~]\x00){8}"), "utf-16-le"),
    (re.compile(rb"(?:\x00[\t\r\n -~]){8}"), "utf-16-be"),
)

# Bytes that no text holds, in any 8-bit code page: all controls but the usual white space,
# escape (ISO 2022) and the end-of-file mark of DOS.
_NOT_TEXT = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x08\x1a\x1b")) + b"\x7f"

_HEADS = (
    (re.compile(r"\{\\rt"), Look.RTF),
    (re.compile(r"-----BEGIN PGP "), Look.PGP),
    (re.compile(r"-----BEGIN (PKCS7|CMS)-----"), Look.SMIME),
)

# One of these at the head makes a mail; of the others it takes two.
_SURE_FIELDS = frozenset(
    {"received", "return-path", "mime-version", "message-id", "delivered-to", "dkim-signature"}
)
_MAIL_FIELDS = _SURE_FIELDS | {
    "from", "to", "cc", "bcc", "subject", "date", "sender", "reply-to", "content-type",
    "content-transfer-encoding", "content-disposition", "x-mailer", "x-originating-ip",
    "references", "in-reply-to", "envelope-to", "authentication-results", "arc-seal",
    "thread-topic", "list-id", "newsgroups", "path", "status", "x-ms-exchange-organization-scl",
}  # fmt: skip
_FIELD = re.compile(r"([!-9;-~]{1,76})[ \t]*:")
_MBOX = re.compile(r">?From [^\n]{1,200}\d\d:\d\d[^\n]{0,60}\n")

_SCRIPT = re.compile(
    r"""(?ix)
    \A ( \#! \s* /? [a-z]
       | @? echo \s+ off \b
       | <\?php
       | <job\b | <package> \s* <job\b
       | \[autorun\]
       )
    | ^ [ \t]* ( (set|var) \s+ \w+ \s* = \s* )? ( new \s+ ActiveXObject \b | CreateObject \s* \( )
    | ^ [ \t]* ( WScript\. (Echo|Shell|CreateObject|Sleep)
            | powershell (\.exe)? \s+ -
            | Set-ExecutionPolicy \b
            | \$ \w+ \s* = \s* New-Object \s
            )
    """,
    re.MULTILINE,
)
_HTML_TAG = re.compile(
    r"""(?ix) < (!doctype\s+html|html|head|body|script|meta|title|style|iframe|table|div|font|center
      |base|form|link|br|p|a|img|span|h[1-6]|b|i) [\s/>]"""
)
_HTML_ANYWHERE = re.compile(r"(?i)<(!doctype\s+html|html|body|script|iframe)[\s>]")
_PROLOGUE = (("<?", "?>"), ("<!--", "-->"), ("<!DOCTYPE", ">"))
_ROOT = re.compile(r"<(?:[\w.-]{1,64}:)?([\w.-]{1,64})")


def is_text(data: bytes) -> bool:
    """Whether ``data`` holds only bytes that some text in an 8-bit code page holds."""
    return len(data) == len(data.translate(None, _NOT_TEXT))


def look(data: bytes, declared_type: str) -> Look | None:
    """Say what the text ``data`` is; None when it is no text."""
    text, is_wide = _decode(data[:_LOOKED_AT])
    if text is None:
        # Mail may hold any bytes, and mail programs open it all the same.
        head = data[:_HEAD_OF_MAIL].decode("latin-1").lstrip(_BLANK)
        return Look.MESSAGE if _is_mail(head) else _of_laboratory(data[:_LOOKED_AT])
    text = text.lstrip(_BLANK)
    stated = next((answer for head, answer in _HEADS if head.match(text)), None)
    stated = stated or _of_laboratory(laboratory.plain(data[:_LOOKED_AT]))
    if stated is not None:
        return stated
    # No mail program reads a message in UTF-16.
    if not is_wide and _is_mail(text):
        return Look.MESSAGE
    if text.startswith("<"):
        return _markup(text)
    return _words(text, declared_type)


def _of_laboratory(head: bytes) -> Look | None:
    """Laboratory messages are text, but for frames around them and what was put behind them."""
    if laboratory.is_hl7(head):
        return Look.HL7
    return Look.HPRIM if laboratory.is_hprim(head) else None


def _words(text: str, declared_type: str) -> Look:
    if _SCRIPT.search(text):
        return Look.SCRIPT
    if declared_type == "text/html" or _HTML_ANYWHERE.search(text[:4096]):
        return Look.HTML
    return Look.PLAIN


def _decode(head: bytes) -> tuple[str | None, bool]:
    """The text, if it is one, and whether its characters are wider than a byte."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            text = head.decode(encoding, "replace")
            # The property sets of Office begin with the same two bytes as UTF-16.
            return (None if "\0" in text[:64] else text), encoding != "utf-8"
    for pattern, encoding in _BARE_UTF16:
        if pattern.match(head):
            return head.decode(encoding, "replace"), True
    return (head.decode("latin-1") if is_text(head) else None), False


def _is_mail(text: str) -> bool:
    mbox = _MBOX.match(text)
    text = text[mbox.end() :] if mbox else text
    seen = set()
    for line in text[:_HEAD_OF_MAIL].splitlines():
        if not line.strip():
            break
        field = _FIELD.match(line)
        if field is None and not line.startswith((" ", "\t")):
            break
        if field is not None:
            seen.add(field[1].lower())
    return not seen.isdisjoint(_SURE_FIELDS) or len(seen & _MAIL_FIELDS) >= 2


def _markup(text: str) -> Look:
    if _SCRIPT.match(text):
        return Look.SCRIPT
    start = _past_prologue(text)
    root = _ROOT.match(text, start)
    name = root[1].lower() if root else ""
    if name == "svg":
        return Look.SVG
    if name == "html" or _HTML_TAG.match(text) or _HTML_TAG.match(text, start):
        return Look.HTML
    if text.startswith("<?xml") or (root and _is_closed(text, root[1])):
        return Look.XML
    return Look.HTML if _HTML_ANYWHERE.search(text) else Look.XML


def _is_closed(text: str, name: str) -> bool:
    """Whether the root element ends, under its name with or without a prefix."""
    return f"</{name}" in text or f":{name}>" in text


def _past_prologue(text: str) -> int:
    """Where the root element begins: after declarations, comments and white space."""
    position = 0
    while True:
        while text[position : position + 1].isspace():
            position += 1
        closing = next((end for head, end in _PROLOGUE if text.startswith(head, position)), None)
        end = text.find(closing, position) if closing else -1
        if closing is None or end < 0:
            return position
        position = end + len(closing)
