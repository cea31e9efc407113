import pytest

from gateway.scan.formats.text.textlook import Look, is_text, look


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (b"{\\rt\\adeflang1025", Look.RTF),
        (b"\n\n<p>Bonjour</p>", Look.HTML),
        (b"<?xml version='1.0'?><html xmlns='x'/>", Look.HTML),
        (b"<?xml version='1.0'?><?mso-application progid='Word.Document'?><w:x/>", Look.XML),
        (b"<!DOCTYPE svg PUBLIC 'x'><svg/>", Look.SVG),
        (b"<job id='x'><script/></job>", Look.SCRIPT),
        (b"<?php echo 1;", Look.SCRIPT),
        (b"<a.b@example.org> wrote", Look.XML),
        (b"[autorun]\r\nopen=a.exe", Look.SCRIPT),
        (b"-----BEGIN PKCS7-----\n", Look.SMIME),
        (b"Bonjour, <script>alert(1)</script>", Look.HTML),
        (b"From: a\n To: folded\nTo: b\n\n", Look.MESSAGE),
        (b"From: a\nTo: b\n\n\0\x01\xff", Look.MESSAGE),
        (b"Note: one\nAlso: two\n\n", Look.PLAIN),
    ],
)
def test_a_text_says_what_it_is(text: bytes, seen: Look) -> None:
    assert look(text, "") is seen


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_markup_is_seen_in_every_encoding(encoding: str) -> None:
    assert look("<html><body>é</body></html>".encode(encoding), "") is Look.HTML


def test_controls_are_no_text() -> None:
    assert not is_text(b"a\x00b")
    assert look(b"\x01\x02\x03", "text/html") is None


@pytest.mark.parametrize("filling", [b"\n", b" ", b"set ", b"<!--", b"From: ", b"$a", b"\t\n"])
def test_endless_repetition_is_read_in_linear_time(filling: bytes) -> None:
    assert look(b"a" + filling * (65_000 // len(filling)), "") is not None
