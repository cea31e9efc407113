"""Header text as a reader shows it: encoded words (RFC 2047), raw 8-bit, and charsets.

Only charsets that decode in linear time are known here; any other name is read as UTF-8, and
failing that as Windows-1252.
"""

import binascii
import codecs
import re
from collections.abc import Iterator
from encodings.aliases import aliases

import pybase64

_WORD = re.compile(rb"=\?([^?\s]{0,80})\?([bBqQ])\?([^?]*)\?=")
_ESCAPES = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9]+")
_FOLDS = re.compile(rb"[\r\n]+")

_CODECS = (
    "ascii", "big5", "cp037", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "cp437", "cp500", "cp850", "cp852", "cp858", "cp866", "cp874",
    "cp932", "cp949", "cp950", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "hz", "iso2022_jp",
    "iso2022_jp_2", "iso2022_kr", "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5", "iso8859_6",
    "iso8859_7", "iso8859_8", "iso8859_9", "iso8859_10", "iso8859_11", "iso8859_13", "iso8859_14",
    "iso8859_15", "iso8859_16", "koi8_r", "koi8_u", "latin_1", "mac_roman", "shift_jis",
    "tis_620", "utf_7", "utf_8", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be",
    "utf_32_le",
)  # fmt: skip
"""Loaded here, before a worker drops its rights: a mail never makes us import a module."""
_BY_CHARSET = {
    _NOT_OF_A_NAME.sub("", spelling): codecs.lookup(codec).name
    for codec in _CODECS
    for spelling in (codec, *(a for a, target in aliases.items() if target == codec))
}


def decode_words(value: bytes) -> str:
    """Decode a header value for a reader. Any bytes give text; folding becomes a space."""
    value = _FOLDS.sub(b"", value)
    if b"=?" not in value:
        return decode_text(value, "")
    return "".join(_pieces(value))


def has_words(value: bytes) -> bool:
    """Whether an encoded word is in there."""
    return b"=?" in value and _WORD.search(value) is not None


def decode_text(data: bytes, charset: str) -> str:
    """Decode ``data`` as its sender says, or as most readers would guess."""
    codec = codec_of(charset)
    if codec == "utf-16" and data[:2] not in _BYTE_ORDER_MARKS:
        # Without a mark it should be big-endian (RFC 2781 4.3); much of it is not.
        codec = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    if codec:
        return data.decode(codec, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def codec_of(charset: str) -> str:
    """The name of the codec for a charset, or "" for one that is unknown or not to be trusted."""
    return _BY_CHARSET.get(_NOT_OF_A_NAME.sub("", charset[:40].lower()), "")


def _pieces(value: bytes) -> Iterator[str]:
    at = 0
    charset = ""
    pending = b""
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        name = _charset(word[1])
        # RFC 2047 6.2: white space between two encoded words is not shown; a letter that some
        # writers cut in two between them is put together.
        if name != charset or (at and between.strip()):
            yield decode_text(pending, charset)
            charset, pending = name, b""
        if not at or between.strip():
            yield decode_text(between, "")
        pending += _decode_b(word[3]) if word[2] in b"bB" else _decode_q(word[3])
        at = word.end()
    yield decode_text(pending, charset)
    yield decode_text(value[at:], "")


def _charset(name: bytes) -> str:
    # RFC 2231 5: a language may follow the charset, after an asterisk.
    return name.partition(b"*")[0].decode("ascii", "replace").lower()


def _decode_b(text: bytes) -> bytes:
    plain = _NOT_BASE64.sub(b"", text)
    plain = plain[:-1] if len(plain) % 4 == 1 else plain
    return pybase64.b64decode(plain + b"=" * (-len(plain) % 4))


def _decode_q(text: bytes) -> bytes:
    return _ESCAPES.sub(lambda m: binascii.unhexlify(m[1]), text.replace(b"_", b" "))
