import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.custody.holding import searchable
from gateway.model import Listed
from quarantine import Field, Lockbox, NewItem, Query
from tests.support.commands import hold, lockbox, run, settings
from tests.support.held import ENVELOPE, ITEM
from tests.support.house import MALICIOUS


def item(subject: str, kind: str = "malicious", size: int = 10) -> NewItem:
    report = replace(MALICIOUS, heading=replace(MALICIOUS.heading, subject=subject))
    return replace(
        ITEM,
        message=bytes(size),
        kind=kind,
        summary={**ITEM.summary, "subject": subject},
        searchable=searchable(ENVELOPE, report),
    )


def listed(tmp_path: Path, *words: str) -> list[str]:
    """The subjects that ``quarantine list`` gives."""
    done = run("quarantine", "list", "--json", *words, "--config", tmp_path / "lazaretto.toml")
    assert done.exit_code == 0, done.output
    return [json.loads(line)["summary"]["subject"] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--subject", "RESULTAT"), ["Résultat Martin", "Résultat Dupont"]),
        (("--subject", "résultat dupont"), ["Résultat Dupont"]),
        (("--subject", "result"), []),
        (("--sender", "@out.example", "--subject", "facture"), ["Facture"]),
        (("--sender", "@elsewhere.example"), []),
        (("--recipient", "dr@hospital.example", "--class", "opaque"), ["Facture"]),
        (("--rule", "macro.dropper", "--limit", "1"), ["Facture"]),
        (("--file", "docm"), []),
        (("--words", "dupont"), ["Résultat Dupont"]),
        (("--words", "RESULTAT", "--class", "malicious"), ["Résultat Martin", "Résultat Dupont"]),
        (("--words", "macro.dropper", "--subject", "facture"), ["Facture"]),
        (("--words", "@hospital.example", "--limit", "1"), ["Facture"]),
        (("--words", "facture dropper"), []),
        (("--older-than", "1 h"), []),
        (("--newer-than", "1h", "--subject", "facture"), ["Facture"]),
        (("--sort", "oldest", "--limit", "2"), ["Résultat Dupont", "Résultat Martin"]),
        (("--sort", "largest", "--limit", "1"), ["Résultat Martin"]),
        (("--sort", "class", "--limit", "2"), ["Résultat Martin", "Résultat Dupont"]),
        (("--state", "deleted"), []),
        (("--unseen", "--class", "opaque"), ["Facture"]),
    ],
)
def test_a_listing_is_narrowed_by_what_a_person_remembers(
    tmp_path: Path, words: tuple[str, ...], found: list[str]
) -> None:
    settings(tmp_path)
    hold(tmp_path, item("Résultat Dupont"))
    hold(tmp_path, item("Résultat Martin", size=500))
    hold(tmp_path, item("Facture", kind="opaque"))

    assert listed(tmp_path, *words) == found


def test_a_listing_goes_on_where_the_last_page_ended(tmp_path: Path) -> None:
    config = settings(tmp_path)
    items = [hold(tmp_path, item(f"number {number}")) for number in range(3)]

    first = run("quarantine", "list", "--limit", "2", "--config", config)

    assert f"--after {items[1]}" in first.stdout
    assert listed(tmp_path, "--limit", "2", "--after", items[1]) == ["number 0"]


def test_what_was_looked_at_is_no_longer_unseen(tmp_path: Path) -> None:
    config = settings(tmp_path)
    held = hold(tmp_path, item("x"))
    assert f"{held} *" in run("quarantine", "list", "--config", config).stdout

    run("quarantine", "show", held, "--config", config)

    assert listed(tmp_path, "--unseen") == []
    assert f"{held} *" not in run("quarantine", "list", "--config", config).stdout


def test_a_listing_is_recorded_with_what_was_looked_for(tmp_path: Path) -> None:
    settings(tmp_path)
    hold(tmp_path, item("x"))
    listed(tmp_path, "--subject", "dupont")

    with lockbox(tmp_path) as box:
        record = list(box.audit.records())[-1]
    assert (record.action, record.why) == ("listed", "subject: dupont")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--older-than", "soon"), "--older-than 'soon': expected a time such as \"4 h\""),
        (("--after", "9zzz"), "no item has an id that begins with '9zzz'"),
        (("--sort", "prettiest"), "newest"),
        (("--limit", "0"), "limit"),
    ],
)
def test_a_wrong_filter_is_one_clear_line(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = run("quarantine", "list", *words, "--config", settings(tmp_path))

    assert done.exit_code == 2
    assert said in done.stderr


def test_watching_shows_what_comes(tmp_path: Path) -> None:
    config = settings(tmp_path)
    hold(tmp_path, item("first"))
    command = [sys.executable, "-m", "gateway.cli", "quarantine", "list", "--watch", "--json"]

    with subprocess.Popen([*command, "--config", config], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        hold(tmp_path, item("second"))
        second = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)

    assert (first["summary"]["subject"], second["summary"]["subject"]) == ("first", "second")
    assert process.returncode == 130


def test_counts_are_drawn_and_open_nothing_personal(tmp_path: Path) -> None:
    config = settings(tmp_path)
    for kind in ("malicious", "malicious", "opaque"):
        hold(tmp_path, item("secret", kind=kind))

    done = run("quarantine", "stats", "--config", config)
    counted = json.loads(run("quarantine", "stats", "--json", "--config", config).stdout)

    assert re.search(r"malicious +2 +█", done.stdout)
    assert "█" in done.stdout
    assert "secret" not in done.stdout
    assert counted["by class"] == {"malicious": 2, "opaque": 1}
    assert counted["by reason"] == {"macro.dropper": 3}
    assert counted["held, by age"] == {"under 1 hour": 3}
    assert sum(counted["by day (UTC)"].values()) == 3


@pytest.mark.slow
def test_one_of_many_is_found_by_a_word_without_looking_at_the_others(tmp_path: Path) -> None:
    """Measured as a ratio: how long it takes depends on the machine."""
    settings(tmp_path)
    with lockbox(tmp_path) as box:
        for number in range(300):
            box.hold(item(f"Résultat numero{number}"))

        found, for_one = _timed(box, Query(terms=((Field.SUBJECT, "Numero123"),)))
        everything, for_all = _timed(box, Query())

    assert found == ["Résultat numero123"]
    assert len(everything) == 300
    assert for_one < for_all / 5


def _timed(box: Lockbox, query: Query) -> tuple[list[str], float]:
    began = time.thread_time()
    subjects = [item.summary["subject"] for item in box.items(query)]
    return subjects, time.thread_time() - began


def test_a_message_is_found_by_the_digest_and_the_name_of_a_file_in_it(tmp_path: Path) -> None:
    settings(tmp_path)
    digest = "ab" * 32
    inside = Listed(("message", "a.zip"), "Planning garde.docm", (), "zip", "", 9, digest)
    found = searchable(ENVELOPE, replace(MALICIOUS, artifacts=(inside,)))
    hold(tmp_path, replace(ITEM, searchable=found))
    hold(tmp_path, item("Facture"))

    for words in (("--hash", digest.upper()), ("--file", "planning"), ("--words", digest)):
        assert listed(tmp_path, *words) == ["secret result"]
