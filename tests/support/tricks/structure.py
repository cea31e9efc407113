"""Where a part lies: odd delimiters, odd ends of a header, places that no delimiter leads to."""

import base64

from tests.support.tricks.bodies import every
from tests.support.tricks.nested import nested
from tests.support.tricks.wire import (
    DISPOSITION,
    ENCODING,
    FILE,
    OTHER,
    PART,
    TEXT,
    TOP,
    TYPE,
    B,
    delimited,
    mail,
    part,
    ragged,
)

_M = f"Content-Type: multipart/mixed; boundary={B}\n"
_HEAD = f"{TOP}{_M}\n"
_END = f"--{B}--\n"


SEPARATORS = {
    "nothing": "",
    "a blank and a line end": "␠\n",
    "a blank and a line end, twice": "␠\n␠\n",
    "a tab and a line end": "␉\n",
    "a vertical tab and a line end": "␋\n",
    "a vertical tab and a line end, twice": "␋\n␋\n",
    "a form feed and a line end": "␌\n",
    "a NUL and a line end": "␀\n",
    "a NUL": "␀",
    "two NULs": "␀␀",
    "a line end and a NUL": "\n␀",
    "a line feed": "␊",
    "two line feeds": "␊␊",
    "a carriage return": "␍",
    "two carriage returns": "␍␍",
    "two carriage returns and a line feed": "␍␍␊",
    "three carriage returns and a line feed": "␍␍␍␊",
    "a carriage return, a line end": "␍\n",
    "a line feed and a carriage return": "␊␍",
    "a line feed, a carriage return and a line feed": "␊␍␊",
    "a line feed, two carriage returns and a line feed": "␊␍␍␊",
    "line end, carriage return": "\n␍",
    "line end, line feed": "\n␊",
    "line end, blank": "\n␠",
    "line end, blank, line end": "\n␠\n",
    "a carriage return, a blank and a line feed": "␍␠␊",
    "a carriage return, a NUL and a line feed": "␍␀␊",
    "a carriage return, a tab and a line feed": "␍␉␊",
    "a vertical tab": "␋",
    "a form feed": "␌",
    "a next-line letter": "\x85\n",
    "a hard blank": "\xa0\n",
    "a control letter": "\x01\n",
    "a DEL": "\x7f\n",
    "an 8-bit letter": "\xe9\n",
    "a colon": ":\n",
    "a colon and an empty line": ":\n\n",
    "a hyphen": "-\n",
    "two hyphens": "--\n",
    "a full stop": ".\n",
    "a bracket": ")\n",
    "a line of junk": "xxx\n",
    "a line of junk and an empty line": "xxx\n\n",
    "four letters of base64 and an empty line": "ABCD\n\n",
    "four letters of base64 and a blank line": "ABCD\n␠\n",
    "four letters of base64": "ABCD\n",
    "padded letters and an empty line": "ABC=\n\n",
    "padded letters and a blank line": "ABC=\n␠\n",
    "padded letters": "ABC=\n",
    "two lines of base64 and an empty line": "ABCD\nABCD\n\n",
    "two padded lines and an empty line": "ABC=\nABC=\n\n",
    "two empty lines": "\n\n",
    "three empty lines": "\n\n\n",
}
"""What stands where an empty line should end a header."""

_LINE_ENDS = {
    "carriage returns": "␍",
    "line feeds": "␊",
    "two carriage returns and a line feed": "␍␍␊",
    "line feed and carriage return": "␊␍",
    "a vertical tab": "␋",
    "a form feed": "␌",
    "a NUL": "␀",
    "a NUL and a line end": "␀\n",
    "a carriage return and a line end": "␍\n",
}

_IN_FOUR = f"{ragged()[:4]}\n\n{ragged()[4:]}"

HEADER_ENDS = {
    **{f"of the part: {n}": mail(TEXT, part(end=end)) for n, end in SEPARATORS.items()},
    **{
        f"of the part with 76 columns: {n}": mail(
            TEXT, part(end=end, body=base64.encodebytes(FILE * 3).decode())
        )
        for n, end in SEPARATORS.items()
    },
    **{
        f"of the part, quoted-printable: {n}": mail(
            TEXT,
            part("Content-Transfer-Encoding: quoted-printable\n", every("={:02X}")(FILE), end=end),
        )
        for n, end in SEPARATORS.items()
        if end != "\n␠"  # a blank before the first letter is a part of the file
    },
    **{
        f"of the message: {n}": f"{TOP}{_M}{end}{delimited(TEXT, PART)}"
        for n, end in SEPARATORS.items()
    },
    **{
        f"of the message, a file: {n}": f"From: a@b.example\n{TYPE}{DISPOSITION}{ENCODING}{end}{ragged()}"
        for n, end in SEPARATORS.items()
    },
    **{
        f"between fields of the part, {n}": mail(
            TEXT, f"{TYPE.strip()}{end}{DISPOSITION.strip()}{end}{ENCODING}\n{ragged()}"
        )
        for n, end in _LINE_ENDS.items()
    },
    **{
        f"between fields of the message, {n}": f"{TOP.strip()}{end}{_M}\n{delimited(TEXT, PART)}"
        for n, end in _LINE_ENDS.items()
    },
    "an empty line before the header": mail(TEXT, f"\n{PART}"),
    "a carriage return before the header": mail(TEXT, f"␍{PART}"),
    "a vertical tab before the header": mail(TEXT, f"␋{PART}"),
    "a NUL before the header": mail(TEXT, f"␀{PART}"),
    "a blank line before the header": mail(TEXT, f" \n{PART}"),
    "a colon before the header": mail(TEXT, f":\n{PART}"),
    "a blank before the header": mail(TEXT, f" {PART}"),
    "a word before the header": mail(TEXT, f"xxx\n{PART}"),
    "the body before the empty line": mail(TEXT, part(end="", body=_IN_FOUR)),
    "another file behind": mail(TEXT, part(end="", body=f"{ragged()}\n{ragged(b'harmless words here')}")),
    "encoding first, an empty line before": mail(TEXT, f"\n{ENCODING}{TYPE}{DISPOSITION}\n{ragged()}"),
    "half of the header behind an empty line": mail(TEXT, f"{TYPE}\n{DISPOSITION}{ENCODING}\n{ragged()}"),
    "half of the header behind a blank line": mail(TEXT, f"{TYPE} \n{DISPOSITION}{ENCODING}\n{ragged()}"),
}  # fmt: skip


def _lines(form: str, end: str = f"\n--{B}--\n") -> str:
    """A message of a text and a file, each behind ``form`` for a delimiter."""
    first = form.replace("\n", "", 1) if form.startswith("\n") else form
    return f"{_HEAD}{first}{TEXT}{form}{PART}{end}"


DELIMITERS = {
    **{
        name: _lines(form)
        for name, form in {
            "proper": f"\n--{B}\n",
            "blank behind": f"\n--{B} \n",
            "tab behind": f"\n--{B}\t\n",
            "vertical tab behind": f"\n--{B}␋\n",
            "form feed behind": f"\n--{B}␌\n",
            "NUL behind": f"\n--{B}␀\n",
            "a letter behind": f"\n--{B}X\n",
            "a blank and a letter behind": f"\n--{B} X\n",
            "a hyphen behind": f"\n--{B}-\n",
            "a hyphen and a letter behind": f"\n--{B}-x\n",
            "a comment behind": f"\n--{B} (x)\n",
            "a semicolon behind": f"\n--{B};\n",
            "a quote behind": f'\n--{B}"\n',
            "quoted": f'\n--"{B}"\n',
            "2,000 blanks behind": f"\n--{B}{' ' * 2000}\n",
            "blank before": f"\n --{B}\n",
            "tab before": f"\n\t--{B}\n",
            "a quoting mark before": f"\n> --{B}\n",
            "a full stop before": f"\n.--{B}\n",
            "a NUL before": f"\n␀--{B}\n",
            "a vertical tab before": f"\n␋--{B}\n",
            "a hyphen before": f"\n---{B}\n",
            "one hyphen": f"\n-{B}\n",
            "no hyphen": f"\n{B}\n",
            "blank between": f"\n-- {B}\n",
            "NUL between": f"\n--␀{B}\n",
            "NUL inside": f"\n--{B[:3]}␀{B[3:]}\n",
            "long dashes": f"\n\x96\x96{B}\n",
            "escaped hyphens": f"\n=2D=2D{B}\n",
            "cut": f"\n--{B[:-1]}\n",
            "in capitals": f"\n--{B.upper()}\n",
            "carriage return before": f"\n␍--{B}\n",
            "blank and carriage return before": f" ␍--{B}\n",
            "bare carriage return before": f"␍--{B}\n",
            "bare line feed before": f"␊--{B}\n",
            "line feed and carriage return before": f"␊␍--{B}\n",
            "two carriage returns before": f"␍␍␊--{B}\n",
            "vertical tab for the line end before": f"␋--{B}\n",
            "form feed for the line end before": f"␌--{B}\n",
            "NUL for the line end before": f"␀--{B}\n",
            "next line for the line end before": f"\x85--{B}\n",
            "nothing before": f"--{B}\n",
            "carriage return behind": f"\n--{B}␍",
            "line feed behind": f"\n--{B}␊",
            "line feed and carriage return behind": f"\n--{B}␊␍",
            "two carriage returns behind": f"\n--{B}␍␍␊",
            "vertical tab for the line end behind": f"\n--{B}␋",
            "form feed for the line end behind": f"\n--{B}␌",
            "NUL for the line end behind": f"\n--{B}␀",
            "blank for the line end behind": f"\n--{B} ",
            "nothing behind": f"\n--{B}",
            "a fold behind": f"\n--{B}\n ",
            "an empty line behind": f"\n--{B}\n\n",
            "closing": f"\n--{B}--\n",
            "closing with a letter behind": f"\n--{B}--x\n",
            "closing with a blank between": f"\n--{B} --\n",
            "twice": f"\n--{B}\n--{B}\n",
        }.items()
    },
    **{
        f"of the file alone: {name}": f"{_HEAD}--{B}\n{TEXT}{form}{PART}--{B}--\n"
        for name, form in {
            "blank before": f" --{B}\n",
            "tab before": f"\t--{B}\n",
            "a word before": f"Bonjour --{B}\n",
            "a letter behind": f"--{B}X\n",
            "carriage return before": f"␍--{B}\n",
            "carriage return behind": f"--{B}␍",
            "vertical tab behind": f"--{B}␋\n",
            "NUL behind": f"--{B}␀\n",
            "one hyphen": f"-{B}\n",
            "another boundary": f"--{OTHER}\n",
            "in capitals": f"--{B.upper()}\n",
            "closing": f"--{B}--\n",
        }.items()
    },
    "carriage returns, the end proper": f"{_HEAD}--{B}␍{TEXT}␍--{B}␍{PART}\n--{B}\n{TEXT}{_END}",
}
"""Lines that are nearly delimiters."""

ENDS = {
    name: f"{_HEAD}--{B}\n{TEXT}--{B}\n{PART}{end}"
    for name, end in {
        "missing": "",
        "one hyphen": f"--{B}-\n",
        "three hyphens": f"--{B}---\n",
        "blank inside": f"--{B} --\n",
        "junk behind": f"--{B}--junk\n",
        "no line end": f"--{B}--",
        "cut": f"--{B}",
        "another boundary": f"--{OTHER}--\n",
        "in base64": "",
        "with words behind": f"--{B}--\nBien à vous\n",
        "with a part behind": f"--{B}--\n--{B}\n{TEXT}--{B}--\n",
        "in the last line of base64": f"=--{B}--\n",
        "twice": f"--{B}--\n--{B}--\n",
    }.items()
}
"""How the last part ends."""

PLACES = {
    "in the preamble": f"{_HEAD}{PART}\n{delimited(TEXT)}",
    "in the preamble behind another boundary": f"{_HEAD}--{OTHER}\n{PART}\n{delimited(TEXT)}",
    "in the epilogue": f"{_HEAD}{delimited(TEXT)}{PART}",
    "in the epilogue behind an empty line": f"{_HEAD}{delimited(TEXT)}\n{PART}",
    "in the epilogue behind the boundary": f"{_HEAD}{delimited(TEXT)}--{B}\n{PART}",
    "in the epilogue, delimited": f"{_HEAD}{delimited(TEXT)}{delimited(PART)}",
    "in the epilogue behind another boundary": f"{_HEAD}{delimited(TEXT)}--{OTHER}\n{PART}--{OTHER}--\n",
    "in the epilogue of the inner": nested(OTHER, f"{delimited(TEXT, boundary=OTHER)}{PART}"),
    "in the epilogue of the inner, delimited":
        nested(OTHER, f"{delimited(TEXT, boundary=OTHER)}--{OTHER}\n{PART}"),
    "in the preamble of the inner": nested(OTHER, f"{PART}\n{delimited(TEXT, boundary=OTHER)}"),
    "in a text behind the boundary of none": f"{TOP}\nBonjour\n--{B}\n{PART}--{B}--\n",
    "in a text behind an empty line": mail(f"{TEXT}\n{PART}"),
    "closed before it begins": f"{_HEAD}--{B}--\n{delimited(TEXT, PART)}",
    "closed in the header": f"{TOP}{_M}--{B}--\n\n{delimited(TEXT, PART)}",
    "begun in the header": f"{TOP}{_M}--{B}\n{PART}{_END}",
    "without an empty line": f"{TOP}{_M}{delimited(TEXT, PART)}",
    "the end in the header of the file": f"{_HEAD}--{B}\n{TYPE}{DISPOSITION}{ENCODING}--{B}--\n\n{ragged()}--{B}--\n",
    "the boundary in the header of the file": f"{_HEAD}--{B}\n{TYPE}{DISPOSITION}{ENCODING}--{B}\n\n{ragged()}--{B}--\n",
    "another boundary in the header of the file": f"{_HEAD}--{B}\n{TYPE}{DISPOSITION}{ENCODING}--{OTHER}\n\n{ragged()}--{B}--\n",
    "the end in the header of the inner":
        f"{_HEAD}--{B}\nContent-Type: multipart/mixed; boundary={OTHER}\n--{B}--\n\n"
        f"{delimited(TEXT, PART, boundary=OTHER)}{_END}",
    "the boundary in the header of the inner":
        f"{_HEAD}--{B}\nContent-Type: multipart/mixed; boundary={OTHER}\n--{B}\n\n"
        f"{delimited(TEXT, PART, boundary=OTHER)}{_END}",
    "the boundary as a field": f'{TOP}Content-Type: multipart/mixed; boundary="b:undary"\n--b:undary--\n\n'
        f"--b:undary\nContent-Type: multipart/mixed; boundary={OTHER}\n\n"
        f"{delimited(TEXT, PART, boundary=OTHER)}--b:undary--\n",
    "the boundary as a field of the inner, ending": f'{TOP}Content-Type: multipart/mixed; boundary="b:undary"\n\n'
        f"--b:undary\nContent-Type: multipart/mixed; boundary={OTHER}\n--b:undary--\n\n"
        f"{delimited(TEXT, PART, boundary=OTHER)}--b:undary--\n",
    "the boundary as a field of the inner": f'{TOP}Content-Type: multipart/mixed; boundary="b:undary"\n\n'
        f"--b:undary\nContent-Type: multipart/mixed; boundary={OTHER}\n--b:undary\n\n"
        f"{delimited(TEXT, PART, boundary=OTHER)}--b:undary--\n",
    "the end in the body of the file": f"{_HEAD}--{B}\n{part(body=f'{ragged()[:20]}--{B}--{ragged()[20:]}')}{_END}",
    "the end in a line of the file": f"{_HEAD}--{B}\n{part(body=f'--{B}--{ragged()}')}{_END}",
    "the outer boundary in the base64 of the inner":
        f"{TOP}Content-Type: multipart/mixed; boundary=####+\n\n--####+\n"
        f"Content-Type: multipart/mixed; boundary={B}\n\n"
        f"{delimited(TEXT, part(body=f'--####+␊{ragged()}'))}--####+--\n",
    "the outer boundary in the base64 of the inner, as junk":
        f"{TOP}Content-Type: multipart/mixed; boundary=!!!\n\n--!!!\n"
        f"Content-Type: multipart/mixed; boundary={B}\n\n"
        f"{delimited(TEXT, part(body='--!!!' + chr(10) + ragged()))}--!!!--\n",
    "many parts before": f"{_HEAD}{''.join(f'--{B}{chr(10)}{TEXT}' for _ in range(300))}--{B}\n{PART}{_END}",
    "more parts before than are read": f"{_HEAD}{f'--{B}{chr(10)}{TEXT}' * 2100}--{B}\n{PART}{_END}",
    "behind many empty lines": f"{_HEAD}--{B}\n{TEXT}{chr(10) * 5000}--{B}\n{PART}{_END}",
    "behind 100,000 letters": f"{_HEAD}--{B}\n{TEXT}{'x' * 100_000}\n--{B}\n{PART}{_END}",
    "behind a part without header": f"{_HEAD}--{B}\n\nBonjour\n--{B}\n{PART}{_END}",
    "behind a part of nothing": f"{_HEAD}--{B}\n--{B}\n{PART}{_END}",
    "in the field of another": f"{TOP}X-A: b\n {_M}\n{delimited(TEXT, PART)}",
}  # fmt: skip
"""Places that are no place for a part."""

TABLES = {
    "header ends": HEADER_ENDS,
    "delimiters": DELIMITERS,
    "ends": ENDS,
    "places": PLACES,
}
