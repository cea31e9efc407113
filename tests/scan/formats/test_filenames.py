"""Names are read as Windows and mail programs read them."""

import pytest

from gateway.scan.formats import filenames


@pytest.mark.parametrize(
    "name",
    ["a.exe", "a.EXE", "a.exe ", "a.exe.", "C:\\x\\a.scr", "x/y/a.hta", "a.pdf.js", "a . exe",
     "x.{00021401-0000-0000-c000-000000000046}", "facture.PDF.vbs", "a.lnk\0"],
)  # fmt: skip
def test_what_runs_is_known(name: str) -> None:
    assert filenames.runs(name)


@pytest.mark.parametrize("name", ["", "exe", "a.pdf", "a.exe.pdf", "a.exe/b.txt", ".js.d"])
def test_what_is_only_shown_is_left_alone(name: str) -> None:
    assert not filenames.runs(name)


@pytest.mark.parametrize(
    ("name", "double"),
    [
        ("resultat.pdf.exe", True),
        ("resultat.pdf . exe", True),
        ("scan.jpg.old.lnk", True),
        ("setup.exe", False),
        ("jquery.min.js", False),
        ("rapport.v2.pdf", False),
        ("archive.pdf.zip", False),
    ],
)
def test_a_double_extension_is_one_that_runs_behind_a_document(name: str, *, double: bool) -> None:
    assert filenames.has_double_extension(name) is double


def test_blanks_of_any_kind_pad_a_name() -> None:
    assert filenames.is_padded("facture.pdf" + " " * 40 + ".exe")
    assert filenames.is_padded("facture.pdf" + "\u00a0\u3000" * 20 + ".exe")
    assert not filenames.is_padded("compte rendu de Mme X.exe")
