import hashlib
import json
import os
import pty
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.custody import records
from gateway.model import Finding, Gap, Level, Listed, Reason
from gateway.scan.formats.archives import lib7zip
from gateway.scan.kinds import Kind
from gateway.smtp.sink import Step
from tests.support.commands import hold, lockbox, run, settings
from tests.support.gateway import lazaretto
from tests.support.held import ENVELOPE, ITEM, mail_server
from tests.support.house import MALICIOUS, MESSAGE
from tests.support.terminal import terminal


def test_nothing_held_is_said(tmp_path: Path) -> None:
    done = run("quarantine", "list", "--config", settings(tmp_path))

    assert (done.exit_code, done.stdout) == (0, "Nothing is held.\n")


def test_a_listing_tells_who_sent_what_and_why_it_is_held(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)

    done = run("quarantine", "list", "--config", config)

    words = done.stdout.split()
    for word in (item, "malicious", "macro.dropper"):
        assert word in words


def test_a_listing_as_json_is_one_object_a_line(tmp_path: Path) -> None:
    config = settings(tmp_path)
    items = [hold(tmp_path, ITEM) for _ in range(3)]

    done = run("quarantine", "list", "--json", "--config", config)

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in lines] == items[::-1]
    assert lines[0]["class"] == "malicious"
    assert lines[0]["summary"]["subject"] == "secret result"


def test_a_listing_can_be_narrowed_by_class(tmp_path: Path) -> None:
    config = settings(tmp_path)
    hold(tmp_path, ITEM)
    opaque = hold(tmp_path, replace(ITEM, kind="opaque"))

    done = run("quarantine", "list", "--json", "--class", "opaque", "--config", config)

    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [opaque]


def test_show_draws_the_tree_with_evidence_and_advice(tmp_path: Path) -> None:
    config = settings(tmp_path)
    report = replace(
        MALICIOUS,
        artifacts=(
            Listed(("message",), "message", (), "message", "", 100, "0" * 64),
            Listed(("message", "a.docm"), "a.docm", (), "ooxml", "", 50, "1" * 64),
        ),
    )
    item = hold(tmp_path, replace(ITEM, report=records.encode(report)))

    done = run("quarantine", "show", item[:6], "--config", config)

    assert done.exit_code == 0
    for line in (
        "From       lab@out.example",
        "Subject    secret result",
        "    └── malicious: runs by itself  [macro.dropper]",
        "        └── Shell",
        "→ What to do: Do not release.",
        f"It is honest   lazaretto quarantine release {item} --reason TEXT",
        f"It is not      lazaretto quarantine delete {item} --reason TEXT",
        f"Look closer    lazaretto quarantine show {item} --text",
        "Other mail     lazaretto quarantine list --sender lab@out.example",
    ):
        assert line in done.stdout


def test_show_tells_where_a_message_came_from_and_its_digest(tmp_path: Path) -> None:
    config = settings(tmp_path)
    envelope = replace(ENVELOPE, helo="mx.out.example")
    item = hold(tmp_path, replace(ITEM, envelope=records.encode(envelope)))

    done = run("quarantine", "show", item, "--config", config)

    assert "Client     192.0.2.1, HELO mx.out.example\n" in done.stdout
    assert f"SHA-256    {hashlib.sha256(MESSAGE).hexdigest()}\n" in done.stdout


def test_what_a_sender_wrote_cannot_steer_the_terminal(tmp_path: Path) -> None:
    config = settings(tmp_path)
    nasty = "\x1b[2J\x1b]0;owned\x07 \u202egpj.exe [bold]x[/]"
    finding = Finding("macro.present", Level.SUSPICIOUS, "s", nasty, ("message", nasty))
    item = hold(
        tmp_path,
        replace(
            ITEM,
            summary={**ITEM.summary, "subject": nasty},
            report=records.encode(replace(MALICIOUS, findings=(finding,))),
        ),
    )

    for words in (("list",), ("show", item)):
        done = run("quarantine", *words, "--config", config)
        assert done.exit_code == 0
        assert not set("\x1b\x07\u202e") & set(done.stdout)
    assert "[bold]x[/]" in done.stdout


@pytest.mark.parametrize("sender", ["a$(reboot)@x.example", "-rf@x.example", "a b@x.example"])
def test_an_address_that_says_something_to_a_shell_stands_in_no_command(
    tmp_path: Path, sender: str
) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, replace(ITEM, summary={**ITEM.summary, "sender": sender}))

    done = run("quarantine", "show", item, "--config", config)

    assert f"From       {sender}" in done.stdout
    assert "Other mail" not in done.stdout


def test_an_advice_names_the_item(tmp_path: Path) -> None:
    config = settings(tmp_path)
    locked = Gap(Reason.ENCRYPTED, "needs a password", ("message",))
    report = replace(MALICIOUS, findings=(), gaps=(locked,))
    item = hold(tmp_path, replace(ITEM, report=records.encode(report)))

    done = run("quarantine", "show", item, "--config", config)

    assert f"`lazaretto quarantine export {item} FILE`" in " ".join(done.stdout.split())


def test_a_release_says_what_the_mail_server_said(tmp_path: Path) -> None:
    with mail_server() as sink:
        config = settings(tmp_path, sink.port)
        item = hold(tmp_path, ITEM)

        done = run("quarantine", "release", item, "--reason", "called", "--config", config)

    assert done.stdout == f"Released {item}: the next hop said 250 2.0.0 kept\n"
    (delivery,) = sink.deliveries
    assert delivery.message.endswith(MESSAGE)


def test_what_was_released_is_not_released_again(tmp_path: Path) -> None:
    with mail_server() as sink:
        config = settings(tmp_path, sink.port)
        item = hold(tmp_path, ITEM)
        run("quarantine", "release", item, "--reason", "called", "--config", config)

        done = run("quarantine", "release", item, "--reason", "called", "--config", config)

    assert done.exit_code == 2
    assert f"item {item} was already released" in done.stderr
    assert len(sink.deliveries) == 1


def test_when_the_mail_server_refuses_the_item_stays_held_and_says_so(tmp_path: Path) -> None:
    async def full(step: Step) -> bytes:
        return b"452 4.2.2 mailbox full\r\n" if step.verb == "." else step.usual

    with mail_server(full) as sink:
        config = settings(tmp_path, sink.port)
        item = hold(tmp_path, ITEM)

        done = run("quarantine", "release", item, "--reason", "called", "--config", config)

    assert done.exit_code == 1
    assert done.stderr == (
        f"lazaretto: the next hop said: 452 4.2.2 mailbox full; item {item} stays held\n"
    )
    with lockbox(tmp_path) as box:
        assert box.item(item).item.state == "held"


def test_a_release_that_was_cut_off_is_settled_by_a_person(tmp_path: Path) -> None:
    async def hang_up(step: Step) -> bytes:
        if step.verb == ".":
            raise ConnectionResetError
        return step.usual

    with mail_server(hang_up) as sink:
        config = settings(tmp_path, sink.port)
        item = hold(tmp_path, ITEM)
        cut = run("quarantine", "release", item, "--reason", "called", "--config", config)

    done = run(
        "quarantine", "settle", item, "--not-arrived", "--reason", "not in its log",
        "--config", config,
    )  # fmt: skip

    assert cut.exit_code == 1
    assert "the item stays in state 'releasing'" in cut.stderr
    assert done.stdout == f"{item} is held now.\n"


def test_a_release_needs_a_reason(tmp_path: Path) -> None:
    done = run("quarantine", "release", "1abc", "--config", settings(tmp_path))

    assert done.exit_code == 2
    assert "--reason" in done.stderr


@pytest.mark.parametrize("command", ["release", "delete"])
def test_a_blank_reason_is_none(tmp_path: Path, command: str) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)

    done = run("quarantine", command, item, "--reason", " \t ", "--config", config)

    assert done.exit_code == 2
    assert "say why" in done.stderr
    with lockbox(tmp_path) as box:
        assert box.item(item).item.state == "held"


def test_a_deleted_item_cannot_be_read_again(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)

    run("quarantine", "delete", item, "--reason", "spam", "--yes", "--config", config)

    done = run("quarantine", "export", item, tmp_path / "x.eml", "--config", config)
    assert done.exit_code == 2
    assert "was already deleted" in done.stderr
    assert not (tmp_path / "x.eml").exists()


def test_without_a_terminal_nothing_is_deleted_unless_told_so(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)

    done = run("quarantine", "delete", item, "--reason", "spam", "--config", config)

    assert done.exit_code == 2
    assert "give --yes" in done.stderr
    with lockbox(tmp_path) as box:
        assert box.message(item) == MESSAGE


def test_whoever_sits_at_the_keyboard_is_asked_although_the_output_goes_elsewhere(
    tmp_path: Path,
) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    keyboard, terminal = pty.openpty()
    os.write(keyboard, b"y\n")

    words = ("quarantine", "delete", item, "--reason", "spam", "--config", str(config))
    done = lazaretto(*words, stdin=terminal)
    os.close(keyboard)
    os.close(terminal)

    assert done.returncode == 0
    assert done.stdout.endswith(f"Deleted {item}.\n")


def test_a_plain_export_is_the_original_and_for_its_owner_alone(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    file = tmp_path / "sample.eml"

    run("quarantine", "export", item, file, "--plain", "--config", config)

    assert file.read_bytes() == MESSAGE
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_export_is_a_locked_zip_with_a_manifest_named_after_the_item(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    file = tmp_path / "sample.zip"

    done = run("quarantine", "export", item, file, "--reason", "for the CERT", "--config", config)

    archive = lib7zip.Archive(
        file.read_bytes(), Kind.ZIP, item_bytes=1 << 20, total_bytes=1 << 20, password="infected"
    )
    content = {entry.name: archive.read(entry) for entry in archive.items()}
    assert content[f"{item}.eml"] == MESSAGE
    manifest = json.loads(content[f"{item}.json"])
    assert manifest["sha256"] == hashlib.sha256(MESSAGE).hexdigest()
    assert b"secret" not in content[f"{item}.json"]
    assert "Its password is: infected" in done.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    with lockbox(tmp_path) as box:
        record = box.item(item).records[-1]
        assert (record.action, record.why) == ("exported", "for the CERT")


def test_an_export_is_encrypted_as_it_says(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    run("quarantine", "export", item, tmp_path / "x.zip", "--config", config)

    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        for entry in archive.infolist():
            assert entry.compress_type == 99  # WinZip AES
            assert entry.extra[-4] == 3 or b"AE\x03" in entry.extra  # 256 bits
            assert entry.flag_bits & 1


def test_an_export_goes_nowhere_that_everybody_may_write_to(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o1777)

    done = run("quarantine", "export", item, tmp_path / "open" / "x.eml", "--config", config)

    assert done.exit_code == 2
    assert "open: everybody may write there" in done.stderr
    assert not list((tmp_path / "open").iterdir())


@pytest.mark.parametrize("file", ["/dev/null", "/dev/tty"])
def test_an_export_goes_to_no_terminal_and_no_device(tmp_path: Path, file: str) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)

    done = run("quarantine", "export", item, file, "--config", config)

    assert done.exit_code == 2
    assert f"{file}: a terminal or a device would act on a hostile message" in done.stderr


@pytest.mark.slow
def test_on_a_terminal_an_export_is_refused_and_a_rescan_shows_how_far_it_is(
    tmp_path: Path,
) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    for _ in range(3):
        hold(tmp_path, ITEM)
    program = f"{sys.executable} -m gateway.cli quarantine"
    exporting = f"{program} export {item} - --config {config}"
    commands = f"{exporting}; {program} rescan --all --config {config}"
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "LANG": "C.UTF-8"}

    with terminal(["sh", "-c", f"{commands}; echo fin''ished"], environment) as seen:
        shown = seen.type("", until="finished")

    assert "-: a terminal or a device would act on a hostile message" in shown
    assert "Looking again" in shown
    assert shown.count("malicious -> clean -macro.dropper") == 4
    with lockbox(tmp_path) as box:
        assert "exported" not in [record.action for record in box.audit.records()]


def test_an_export_overwrites_nothing(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    file = tmp_path / "sample.eml"
    file.write_text("mine")

    done = run("quarantine", "export", item, file, "--config", config)

    assert done.exit_code == 2
    assert "exists already" in done.stderr
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "1zzz"), "no item has an id that begins with '1zzz'"),
        (("show", "not an id!"), "lazaretto: "),
        (("export", "1", "/nowhere/x"), "no item has an id"),
    ],
)
def test_an_id_that_names_nothing_is_the_callers_mistake(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    done = run("quarantine", *words, "--config", settings(tmp_path))

    assert done.exit_code == 2
    assert message in done.stderr


def test_an_id_that_names_several_lists_them(tmp_path: Path) -> None:
    config = settings(tmp_path)
    items = [hold(tmp_path, ITEM) for _ in range(2)]

    done = run("quarantine", "show", items[0][:2], "--config", config)

    assert done.exit_code == 2
    assert all(item in done.stderr for item in items)


def test_a_missing_key_is_one_clear_line(tmp_path: Path) -> None:
    config = settings(tmp_path)
    (tmp_path / "quarantine.key").unlink()

    done = run("quarantine", "list", "--config", config)

    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"no key file {tmp_path}/quarantine.key" in done.stderr
    assert "lazaretto quarantine keys create" in done.stderr


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    config = settings(tmp_path)
    (tmp_path / "quarantine.key").chmod(0o644)

    done = run("quarantine", "list", "--config", config)

    assert done.exit_code == 2
    assert "chmod 600" in done.stderr


def test_a_key_is_made_once(tmp_path: Path) -> None:
    first = run("quarantine", "keys", "create", tmp_path / "k")
    again = run("quarantine", "keys", "create", tmp_path / "k")

    assert (first.exit_code, again.exit_code) == (0, 2)
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
