"""Two hundred lines as French hospitals write them, with every word that naive filters take ill.

« l'attribution », « ouverture automatique », « HTA », « CHR(45) », « DDE », « cmd | voir »: in no
kind of file does anything but a note come of them.
"""

from collections.abc import Callable
from email.message import EmailMessage
from html import escape
from pathlib import Path

import pytest

from gateway.model import Level
from gateway.packs import load
from gateway.workers.engine import build_engine
from gateway.workers.frames import Setup
from tests.support import excel4, files, health, office, pdf

LINES = (
    (Path(__file__).parents[1] / "cases" / "prose" / "french.txt").read_text("utf-8").splitlines()
)
SCANNER = build_engine(Setup(load.load().packs)).scanner
NAMES = (
    "Attribution", "AutorisationDeSortie", "OuvertureAutomatique", "ExecuterLesSoins", "Commander",
    "Telecharger", "SuiviHTA", "TransfertCHR", "AppelShell", "ObjetDeLaDemande", "Evaluation",
)  # fmt: skip


def text(lines: list[str]) -> bytes:
    return "\r\n".join(lines).encode("cp1252", "replace")


def page(lines: list[str]) -> bytes:
    body = "".join(f"<p>{escape(line)}</p>\n" for line in lines)
    return (
        f"<!doctype html><html><head><title>Note</title></head><body>{body}</body></html>".encode()
    )


def document(lines: list[str]) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    part = (
        f'<?xml version="1.0"?><w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    )
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return files.zipped({"[Content_Types].xml": types, "word/document.xml": part.encode()})


def rich_text(lines: list[str]) -> bytes:
    def spelled(line: str) -> str:
        marked = line.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
        return "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in marked)

    return ("{\\rtf1\\ansi " + "\\par\r\n".join(map(spelled, lines)) + "}").encode("ascii")


def portable(lines: list[str]) -> bytes:
    def shown(line: str) -> bytes:
        plain = line.encode("cp1252", "replace")
        return (
            b"("
            + plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            + b") Tj T*\n"
        )

    content = b"BT /F1 9 Tf 40 800 Td 11 TL\n" + b"".join(map(shown, lines)) + b"ET"
    return pdf.document("", "/Contents 4 0 R", pdf.stream(content))


def table(lines: list[str]) -> bytes:
    rows = [f'{number};"{line.replace(chr(34), chr(34) * 2)}"' for number, line in enumerate(lines)]
    return text([*rows, *lines])


def macros(lines: list[str]) -> bytes:
    said = [f'    MsgBox "{line.replace(chr(34), chr(34) * 2)}"' for line in lines]
    heads = "".join(f"Sub {name}()\n    {name}Fait = 1\nEnd Sub\n" for name in NAMES)
    notes = "".join(f"' {line}\n    Rem {line}\n" for line in lines)
    return office.project(f"{heads}Sub Lire()\n{chr(10).join(said)}\n{notes}End Sub\n")


def workbook(lines: list[str]) -> bytes:
    cells = {f"A{row}": line for row, line in enumerate(lines, start=1) if not line.startswith("=")}
    return excel4.package(
        {"Feuil1": cells, "Suivi HTA": cells}, name="", state="visible", macros=False
    )


def letter(lines: list[str]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "secretariat@chu.example", "cadre@hopital.example"
    message["Subject"] = lines[0][:180]
    message.set_content("\n".join(lines))
    message.add_alternative(page(lines).decode(), subtype="html")
    message.add_attachment(text(lines), maintype="text", subtype="plain", filename="note.txt")
    return message.as_bytes()


def laboratory(lines: list[str]) -> bytes:
    return health.HPRIM_HEAD.encode() + text(lines) + b"\r\n****FIN****\r\n****FINFICHIER****\r\n"


MAKES: dict[str, Callable[[list[str]], bytes]] = {
    "note.txt": text,
    "note.html": page,
    "note.docx": document,
    "note.rtf": rich_text,
    "note.pdf": portable,
    "note.csv": table,
    "note.xlsx": workbook,
    "vbaProject.bin": macros,
    "note.eml": letter,
    "note.hpr": laboratory,
}


def said(data: bytes, name: str) -> list[tuple[str, str]]:
    report = SCANNER.scan(data, name)
    loud = [one for one in report.findings if one.level > Level.NOTE]
    return [(one.rule or one.code, one.evidence) for one in loud] + [
        (gap.reason.value, gap.detail) for gap in report.gaps
    ]


def test_there_are_two_hundred_lines() -> None:
    assert len(LINES) >= 200
    assert len(set(LINES)) == len(LINES)


@pytest.mark.parametrize("name", MAKES)
def test_french_prose_is_clean_as_a_whole(name: str) -> None:
    assert said(MAKES[name](LINES), name) == []


@pytest.mark.parametrize("name", MAKES)
def test_french_prose_is_clean_a_few_lines_at_a_time(name: str) -> None:
    found = {
        LINES[at]: loud
        for at in range(0, len(LINES), 5)
        if (loud := said(MAKES[name](LINES[at : at + 5]), name))
    }

    assert found == {}
