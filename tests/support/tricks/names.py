"""How a file is called: every name that some program shows, however it is written."""

import base64

from tests.support.tricks.wire import TEXT, TOP, B, ragged

BAD, GOOD = "rapport.exe", "rapport.png"
_STEM, _END = "rapport.", "exe"
_HEX = "".join(f"%{ord(letter):02X}" for letter in _END)
_BE = "".join(f"%00{letter}" for letter in BAD)
_LE = "".join(f"{letter}%00" for letter in BAD)


def _word(text: str, charset: str, codec: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(codec)).decode()}?="


_VALUES: dict[str, tuple[str, tuple[str, ...]]] = {
    # what follows "name" or "filename", and the names that must be among those shown
    "plain": (f"={BAD}", (BAD,)),
    "quoted": (f'="{BAD}"', (BAD,)),
    "in apostrophes": (f"='{BAD}'", (BAD,)),
    "blank before the sign": (f" ={BAD}", (BAD,)),
    "blank behind the sign": (f"= {BAD}", (BAD,)),
    "fold before the sign": (f"\n ={BAD}", (BAD,)),
    "fold behind the sign": (f"=\n {BAD}", (BAD,)),
    "colon for the sign": (f":{BAD}", (BAD,)),
    "a word in base64": (f'="{_word(BAD, "us-ascii", "ascii")}"', (BAD,)),
    "a word in quoted-printable": ('="=?us-ascii?Q?rapport.e=78e?="', (BAD,)),
    "a word without quotes": (f"={_word(BAD, 'us-ascii', 'ascii')}", (BAD,)),
    "a word in UTF-16, little end first": (f'="{_word(BAD, "utf-16", "utf-16-le")}"', (BAD,)),
    "a word in UTF-16, big end first": (f'="{_word(BAD, "utf-16", "utf-16-be")}"', (BAD,)),
    "a word in UTF-16 with a mark": (f'="{_word(BAD, "utf-16", "utf-16")}"', (BAD,)),
    "a word in UTF-7": ('="=?utf-7?Q?rapport+AC4-exe?="', (BAD,)),
    "a word in EBCDIC": (f'="{_word(BAD, "cp037", "cp037")}"', (BAD,)),
    "two words": ('="=?us-ascii?Q?rapport.?= =?us-ascii?Q?exe?="', (BAD,)),
    "two words, folded": ('="=?us-ascii?Q?rapport.?=\n =?us-ascii?Q?exe?="', (BAD,)),
    "two words, none between": ('="=?us-ascii?Q?rapport.?==?us-ascii?Q?exe?="', (BAD,)),
    "half a word": ('="rapport.=?us-ascii?Q?exe?="', (BAD,)),
    "a word of an unknown charset": ('="=?x-none?Q?rapport.e=78e?="', (BAD,)),
    "a word with a language": ('="=?us-ascii*fr?Q?rapport.e=78e?="', (BAD,)),
    "a word with blanks inside": ('="=?us-ascii?Q?mon rapport.exe?="', ("mon rapport.exe",)),
    "a word never closed": ('="=?us-ascii?Q?rapport.e=78e"', (BAD,)),
    "quote in the middle": ('=rapport".exe', ('rapport".exe', BAD)),
    "quoted and more": ('="rapport".exe', (BAD, "rapport")),
    "quoted and more in quotes": ('="rapport".exe"', (BAD,)),
    "escaped quote in quotes": ('="rapport\\".exe"', ('rapport".exe', BAD)),
    "escaped quote": ('=rapport\\".exe', ('rapport".exe', BAD)),
    "escaped letter": ('="rapport\\.exe"', (BAD, "rapport\\.exe")),
    "escaped letter outside quotes": ("=rapport\\.exe", (BAD,)),
    "semicolon": ("=rapport;.exe", ("rapport;.exe", "rapport")),
    "escaped semicolon": ("=rapport\\;.exe", ("rapport;.exe",)),
    "quoted semicolon": ('="rapport;.exe"', ("rapport;.exe",)),
    "a blank inside": ("=mon rapport.exe", ("mon rapport.exe", "mon")),
    "a tab inside": ('="mon\trapport.exe"', ("mon\trapport.exe",)),
    "a fold inside": ('="mon\n rapport.exe"', ("mon rapport.exe",)),
    "quote never closed": (f'="{BAD}', (BAD,)),
    "quote only behind": (f'={BAD}"', (BAD,)),
    "brackets": (f"=<{BAD}>", (BAD,)),
    "comment behind": (f"={BAD}()", (BAD, f"{BAD}()")),
    "comment behind with a picture": (f"={BAD}(.gif)", (BAD, f"{BAD}(.gif)")),
    "comment inside": ("=rapport.e()xe", (BAD, "rapport.e()xe")),
    "comment inside with a picture": ("=rapport.e(.gif)xe", (BAD, "rapport.e(.gif)xe")),
    "comment before": (f"=(c){BAD}", (BAD,)),
    "comment in quotes": (f'="{BAD}(.gif)"', (f"{BAD}(.gif)",)),
    "comment behind the name": (f"()={BAD}", (BAD,)),
    "extended": (f"*=''{BAD}", (BAD,)),
    "extended with percent": (f"*=''{_STEM}{_HEX}", (BAD,)),
    "extended with a charset": (f"*=utf-8'fr'{_STEM}{_HEX}", (BAD,)),
    "extended, UTF-16, big end first": (f"*=UTF-16''{_BE}", (BAD,)),
    "extended, UTF-16, little end first": (f"*=UTF-16''{_LE}", (BAD,)),
    "extended without charset": (f"*={_STEM}{_HEX}", (BAD,)),
    "extended and quoted": (f"*=\"utf-8''{_STEM}{_HEX}\"", (BAD,)),
    "extended, unknown charset": (f"*=x-none''{_STEM}{_HEX}", (BAD,)),
    "percent, not extended": (f"={_STEM}{_HEX}", (BAD, f"{_STEM}{_HEX}")),
    "percent twice": (f"={_STEM}%2565xe", ("rapport.%65xe",)),
    "continued alone": (f"*0={BAD}", (BAD,)),
    "a NUL and a picture": (f'="{BAD}␀.png"', (BAD,)),
    "a NUL inside": ('="rapport.e␀xe"', (BAD,)),
    "a control inside": ('="rapport.e\x01xe"', (BAD,)),
    "a full stop behind": (f"={BAD}.", (f"{BAD}.", BAD)),
    "full stops behind": (f'="{BAD}..."', (BAD,)),
    "blanks behind": (f'="{BAD}   "', (BAD,)),
    "blanks and full stops behind": (f'="{BAD} . ."', (BAD,)),
    "a path": (f'="..\\\\..\\\\{BAD}"', (BAD,)),
    "a path with slashes": (f'="a/b/{BAD}"', (BAD,)),
    "a drive": (f'="c:{BAD}"', (BAD,)),
    "a stream": (f'="{BAD}::$DATA"', (BAD,)),
    "a stream behind a picture": (f'="{GOOD}:{BAD}"', (BAD,)),
    "blanks before the ending": ('="rapport.png                    .exe"', ("rapport.png                    .exe",)),
    "two endings": ('="rapport.png.exe"', ("rapport.png.exe",)),
    "8-bit": ('="r\xe9sultat.exe"', ("résultat.exe",)),
    "UTF-8": ('="r\xc3\xa9sultat.exe"', ("résultat.exe",)),
    "from right to left": ("*=utf-8''rapport%E2%80%AEgnp.exe", ("rapport\u202egnp.exe",)),
    "no width": ("*=utf-8''rapport.e%E2%80%8Bxe", ("rapport.e\u200bxe", BAD)),
    "a wide full stop": ("*=utf-8''rapport%EF%BC%8Eexe", ("rapport\uff0eexe", BAD)),
    "wide letters": ("*=utf-8''rapport.%EF%BD%85xe", (BAD,)),
    "a soft hyphen": ("*=utf-8''rapport.e%C2%ADxe", (BAD,)),
    "a letter of the Cyrillic": ("*=utf-8''rapport.%D0%B5xe", ("rapport.\u0435xe",)),
    "5,000 letters": (f'="{"a" * 5000}.exe"', ()),
    "an HTML entity": ('="rapport&#46;exe"', ()),
}  # fmt: skip

_LISTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "0 and 1": (("*0=rapport.", "*1=exe"), (BAD,)),
    "0 and 2": (("*0=rapport.", "*2=exe"), (BAD, "rapport.")),
    "1 and 2": (("*1=rapport.", "*2=exe"), (BAD,)),
    "1 and 0": (("*1=exe", "*0=rapport."), (BAD,)),
    "1 and 0 in the order of the text": (("*1=rapport.", "*0=exe"), (BAD,)),
    "2 and 0": (("*2=exe", "*0=rapport."), (BAD,)),
    "2 and 1": (("*2=exe", "*1=rapport."), (BAD,)),
    "0 and 1, extended": (("*0*=''rapport.", f"*1*={_HEX}"), (BAD,)),
    "1 and 0, extended": (("*1*=exe", "*0*=''rapport."), (BAD,)),
    "1 and 0, extended, in the order of the text": (("*1*=''rapport.", "*0*=exe"), (BAD,)),
    "0 extended and 1": (("*0*=''rapport.", "*1=exe"), (BAD,)),
    "0 twice": (("*0=rapport.", "*0=x", "*1=exe"), (BAD,)),
    "0 twice, the second": (("*0=x", "*0=rapport.", "*1=exe"), (BAD,)),
    "12 sections": (tuple(f"*{n}={letter}" for n, letter in enumerate(BAD)), (BAD,)),
    "twice, ours first": ((f"={BAD}", f"={GOOD}"), (BAD, GOOD)),
    "twice, ours last": ((f"={GOOD}", f"={BAD}"), (BAD, GOOD)),
    "plain and extended": ((f"={GOOD}", f"*=''{BAD}"), (BAD, GOOD)),
    "extended and plain": ((f"*=''{BAD}", f"={GOOD}"), (BAD, GOOD)),
    "plain and continued": ((f"={GOOD}", "*0=rapport.", "*1=exe"), (BAD, GOOD)),
    "continued and plain": (("*0=rapport.", "*1=exe", f"={GOOD}"), (BAD, GOOD)),
    "plain and continued from 1": ((f"={GOOD}", "*1=rapport.", "*2=exe"), (BAD, GOOD)),
    "extended twice": ((f"*=''{GOOD}", f"*=''{BAD}"), (BAD, GOOD)),
    "plain and empty": ((f"={BAD}", "="), (BAD,)),
}

_TYPE, _DISPOSITION = "Content-Type: application/octet-stream", "Content-Disposition: attachment"

_HEADERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "type and disposition": (f"{_TYPE}; name={GOOD}\n{_DISPOSITION}; filename={BAD}", (BAD, GOOD)),
    "disposition and type": (f"{_DISPOSITION}; filename={GOOD}\n{_TYPE}; name={BAD}", (BAD, GOOD)),
    "only in the type": (f"{_TYPE}; name={BAD}\n{_DISPOSITION}; foo={GOOD}", (BAD,)),
    "only in the disposition": (f"{_TYPE}; foo={GOOD}\n{_DISPOSITION}; filename={BAD}", (BAD,)),
    "two types, ours first": (f"{_TYPE}; name={BAD}\n{_TYPE}; name={GOOD}", (BAD, GOOD)),
    "two types, ours last": (f"{_TYPE}; name={GOOD}\n{_TYPE}; name={BAD}", (BAD, GOOD)),
    "two dispositions, ours first": (f"{_DISPOSITION}; filename={BAD}\n{_DISPOSITION}; filename={GOOD}", (BAD, GOOD)),
    "two dispositions, ours last": (f"{_DISPOSITION}; filename={GOOD}\n{_DISPOSITION}; filename={BAD}", (BAD, GOOD)),
    "name in the disposition": (f"{_TYPE}\n{_DISPOSITION}; name={BAD}", (BAD,)),
    "filename in the type": (f"{_TYPE}; filename={BAD}\n{_DISPOSITION}", (BAD,)),
    "in the description": (f"{_TYPE}\n{_DISPOSITION}\nContent-Description: {BAD}", (BAD,)),
    "in the description besides another": (f"{_TYPE}; name={GOOD}\n{_DISPOSITION}\nContent-Description: {BAD}", (GOOD,)),
    "in the location": (f"{_TYPE}\n{_DISPOSITION}\nContent-Location: http://a.example/{BAD}", (BAD,)),
    "in the identity": (f"{_TYPE}\n{_DISPOSITION}\nContent-ID: <{BAD}>", ()),
    "in capitals": (f"{_TYPE}; NAME={BAD}\n{_DISPOSITION}; FILENAME={GOOD}", (BAD, GOOD)),
    "no semicolon": (f"{_TYPE}\n{_DISPOSITION} filename={BAD}", (BAD,)),
    "comma": (f"{_TYPE}\n{_DISPOSITION}, filename={BAD}", (BAD,)),
    "in a comment": (f"{_TYPE}\n{_DISPOSITION} (filename={BAD})", (BAD,)),
    "in a quoted string": (f'{_TYPE}\n{_DISPOSITION}; x="filename={BAD}"', (BAD,)),
    "comment in the name": (f"{_TYPE}; na()me={BAD}\n{_DISPOSITION}; filena()me={GOOD}", (BAD, GOOD)),
    "not indented": (f"{_TYPE};\nname={BAD}\n{_DISPOSITION};\nfilename={GOOD}", (BAD, GOOD)),
    "inline": (f"{_TYPE}; name={BAD}\nContent-Disposition: inline; filename={GOOD}", (BAD, GOOD)),
    "disposition empty": (f"{_TYPE}; name={BAD}\nContent-Disposition:", (BAD,)),
    "disposition without word": (f"{_TYPE}\nContent-Disposition: filename={BAD}", (BAD,)),
    "disposition quoted": (f'{_TYPE}\nContent-Disposition: "attachment"; filename={BAD}', (BAD,)),
    "disposition escaped": (f"{_TYPE}\nContent-Disposition: attach\\ment; filename={BAD}", (BAD,)),
    "blank before the field": (f"{_TYPE}\n Content-Disposition: attachment; filename={BAD}", (BAD,)),
    "sections over two fields": (f"{_TYPE}; name*0=rapport.\n{_TYPE}; name*1=exe", (BAD,)),
    "sections over two fields, turned": (f"{_TYPE}; name*1=exe\n{_TYPE}; name*0=rapport.", (BAD,)),
    "sections over two dispositions": (f"{_TYPE}\n{_DISPOSITION}; filename*0=rapport.\n{_DISPOSITION}; filename*1=exe", (BAD,)),
    "sections over disposition and type": (f"{_TYPE}; filename*1=exe\n{_DISPOSITION}; filename*0=rapport.", (BAD,)),
    "sections over both, turned": (f"{_DISPOSITION}; filename*1=exe\n{_TYPE}; filename*0=rapport.", (BAD,)),
}  # fmt: skip


def _message(header: str, body: str) -> str:
    top = f"{TOP}Content-Type: multipart/mixed; boundary={B}\n"
    part = f"{header}\nContent-Transfer-Encoding: base64\n\n{body}"
    return f"{top}\n--{B}\n{TEXT}--{B}\n{part}--{B}--\n"


CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    **{
        f"type, {name}": (f"{_TYPE}; name{value}", names) for name, (value, names) in _VALUES.items()
    },
    **{
        f"disposition, {name}": (f"{_TYPE}\n{_DISPOSITION}; filename{value}", names)
        for name, (value, names) in _VALUES.items()
    },
    **{
        f"type, {name}": (f"{_TYPE}; " + "; ".join(f"name{v}" for v in values), names)
        for name, (values, names) in _LISTS.items()
    },
    **{
        f"disposition, {name}": (
            f"{_TYPE}\n{_DISPOSITION}; " + "; ".join(f"filename{v}" for v in values), names
        )
        for name, (values, names) in _LISTS.items()
    },
    **_HEADERS,
}  # fmt: skip

WORDS = b"seulement des mots, sans danger aucun\n"
"""What is in the file: nothing that anything but its name could be held for."""

NAMES = {
    name: (_message(header, ragged(WORDS)), expected) for name, (header, expected) in CASES.items()
}
"""What the message is, and the names that must be among those that are kept."""
