"""The bytes of a file as base64 and quoted-printable, as they should not be."""

import base64
import re
from collections.abc import Callable

from tests.support.tricks.wire import (
    ARCHIVE,
    FILE,
    TEXT,
    mail,
    part,
    ragged,
)

H = "Content-Transfer-Encoding"
B64 = base64.encodebytes(FILE).decode()
ZIP64 = base64.encodebytes(ARCHIVE).decode()
PLAIN64 = base64.b64encode(FILE).decode()
HARMLESS = base64.encodebytes(b"un fichier sans danger, seulement des mots").decode()


def _sub(pattern: str, by: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, by, text, flags=re.MULTILINE)


def _wrap(width: int, end: str = "\n") -> Callable[[str], str]:
    return lambda text: re.sub(rf"(.{{1,{width}}})", rf"\1{end}", text.replace("\n", ""))


def _pieces(
    size: int, change: Callable[[str], str] = lambda piece: piece
) -> Callable[[bytes], str]:
    """Each few bytes encoded for themselves, so that padding stands everywhere."""
    return lambda data: _wrap(64)(
        "".join(
            change(base64.b64encode(data[at : at + size]).decode())
            for at in range(0, len(data), size)
        )
    )


CHANGES: dict[str, Callable[[str], str]] = {
    "unchanged": lambda t: t,
    "empty lines": _sub(r"\n", "\n\n"),
    "a blank behind each letter": _sub(r"(.)", r"\1 "),
    "a tab behind each letter": _sub(r"(.)", "\\1\t"),
    "a vertical tab behind each letter": _sub(r"(.)", "\\1␋"),
    "a form feed behind each letter": _sub(r"(.)", "\\1␌"),
    "a carriage return behind each letter": _sub(r"(.)", "\\1␍"),
    "a NUL behind each letter": _sub(r"(.)", "\\1␀"),
    "an empty line behind each letter": _sub(r"(.)", "\\1\n\n"),
    "an empty line behind two letters": _sub(r"(..)", "\\1\n\n"),
    "an empty line behind three letters": _sub(r"(...)", "\\1\n\n"),
    **{
        f"'{junk}' behind each letter": _sub(r"(.)", rf"\1{junk}")
        for junk in "#:.%-_!\"$&'()*,;<>?@[]^`{|}~"
    },
    "a backslash behind each letter": lambda t: re.sub(r"(.)", lambda m: m[1] + "\\", t),
    "8-bit junk": _sub(r"(.)", "\\1\xe9"),
    "an encoding's heading": lambda t: f"begin-base64 744 a.pdf\n{t}====\n",
    "four letters, then junk": _sub(r"^(....)", "\\1#abce01234567fghj\n"),
    "three letters, then junk": _sub(r"^(...)", "\\1#abce01234567fghj\n"),
    "junk of one letter first": lambda t: "A\n\n" + t,
    "junk of two letters first": lambda t: "AB\n\n" + t,
    "junk of three letters first": lambda t: "ABC\n\n" + t,
    "junk of four letters first": lambda t: "ABCD\n\n" + t,
    "junk words first": lambda t: "Bonjour tout le monde\n" + t,
    "junk words and an empty line first": lambda t: "Bonjour, tout le monde!\n\n" + t,
    "a comment first": lambda t: "(x)\n" + t,
    "padding at the end of data": lambda t: t.rstrip("\n") + "=\n",
    "padding at the end of lines": lambda t: re.sub(r"\n", "=\n", _wrap(4)(t)),
    "padding in a line of its own first": lambda t: "=\n" + t,
    "four pads first": lambda t: "====\n" + t,
    "a pad behind four letters": _sub(r"([\w+/]{4})", r"\1="),
    "a pad inside four letters": _sub(r"([\w+/]{2})([\w+/]{2})", r"\1=\2"),
    "two pads inside four letters": _sub(r"([\w+/]{2})([\w+/]{2})", r"\1==\2"),
    "a pad at the beginning of lines": _sub(r"^", "="),
    "four pads at the beginning of lines": _sub(r"^", "===="),
    "lines of 1": _wrap(1),
    "lines of 3": _wrap(3),
    "lines of 4": _wrap(4),
    "lines of 5": _wrap(5),
    "lines of 6": _wrap(6),
    "lines of 4 and X": _wrap(4, "X\n"),
    "lines of 4 and XX": _wrap(4, "XX\n"),
    "lines of 4 and XXX": _wrap(4, "XXX\n"),
    "lines of 4 and a pad": _wrap(4, "=\n"),
    "one line": lambda t: t.replace("\n", "") + "\n",
    "without padding": lambda t: t.rstrip("=\n") + "\n",
    "one pad of two missing": lambda t: t.replace("==", "=", 1),
    "more behind the padding": lambda t: t.rstrip("\n=") + "==\n" + HARMLESS,
    "a harmless block with four pads before": lambda t: HARMLESS.rstrip("=\n") + "====\n" + t,
    "words behind": lambda t: t + "\nBien cordialement\n",
    "a footer behind": lambda t: t + "\n_____________\nlist mailing list\n",
    "a lone letter behind": lambda t: t.rstrip("=\n") + "A\n",
    "A written as a pad": lambda t: re.sub(r"A(?=.)", "=", t),
    "in the alphabet of addresses": lambda t: t.replace("+", "-").replace("/", "_"),
    "in the alphabet of IMAP": lambda t: t.replace("/", ","),
    "line ends escaped": _sub(r"\n", "=0A\n"),
    "quoted-printable line ends": lambda t: re.sub(r"(.{20})", "\\1=\n", t),
    "XML line ends": _sub(r"\n", "&#10;\n"),
    "quoted marks": _sub(r"^", "> "),
    "in apostrophes": lambda t: f"'{t.strip()}'\n",
    "in brackets": lambda t: f"<{t.strip()}>\n",
    "as an address": lambda t: f"data:application/octet-stream;base64,{t}",
    "dots stuffed": _sub(r"^", "."),
}  # fmt: skip

PIECES: dict[str, Callable[[bytes], str]] = {
    "two bytes each": _pieces(2),
    "two bytes each in lines": lambda d: _pieces(2)(d).replace("=", "=\n"),
    "one byte each": _pieces(1),
    "one byte each, one pad missing": _pieces(1, lambda p: p.replace("==", "=")),
    "one byte each, a pad and a line end": _pieces(1, lambda p: p.replace("==", "=\n")),
    "one byte each, three pads": _pieces(1, lambda p: p + "="),
    "two bytes each, pad first": _pieces(2, _sub(r"(.*)=$", r"=\1")),
    "two bytes each, pad second": _pieces(2, _sub(r"(.)(.*)=$", r"\1=\2")),
    "two bytes each, pad third": _pieces(2, _sub(r"(..)(.*)=$", r"\1=\2")),
    "one byte each, one pad in the middle": _pieces(1, _sub(r"A==$", "=A=")),
    "halves, the first with one pad": lambda d: "".join(
        base64.encodebytes(piece).decode() for piece in (d[:32], d[32:])
    ),
    "halves, the first with two pads": lambda d: "".join(
        base64.encodebytes(piece).decode() for piece in (d[:31], d[31:])
    ),
    "lines of unequal length": ragged,
}

BASE64 = {
    **{name: mail(TEXT, part(body=change(B64))) for name, change in CHANGES.items()},
    **{f"{name}, an archive": mail(TEXT, part(body=change(ZIP64))) for name, change in CHANGES.items()},
    **{name: mail(TEXT, part(body=change(FILE))) for name, change in PIECES.items()},
    **{f"{name}, an archive": mail(TEXT, part(body=change(ARCHIVE))) for name, change in PIECES.items()},
}  # fmt: skip
"""Base64 (RFC 2045 6.8) as its readers forgive it, or not."""


def quoted(data: bytes, escaped: str = r"[\x00-\x20=\x7f-\xff]") -> str:
    """Quoted-printable, each line ending softly."""
    text = re.sub(escaped, lambda m: f"={ord(m[0]):02X}", data.decode("latin-1"))
    return "".join(f"{line}=\n" for line in re.findall(r"(?:=..|[^=]){1,24}", text)) + "\n"


def every(form: str, per_line: int = 1) -> Callable[[bytes], str]:
    """Every byte written as ``form``, a soft line break behind so many."""

    def write(data: bytes) -> str:
        units = [form.format(byte) for byte in data]
        return "".join(
            "".join(units[at : at + per_line]) + "=\n" for at in range(0, len(units), per_line)
        )

    return write


QUOTINGS: dict[str, Callable[[bytes], str]] = {
    "proper": quoted,
    "every byte and soft break": every("={:02X}"),
    "every byte, blank before the line end": lambda d: every("={:02X}")(d).replace("=\n", "= \n"),
    "every byte, tab before the line end": lambda d: every("={:02X}")(d).replace("=\n", "=\t\n"),
    "every byte, vertical tab before the line end": lambda d: every("={:02X}")(d).replace("=\n", "=␋\n"),
    "every byte, NUL before the line end": lambda d: every("={:02X}")(d).replace("=\n", "=␀\n"),
    "every byte, carriage return for the line end": lambda d: every("={:02X}")(d).replace("=\n", "=␍"),
    "every byte, line feed for the line end": lambda d: every("={:02X}")(d).replace("=\n", "=␊"),
    "every byte, two carriage returns": lambda d: every("={:02X}")(d).replace("=\n", "=␍␍␊"),
    "every byte, lower case": every("={:02x}", 20),
    "every byte, long lines": every("={:02X}", 2000),
    "every byte, two signs": every("=={:02X}"),
    "every byte behind one digit": every("=0={:02X}"),
    "every byte behind one digit and a letter": every("=0X={:02X}"),
    "every byte behind a lower-case escape": every("=0a={:02X}"),
    "every byte behind letters": every("=XX={:02X}"),
    "every byte behind an equals sign and a blank": every("= ={:02X}"),
    "every byte behind an equals sign and blanks": every("=  ={:02X}"),
    "every byte with a blank inside": every("= {:02X}"),
    "every byte with an x": every("=x{:02X}"),
    "every byte behind an equals sign and e": every("=e={:02X}"),
    "every byte behind an equals sign and return": every("=␍={:02X}"),
    "every byte behind an underscore": every("_={:02X}"),
    "every byte behind a control": every("\x01={:02X}"),
    "every byte behind an 8-bit letter": every("\xad={:02X}"),
    "every byte behind a NUL": every("␀={:02X}"),
    "blanks as underscores": lambda d: quoted(d).replace("=20", "_"),
    "blanks left": lambda d: quoted(d, r"[\x00-\x1f=\x7f-\xff]"),
    "an equals sign behind each letter": lambda d: re.sub(r"([^0-9A-Fa-f=\n])", r"=\1", quoted(d)),
    "an equals sign before each letter": lambda d: re.sub(r"(?<![=\n])(?<!=[0-9A-F])([^=0-9A-Fa-f\n])", r"=\1", quoted(d)),
    "a soft break between the digits": lambda d: "".join(f"={byte >> 4:X}=\n{byte & 15:X}" for byte in d),
    "a fold between the digits": lambda d: "".join(f"={byte >> 4:X}\n{byte & 15:X}" for byte in d),
    "a soft break behind the sign": lambda d: "".join(f"=\n={byte:02X}" for byte in d),
    "no soft break at the end": lambda d: every("={:02X}")(d)[:-2],
    "an equals sign at the end": lambda d: quoted(d).rstrip() + "=",
    "in lines of 1,000": lambda d: "".join(f"={byte:02X}" for byte in d) + "=\n",
    "hexadecimal in capitals and small": lambda d: "".join(f"={byte:02X}"[:2] + f"{byte:02x}"[1] for byte in d) + "=\n",
}  # fmt: skip

QUOTED = {
    **{
        name: mail(TEXT, part(f"{H}: quoted-printable\n", body=write(FILE)))
        for name, write in QUOTINGS.items()
    },
    **{
        f"{name}, an archive": mail(TEXT, part(f"{H}: quoted-printable\n", body=write(ARCHIVE)))
        for name, write in QUOTINGS.items()
    },
}
"""Quoted-printable (RFC 2045 6.7) as its readers forgive it, or not."""

TABLES = {"base64": BASE64, "quoted-printable": QUOTED}
