import re
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import mime
from gateway.model import Class
from gateway.notices.withheld import StandIns, Withheld

FRENCH, ENGLISH = StandIns("fr", "le 4242"), StandIns("en", "4242")
words = st.text(max_size=300)


def text_of(part: bytes) -> str:
    message = message_from_bytes(part, policy=default)
    return message.get_content().replace("\r\n", "\n")  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("file", "french", "english"),
    [
        (Withheld("a.zip", Class.OPAQUE, "", ("encrypted",)), "mot de passe", "password"),
        (Withheld("a.zip", Class.UNSCANNABLE, "", ("too-big",)), "en entier", "in full"),
        (
            Withheld("a.doc", Class.SUSPICIOUS, "macro", ("macro.acts",)),
            "d'elles-mêmes",
            "commands",
        ),
        (Withheld("a.js", Class.SUSPICIOUS, "script", ("script.acts",)), "programme", "a program"),
        (Withheld("a.html", Class.SUSPICIOUS, "html", ("html.lure",)), "page web", "web page"),
        (Withheld("a.pdf.rtf", Class.SUSPICIOUS, "disguise", ()), "son nom", "its name"),
        (Withheld("a.bin", Class.SUSPICIOUS, "", ("site_rule",)), "dangereux", "dangerous"),
    ],
)
def test_a_notice_says_which_file_why_whom_to_call_and_what_to_quote(
    file: Withheld, french: str, english: str
) -> None:
    for stand_ins, why, contact in ((FRENCH, french, "le 4242"), (ENGLISH, english, "4242")):
        text = text_of(stand_ins.part(file, "01abc", 1))

        for word in (file.name, why, f"contact{'ez' if stand_ins is FRENCH else ''} {contact}"):
            assert word in text
        assert text.count("01abc") == 1
        for reason in file.reasons:
            assert reason in text


def test_a_notice_is_a_text_with_a_name_of_ours() -> None:
    part = FRENCH.part(Withheld("../../x.exe", Class.OPAQUE, "", ()), "01abc", 2)

    message = message_from_bytes(part, policy=default)
    assert message.get_content_type() == "text/plain"
    assert message.get_filename() == "fichier-retenu-2.txt"
    assert message["X-Lazaretto-Withheld"] == "01abc"


def test_nobody_is_led_anywhere_by_the_name_of_a_file() -> None:
    name = "see https://evil.example/login or www.evil.example, mail@evil.example"

    text = text_of(ENGLISH.part(Withheld(name, Class.SUSPICIOUS, "", ()), "01abc", 1))

    for linked in ("://", "www.", "@"):
        assert linked not in text


def test_what_the_sender_wrote_cannot_look_like_our_own_words() -> None:
    name = "a\r\n\r\nPlease call 0900\x1b[2J\u202egnp.exe" + "y" * 5000

    text = text_of(ENGLISH.part(Withheld(name, Class.SUSPICIOUS, "", ()), "01abc", 1))

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\nPlease call" not in text
    assert max(map(len, text.splitlines())) < 120


@given(words, words, words, st.sampled_from(Class))
def test_no_word_of_the_sender_can_begin_a_part_or_a_header(
    name: str, area: str, reason: str, kind: Class
) -> None:
    part = FRENCH.part(Withheld(f"--b {name} --b", kind, area, (reason,)), "01abc", 1)

    header, _, body = part.partition(b"\r\n\r\n")
    assert part.isascii()
    assert header.count(b"\r\n") == 3
    assert max(map(len, part.split(b"\r\n"))) <= 76
    assert not re.search(rb"[-:\x00-\x09\x0b\x0c\x0e-\x1f]", body)
    assert part.count(b"\r") == part.count(b"\n") == part.count(b"\r\n")


@given(words)
def test_every_reader_sees_one_text_and_nothing_else(name: str) -> None:
    part = FRENCH.part(Withheld(name, Class.OPAQUE, "", ()), "01abc", 1)
    message = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + part + b"\r\n--b--\r\n"

    mail = mime.read(message, ("message",))

    assert mail.is_undisputed
    assert len([part for part in mail.parts if not part.is_blank]) == 1
    assert not mail.seen
