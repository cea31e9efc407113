import zipfile
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from pathlib import Path

import pytest

from gateway.custody import records
from gateway.demo.mail import SAMPLES
from gateway.model import Class, Recipient
from gateway.scan.formats.archives.lib7zip import locked_zip
from gateway.smtp.sink import Step
from quarantine import NewItem
from tests.support.commands import hold, lockbox, run, settings
from tests.support.held import ENVELOPE, ITEM, mail_server

DROPPER = next(s.message() for s in SAMPLES if s.expected is Class.MALICIOUS)
TWO = replace(ENVELOPE, recipients=(Recipient("dr@hospital.example"), Recipient("er@h.example")))


def opaque(message: bytes) -> NewItem:
    return replace(ITEM, message=message, kind="opaque")


def locked_mail(inside: bytes, password: str = "s3cret") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lab@out.example", "dr@hospital.example", "x"
    mail.set_content("The file is locked.")
    data = locked_zip({"result.txt": inside}, password)
    mail.add_attachment(data, "application", "zip", filename="a.zip")
    return mail.as_bytes(policy=SMTP)


@pytest.fixture
def _two_persons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAZARETTO_QUARANTINE__TWO_PERSONS", '["malicious"]')


def _as(monkeypatch: pytest.MonkeyPatch, person: str) -> None:
    monkeypatch.setenv("SUDO_USER", person)


@pytest.mark.usefixtures("_two_persons")
def test_malicious_mail_leaves_only_when_two_persons_want_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server() as sink:
        words = ("--reason", "called", "--config", settings(tmp_path, sink.port))
        item = hold(tmp_path, ITEM)
        _as(monkeypatch, "alice")
        first = run("quarantine", "release", item, *words)
        again = run("quarantine", "release", item, *words)
        assert not sink.deliveries
        _as(monkeypatch, "bob")
        elsewhere = run("quarantine", "release", item, "--to", "me@h.example", *words)
        assert not sink.deliveries
        second = run("quarantine", "release", item, *words)

    assert first.exit_code == 1
    assert "a second person has to release it as well" in first.stdout
    assert "was approved by alice: somebody else has to release it" in again.stderr
    assert "approved by alice for other recipients" in elsewhere.stderr
    assert second.exit_code == 0, second.output
    with lockbox(tmp_path) as box:
        records_ = [(r.who, r.action) for r in box.item(item).records]
    assert ("alice", "approved") in records_
    assert records_[-3:] == [("bob", "releasing"), ("bob", "sending"), ("bob", "released")]


@pytest.mark.usefixtures("_two_persons")
def test_mail_that_is_not_malicious_needs_one_person(tmp_path: Path) -> None:
    with mail_server() as sink:
        config = settings(tmp_path, sink.port)
        item = hold(tmp_path, opaque(ITEM.message))

        done = run("quarantine", "release", item, "--reason", "called", "--config", config)

    assert done.exit_code == 0, done.output
    assert len(sink.deliveries) == 1


def test_each_recipient_is_told_apart_and_nobody_gets_it_twice(tmp_path: Path) -> None:
    is_full = True

    async def one_is_full(step: Step) -> bytes:
        if is_full and step.verb == "RCPT" and "er@" in step.argument:
            return b"452 4.2.2 mailbox full\r\n"
        return step.usual

    with mail_server(one_is_full) as sink:
        words = ("--reason", "called", "--config", settings(tmp_path, sink.port))
        item = hold(tmp_path, replace(ITEM, envelope=records.encode(TWO)))
        first = run("quarantine", "release", item, *words)
        with lockbox(tmp_path) as box:
            between = box.item(item)
        is_full = False
        second = run("quarantine", "release", item, *words)

    assert first.exit_code == 1
    assert first.stderr == (
        "lazaretto: not to er@h.example: the next hop said: 452 4.2.2 mailbox full\n"
    )
    assert "Still held for er@h.example." in first.stdout
    assert between.item.state == "held"
    assert [delivery.recipient for delivery in between.deliveries] == ["dr@hospital.example"]
    assert second.exit_code == 0, second.output
    sent = [[entry.address for entry in each.envelope.recipients] for each in sink.deliveries]
    assert sent == [["dr@hospital.example"], ["er@h.example"]]
    with lockbox(tmp_path) as box:
        assert box.item(item).item.state == "released"


def test_a_release_to_somebody_else_leaves_it_held_for_its_readers(tmp_path: Path) -> None:
    with mail_server() as sink:
        config = settings(tmp_path, sink.port)
        item = hold(tmp_path, ITEM)

        done = run(
            "quarantine", "release", item, "--to", "it@h.example", "--reason", "to look at it",
            "--config", config,
        )  # fmt: skip

    assert "Still held for dr@hospital.example." in done.stdout
    with lockbox(tmp_path) as box:
        assert box.item(item).item.state == "held"


def test_what_the_newest_rules_find_worse_is_not_released_unless_forced(tmp_path: Path) -> None:
    with mail_server() as sink:
        words = ("--reason", "called", "--config", settings(tmp_path, sink.port))
        item = hold(tmp_path, opaque(DROPPER))
        done = run("quarantine", "release", item, *words)
        assert not sink.deliveries
        forced = run("quarantine", "release", item, "--force", *words)

    assert done.exit_code == 1
    assert f"item {item} was opaque, and the newest rules call it malicious" in done.stderr
    assert forced.exit_code == 0
    assert len(sink.deliveries) == 1


@pytest.mark.parametrize(
    ("password", "inside", "is_released"),
    [
        ("s3cret", b"your result", True),
        ("wrong", b"your result", False),
        ("s3cret", DROPPER, False),
    ],
    ids=["clean", "wrong password", "infected"],
)
def test_with_its_password_a_locked_file_is_looked_into_and_released_only_if_clean(
    tmp_path: Path, password: str, inside: bytes, *, is_released: bool
) -> None:
    with mail_server() as sink:
        config = settings(tmp_path, sink.port)
        item = hold(tmp_path, opaque(locked_mail(inside)))

        done = run(
            "quarantine", "release", item, "--with-password", "--reason", "by telephone",
            "--config", config, input=f"{password}\n",
        )  # fmt: skip

    assert (done.exit_code == 0) is is_released, done.output
    assert bool(sink.deliveries) is is_released
    assert password not in done.output
    with lockbox(tmp_path) as box:
        assert box.item(item).item.state == ("released" if is_released else "held")


def test_the_zip_that_tests_lock_is_locked() -> None:
    with zipfile.ZipFile(BytesIO(locked_zip({"a": b"b"}, "x"))) as archive:
        assert archive.infolist()[0].flag_bits & 1
