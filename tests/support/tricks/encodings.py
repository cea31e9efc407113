"""What says how a body is wrapped: in every way that it is misread."""

import base64
import gzip

from tests.support.tricks.bodies import ZIP64, H, every
from tests.support.tricks.wire import (
    DISPOSITION,
    ENCODING,
    FILE,
    TEXT,
    TYPE,
    mail,
    part,
    ragged,
)

SAID_BASE64 = {
    "no blank": f"{H}:base64\n",
    "a tab": f"{H}:\tbase64\n",
    "a vertical tab": f"{H}:␋base64\n",
    "a form feed": f"{H}:␌base64\n",
    "a carriage return": f"{H}:␍base64\n",
    "a NUL": f"{H}:␀base64\n",
    "a NUL behind": f"{H}: base64␀\n",
    "a NUL inside": f"{H}: base␀64\n",
    "a carriage return behind": f"{H}: base64␍\n",
    "a control inside": f"{H}: base\x0164\n",
    "case": f"{H}: baSE64\n",
    "an x": f"{H}: x-base64\n",
    "a fold": f"{H}:\n base64\n",
    "two folds": f"{H}:\n \n base64\n",
    "a fold inside": f"{H}: base\n 64\n",
    "2,000 blanks": f"{H}: {' ' * 2000}base64\n",
    "quotes": f'{H}: "base64"\n',
    "apostrophes": f"{H}: 'base64'\n",
    "an escape": f"{H}: base\\64\n",
    "a hyphen": f"{H}: base-64\n",
    "an underscore": f"{H}: base_64\n",
    "a blank inside": f"{H}: base 64\n",
    "an encoded word": f"{H}: =?UTF-8?B?YmFzZTY0?=\n",
    "an encoded word in quoted-printable": f"{H}: =?UTF-8?Q?base64?=\n",
    "an encoded word of escapes": f"{H}: =?UTF-8?Q?=62=61=73=65=36=34?=\n",
    "an encoded word never closed": f"{H}: =?UTF-8?Q?base64\n",
    "half an encoded word": f"{H}: base=?UTF-8?Q?64?=\n",
    "a comment before": f"{H}: (x) base64\n",
    "a comment inside": f"{H}: bas()e64\n",
    "a folded comment inside": f"{H}: bas(\n )e64\n",
    "a comment behind": f"{H}: base64 (x)\n",
    "a comment close behind": f"{H}: base64(x)\n",
    "a comment with another": f"{H}: (quoted-printable) base64\n",
    "in a comment": f"{H}: (base64)\n",
    "in a comment behind another": f"{H}: 7bit (base64)\n",
    "a comment never closed": f"{H}: (x base64\n",
    "a word before": f"{H}: xx base64\n",
    "a word behind": f"{H}: base64 xx\n",
    "letters before": f"{H}: xxbase64\n",
    "letters behind": f"{H}: base64xx\n",
    "cut": f"{H}: base6\n",
    "an abbreviation": f"{H}: b64\n",
    "a comma behind": f"{H}: base64,\n",
    "a comma before": f"{H}: ,base64\n",
    "a semicolon behind": f"{H}: base64;\n",
    "a semicolon before": f"{H}: ;base64\n",
    "a parameter": f"{H}: base64; x=y\n",
    "a full stop": f"{H}: base64.\n",
    "as a parameter": f"{H}: encoding=base64\n",
    "blank before the colon": f"{H} : base64\n",
    "tab before the colon": f"{H}\t: base64\n",
    "two colons": f"{H}:: base64\n",
    "blank before the field": f" {H}: base64\n",
    "carriage return before the field": f"␍{H}: base64\n",
    "NUL before the field": f"␀{H}: base64\n",
    "behind a carriage return": f"X-Foo: bar␍{H}: base64\n",
    "behind a line feed": f"X-Foo: bar␊{H}: base64\n",
    "behind a NUL": f"X-Foo: bar␀{H}: base64\n",
    "no colon": f"{H} base64\n",
    "equals for the colon": f"{H}= base64\n",
    "a line of junk before": f"XXXXXXXXXX\n{H}: base64\n",
    "a line of controls before": f"\x01\x02\x03\n{H}: base64\n",
    "a line of a blank before": f" \n{H}: base64\n",
    "unknown": f"{H}: xxx\n",
    "unknown x": f"{H}: x-none\n",
    **{
        f"{first or 'empty'}, then {second or 'empty'}": f"{H}: {first}\n{H}: {second}\n"
        for first, second in (
            ("quoted-printable", "base64"), ("base64", "quoted-printable"), ("", "base64"),
            ("base64", ""), ("xxx", "base64"), ("base64", "xxx"), ("7bit", "base64"),
            ("base64", "7bit"), ("binary", "base64"), ("base64", "binary"), ("8bit", "base64"),
            ("base64", "8bit"), ("uuencode", "base64"), ("base64", "base64"),
        )
    },
    "three, ours between": f"{H}: 7bit\n{H}: base64\n{H}: quoted-printable\n",
    "two in one": f"{H}: quoted-printable base64\n",
    "two in one, turned": f"{H}: base64 quoted-printable\n",
    "two with a comma": f"{H}: quoted-printable,base64\n",
    "two with a comma, turned": f"{H}: base64,quoted-printable\n",
    "two with a semicolon": f"{H}: 7bit; base64\n",
    "two with a slash": f"{H}: 7bit/base64\n",
    "in the disposition": "X-A: b\n Content-Transfer-Encoding: base64\n",
}  # fmt: skip

SAID_NOTHING = {
    "underscores": "Content_Transfer_Encoding: base64\n",
    "no second hyphen": "Content-TransferEncoding: base64\n",
    "Content-Encoding": "Content-Encoding: base64\n",
    "X-Content": "X-Content-Transfer-Encoding: base64\n",
    "a letter missing": "Content-Transfer-Encodin: base64\n",
    "missing": "",
    "empty": f"{H}:\n",
    "7bit": f"{H}: 7bit\n",
    "8bit": f"{H}: 8bit\n",
    "binary": f"{H}: binary\n",
    "uuencode": f"{H}: uuencode\n",
}
"""What no reader takes for base64; some look at the body and see that it is."""

SAID_QUOTED = {
    "an x": f"{H}: x-quoted-printable\n",
    "cut by a letter": f"{H}: quoted-printabl\n",
    "cut": f"{H}: quoted-print\n",
    "without hyphen": f"{H}: quotedprintable\n",
    "cut without hyphen": f"{H}: quotedprint\n",
    "an underscore": f"{H}: quoted_printable\n",
    "a blank": f"{H}: quoted printable\n",
    "case": f"{H}: QUOTED-Printable\n",
    "quotes": f'{H}: "quoted-printable"\n',
    "a comment inside": f"{H}: quoted()-printable\n",
    "an abbreviation": f"{H}: qp\n",
    "a letter": f"{H}: Q\n",
    "an encoded word": f"{H}: =?utf-8?Q?quoted-printable?=\n",
    "unknown": f"{H}: xxx\n",
    **{
        f"{first or 'empty'}, then {second or 'empty'}": f"{H}: {first}\n{H}: {second}\n"
        for first, second in (
            ("quoted-printable", "base64"),
            ("base64", "quoted-printable"),
            ("", "quoted-printable"),
            ("quoted-printable", ""),
            ("xxx", "quoted-printable"),
            ("quoted-printable", "xxx"),
            ("7bit", "quoted-printable"),
            ("quoted-printable", "7bit"),
        )
    },
    "two in one": f"{H}: quoted-printable base64\n",
    "two in one, turned": f"{H}: base64 quoted-printable\n",
    "two with a comma": f"{H}: base64,quoted-printable\n",
}

_SAID = SAID_BASE64 | SAID_NOTHING

SAID = {
    **{f"base64: {name}": mail(TEXT, part(said)) for name, said in _SAID.items()},
    **{
        f"quoted-printable: {name}": mail(TEXT, part(said, body=every("={:02X}")(FILE)))
        for name, said in SAID_QUOTED.items()
    },
    **{
        f"base64 by 76 columns: {name}": mail(TEXT, part(said, body=ZIP64))
        for name, said in _SAID.items()
    },
}
"""What the header says of the encoding, in every way that it is misread."""

SAID_ALONE = {
    f"{name}, the only part": f"From: a@b.example\nSubject: r\nMIME-Version: 1.0\n{part(said)}"
    for name, said in _SAID.items()
}
"""The same for a message that is one file."""

ONE_PART = {
    name: f"From: a@b.example\nSubject: r\nMIME-Version: 1.0\n{header}\n{ragged()}"
    for name, header in {
        "a text": f"Content-Type: text/plain\n{ENCODING}",
        "a text to be saved": f"Content-Type: text/plain; name=a.txt\n{DISPOSITION}{ENCODING}",
        "a file": f"{TYPE}{ENCODING}",
        "nothing declared but the encoding": ENCODING,
        "an unknown type": f"Content-Type: x/y\n{ENCODING}",
        "a broken type": f"Content-Type: xyz\n{ENCODING}",
        "an empty type": f"Content-Type:\n{ENCODING}",
        "a picture": f"Content-Type: image/png\n{ENCODING}",
        "a multipart with no part": f"Content-Type: multipart/mixed; boundary=foo\n{DISPOSITION}{ENCODING}",
        "a multipart in plural": f"Content-Type: multiparts/mixed; boundary=foo\n{DISPOSITION}{ENCODING}",
        "a multipart with an x": f"Content-Type: x-multipart/mixed; boundary=foo\n{DISPOSITION}{ENCODING}",
        "a file with a boundary": f"Content-Type: application/octet-stream; boundary=foo\n{DISPOSITION}{ENCODING}",
        "a multipart without subtype": f"Content-Type: multipart/; boundary=foo\n{DISPOSITION}{ENCODING}",
        "a multipart without slash": f"Content-Type: multipart; boundary=foo\n{DISPOSITION}{ENCODING}",
        "a multipart without boundary": f"Content-Type: multipart/mixed\n{DISPOSITION}{ENCODING}",
        "a multipart escaped": f"Content-Type: multi\\part/mixed; boundary=foo\n{DISPOSITION}{ENCODING}",
        "a multipart of RFC 2231": f"Content-Type: multipart/mixed; boundary*=''foo\n{DISPOSITION}{ENCODING}",
        "a multipart folded": f"Content-Type:\n multipart/mixed; boundary=foo\n{DISPOSITION}{ENCODING}",
        "a multipart behind a return": f"Content-Type:␍multipart/mixed; boundary=foo\n{DISPOSITION}{ENCODING}",
        "a file, then a multipart": f"{TYPE}Content-Type: multipart/mixed; boundary=foo\n{DISPOSITION}{ENCODING}",
        "a multipart, then a file": f"Content-Type: multipart/mixed; boundary=foo\n{TYPE}{DISPOSITION}{ENCODING}",
        "a mail": f"Content-Type: message/rfc822\n{DISPOSITION}{ENCODING}",
        "a partial mail": f"Content-Type: message/partial; id=x; number=1; total=1\n{DISPOSITION}{ENCODING}",
    }.items()
}  # fmt: skip
"""A message without parts."""

PACKED = {
    name: mail(TEXT, part(f"{H}: {said}\n", body=base64.encodebytes(gzip.compress(FILE, mtime=0)).decode()))
    for name, said in {
        "gzip64": "gzip64", "x-gzip64": "x-gzip64", "x-gzip": "x-gzip", "gzip": "gzip",
        "deflate": "deflate", "base64, gzip": "base64, gzip",
    }.items()
}  # fmt: skip
"""Encodings that no standard knows and some readers undo."""

TABLES = {
    "encoding said": SAID,
    "encoding of the whole": SAID_ALONE,
    "without parts": ONE_PART,
    "packed": PACKED,
}
