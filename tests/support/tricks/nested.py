"""Multiparts inside multiparts, and mail inside mail."""

import base64

from tests.support.tricks.bodies import every
from tests.support.tricks.wire import (
    DISPOSITION,
    ENCODING,
    OTHER,
    PART,
    TEXT,
    TOP,
    TYPE,
    B,
    delimited,
    ragged,
)

_M = f"Content-Type: multipart/mixed; boundary={B}\n"
_HEAD = f"{TOP}{_M}\n"
_END = f"--{B}--\n"


def nested(boundary: str, body: str, *, outer: str = B, kind: str = "mixed") -> str:
    """A message whose outer boundary is ``outer`` and whose one part is a multipart."""
    return (
        f"{TOP}Content-Type: multipart/mixed; boundary={outer}\n\n--{outer}\n"
        f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{body}--{outer}--\n"
    )


NESTED = {
    "the same boundary": nested(B, delimited(TEXT, PART)),
    "the same boundary behind a text":
        f"{_HEAD}--{B}\n{TEXT}--{B}--\n\n--{B}\n{_M}\n{delimited(TEXT, PART)}--{B}--\n",
    "the same boundary, the file in the outer":
        f"{_HEAD}--{B}\n{_M}\n--{B}\n{TEXT}--{B}--\n\n{delimited(TEXT, PART)}--{B}--\n",
    "a multipart without parts, of the same boundary": f"{_HEAD}--{B}\n{_M}{DISPOSITION}{ENCODING}\n{ragged()}--{B}--\n",
    "a multipart without parts, closed": f"{_HEAD}--{B}\nContent-Type: multipart/mixed; boundary={OTHER}\n{ENCODING}\n{ragged()}--{OTHER}--\n--{B}--\n",
    "a multipart without parts, closed at the top": f"{TOP}{_M}{ENCODING}\n{ragged()}--{B}--\n",
    "the inner is the end of the outer": nested(f"{B}--", delimited(TEXT, PART, boundary=f"{B}--")),
    "the outer is longer": nested(B, delimited(TEXT, PART), outer=f"{B}_"),
    "the outer is longer, a part of it in the preamble":
        nested(B, f"--{B}_X\n\n{delimited(TEXT, PART)}", outer=f"{B}_"),
    "the inner is longer": nested(f"{B}_", delimited(TEXT, PART, boundary=f"{B}_")),
    "the inner is longer by hyphens": nested(f"{B}-", delimited(TEXT, PART, boundary=f"{B}-")),
    "the inner begins with hyphens": nested(f"--{B}", delimited(TEXT, PART, boundary=f"--{B}")),
    "the inner differs in case": nested(B.upper(), delimited(TEXT, PART, boundary=B.upper())),
    "the inner never ends": nested(OTHER, f"--{OTHER}\n{TEXT}--{OTHER}\n{PART}"),
    "the outer never ends": f"{_HEAD}--{B}\nContent-Type: multipart/mixed; boundary={OTHER}\n\n"
        f"{delimited(TEXT, PART, boundary=OTHER)}",
    "none ends": f"{_HEAD}--{B}\nContent-Type: multipart/mixed; boundary={OTHER}\n\n--{OTHER}\n{PART}",
    "the outer ends first": nested(OTHER, f"--{OTHER}\n{TEXT}--{B}--\n--{OTHER}\n{PART}--{OTHER}--\n"),
    "the outer goes on, then the inner": nested(OTHER, f"--{OTHER}\n{TEXT}--{B}\n{TEXT}--{OTHER}\n{PART}--{OTHER}--\n"),
    "without boundary inside": f"{_HEAD}--{B}\nContent-Type: multipart/mixed\n\n{delimited(TEXT, PART, boundary=OTHER)}{_END}",
    "with an empty boundary inside": nested('""', delimited(TEXT, PART, boundary="")),
    **{
        f"in a multipart/{kind}": nested(OTHER, delimited(TEXT, PART, boundary=OTHER), kind=kind)
        for kind in (
            "alternative", "related", "signed", "report", "appledouble", "parallel", "form-data",
            "header-set", "voice-message", "fax-message", "byteranges", "x-mixed-replace", "none",
        )
    },
    "in a digest, as a mail": nested(OTHER, delimited(f"Subject: 1\n{PART}", boundary=OTHER), kind="digest"),
    "in a digest, behind an empty line": nested(OTHER, delimited(f"\nSubject: 1\n{PART}", boundary=OTHER), kind="digest"),
    "in a digest, typed": nested(OTHER, delimited(TEXT, PART, boundary=OTHER), kind="digest"),
    "in a digest of multiparts": nested(
        OTHER, delimited(f"\nFrom: me\n{_M}\n{delimited(TEXT, PART)}", boundary=OTHER), kind="digest"
    ),
    "as the first of a signed mail": nested(OTHER, delimited(PART, TEXT, boundary=OTHER), kind="signed"),
    "as the third of a signed mail": nested(OTHER, delimited(TEXT, TEXT, PART, boundary=OTHER), kind="signed"),
    "as the third of an encrypted mail": nested(OTHER, delimited(TEXT, TEXT, PART, boundary=OTHER), kind="encrypted"),
    **{
        f"{depth} deep": "".join(
            [f"{TOP}"]
            + [f"Content-Type: multipart/mixed; boundary=n{n}\n\n--n{n}\n" for n in range(depth)]
            + [PART]
            + [f"--n{n}--\n" for n in reversed(range(depth))]
        )
        for depth in (5, 20, 29, 40, 200)
    },
}  # fmt: skip
"""Multiparts inside multiparts."""

_MAIL = f"{TOP}{_M}\n{delimited(TEXT, PART)}"
_MAIL64 = base64.encodebytes(_MAIL.replace("\n", "\r\n").encode("latin-1")).decode()


def _forwarded(depth: int) -> str:
    text = f"{TOP}{TYPE}{DISPOSITION}{ENCODING}\n{ragged()}"
    for _ in range(depth):
        text = f"{TOP}Content-Type: message/rfc822\n\n{text}"
    return text


MAILS = {
    "a mail": f"{TOP}Content-Type: message/rfc822\n\n{_MAIL}",
    "a mail in base64": f"{TOP}Content-Type: message/rfc822\n{ENCODING}\n{_MAIL64}",
    "a mail quoted": f"{TOP}Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n"
        + every("={:02X}", 20)(_MAIL.replace("\n", "\r\n").encode("latin-1")),
    "a global mail": f"{TOP}Content-Type: message/global\n\n{_MAIL}",
    "a global mail in base64": f"{TOP}Content-Type: message/global\n{ENCODING}\n{_MAIL64}",
    "a part of a mail": f"{TOP}Content-Type: message/rfc822\n\n{PART}",
    "a news article": f"{TOP}Content-Type: message/news\n\n{_MAIL}",
    "a mail of an unknown kind": f"{TOP}Content-Type: message/x-any\n\n{_MAIL}",
    "a mail in capitals": f"{TOP}Content-Type: MESSAGE/RFC822\n\n{_MAIL}",
    "a mail, commented": f"{TOP}Content-Type: message/(x)rfc822\n\n{_MAIL}",
    "a mail with a boundary": f"{TOP}Content-Type: message/rfc822; boundary={B}\n\n{_MAIL}",
    "a mail without header": f"{TOP}Content-Type: message/rfc822\n\n\n{delimited(TEXT, PART)}",
    "a mail as a text": f"{TOP}Content-Type: text/plain; name=a.eml\n{DISPOSITION}\n{_MAIL}",
    "a mail as a file": f"{TOP}Content-Type: application/octet-stream; name=a.eml\n{ENCODING}\n{_MAIL64}",
    "a text and a mail": f"{TOP}Content-Type: text/plain\nContent-Type: message/rfc822\n\n{_MAIL}",
    "a mail and a text": f"{TOP}Content-Type: message/rfc822\nContent-Type: text/plain\n\n{_MAIL}",
    "headers of a mail": f"{TOP}Content-Type: text/rfc822-headers\n\n{_MAIL}",
    "a delivery report with the mail": f"{TOP}Content-Type: message/delivery-status\n\n{_MAIL}",
    "a partial mail": f"{TOP}Content-Type: message/partial; id=x; number=1; total=1\n\n{_MAIL}",
    "a partial mail, second piece": f"{TOP}Content-Type: message/partial; id=x; number=2; total=2\n\n{ragged()}",
    "a body elsewhere": f'{TOP}Content-Type: message/external-body; access-type=URL; URL="http://a.example/x"\n\n{PART}',
    "a web archive": f"{TOP}Content-Type: multipart/related; boundary={B}; type=text/html\n\n{delimited(TEXT, PART)}",
    **{f"forwarded {depth} times": _forwarded(depth) for depth in (1, 5, 9, 40)},
    **{
        f"a multipart in {said}": f"{TOP}{_M}Content-Transfer-Encoding: {said}\n\n{body}"
        for said, body in {
            "base64": base64.encodebytes(delimited(TEXT, PART).replace("\n", "\r\n").encode()).decode(),
            "quoted-printable": every("={:02X}", 20)(delimited(TEXT, PART).replace("\n", "\r\n").encode()),
            "base64 that is none": delimited(TEXT, PART),
            "quoted-printable that is none": delimited(TEXT, PART),
            "x-none": delimited(TEXT, PART),
        }.items()
    },
    "an inner multipart in base64": f"{TOP}Content-Type: multipart/mixed; boundary={OTHER}\n\n--{OTHER}\n{_M}{ENCODING}\n"
        + base64.encodebytes(delimited(TEXT, PART).replace("\n", "\r\n").encode()).decode() + f"--{OTHER}--\n",
}  # fmt: skip
"""Mail inside mail."""

TABLES = {"nested": NESTED, "mails": MAILS}
