"""Files inside texts: uuencode, yEnc, BinHex, PEM, calendars and cards."""

import base64
import binascii

from tests.support.tricks.wire import DISPOSITION, FILE, TEXT, TOP, TYPE, mail, part

H = "Content-Transfer-Encoding"


def uuencoded(data: bytes = FILE, *, blank: str = " ") -> str:
    lines = (binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return "".join(line.decode("latin-1") for line in lines).replace(" ", blank)


def yencoded(data: bytes = FILE, *, name: str = "a.bin", extra: str = "") -> str:
    critical = b"\0\r\n=."
    body = b"".join(
        bytes([61, (byte + 106) % 256]) if (byte + 42) % 256 in critical else bytes([(byte + 42) % 256])
        for byte in data
    ).decode("latin-1")  # fmt: skip
    head = f"=ybegin{extra} line=128 size={len(data)} name={name}\n"
    return f"{head}{body}\n=yend size={len(data)}\n"


_TO = r"""!"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"""
_FROM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BINHEX_HEAD = "(This file must be converted with BinHex 4.0)\n"


def binhexed(data: bytes = FILE) -> str:
    name = b"a.bin"
    head = bytes([len(name)]) + name + b"\0" + b"TEXT" + b"ttxt" + b"\0\0"
    head += len(data).to_bytes(4, "big") + (0).to_bytes(4, "big") + b"\0\0"
    packed = (head + data + b"\0\0\0\0").replace(b"\x90", b"\x90\0")
    text = base64.b64encode(packed).decode().rstrip("=").translate(str.maketrans(_FROM, _TO))
    return f":{text}:\n"


UU = uuencoded()
BASE = base64.encodebytes(FILE).decode()
ARMOURED = f"-----BEGIN CERTIFICATE-----\n{BASE}-----END CERTIFICATE-----\n"

TEXTS = {
    "uuencode": f"begin 644 a.bin\n{UU}`\nend\n",
    "uuencode without end": f"begin 644 a.bin\n{UU}",
    "uuencode without the empty line": f"begin 644 a.bin\n{UU}end\n",
    "uuencode with blanks": f"begin 644 a.bin\n{uuencoded(blank=' ')} \nend\n",
    "uuencode with graves": f"begin 644 a.bin\n{uuencoded(blank='`')}`\nend\n",
    "uuencode of mode 0": f"begin 0 a.bin\n{UU}`\nend\n",
    "uuencode of five digits": f"begin 10644 a.bin\n{UU}`\nend\n",
    "uuencode of no mode": f"begin  a.bin\n{UU}`\nend\n",
    "uuencode without name": f"begin 644\n{UU}`\nend\n",
    "uuencode with a blank behind the mode": f"begin 644 \n{UU}`\nend\n",
    "uuencode with two blanks": f"begin  644  a.bin\n{UU}`\nend\n",
    "uuencode with a tab": f"begin\t644\ta.bin\n{UU}`\nend\n",
    "uuencode with a checksum": f"begin 644 a.bin\n{UU.replace(chr(10), 'X' + chr(10))}`\nend\n",
    "uuencode with a long name": f"begin 644 {'a' * 600}.bin\n{UU}`\nend\n",
    "uuencode twice": f"begin 644 b.txt\n#0V%T\n`\nend\nbegin 644 a.bin\n{UU}`\nend\n",
    "uuencode in a nest": f"begin 644 b.txt\nbegin 644 a.bin\n{UU}`\nend\n",
    "uuencode with junk between": f"begin 644 a.bin\n{UU.replace(chr(10), chr(10) * 2)}`\nend\n",
    "uuencode with 'end' in front": f"end\nbegin 644 a.bin\n{UU}`\nend\n",
    "uuencode in base64": f"begin-base64 644 a.bin\n{BASE}====\n",
    "uuencode in base64 without end": f"begin-base64 644 a.bin\n{BASE}",
    "uuencode behind a table": f"table\n{''.join(map(chr, range(32, 96)))}\nbegin 644 a.bin\n{UU}`\nend\n",
    "yEnc": yencoded(),
    "yEnc in parts": yencoded(extra=" part=1").replace("name=a.bin\n", f"name=a.bin\n=ypart begin=1 end={len(FILE)}\n"),
    "yEnc without name": yencoded().replace(" name=a.bin", ""),
    "yEnc without end": yencoded().partition("=yend")[0],
    "BinHex": f"{_BINHEX_HEAD}{binhexed()}",
    "BinHex behind an empty line": f"{_BINHEX_HEAD}\n{binhexed()}",
    "BinHex without heading": binhexed(),
    "BinHex folded": _BINHEX_HEAD + binhexed()[:40] + "\n" + binhexed()[40:],
    "PEM": ARMOURED,
    "PEM of an unknown label": ARMOURED.replace("CERTIFICATE", "ANYTHING"),
    "PEM of small letters": ARMOURED.replace("CERTIFICATE", "certificate"),
    "PEM with a header": ARMOURED.replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n", 1),
    "PEM never closed": ARMOURED.partition("-----END")[0],
    "PEM indented": "".join(f"  {line}\n" for line in ARMOURED.splitlines()),
    "PGP of a file": ARMOURED.replace("CERTIFICATE", "PGP MESSAGE"),
    "a calendar": f"BEGIN:VCALENDAR\nATTACH;ENCODING=BASE64;VALUE=BINARY:{base64.b64encode(FILE).decode()}\nEND:VCALENDAR\n",
    "a calendar, folded": "BEGIN:VCALENDAR\nATTACH;ENCODING=BASE64;VALUE=BINARY:\n"
        + "".join(f" {line}\n" for line in BASE.splitlines()) + "END:VCALENDAR\n",
    "a calendar with a data address": f"BEGIN:VCALENDAR\nATTACH:data:x/y;base64,{base64.b64encode(FILE).decode()}\nEND:VCALENDAR\n",
    "a calendar in small letters": f"begin:vcalendar\nattach;encoding=base64;value=binary:{base64.b64encode(FILE).decode()}\nend:vcalendar\n",
    "a calendar of encoding b": f"BEGIN:VCALENDAR\nATTACH;ENCODING=b:{base64.b64encode(FILE).decode()}\nEND:VCALENDAR\n",
    "a calendar, grouped": f"BEGIN:VCARD\nitem1.PHOTO;ENCODING=b:{base64.b64encode(FILE).decode()}\nEND:VCARD\n",
    "an old card": f"BEGIN:VCARD\nVERSION:2.1\nPHOTO;BASE64:\n {BASE.strip().replace(chr(10), chr(10) + ' ')}\n\nEND:VCARD\n",
    "a card, unknown field": f"BEGIN:VCARD\nX-FILE;ENCODING=b:{base64.b64encode(FILE).decode()}\nEND:VCARD\n",
}  # fmt: skip

_WORDS = "Bonjour,\nci-joint.\n\n"
_HTML = "Content-Type: text/html\n\n<p>Bonjour</p>\n"

IN_TEXT = {
    **{f"the only body: {name}": f"{TOP}\n{_WORDS}{text}" for name, text in TEXTS.items()},
    **{
        f"first in a text part: {name}": mail(f"Content-Type: text/plain\n\n{text}", _HTML)
        for name, text in TEXTS.items()
    },
    **{
        f"in base64: {name}": mail(
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes((_WORDS + text).encode("latin-1")).decode()
        )
        for name, text in TEXTS.items()
    },
    **{
        f"in a preamble: {name}": mail(TEXT).replace("\n\n--", f"\n\n{text}--", 1)
        for name, text in TEXTS.items()
        if name in {"uuencode", "yEnc", "BinHex"}
    },
    **{
        f"in an epilogue: {name}": mail(TEXT) + text
        for name, text in TEXTS.items()
        if name in {"uuencode", "yEnc", "BinHex"}
    },
    **{
        f"in a multipart without parts: {name}": f"{TOP}Content-Type: multipart/mixed; boundary=x\n\n{text}"
        for name, text in TEXTS.items()
        if name in {"uuencode", "yEnc", "BinHex"}
    },
    "a mail of uuencode without a header": f"begin 644 a.bin\n{UU}`\nend\n",
}

DECLARED = {
    **{
        f"{said}: {name}": mail(TEXT, part(f"{H}: {said}\n", body=TEXTS[name]))
        for said in ("uuencode", "x-uuencode", "uue", "x-uue", "x-uu", "uuencoded")
        for name in ("uuencode", "uuencode without end", "uuencode without name",
                     "uuencode of no mode", "uuencode of mode 0")
    },
    **{
        f"{said}, lines alone": mail(TEXT, part(f"{H}: {said}\n", body=UU))
        for said in ("uuencode", "x-uuencode", "uue", "x-uue", "x-uu")
    },
    **{
        f"{said}: yEnc": mail(TEXT, part(f"{H}: {said}\n", body=TEXTS["yEnc"]))
        for said in ("x-yencode", "yenc", "x-yenc", "8bit", "binary")
    },
    **{
        f"{said}: {name}": mail(TEXT, part(f"{H}: {said}\n", body=body))
        for said in ("binhex", "binhex40", "mac-binhex40", "mac-binhex", "x-binhex40", "7bit")
        for name, body in {"lines alone": binhexed(), "with heading": TEXTS["BinHex"]}.items()
    },
    "application/mac-binhex40": mail(
        TEXT, f"Content-Type: application/mac-binhex40; name=a.bin\n{DISPOSITION}\n{TEXTS['BinHex']}"
    ),
    "application/mac-binhex40, lines alone": mail(
        TEXT, f"Content-Type: application/mac-binhex40; name=a.bin\n{DISPOSITION}\n{binhexed()}"
    ),
    "uuencode in a file without encoding": mail(TEXT, f"{TYPE}{DISPOSITION}\n{TEXTS['uuencode']}"),
    "uuencode in base64": mail(
        TEXT, part(body=base64.encodebytes(TEXTS["uuencode"].encode()).decode())
    ),
    "application/x-uuencode": mail(
        TEXT, f"Content-Type: application/x-uuencode\n{DISPOSITION}\n{TEXTS['uuencode']}"
    ),
    "text in UTF-16": mail(
        "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(TEXTS["uuencode"].encode("utf-16")).decode()
    ),
    "text in UTF-7": mail(
        "Content-Type: text/plain; charset=utf-7\n\n" + TEXTS["uuencode"].encode("utf-7").decode()
    ),
}  # fmt: skip

TABLES = {"in texts": IN_TEXT, "declared": DECLARED}
