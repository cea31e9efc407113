import hashlib
import json
import os
import re
import smtplib
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.custody import records
from gateway.demo.mail import SAMPLES
from gateway.model import Class, Listed
from quarantine import create_key
from tests.support.commands import hold, lockbox, run, settings
from tests.support.gateway import gateway, lazaretto
from tests.support.held import ITEM, mail_server
from tests.support.house import CLEAN, MALICIOUS, MESSAGE
from tests.support.ports import free_port

DROPPER = next(s.message() for s in SAMPLES if s.expected is Class.MALICIOUS)


def _json(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_rescan_shows_what_is_different(tmp_path: Path) -> None:
    config = settings(tmp_path)
    once_clean = replace(ITEM, kind="opaque", report=records.encode(CLEAN))
    worse = hold(tmp_path, replace(once_clean, message=DROPPER))
    better = hold(tmp_path, ITEM)

    done = run("quarantine", "rescan", "--all", "--json", "--config", config)
    told = run("quarantine", "rescan", better, "--config", config)

    lines = {line["item"]: line for line in _json(done.stdout)}
    assert done.exit_code == 0, done.output
    assert (lines[worse]["was"], lines[worse]["is_now"]) == ("opaque", "malicious")
    assert "macro.dropper" in lines[worse]["more"]
    assert lines[better]["fewer"] == ["macro.dropper"]
    assert told.stdout == f"{better}  malicious -> clean -macro.dropper\n"
    with lockbox(tmp_path) as box:
        assert box.item(better).item.kind == "malicious"
        assert box.item(better).records[-1].why == "malicious -> clean -macro.dropper"


def test_a_damaged_item_does_not_keep_others_from_being_looked_at(tmp_path: Path) -> None:
    config = settings(tmp_path)
    items = [hold(tmp_path, ITEM) for _ in range(2)]
    (tmp_path / "quarantine" / "messages" / items[0]).unlink()

    done = run("quarantine", "rescan", *items, "--json", "--config", config)

    errors = [str(line["error"]) for line in _json(done.stdout)]
    assert done.exit_code == 1
    assert "is missing" in errors[0]
    assert errors[1] == ""


def test_a_rescan_of_nothing_is_a_mistake(tmp_path: Path) -> None:
    done = run("quarantine", "rescan", "--config", settings(tmp_path))

    assert (done.exit_code, done.stderr) == (2, "lazaretto: give the ids of items, or --all\n")


def test_a_report_tells_a_colleague_everything_but_what_is_personal(tmp_path: Path) -> None:
    config = settings(tmp_path)
    lineage = ("message", "DUPONT Jeanne.docm")
    report = replace(
        MALICIOUS,
        findings=tuple(replace(found, lineage=lineage) for found in MALICIOUS.findings),
        artifacts=(
            Listed(("message",), "message", (), "message", "", 100, "0" * 64),
            Listed(lineage, lineage[1], (), "ooxml", "", 50, "1" * 64),
        ),
    )
    item = hold(tmp_path, replace(ITEM, report=records.encode(report)))

    done = run("quarantine", "report", item, "--config", config)

    told = json.loads(done.stdout)
    assert told["findings"][0]["file"] == 1
    assert told["files"][1] == {
        "file": 1, "inside": 0, "kind": "ooxml", "extension": ".docm", "size": 50,
        "sha256": "1" * 64,
    }  # fmt: skip
    for personal in ("DUPONT", "secret", "lab@out", "dr@hospital", "Shell"):
        assert personal not in done.stdout


def test_what_is_all_there_is_said_and_what_is_not_is_named(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    good = run("quarantine", "fsck", "--config", config)
    (tmp_path / "quarantine" / "messages" / item).unlink()

    bad = run("quarantine", "fsck", "--json", "--config", config)

    assert (good.exit_code, good.stdout) == (0, "All is as it should be.\n")
    assert bad.exit_code == 1
    assert [(p["kind"], p["item"]) for p in _json(bad.stdout)] == [("lost-blob", item)]


def test_a_backup_is_brought_back(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    made = run("quarantine", "backup", tmp_path / "backup", "--config", config)
    again = run("quarantine", "backup", tmp_path / "backup", "--config", config)
    (tmp_path / "quarantine").rename(tmp_path / "lost")

    done = run("quarantine", "restore", tmp_path / "backup", "--config", config)
    twice = run("quarantine", "restore", tmp_path / "backup", "--config", config)

    assert made.exit_code == 0, made.output
    assert "is not empty" in again.stderr
    assert done.exit_code == 0, done.output
    assert "is not empty" in twice.stderr
    with lockbox(tmp_path) as box:
        assert box.message(item) == MESSAGE
        assert [r.action for r in box.audit.records()][-1] == "restored"


def test_legal_hold_keeps_an_item_from_being_deleted(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    words = ("--reason", "complaint", "--config", config)
    held = run("quarantine", "legal-hold", item, *words)
    refused = run("quarantine", "delete", item, "--yes", *words)
    run("quarantine", "legal-hold", item, "--end", *words)
    deleted = run("quarantine", "delete", item, "--yes", *words)

    assert held.stdout == f"{item} is under legal hold.\n"
    assert "is under legal hold: end that first" in refused.stderr
    assert deleted.exit_code == 0


def test_what_was_held_before_there_was_a_search_is_found_after_a_reindex(tmp_path: Path) -> None:
    config = settings(tmp_path)
    unfound = replace(ITEM, searchable={}, summary={**ITEM.summary, "subject": "Résultat"})
    item = hold(tmp_path, unfound)
    broken = hold(tmp_path, replace(unfound, report=b"{"))
    wanted = ("quarantine", "list", "--subject", "resultat", "--json", "--config", config)

    before = run(*wanted)
    done = run("quarantine", "reindex", "--config", config)
    after = run(*wanted)

    assert before.stdout == ""
    assert done.exit_code == 1
    assert broken in done.stdout
    assert "1 item is found by its words from now on." in done.stdout
    assert [line["id"] for line in _json(after.stdout)] == [item]


def test_files_without_an_item_are_named_by_fsck_and_removed_by_a_person(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    stray = tmp_path / "quarantine" / "messages" / "1aaaaaaaaaaaaaaa"
    stray.write_bytes(b"x")
    os.utime(stray, (0, 0))

    named = run("quarantine", "fsck", "--config", config)
    asked = run("quarantine", "purge", "--orphans", "--config", config)
    is_left = stray.exists()
    done = run("quarantine", "purge", "--orphans", "--yes", "--config", config)
    again = run("quarantine", "purge", "--orphans", "--json", "--config", config)

    assert (named.exit_code, asked.exit_code, done.exit_code) == (1, 2, 0)
    assert "purge --orphans" in named.stdout
    assert "Remove 1 file that belongs to no item, for good?" in asked.stderr
    assert is_left
    assert done.stdout == "Removed 1 file that belonged to no item.\n"
    assert not stray.exists()
    assert (again.exit_code, again.stdout) == (0, "")
    assert run("quarantine", "show", item, "--config", config).exit_code == 0
    with lockbox(tmp_path) as box:
        assert "orphan-removed" in [record.action for record in box.audit.records()]


def test_a_purge_takes_what_is_old_and_asks_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    monkeypatch.setenv("LAZARETTO_QUARANTINE__RETENTION__MALICIOUS", "1ms")

    asked = run("quarantine", "purge", "--config", config)
    done = run("quarantine", "purge", "--yes", "--config", config)

    assert (asked.exit_code, done.stdout) == (2, "Purged 1 item.\n")
    assert "give --yes" in asked.stderr
    shown = run("quarantine", "show", item, "--config", config)
    assert "shredded" in shown.stdout
    assert "secret" not in shown.stdout


def test_everything_is_put_under_another_key(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    (tmp_path / "quarantine.key").rename(tmp_path / "old.key")
    create_key(tmp_path / "quarantine.key")
    with_old = f'[quarantine]\nolder_key_files = ["{tmp_path}/old.key"]\n'
    config.write_text(config.read_text().replace("[quarantine]\n", with_old))

    before = run("quarantine", "keys", "show", "--config", config)
    done = run("quarantine", "keys", "rotate", "--config", config)
    after = _json(run("quarantine", "keys", "show", "--json", "--config", config).stdout)

    assert len(re.findall(r"items and notes", before.stdout)) == 2
    assert re.fullmatch(r"\d items and notes were put under .*\n", done.stdout)
    assert [key["count"] > 0 for key in after] == [True, False]
    config.write_text(config.read_text().replace(with_old, "[quarantine]\n"))
    shown = run("quarantine", "show", item, "--config", config)
    assert "secret result" in shown.stdout


def test_a_gateway_with_the_public_half_holds_what_only_the_private_half_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    (tmp_path / "quarantine.key").unlink()
    made = run("quarantine", "keys", "create", "--private", tmp_path / "p", "--config", config)
    item = hold(tmp_path, ITEM)
    without = run("quarantine", "list", "--config", config)
    message = run("quarantine", "export", item, tmp_path / "x.zip", "--config", config)
    monkeypatch.setenv("LAZARETTO_QUARANTINE__READING_KEY_FILE", str(tmp_path / "p"))

    with_key = run("quarantine", "show", item, "--config", config)

    assert "Take it away from this machine" in made.stdout
    assert item in without.stdout
    assert "secret" not in without.stdout
    assert message.exit_code == 1
    assert "opens only with the private key" in message.stderr
    assert not (tmp_path / "x.zip").exists()
    assert "secret result" in with_key.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("release", "--force", "--reason", "x"),
        ("release", "--reason", "x"),
        ("allow", "--rule", "macro.dropper", "--reason", "x", "--yes"),
        ("show", "--text"),
        ("rescan",),
    ],
)
@pytest.mark.parametrize("is_sealed", [True, False], ids=["sealed", "deleted"])
def test_what_cannot_be_read_is_one_clear_line(
    tmp_path: Path, words: tuple[str, ...], *, is_sealed: bool
) -> None:
    config = settings(tmp_path)
    if is_sealed:
        (tmp_path / "quarantine.key").unlink()
        run("quarantine", "keys", "create", "--private", tmp_path / "p", "--config", config)
    item = hold(tmp_path, ITEM)
    if not is_sealed:
        run("quarantine", "delete", item, "--reason", "spam", "--yes", "--config", config)

    done = run("quarantine", words[0], item, *words[1:], "--config", config)

    assert done.exit_code in {1, 2}
    assert done.exception is None or isinstance(done.exception, SystemExit)
    said = done.stderr + done.stdout
    assert ("private key" if is_sealed else "already deleted") in said


def test_the_audit_tells_who_did_what(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    run("quarantine", "show", item, "--reason", "the ward called", "--config", config)

    listed = run("quarantine", "audit", "list", "--item", item, "--config", config)
    records_ = _json(
        run("quarantine", "audit", "list", "--json", "--who", "intake", "--config", config).stdout
    )

    assert f"viewed {item} (the ward called)" in listed.stdout
    assert {record["who"] for record in records_} == {"intake"}


def test_a_changed_audit_is_named_with_its_record(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    head = run("quarantine", "audit", "head", "--config", config).stdout.strip()
    run("quarantine", "show", item, "--config", config)
    good = run("quarantine", "audit", "verify", head, "--config", config)
    with lockbox(tmp_path) as box, box._parts.index._database.writing() as connection:
        connection.exec_driver_sql("UPDATE audit SET who = 'nobody' WHERE action = 'viewed'")

    bad = run("quarantine", "audit", "verify", "--config", config)
    wrong = run("quarantine", "audit", "verify", "nonsense", "--config", config)

    assert good.exit_code == 0, good.output
    assert "all are as they were written" in good.stdout
    assert bad.exit_code == 1
    assert "the audit is broken: record 3 was changed" in bad.stderr
    assert wrong.exit_code == 2
    assert "is no head" in wrong.stderr


@pytest.mark.parametrize(
    "command",
    ["list", "show", "release", "approve", "settle", "delete", "legal-hold", "purge", "export",
     "allow", "allowances", "disallow",
     "report", "rescan", "stats", "fsck", "backup", "restore", "keys create", "keys show",
     "keys rotate", "audit list", "audit head", "audit verify"],
)  # fmt: skip
def test_every_command_shows_how_it_is_used(command: str) -> None:
    done = run("quarantine", *command.split(), "--help")

    assert done.exit_code == 0
    assert "Example" in done.stdout


@pytest.mark.slow
def test_e11_a_second_gateway_is_told_who_has_the_quarantine(tmp_path: Path) -> None:
    with (
        mail_server() as sink,
        gateway(tmp_path, port=free_port(), next_hop=sink.port) as first,
    ):
        config = tmp_path / "lazaretto.toml"
        same = lazaretto("serve", "--config", str(config))
        words = config.read_text().replace(f'{tmp_path}/quarantine"', f'{tmp_path}/other"')
        config.write_text(words)
        same_state = lazaretto("serve", "--config", str(config))

    assert (same.returncode, same_state.returncode) == (1, 1)
    locked = f"is locked by pid {first.process.pid} (gateway)"
    assert f"{tmp_path}/quarantine {locked}" in same.stderr
    assert f"{tmp_path}/state {locked}" in same_state.stderr


@pytest.mark.slow
def test_nothing_personal_lies_anywhere_in_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A canary in every place that a sender can write to, and every command on it."""
    canary = "DUPONT-1840675"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    message = b"".join(
        line.encode() + b"\r\n"
        for line in (
            f"From: {canary} <lab@out.example>",
            f"Subject: {canary}",
            "MIME-Version: 1.0",
            f'Content-Type: application/octet-stream; name="{canary}.exe"',
            f'Content-Disposition: attachment; filename="{canary}.exe"',
            "",
            "MZ" + canary * 50,
        )
    )
    with (
        mail_server() as sink,
        gateway(tmp_path / "state", port=free_port(), next_hop=sink.port) as running,
    ):
        with smtplib.SMTP("127.0.0.1", running.port, "out.example") as client:
            client.sendmail(f"{canary}@out.example", [f"{canary}@hospital.example"], message)
        (item,) = _json(running.command("quarantine", "list", "--json").stdout)
        name = str(item["id"])
        running.command("quarantine", "show", name, "--text", "--reason", canary)
        running.command("quarantine", "rescan", name)
        running.command("quarantine", "release", name, "--reason", canary, "--force")
        running.command("quarantine", "list", "--subject", canary)
        assert sink.deliveries
        running.command("quarantine", "backup", str(tmp_path / "backup"))
        assert _files_with(tmp_path, canary) == []
        running.command("quarantine", "delete", name, "--reason", canary, "--yes")

    assert _files_with(tmp_path, canary) == []
    assert _files_with(tmp_path, hashlib.sha256(message).hexdigest()) == []


def _files_with(folder: Path, needle: str) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return [p for p in found if needle.lower().encode() in p.read_bytes().lower()]
