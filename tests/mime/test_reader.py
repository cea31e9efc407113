import binascii
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import mime
from gateway.model import Level, Reason
from tests.support.mail import (
    LINEAGE,
    PROGRAM,
    Read,
    attachment,
    folded_base64,
    honest,
    lines,
    multipart,
    text,
)

FILE_NAMES = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="\"\\/'"),
    min_size=1,
    max_size=40,
).map(lambda stem: stem + ".pdf")


@given(
    st.lists(st.tuples(FILE_NAMES, st.binary(max_size=300)), max_size=4),
    st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=200),
)
@pytest.mark.slow
def test_well_formed_mail_is_read_back_exactly(files: list[tuple[str, bytes]], words: str) -> None:
    read = Read(honest(*files, words=words))

    attached = [p for p in read.payloads if p.declared_type == "application/pdf"]
    assert [(p.names[0], p.data) for p in attached] == files
    assert read.is_calm


@given(st.lists(st.sampled_from(["8bit", "base64", "quoted-printable"]), min_size=1, max_size=3))
@pytest.mark.slow
def test_every_transfer_encoding_of_well_formed_mail_is_undone(encodings: list[str]) -> None:
    message = EmailMessage()
    message.set_content("é = ù\n.\n" * 3, cte=encodings[0])
    for encoding in encodings[1:]:
        message.add_attachment("à =3D\n", cte=encoding)

    datas = [data.replace(b"\r\n", b"\n") for data in Read(message.as_bytes()).datas]

    assert datas[0].rstrip() == ("é = ù\n.\n" * 3).rstrip().encode()


PIECES = st.sampled_from(
    [
        *(b"--", b"--b", b"--b--", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b"\0", b"="),
        *(b"Content-Type:", b"multipart/mixed;", b"boundary=b", b'boundary="', b"b1", b"message/"),
        *(b"rfc822", b"text/plain", b"Content-Transfer-Encoding: base64", b"TVqQAAMA", b"=?utf-8?"),
        *(b"B?TVo=?=", b"filename*0*=utf-8''%4", b"begin 644 x", b"M", b"end", b"(", b")", b"\\"),
        *(b"-----BEGIN X-----", b"-----END X-----", b"name=x", b";", b"uuencode", b"\xff\xfe"),
    ]
)


@given(st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=60).map(b"".join)))
def test_any_bytes_are_read_without_an_exception_and_without_growth(data: bytes) -> None:
    read = Read(data)

    assert sum(map(len, read.datas)) <= 40 * len(data)
    assert len(read.payloads) <= 20 * (data.count(b"\n") + data.count(b"\r") + 1)
    mime.heading(data)


def declared(content_type: str) -> bytes:
    """A message with a program behind the boundary b1, under another Content-Type."""
    return multipart(text(), attachment(), header=f"Content-Type: {content_type}")


def changed(old: bytes, new: bytes) -> bytes:
    """A message with a program whose own header is changed."""
    message = multipart(text(), attachment())
    assert message.count(old) == 1
    return message.replace(old, new)


def quoted(body: bytes) -> bytes:
    """Every byte as quoted-printable, the hyphens of delimiters too."""
    return b"=\r\n".join(
        b"".join(b"=%02X" % value for value in body[at : at + 24]) for at in range(0, len(body), 24)
    )


def whole(body: bytes, encoding: str, kind: str = 'multipart/mixed; boundary="b1"') -> bytes:
    """A message whose whole body is encoded."""
    head = lines("From: a@b.example", f"Content-Type: {kind}")
    return head + lines(f"Content-Transfer-Encoding: {encoding}", "") + body


INSIDE = b"--b1\r\n" + attachment() + b"--b1--\r\n"
DISPOSITION = b'Content-Disposition: attachment; filename="setup.exe"\r\n'
ENCODING = b"Content-Transfer-Encoding: base64\r\n"

HIDING = {
    "in the epilogue": multipart(text()) + INSIDE,
    "in the epilogue of the inner of two": multipart(
        b'Content-Type: multipart/mixed; boundary="b2"\r\n\r\n--b2\r\n'
        + text()
        + b"--b2--\r\n--b2\r\n"
        + attachment()
    ),
    "in the preamble of another boundary": multipart(text()).replace(
        b"\r\n\r\n--b1", b"\r\n\r\n--zz\r\n" + attachment() + b"--b1", 1
    ),
    "behind the second boundary": declared('multipart/mixed; boundary="x"; boundary="b1"'),
    "behind the first boundary": declared('multipart/mixed; boundary="b1"; boundary="x"'),
    "behind the second Content-Type": declared(
        'text/plain\r\nContent-Type: multipart/mixed; boundary="b1"'
    ),
    "behind the first Content-Type": declared(
        'multipart/mixed; boundary="b1"\r\nContent-Type: text/plain'
    ),
    "behind a type that is a multipart first": changed(
        b"Content-Type: application", b"Content-Type: multipart/x; boundary=b1\r\nContent-Type: x"
    ),
    "behind a missing boundary": declared("multipart/mixed"),
    "behind an empty boundary": multipart(
        attachment(), boundary="", header='Content-Type: multipart/mixed; boundary=""'
    ),
    "behind an encoded boundary": declared('multipart/mixed; boundary="=?us-ascii?Q?b=31?="'),
    "behind an encoded type": declared("=?us-ascii?Q?multipart/mixed=3B_boundary=3Db1?="),
    "behind a continued boundary": declared("multipart/mixed; boundary*0=b; boundary*1=1"),
    "behind a percent-encoded boundary": declared("multipart/mixed; boundary*=us-ascii''b%31"),
    "behind a boundary in a comment": declared("multipart/mixed; (boundary=b1)"),
    "behind a boundary in a quoted string": declared('multipart/mixed; x="; boundary=b1; "'),
    "behind a comment inside the boundary": declared("multipart/mixed; boundary=b(x)1").replace(
        b"--b1", b"--b(x)1"
    ),
    "behind a comma": declared("multipart/mixed, boundary=b1"),
    "behind a colon": declared("multipart/mixed; boundary:b1"),
    "behind a blank": declared("multipart/mixed boundary=b1"),
    "behind a misspelt type": declared("multi part/mixed; boundary=b1"),
    "behind a type without a slash": declared("multipart; boundary=b1"),
    "behind a boundary that begins like the line": declared("multipart/mixed; boundary=b"),
    "behind a boundary in other case": declared("multipart/mixed; boundary=B1"),
    "behind a boundary with control characters": declared("multipart/mixed; boundary=b\x011"),
    "behind an indented delimiter": multipart(attachment()).replace(
        b"\r\n--b1\r\n", b"\r\n --b1\r\n"
    ),
    "behind a boundary longer than readers compare": declared(
        f"multipart/mixed; boundary={'b' * 80}"
    ).replace(b"--b1", b"--" + b"b" * 70),
    "in the epilogue behind an attached mail": multipart(
        b"Content-Type: message/rfc822\r\n\r\n" + multipart(text())
    )
    + INSIDE,
    "behind a contradicted encoding": changed(
        ENCODING, b"Content-Transfer-Encoding: 7bit\r\n" + ENCODING
    ),
    "behind an encoding contradicted later": changed(
        ENCODING, ENCODING + b"Content-Transfer-Encoding: quoted-printable\r\n"
    ),
    "behind an unknown encoding": changed(b": base64", b": x-zip"),
    "behind stacked encodings": changed(b": base64", b": 8bit, base64"),
    "behind an empty line in the header": changed(DISPOSITION, DISPOSITION + b"\r\n"),
    "behind an empty line before the header": multipart(text(), b"\r\n" + attachment()),
    "in a multipart that is base64": whole(folded_base64(INSIDE), "base64"),
    "in a multipart that is quoted-printable": whole(quoted(INSIDE), "quoted-printable"),
}


def seen_in(message: bytes) -> Read:
    """What is seen in a message and in the mails that it yields."""
    read = Read(message)
    for payload in list(read.payloads):
        if payload.declared_type == "message/rfc822":
            read.payloads += Read(payload.data).payloads
    return read


@pytest.mark.parametrize("message", HIDING.values(), ids=HIDING.keys())
def test_what_only_some_readers_see_is_opened_and_told(message: bytes) -> None:
    read = seen_in(message)

    assert PROGRAM in read.datas
    assert read.level is Level.SUSPICIOUS


HONEST = {
    "from a scanner, without MIME-Version": multipart(attachment()).replace(
        b"MIME-Version: 1.0\r\n", b""
    ),
    "with bare line feeds": multipart(text(), attachment()).replace(b"\r\n", b"\n"),
    "with bare carriage returns": multipart(text(), attachment()).replace(b"\r\n", b"\r"),
    "with 8-bit header text": b"Subject: R\xe9sultat\r\n" + multipart(attachment()),
    "with comments": declared('multipart/mixed (a "quote) ; (x) boundary="b1"'),
    "cut off before its end": multipart(attachment()).removesuffix(b"--b1--\r\n"),
    "with a misspelt encoding": changed(b": base64", b": Base-64 (x)"),
    "with the same encoding twice": changed(ENCODING, ENCODING + ENCODING),
    "with blanks before the colon": changed(b"Encoding:", b"Encoding :"),
    "with a parameter that is not indented": changed(b"; filename", b";\r\nfilename"),
    "with blanks after the delimiter": multipart(attachment()).replace(b"--b1\r", b"--b1 \t\r"),
    "with a folded encoding": changed(b": base64", b":\r\n base64"),
    "with a footer behind the end": multipart(attachment()) + b"\r\n--\r\nA mailing list\r\n",
    "saved from a mailbox file": b"From a@b Mon Jan  1 00:00:00 2026\r\n" + multipart(attachment()),
    "with parts of one name and content": multipart(attachment(), attachment()),
}


@pytest.mark.parametrize("message", HONEST.values(), ids=HONEST.keys())
def test_honest_sloppy_mail_is_opened_and_stays_clean(message: bytes) -> None:
    read = Read(message)

    assert PROGRAM in read.datas
    assert read.is_calm


def test_a_bounce_that_quotes_a_mail_as_text_is_clean_and_its_files_are_opened() -> None:
    bounce = lines("From: mailer-daemon@x.example", "Subject: failure", "", "--- copy ---")

    read = Read(bounce + multipart(text(), attachment()))

    assert PROGRAM in read.datas
    assert read.is_calm


def test_the_boundaries_of_an_attached_mail_are_its_own_affair() -> None:
    inner = multipart(attachment(), boundary="b12")
    part = b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n"

    read = Read(multipart(text(), part))

    assert read.datas == [b"hello", inner]
    assert read.is_calm


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ("message/partial; id=x; number=1; total=2", Reason.UNSUPPORTED),
        ("message/external-body; access-type=URL", Reason.UNSUPPORTED),
        ('multipart/encrypted; protocol="application/pgp-encrypted"', Reason.ENCRYPTED_MAIL),
    ],
)
def test_what_cannot_be_seen_here_is_a_gap(declared: str, reason: Reason) -> None:
    read = Read(lines("From: a@b.example", f"Content-Type: {declared}", "", "x"))

    assert [gap.reason for gap in read.gaps] == [reason]


@pytest.mark.slow
def test_too_many_parts_are_a_gap_and_the_first_are_opened() -> None:
    read = Read(multipart(*[b"\r\nx\r\n"] * 2_500))

    assert [gap.reason for gap in read.gaps] == [Reason.TOO_MANY]
    assert len(read.payloads) >= 1_900


@pytest.mark.slow
def test_too_many_quoted_parts_are_a_gap() -> None:
    quoted = (
        lines("From: a@b.example", "") + b"--q\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 2_500
    )

    assert [gap.reason for gap in Read(quoted).gaps] == [Reason.TOO_MANY]


def test_too_deep_nesting_is_a_gap() -> None:
    nest = "".join(
        f'--{n}\r\nContent-Type: multipart/mixed; boundary="{n + 1}"\r\n\r\n' for n in range(100)
    )

    read = Read(lines('Content-Type: multipart/mixed; boundary="0"', "") + nest.encode())

    assert Reason.TOO_MANY in {gap.reason for gap in read.gaps}


def test_a_file_whose_padding_ends_early_is_opened_in_every_way() -> None:
    early = b"\r\n".join(folded_base64(PROGRAM[n : n + 10]).rstrip() for n in range(0, 1026, 10))
    header, _, _ = attachment().partition(b"\r\n\r\n")

    read = Read(multipart(header + b"\r\n\r\n" + early + b"\r\n"))

    assert PROGRAM in read.datas
    assert read.level is Level.SUSPICIOUS


def test_one_message_is_decoded_part_by_part() -> None:
    opened = mime.read(honest(("a.pdf", b"1"), ("b.pdf", b"2")), LINEAGE).open()

    assert isinstance(next(opened), mime.Payload)


@pytest.mark.parametrize(
    ("kind", "charset", "level"),
    [
        ("text/html", "utf-16", Level.SUSPICIOUS),
        ("text/html", "UTF-7", Level.SUSPICIOUS),
        ("text/csv", "utf-16le", Level.NOTE),
        ("text/html", "iso-2022-jp", None),
        ("text/html", "utf-8", None),
    ],
)
def test_text_that_no_filter_can_read_is_decoded_and_told(
    kind: str, charset: str, level: Level | None
) -> None:
    words = "<script>été</script>" if charset != "iso-2022-jp" else "日本"
    message = lines("From: a@b.example", f"Content-Type: {kind}; charset={charset}", "")

    read = Read(message + words.encode(charset))

    assert words.encode() in read.datas
    assert read.level is level


def test_nul_in_a_text_hides_nothing() -> None:
    read = Read(lines("From: a@b.example", "Content-Type: text/plain", "", b"SE\0CR\0ET"))

    assert b"SECRET\r\n" in read.datas


UUENCODED = b"begin 644 setup.exe\n" + b"".join(
    binascii.b2a_uu(PROGRAM[at : at + 45]) for at in range(0, len(PROGRAM), 45)
)
CARRIED = {
    "a bounce whose quoted part has a field in its body": lines("From: a@b.example", "", "--b1")
    + attachment().replace(b"\r\n\r\n", b"\r\n\r\nContent-Transfer-Encoding: 7bit\r\n")
    + b"--b1--\r\n",
    "behind a delimiter with something before it": multipart(text(), attachment()).replace(
        b"hello\r\n--b1", b'hello\r\n"--b1'
    ),
    "behind no delimiter": multipart(text(), attachment()).replace(b"hello\r\n--b1", b"hello\r\n"),
    "uuencode in a text": lines("From: a@b.example", "", "Hello", "") + UUENCODED + b"end\n",
    "uuencode that is encoded once more": lines(
        "From: a@b.example", "Content-Type: text/plain", "Content-Transfer-Encoding: base64", ""
    )
    + folded_base64(b"Hello\n\n" + UUENCODED + b"end\n"),
    "uuencode by declaration": changed(b": base64", b": x-uuencode").replace(
        folded_base64(), UUENCODED + b"end\r\n"
    ),
    "uuencode in a preamble": multipart(text()).replace(
        b"\r\n\r\n--b1", b"\r\n\r\n" + UUENCODED + b"end\n--b1", 1
    ),
    "PEM in a text": lines("From: a@b.example", "", "-----BEGIN CERTIFICATE-----")
    + folded_base64()
    + b"-----END CERTIFICATE-----\r\n",
    "a multipart without parts": whole(folded_base64(), "base64", 'multipart/x; boundary="b1"'),
    "base64 under a plain encoding": changed(b": base64", b": 7bit"),
    "a calendar": lines(
        "Content-Type: text/calendar",
        "",
        "BEGIN:VCALENDAR",
        b"ATTACH;ENCODING=BASE64:" + folded_base64().replace(b"\r\n", b"\r\n "),
        "END:VCALENDAR",
    ),
}


@pytest.mark.parametrize("message", CARRIED.values(), ids=CARRIED.keys())
def test_what_a_text_carries_within_it_is_opened_and_no_alarm_by_itself(message: bytes) -> None:
    read = Read(message)

    assert PROGRAM in read.datas
    assert read.is_calm


def test_more_files_in_one_text_than_are_opened_are_a_gap() -> None:
    read = Read(lines("From: a@b.example", "") + b"begin 644 x\n#0V%T\n`\nend\n" * 101)

    assert [gap.reason for gap in read.gaps] == [Reason.TOO_MANY]


def test_a_header_longer_than_is_read_is_a_gap() -> None:
    header = "".join(f"X-{n}: {'y' * 900}\r\n" for n in range(300)).encode()

    assert [gap.reason for gap in Read(header + multipart(text())).gaps] == [Reason.TOO_BIG]


def test_a_file_in_an_encoding_that_nobody_knows_is_told_and_a_text_is_not() -> None:
    file = changed(b": base64", b": x-zip")
    words = lines("Content-Type: text/plain", "Content-Transfer-Encoding: x-zip", "", "hello")

    assert Read(file).level is Level.SUSPICIOUS
    assert Read(words).is_calm


OVERDONE = {
    "types": declared("x/y\r\n" + "Content-Type: x/y\r\n" * 20 + "X: y"),
    "boundaries": declared("multipart/mixed" + "".join(f"; boundary=b{n}" for n in range(12))),
    "fields in lines": declared("multipart/mixed; boundary=b1\r\nX: y" + " Content-Type: x/y" * 21),
    "parameters": declared("multipart/mixed; boundary=b1" + "; a=b" * 300),
    "names": changed(
        b'; filename="setup.exe"', b"".join(b"; filename=%d.exe" % n for n in range(60))
    ),
}


@pytest.mark.parametrize("message", OVERDONE.values(), ids=OVERDONE.keys())
def test_a_header_that_says_more_than_is_read_is_a_gap(message: bytes) -> None:
    assert Reason.TOO_MANY in {gap.reason for gap in Read(message).gaps}


def test_a_nul_is_noted_and_no_more() -> None:
    seen = Read(b"Subject: x\r\n\r\na\0b\r\n")

    assert seen.is_calm
    assert [finding.evidence for finding in seen.findings] == ["an octet of value zero (NUL)"]
