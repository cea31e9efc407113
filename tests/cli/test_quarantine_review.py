"""The screen, driven by its keys, on a real lockbox and in front of a real mail server."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.cli.review.app import Review
from gateway.cli.review.desk import PAGE
from gateway.cli.review.sheet import Sheet
from gateway.cli.review.shelf import Items, Shelf
from gateway.cli.words import say, speaking
from gateway.custody import records
from gateway.custody.holding import searchable
from gateway.model import Recipient
from gateway.smtp.sink import Step
from quarantine import NewItem
from tests.support.allowing import FRONT, REPORT, SIGNED
from tests.support.commands import hold, lockbox, settings
from tests.support.held import ENVELOPE, ITEM, mail_server
from tests.support.house import MALICIOUS
from tests.support.screen import answer, listed, press, reviewing, settled, words

pytestmark = pytest.mark.slow

TRICKY = "[bold red]free[/] \x1b[2J @click=app.quit"
SIZES = pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])


def item(subject: str, kind: str = "malicious") -> NewItem:
    report = replace(MALICIOUS, heading=replace(MALICIOUS.heading, subject=subject))
    return replace(
        ITEM,
        kind=kind,
        summary={**ITEM.summary, "subject": subject},
        searchable=searchable(ENVELOPE, report),
    )


@SIZES
async def test_items_are_listed_and_opened_with_evidence_and_advice(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    settings(tmp_path)
    hold(tmp_path, item("Facture"))
    first = hold(tmp_path, item(TRICKY))

    async with reviewing(tmp_path, size) as pilot:
        shown = listed(pilot)
        await press(pilot, "enter")
        found = await words(pilot, "#found")
        await press(pilot, "h")
        told = await words(pilot, "#told")

    assert shown == ["[bold red]free[/] \\x1b[2J @click=app.quit", "Facture"]
    assert first in found
    assert "[bold red]free[/] \\x1b[2J @click=app.quit" in found
    assert "malicious: runs by itself" in found
    assert "→ " in found
    assert "viewed by" in told
    with lockbox(tmp_path) as box:
        assert box.item(first).item.seen_at is not None


async def test_the_words_of_a_message_are_shown_harmless(tmp_path: Path) -> None:
    settings(tmp_path)
    text = b"Subject: x\r\n\r\n[bold]see[/] https://evil.example/ \x1b[2J\r\n"
    hold(tmp_path, replace(ITEM, message=text))

    async with reviewing(tmp_path) as pilot:
        await press(pilot, "enter", "t")
        shown = await words(pilot, "#told")

    assert "[bold]see[/] hxxps://evil[.]example/" in shown
    assert "\x1b" not in shown


async def test_a_release_is_done_when_the_next_hop_says_250(tmp_path: Path) -> None:
    with mail_server() as sink:
        settings(tmp_path, sink.port)
        held = hold(tmp_path, ITEM)
        async with reviewing(tmp_path) as pilot:
            await press(pilot, "r")
            told = await answer(pilot, reason="the sender called")
            left = listed(pilot)

    assert told.startswith("Done\n")
    assert f"Released {held}: the next hop said 250" in told
    assert left == []
    assert len(sink.deliveries) == 1
    with lockbox(tmp_path) as box:
        details = box.item(held)
    assert details.item.state == "released"
    assert "the sender called" in [record.why for record in details.records]


async def test_an_item_stays_held_when_the_next_hop_says_452_and_the_screen_says_so(
    tmp_path: Path,
) -> None:
    async def is_full(step: Step) -> bytes:
        return b"452 4.3.1 [bold]no room[/]\r\n" if step.verb == "." else step.usual

    with mail_server(is_full) as sink:
        settings(tmp_path, sink.port)
        held = hold(tmp_path, ITEM)
        async with reviewing(tmp_path) as pilot:
            await press(pilot, "enter", "r")
            told = await answer(pilot, reason="called")
            is_open = isinstance(pilot.app.screen, Sheet)
            await press(pilot, "h")
            history = await words(pilot, "#told")

    assert told.startswith("Not done\n")
    assert "452 4.3.1 [bold]no room[/]" in told
    assert "stays held" in told
    assert is_open
    assert "452 4.3.1 [bold]no room[/]" in history
    assert not sink.deliveries
    with lockbox(tmp_path) as box:
        assert box.item(held).item.state == "held"


async def test_each_refused_recipient_is_told(tmp_path: Path) -> None:
    async def one_is_full(step: Step) -> bytes:
        is_hers = step.verb == "RCPT" and "er@" in step.argument
        return b"452 4.2.2 mailbox full\r\n" if is_hers else step.usual

    both = (Recipient("dr@hospital.example"), Recipient("er@h.example"))
    envelope = records.encode(replace(ENVELOPE, recipients=both))
    with mail_server(one_is_full) as sink:
        settings(tmp_path, sink.port)
        hold(tmp_path, replace(ITEM, envelope=envelope))
        async with reviewing(tmp_path, (200, 50)) as pilot:
            await press(pilot, "r")
            told = await answer(pilot, reason="called")

    assert told.startswith("Done in part\n")
    assert "Still held for er@h.example." in told
    assert "not to er@h.example: the next hop said: 452 4.2.2 mailbox full" in told


async def test_malicious_mail_needs_a_second_person_here_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZARETTO_QUARANTINE__TWO_PERSONS", '["malicious"]')
    with mail_server() as sink:
        settings(tmp_path, sink.port)
        held = hold(tmp_path, ITEM)
        told = {}
        for person in ("alice", "bob"):
            monkeypatch.setenv("SUDO_USER", person)
            async with reviewing(tmp_path) as pilot:
                await press(pilot, "r")
                await settled(pilot)
                about = " ".join(str(line.render()) for line in pilot.app.screen.query(".line"))
                told[person] = about, await answer(pilot, reason="called")
                told_deliveries = len(sink.deliveries)
            assert told_deliveries == (person == "bob")

    assert "you approve it, and somebody else releases it" in told["alice"][0]
    assert f"Approved {held}: a second person has to release it as well." in told["alice"][1]
    assert "alice has approved it: you are the second person" in told["bob"][0]
    assert "Released" in told["bob"][1]


async def test_an_item_is_deleted_only_with_a_reason(tmp_path: Path) -> None:
    settings(tmp_path)
    held = hold(tmp_path, ITEM)

    async with reviewing(tmp_path) as pilot:
        await press(pilot, "d", "enter")
        missing = await words(pilot, "#missing")
        await press(pilot, "escape")
        left_alone = listed(pilot)
        await press(pilot, "d")
        told = await answer(pilot, reason="spam")

    assert "an answer is needed" in missing
    assert left_alone == ["secret result"]
    assert f"Deleted {held}." in told
    with lockbox(tmp_path) as box:
        assert box.item(held).item.state == "deleted"


async def test_what_is_under_legal_hold_is_not_deleted(tmp_path: Path) -> None:
    settings(tmp_path)
    held = hold(tmp_path, ITEM)
    with lockbox(tmp_path) as box:
        box.set_legal_hold(held, who="alice", why="complaint", is_held=True)

    async with reviewing(tmp_path) as pilot:
        await press(pilot, "d")
        told = await answer(pilot, reason="spam")

    assert told.startswith("Not done\n")
    assert "is under legal hold" in told


async def test_an_item_is_exported_into_a_locked_zip_that_nobody_overwrites(tmp_path: Path) -> None:
    settings(tmp_path)
    hold(tmp_path, ITEM)
    file = tmp_path / "sample.zip"

    async with reviewing(tmp_path) as pilot:
        await press(pilot, "e")
        told = await answer(pilot, file=str(file), reason="for the CERT")
        await press(pilot, "e")
        again = await answer(pilot, file=str(file), reason="for the CERT")

    assert "Its password is: infected" in told
    assert file.read_bytes().startswith(b"PK")
    assert again.startswith("Not done\n")
    assert "exists already" in again.replace("\n", " ")


async def test_a_finding_of_an_authenticated_sender_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZARETTO_ACTIONS__AUTHORITY", FRONT)
    monkeypatch.setenv("LAZARETTO_ACTIONS__ALLOWANCES", str(tmp_path / "allowances.json"))
    settings(tmp_path)
    hold(tmp_path, replace(ITEM, message=SIGNED, report=records.encode(REPORT)))

    async with reviewing(tmp_path) as pilot:
        await press(pilot, "a")
        told = await answer(pilot, reason="our own vendor")
        await press(pilot, "a")
        too_long = await answer(pilot, reason="our own vendor", time="2000d")

    assert "Allowed as no. 1: macro.dropper in ole from vendor.example until" in told
    assert too_long.startswith("Not done\n")
    assert "a year at most" in too_long


async def test_the_list_is_narrowed_by_class_by_words_and_to_what_nobody_has_seen(
    tmp_path: Path,
) -> None:
    settings(tmp_path)
    seen = hold(tmp_path, item("Résultat Martin"))
    hold(tmp_path, item("Résultat Dupont", "opaque"))
    hold(tmp_path, item("Facture", "opaque"))
    with lockbox(tmp_path) as box:
        box.view(seen, who="alice")

    async with reviewing(tmp_path) as pilot:
        await press(pilot, "slash", *"resultat", "enter")
        by_word = listed(pilot)
        await press(pilot, "c")
        by_both = listed(pilot)
        await press(pilot, "escape")
        everything = listed(pilot)
        await press(pilot, "u")
        unseen = listed(pilot)
        await press(pilot, "escape", "slash", *"lab@out.example", "enter")
        by_sender = listed(pilot)

    assert by_word == ["Résultat Dupont", "Résultat Martin"]
    assert by_both == ["Résultat Martin"]
    assert everything == ["Facture", "Résultat Dupont", "Résultat Martin"]
    assert unseen == ["Facture", "Résultat Dupont"]
    assert by_sender == everything
    with lockbox(tmp_path) as box:
        told = [r.why for r in box.audit.records() if r.action == "listed"]
    assert "review: malicious, 'resultat'" in told


async def test_more_items_are_read_when_somebody_gets_to_their_end(tmp_path: Path) -> None:
    settings(tmp_path)
    with lockbox(tmp_path) as box:
        for number in range(PAGE + 30):
            box.hold(item(f"number {number}"))

    async with reviewing(tmp_path) as pilot:
        first = len(listed(pilot))
        await press(pilot, "end")
        await press(pilot, "end")
        shown = listed(pilot)
        shelf = pilot.app.screen
        assert isinstance(shelf, Shelf)
        last = shelf.chosen

    assert first == PAGE
    assert len(shown) == len(set(shown)) == PAGE + 30
    with lockbox(tmp_path) as box:
        assert last is not None
        assert box.item(last.id).item.summary["subject"] == "number 0"


async def test_trouble_is_told_and_ends_nothing(tmp_path: Path) -> None:
    settings(tmp_path)
    hold(tmp_path, ITEM)

    async with reviewing(tmp_path) as pilot:
        other = sqlite3.connect(tmp_path / "quarantine" / "index.sqlite", isolation_level=None)
        with closing(other):
            other.execute("BEGIN IMMEDIATE")
            await press(pilot, "g")
            told = [notice.message for notice in pilot.app._notifications]
            await press(pilot, "d")
            undone = await answer(pilot, reason="spam")
        await press(pilot, "d")
        done = await answer(pilot, reason="spam")

    assert any("locked" in words for words in told), told
    assert undone.startswith("Not done\n")
    assert done.startswith("Done\n")


async def test_without_colour_the_chosen_line_is_seen_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    settings(tmp_path)
    hold(tmp_path, ITEM)

    async with reviewing(tmp_path) as pilot:
        strips = pilot.app.screen._compositor.render_strips()
        segments = [
            segment
            for strip in strips
            for segment in strip.apply_filter(
                pilot.app._filters[-1], pilot.app.screen.styles.background
            )
        ]

    styles = [segment.style for segment in segments if segment.style]
    assert any(style.reverse for style in styles)
    assert all(style.color is None or style.color.is_default for style in styles)


@pytest.mark.parametrize("spoken", ["en", "fr"])
@pytest.mark.parametrize("classes", [(Items, Shelf, Review), (Sheet, Review)])
def test_the_keys_fit_into_80_columns(spoken: str, classes: tuple[type, ...]) -> None:
    keys = [key for one in classes for key in one.BINDINGS if key.show and key.description]

    with speaking(spoken):
        line = " ".join(
            f"{'⏎' if key.key == 'enter' else key.key_display or key.key} {say(key.description)}"
            for key in keys
        )

    assert len(line) <= 80, line


def test_without_a_terminal_it_says_what_to_take_instead(tmp_path: Path) -> None:
    config = settings(tmp_path)
    command = [sys.executable, "-m", "gateway.cli", "quarantine", "review", "--config", config]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 2
    assert "lazaretto: review needs a terminal" in done.stderr


def test_without_its_package_it_says_how_to_get_it(tmp_path: Path) -> None:
    config = settings(tmp_path)
    program = (
        "import sys; sys.modules['textual'] = None\n"
        "from gateway.cli.main import main\n"
        f"sys.argv = ['lazaretto', 'quarantine', 'review', '--config', {str(config)!r}]; main()"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 1
    assert done.stderr == (
        "lazaretto: the screen needs more packages: "
        "install requirements-tui.txt, or lazaretto[tui]\n"
    )
