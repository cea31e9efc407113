import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.scan.api import Artifact, Context
from gateway.scan.kinds import Kind
from gateway.scan.preview import ANALYZERS, Headers, Words
from gateway.workers.frames import TEXT_CHARACTERS


def page(html: bytes, *, kind: Kind = Kind.HTML, within: tuple[Kind, ...] = (Kind.MESSAGE,)) -> str:
    """The words of a page in a mail, one line each."""
    artifact = Artifact(html, ("message", "page"), (), "", (kind,), within=within)
    return "\n".join(found.evidence for found in Words().analyze(artifact, Context()))


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (b"<p>one</p><p>two", "one\ntwo"),
        (b"a<br>b &eacute;&#233;&lt;c&gt;", "a\nb éé<c>"),
        (b"x<script>steal()</script>y<STYLE>p{}</Style >z", "x y z"),
        (b"x<script>steal()", "x"),
        (b"x</script>y", "x y"),
        (b"<head><title>t</title><body>body", "t body"),
        (
            b"<a href='https://evil.example/x'>https://evil.example/x</a>",
            "hxxps://evil[.]example/x",
        ),
        ("voilà".encode("cp1252"), "voilà"),
        (b"\x1b[2J\x07gone", "\\x1b[2J\\x07gone"),
    ],
)
def test_the_words_of_a_page_are_what_a_person_reads(html: bytes, words: str) -> None:
    assert [" ".join(line.split()) for line in page(html).splitlines()] == words.splitlines()


def test_the_text_of_files_is_not_quoted() -> None:
    assert page(b"secret", kind=Kind.TEXT, within=(Kind.MESSAGE, Kind.ZIP)) == ""


def test_of_a_long_text_the_beginning_is_shown() -> None:
    lines = page(b"x\r\n" * 100_000, kind=Kind.TEXT).splitlines()

    assert 100 <= len(lines) <= 200


def test_a_header_is_shown_decoded_and_once() -> None:
    message = b"Subject: =?utf-8?q?R=C3=A9sultat?=\r\nX: a\r\n b\x1b[2J\r\n\r\nbody\r\n"
    top = Artifact(message, ("message",), (), "", (Kind.MESSAGE,))
    inner = Artifact(message, ("message", "mail"), (), "", (Kind.MESSAGE,))

    shown = [found.evidence for found in Headers().analyze(top, Context())]

    assert shown == ["subject: Résultat", "x: a b\\x1b[2J"]
    assert list(Headers().analyze(inner, Context())) == []


@given(st.binary(max_size=300))
def test_any_bytes_are_quoted_within_bounds(data: bytes) -> None:
    for kind in (Kind.HTML, Kind.TEXT, Kind.MESSAGE):
        artifact = Artifact(data, ("message",), (), "", (kind,), within=(Kind.MESSAGE,))
        for analyzer in ANALYZERS[:2]:
            for found in analyzer.analyze(artifact, Context()):
                assert found.evidence.isprintable()
                assert len(found.evidence) <= TEXT_CHARACTERS


@pytest.mark.parametrize("piece", [b"<style", b"<style>", b"<", b"<a ", b"<br", b"</script>", b"&"])
def test_a_page_made_to_be_slow_is_not(piece: bytes) -> None:
    began = time.process_time()
    page(piece * (300_000 // len(piece)))

    assert time.process_time() - began < 4
