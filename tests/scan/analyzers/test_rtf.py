"""Rich text: links, objects that load themselves, and objects that are written to be lost."""

import struct

import pytest

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.analyzers.rtf import RtfAnalyzer
from gateway.scan.api import Context
from gateway.scan.formats.office.compoundwriter import compound_file
from tests.support import files, office


def look(data: bytes) -> list[Finding | Gap]:
    return [*RtfAnalyzer().analyze(office.artifact(data, "a.rtf"), Context())]


def levels(data: bytes) -> dict[str, Level]:
    return {seen.code: seen.level for seen in look(data) if isinstance(seen, Finding)}


def text(group: str) -> bytes:
    return b"{\\rtf1\\ansi Bonjour" + group.encode("latin-1") + b"\\par}"


def packed(name: str, content: bytes, *, words: bytes = b"") -> bytes:
    """Rich text with a dropped file in it."""
    package = files.ole_package(name, content)[4:]
    digits = files.ole1_object(package, b"Package\0").hex().encode()
    return b"{\\rtf1{\\object\\objemb" + words + b"{\\*\\objdata " + digits + b"}}\\par}"


@pytest.mark.parametrize(
    ("template", "level"),
    [
        ("http://192.0.2.1/a.dotm", Level.MALICIOUS),
        ("\\u104?ttp://192.0.2.1/a.dotm", Level.MALICIOUS),
        ("\\\\\\\\192.0.2.1\\\\a\\\\b.dotm", Level.MALICIOUS),
        ("\\\\\\\\SRV-MODELES\\\\a\\\\b.dot", Level.NOTE),
    ],
)
def test_a_template_is_judged_by_where_it_lies(template: str, level: Level) -> None:
    assert levels(text(f"{{\\*\\template {template}}}")) == {"office.remote-template": level}


@pytest.mark.parametrize("template", ["C:\\\\Modeles\\\\Normal.dot", "Normal.dotm"])
def test_a_template_on_the_own_disk_is_honest(template: str) -> None:
    assert levels(text(f"{{\\*\\template {template}}}")) == {}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('DDEAUTO cmd.exe "/c calc"', {"office.dde": Level.MALICIOUS}),
        ("{\\b DDE}{\\i AUTO} c\\'6dd x", {"office.dde": Level.MALICIOUS}),
        ('INCLUDEPICTURE "http://a.example/b.png"', {"office.remote-picture": Level.NOTE}),
        ('HYPERLINK "https://chu.example"', {}),
        ('HYPERLINK "ms-msdt:/id x"', {"office.tool-link": Level.MALICIOUS}),
        ("PAGE", {}),
    ],
)
def test_fields_are_judged_by_what_they_do(code: str, expected: dict[str, Level]) -> None:
    assert levels(text(f"{{\\field{{\\*\\fldinst {{ {code} }}}}{{\\fldrslt x}}}}")) == expected


def test_a_dropped_text_is_a_note_and_a_script_is_malicious() -> None:
    assert levels(packed("notes.txt", b"Bonjour")) == {"office.package": Level.SUSPICIOUS}
    assert levels(packed("notes.js", b"x")) == {"office.package": Level.MALICIOUS}


def test_an_object_that_loads_itself_is_suspicious() -> None:
    data = files.rich_text(compound_file({"a": b"x"})).replace(b"\\objemb", b"\\objemb\\objupdate")

    assert levels(data) == {"rtf.update": Level.SUSPICIOUS}


def test_one_of_a_class_that_attacks_use_is_malicious() -> None:
    data = packed("notes.txt", b"x", words=b"\\objupdate{\\*\\objclass Package}")

    assert levels(data)["rtf.update"] is Level.MALICIOUS


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("http://192.0.2.1/a.hta", {"office.remote-object": Level.SUSPICIOUS}),
        ("http://192.0.2.1/a.html!", {"office.remote-object": Level.MALICIOUS}),
        ("\\\\192.0.2.1\\a\\b.xls", {"office.remote-object": Level.SUSPICIOUS}),
        ("\\\\SRV\\a\\b.xls", {"office.linked": Level.NOTE}),
        ("C:\\a\\b.xls", {}),
    ],
)
def test_a_linked_object_is_judged_by_where_it_lies(
    target: str, expected: dict[str, Level]
) -> None:
    texts = b"".join(
        struct.pack("<I", len(one)) + one
        for one in (b"Excel.Sheet.8\0", target.encode() + b"\0", b"\0")
    )
    digits = (struct.pack("<II", 0x501, 1) + texts + bytes(12)).hex()

    assert levels(files.rich_text_of(digits)) == expected


def test_a_word_that_is_only_like_it_is_nothing() -> None:
    assert levels(files.rich_text(b"x").replace(b"\\objemb", b"\\objemb\\objupdatex")) == {}


@pytest.mark.parametrize(
    ("native", "level"),
    [(office.equation(), Level.NOTE), (office.equation(b"A" * 60), Level.MALICIOUS)],
)
def test_an_equation_is_judged_by_what_it_holds(native: bytes, level: Level) -> None:
    assert levels(files.rich_text(native, b"Equation.3\0")) == {"office.equation": level}


@pytest.mark.parametrize(("times", "level"), [(1, Level.SUSPICIOUS), (9, Level.MALICIOUS)])
def test_an_object_that_is_written_to_be_lost(times: int, level: Level) -> None:
    data = files.rich_text(b"native").replace(b"objdata ", b"objdata " + b"\\foo7 " * times)

    (finding,) = look(data)
    assert isinstance(finding, Finding)
    assert (finding.code, finding.level) == ("rtf.hidden-object", level)
    assert finding.evidence.endswith("the first is \\foo7")


@pytest.mark.parametrize("between", [b"\r\n", b" \t", b"\\bin0 "])
def test_blanks_among_the_digits_are_honest(between: bytes) -> None:
    assert levels(files.rich_text(b"native").replace(b"objdata ", b"objdata " + between)) == {}


@pytest.mark.slow
def test_more_fields_than_are_read_are_a_gap() -> None:
    (gap,) = look(b"{\\rtf1" + b"\\fldinst " * 200_000 + b"}")

    assert isinstance(gap, Gap)
    assert gap.reason is Reason.TOO_BIG
