import pytest

from gateway.scan.formats.commands import starts_program


@pytest.mark.parametrize(
    "text",
    [
        "cmd /c calc",
        'c:\\\\windows\\\\system32\\\\cmd.exe "/k x"',
        "=cmd|'/c calc'!A0",
        "Excel.exe\\..\\..\\x",
        "powershell -w hidden",
        '"C:\\a\\b.vbs"',
        "msexcel|x",
    ],
)
def test_a_program_is_known(text: str) -> None:
    assert starts_program(text)


@pytest.mark.parametrize(
    "text", ["Labo Resultats", "Commande|x", "cmdline", "Excel Feuil1", "hh:mm", "a.js.txt", ""]
)
def test_other_words_are_none(text: str) -> None:
    assert not starts_program(text)
