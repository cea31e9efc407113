import ast
import json
import re
import string
from pathlib import Path

import pytest

import gateway
import quarantine
from gateway.cli.catalogues import read
from gateway.cli.catalogues import texts as book
from gateway.cli.words import language, number, retell, say, speaking
from gateway.model import Action, Class, Level, Reason
from gateway.packs.load import builtin_folder, load_only
from gateway.packs.syntax import outline
from gateway.scan.codes import FINDINGS, GAPS
from gateway.smtp.sink import Step
from quarantine import State
from tests.support.commands import hold, run, settings
from tests.support.held import ITEM, mail_server
from tests.support.sayings import covering, modules, said, shape, strings, texts
from tests.support.unsaid import UNSAID

FRENCH = book("fr")
GATEWAY = Path(gateway.__file__).parent
CATALOGUES = sorted((GATEWAY / "cli" / "languages" / "fr").glob("*.po"))
ENGLISH = {
    json.loads(text)
    for file in CATALOGUES
    for text in re.findall(r'^msgid(?:_plural)? (".+")$', file.read_text("utf-8"), re.MULTILINE)
} - {""}
SHAPES = {*map(shape, ENGLISH)}
HEARD = [
    *(GATEWAY / room for room in ("allowances", "cli", "config", "custody", "desk", "mime")),
    *(GATEWAY / room for room in ("opinions", "packs", "scan", "tls.py", "telemetry/watch.py")),
    *(GATEWAY / "workers" / f"{file}.py" for file in ("answers", "channel", "frames", "pool")),
    *(GATEWAY / "workers" / f"{file}.py" for file in ("remote", "stock", "tidy")),
    Path(quarantine.__file__).parent,
]
"""Where texts are made that a person reads on a terminal."""
WHOLE = {
    *(GATEWAY / "scan" / "catalogue").glob("*.py"),
    GATEWAY / "scan" / "codes.py",
    GATEWAY / "cli" / "manual.py",
    GATEWAY / "cli" / "review" / "app.py",
    GATEWAY / "scan" / "formats" / "filenames.py",
    GATEWAY / "scan" / "formats" / "office" / "xlm" / "numbers.py",
}
"""Made of many texts, which are looked at one by one below; or of tables."""
READ = {file: tree for room in HEARD for file, tree in modules(room) if file not in WHOLE}
COMPOSED = {
    *("{what} when it is opened", "{what} at a click"),
    "The workbook has an Excel 4.0 macro sheet that {deed}",
    "`lazaretto rules show {name}` tells more about the rule.",
    "Otherwise: {advice}",
}
"""What the source puts together of two halves."""


@pytest.fixture
def _french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_MESSAGES", "fr_FR.UTF-8")


def places(text: str) -> set[tuple[str | None, str | None, str | None]]:
    return {(name, form, turned) for _, name, form, turned in string.Formatter().parse(text)} - {
        (None, None, None)
    }


@pytest.mark.parametrize("file", READ, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_what_a_person_reads_is_in_french_too(file: Path) -> None:
    tree = READ[file]
    unknown = {text for text in texts(tree) - UNSAID if not covering(text, SHAPES)}

    assert unknown == set(), "add it to gateway/cli/languages/fr, or say why not in unsaid.py"
    assert {*said(tree)} - ENGLISH == set()


def test_a_text_without_french_would_be_seen() -> None:
    source = ast.parse('raise Trouble(f"the {thing} is broken: buy another one")\nsay("nope")')

    (found,) = texts(source)
    assert found == "the {} is broken: buy another one"
    assert covering(found, SHAPES) == set()
    assert {*said(source)} - ENGLISH == {"nope"}


@pytest.mark.parametrize("code", [*FINDINGS, *GAPS])
def test_what_a_finding_means_and_what_to_do_is_in_french(code: str) -> None:
    told = FINDINGS[code] if code in FINDINGS else GAPS[Reason(code)]
    sentences = re.split(r"(?<=[.?!]) (?=[A-Z`])", f"{told.meaning} {told.todo}")

    with speaking("fr"):
        assert [one for one in sentences if retell(one) == one] == []


def test_every_rule_of_the_built_in_pack_says_in_french_what_it_sees() -> None:
    loaded = load_only([builtin_folder()])
    told = {pack.description for pack in loaded.packs}
    for pack in loaded.packs:
        for file in pack.files:
            told |= {rule.meta.get("description", "") for rule in outline(file.text).rules}

    assert len(told) > 100
    assert told - FRENCH.keys() == set()


def test_every_class_level_state_reason_and_action_has_a_french_name() -> None:
    words = {one.word for kind in (Class, Level, Action) for one in kind} | {*Reason} | {*State}

    assert words - FRENCH.keys() == set()


def test_nothing_is_in_french_that_is_never_said() -> None:
    sources = [tree for room in (GATEWAY, Path(quarantine.__file__).parent)
               for _, tree in modules(room)]  # fmt: skip
    known = set().union(*map(strings, sources))
    known |= {one for tree in sources for text in texts(tree) for one in covering(text, SHAPES)}
    names = {one.word for kind in (Class, Level, Action) for one in kind}
    sentences = {
        part
        for told in (*FINDINGS.values(), *GAPS.values())
        for part in re.split(r"(?<=[.?!]) (?=[A-Z`])", f"{told.meaning} {told.todo}")
    }
    others = {text for file in CATALOGUES if file.stem in {"library", "help", "rules"}
              for text, _ in read(file.read_text("utf-8"), "fr")}  # fmt: skip

    assert {
        text for text in ENGLISH - COMPOSED - names - sentences - others if shape(text) not in known
    } == set()


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_both_languages_name_the_same_things(file: Path) -> None:
    for english, french in read(file.read_text("utf-8"), "fr"):
        for one in [french] if isinstance(french, str) else french:
            assert places(one) == places(english)
            assert one, english


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "fr_CA.ISO8859-1@euro"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "en"),
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:fr:en"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "en_GB:fr"}, "en"),
        ({"LANG": "C", "LANGUAGE": "fr"}, "en"),
        ({"LANG": "POSIX", "LANGUAGE": "fr"}, "en"),
    ],
)
def test_the_locale_chooses_the_language(
    monkeypatch: pytest.MonkeyPatch, names: dict[str, str], expected: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)

    assert language() == expected
    assert say("Deleted {item}.", item="{x}") == (
        "{x} est supprimé." if expected == "fr" else "Deleted {x}."
    )


@pytest.mark.parametrize(("count", "shown"), [(0, "0 message a"), (1, "1 message a"), (2, "2 mes")])
def test_french_counts_from_two_on(count: int, shown: str) -> None:
    with speaking("fr"):
        told = number("Purged {count} item.", "Purged {count} items.", count=count)

    assert told.startswith(shown)
    assert number("Purged {count} item.", "Purged {count} items.", count=1) == "Purged 1 item."
    assert number("Purged {count} item.", "Purged {count} items.", count=0) == "Purged 0 items."


@pytest.mark.parametrize(
    ("english", "french"),
    [
        # A text with values, and values of ours in it.
        (
            "item 1m85 was already released 2026-11-26 10:00:00 UTC by alice",
            "le message 1m85 a déjà été libéré le 2026-11-26 10:00:00 UTC par alice",
        ),
        (
            "A macro starts by itself and runs programs, downloads files",
            "Une macro démarre d'elle-même et lance des programmes, télécharge des fichiers",
        ),
        (
            "A script hides what it does, and runs when it is opened",
            "Un script cache ce qu'il fait, et s'exécute à l'ouverture",
        ),
        # Where it is, and what is the matter there.
        (
            "/etc/x.toml: unknown key 'smtp.lisen'; did you mean 'listen'?",
            "/etc/x.toml\xa0: clé inconnue 'smtp.lisen'\xa0; vouliez-vous dire 'listen'\xa0?",
        ),
        # Several sentences.
        (
            "Do not release. Read the quoted lines.",
            "Ne libérez pas. Lisez les lignes citées.",
        ),
        # Somebody else's words.
        ("A reply from elsewhere: no such user here", "A reply from elsewhere: no such user here"),
        ("invoice: {item} of {count}", "invoice: {item} of {count}"),
        ("", ""),
    ],
)
def test_what_was_made_in_english_is_told_in_french(english: str, french: str) -> None:
    with speaking("fr"):
        assert retell(english) == french

    assert retell(english) == english


@pytest.mark.parametrize("piece", [": ", ", a", "a: b, c. D ", "is x: ", "{", "no one of"])
def test_no_sentence_takes_long(piece: str) -> None:
    with speaking("fr"):
        assert retell(piece * (8000 // len(piece))) == piece * (8000 // len(piece))


@pytest.mark.usefixtures("_french")
def test_an_administrator_reads_french(tmp_path: Path) -> None:
    config = settings(tmp_path)
    empty = run("quarantine", "list", "--config", config).stdout
    item = hold(tmp_path, ITEM)

    listed = run("quarantine", "list", "--config", config).stdout
    same = run("quarantine", "list", "--class", "malveillant", "--config", config).stdout
    shown = run("quarantine", "show", item, "--config", config).stdout
    wrong = run("quarantine", "list", "--newer-than", "x", "--config", config).stderr
    done = run("quarantine", "delete", item, "--yes", "--reason", "x", "--config", config).stdout

    assert empty == "Rien n'est retenu.\n"
    assert "objet" in listed
    assert "malveillant" in listed
    assert same == listed
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
        "lazaretto: le serveur suivant a répondu\xa0: 452 4.3.1 no room {item}\xa0; "
        f"le message {item} reste retenu\n"
    )


@pytest.mark.usefixtures("_french")
def test_what_programs_read_is_the_same_in_every_language(tmp_path: Path) -> None:
    config = settings(tmp_path)
    hold(tmp_path, ITEM)

    (line,) = run("quarantine", "list", "--json", "--config", config).stdout.splitlines()

    assert (json.loads(line)["class"], json.loads(line)["state"]) == ("malicious", "held")
