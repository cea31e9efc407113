import ast
import json
import string
from pathlib import Path

import pytest

import gateway.cli
from gateway.cli.french import FRENCH
from gateway.cli.words import language, say
from gateway.smtp.sink import Step
from tests.support.commands import hold, run, settings
from tests.support.held import ITEM, mail_server

SOURCES = [
    ast.parse(file.read_text("utf-8"))
    for file in Path(gateway.cli.__path__[0]).rglob("*.py")
    if file.name != "french.py"
]
NODES = [node for source in SOURCES for node in ast.walk(source)]
TEXTS = {node.value for node in NODES if isinstance(node, ast.Constant)}
SAID = {
    node.args[0].value
    for node in NODES
    if isinstance(node, ast.Call)
    and isinstance(node.func, ast.Name)
    and node.func.id == "say"
    and isinstance(node.args[0], ast.Constant)
}


@pytest.fixture
def _french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_MESSAGES", "fr_FR.UTF-8")


def places(text: str) -> set[tuple[str | None, str | None, str | None]]:
    return {(name, form, turned) for _, name, form, turned in string.Formatter().parse(text)} - {
        (None, None, None)
    }


def test_everything_that_is_said_is_said_in_french_too() -> None:
    assert len(SAID) > 50
    assert SAID - FRENCH.keys() == set()


def test_nothing_is_in_french_that_is_never_said() -> None:
    assert FRENCH.keys() - TEXTS == set()


@pytest.mark.parametrize("text", FRENCH)
def test_both_languages_name_the_same_things(text: str) -> None:
    assert places(FRENCH[text]) == places(text)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8"}, "C"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "de"),
        ({}, "C"),
    ],
)
def test_the_locale_chooses_the_language(
    monkeypatch: pytest.MonkeyPatch, names: dict[str, str], expected: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)

    assert language() == expected
    assert say("Deleted {item}.", item="{x}") == (
        "{x} est supprimé." if expected == "fr" else "Deleted {x}."
    )


@pytest.mark.usefixtures("_french")
def test_an_administrator_reads_french(tmp_path: Path) -> None:
    config = settings(tmp_path)
    empty = run("quarantine", "list", "--config", config).stdout
    item = hold(tmp_path, ITEM)

    listed = run("quarantine", "list", "--config", config).stdout
    shown = run("quarantine", "show", item, "--config", config).stdout
    wrong = run("quarantine", "list", "--newer-than", "x", "--config", config).stderr
    done = run("quarantine", "delete", item, "--yes", "--reason", "x", "--config", config).stdout

    assert empty == "Rien n'est retenu.\n"
    assert "objet" in listed
    assert "Jugé par" in shown
    assert "une durée est attendue" in wrong
    assert done == f"{item} est supprimé.\n"


@pytest.mark.usefixtures("_french")
def test_a_refused_release_is_told_in_french_with_the_words_of_the_mail_server(
    tmp_path: Path,
) -> None:
    async def is_full(step: Step) -> bytes:
        return b"452 4.3.1 no room {item}\r\n" if step.verb == "." else step.usual

    with mail_server(is_full) as sink:
        config = settings(tmp_path, sink.port)
        item = hold(tmp_path, ITEM)
        done = run("quarantine", "release", item, "--force", "--reason", "x", "--config", config)

    assert done.exit_code == 1
    assert done.stderr == (
        "lazaretto: le serveur suivant a répondu : 452 4.3.1 no room {item} ; "
        f"le message {item} reste retenu\n"
    )


@pytest.mark.usefixtures("_french")
def test_what_programs_read_is_the_same_in_every_language(tmp_path: Path) -> None:
    config = settings(tmp_path)
    hold(tmp_path, ITEM)

    (line,) = run("quarantine", "list", "--json", "--config", config).stdout.splitlines()

    assert (json.loads(line)["class"], json.loads(line)["state"]) == ("malicious", "held")
