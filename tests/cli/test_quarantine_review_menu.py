"""The menu of the screen: what is done seldom, with its reason, driven by its keys."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from gateway.cli.review.shelf import Shelf
from gateway.demo.mail import SAMPLES
from gateway.model import Class
from gateway.scan.formats.archives.lib7zip import locked_zip
from tests.support.commands import hold, lockbox, settings
from tests.support.held import ITEM, mail_server
from tests.support.mail import honest
from tests.support.screen import answer, press, reviewing

pytestmark = pytest.mark.slow

DROPPER = next(s.message() for s in SAMPLES if s.expected is Class.MALICIOUS)


async def test_the_menu_offers_what_the_state_of_an_item_allows(tmp_path: Path) -> None:
    settings(tmp_path)
    held = hold(tmp_path, ITEM)
    offered = {}

    for state in ("held", "releasing"):
        if state == "releasing":
            with lockbox(tmp_path) as box:
                box.begin_release(held, who="alice", why="urgent")
        async with reviewing(tmp_path) as pilot:
            await press(pilot, "m")
            menu = pilot.app.screen.query_one(OptionList)
            offered[state] = [str(option.prompt)[0] for option in menu.options]
            assert menu.region.bottom <= 24
            await press(pilot, "escape")
            assert isinstance(pilot.app.screen, Shelf)

    assert offered == {"held": [*"rwfplaed"], "releasing": [*"ynle"]}


async def test_a_line_of_the_menu_is_chosen_with_the_arrows_too(tmp_path: Path) -> None:
    settings(tmp_path)
    held = hold(tmp_path, ITEM)

    async with reviewing(tmp_path) as pilot:
        await press(pilot, "enter", "m")
        await press(pilot, "up", "k", "j", "enter")
        told = await answer(pilot, reason="spam")

    assert f"Deleted {held}." in told


async def test_what_the_newest_rules_find_worse_leaves_only_by_force(tmp_path: Path) -> None:
    with mail_server() as sink:
        settings(tmp_path, sink.port)
        held = hold(tmp_path, replace(ITEM, kind="opaque", message=DROPPER))
        async with reviewing(tmp_path) as pilot:
            await press(pilot, "r")
            refused = await answer(pilot, reason="called")
            assert not sink.deliveries
            await press(pilot, "m", "f")
            forced = await answer(pilot, reason="called")

    assert "the newest rules call it malicious" in " ".join(refused.split())
    assert f"Released {held}: the next hop said 250" in forced
    assert len(sink.deliveries) == 1


@pytest.mark.parametrize(("password", "is_clean"), [("Anna 24", True), ("wrong", False)])
async def test_a_locked_file_is_looked_into_with_its_password(
    tmp_path: Path, password: str, *, is_clean: bool
) -> None:
    text = b"Bonjour, le compte rendu de la consultation de mardi."
    message = honest(("a.zip", locked_zip({"letter.txt": text}, "Anna 24")))
    with mail_server() as sink:
        settings(tmp_path, sink.port)
        hold(tmp_path, replace(ITEM, kind="opaque", message=message))
        async with reviewing(tmp_path) as pilot:
            await press(pilot, "m", "w")
            secret = pilot.app.screen.query_one("#password", Input)
            hidden = secret.password
            told = await answer(pilot, password=password, reason="by telephone")

    assert hidden
    assert told.startswith("Done\n" if is_clean else "Not done\n"), told
    assert len(sink.deliveries) == is_clean
    with lockbox(tmp_path) as box:
        assert password not in str([record.why for record in box.audit.records()])


async def test_one_person_approves_and_another_one_releases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZARETTO_QUARANTINE__TWO_PERSONS", '["malicious"]')
    with mail_server() as sink:
        settings(tmp_path, sink.port)
        held = hold(tmp_path, ITEM)
        told = {}
        for person, keys in (("alice", "mp"), ("alice", "r"), ("bob", "r")):
            monkeypatch.setenv("SUDO_USER", person)
            async with reviewing(tmp_path) as pilot:
                await press(pilot, *keys)
                told[person, keys] = await answer(pilot, reason="our own vendor")
                count = len(sink.deliveries)
            assert count == (person == "bob")

    assert f"Approved {held}" in told["alice", "mp"]
    assert "somebody else has to release it" in told["alice", "r"].replace("\n", " ")
    assert "Released" in told["bob", "r"]


@pytest.mark.parametrize(("key", "state"), [("y", "released"), ("n", "held")])
async def test_a_release_that_was_cut_off_is_settled(tmp_path: Path, key: str, state: str) -> None:
    settings(tmp_path)
    held = hold(tmp_path, ITEM)
    with lockbox(tmp_path) as box:
        box.begin_release(held, who="alice", why="urgent")
        box.sending(held, who="alice")

    async with reviewing(tmp_path) as pilot:
        await press(pilot, "enter", "m")
        await press(pilot, key)
        told = await answer(pilot, reason="looked into the mailbox")

    assert f"{held} is {state} now." in told
    with lockbox(tmp_path) as box:
        assert box.item(held).records[-1].why == "looked into the mailbox"


async def test_a_legal_hold_is_put_and_ended_with_a_reason(tmp_path: Path) -> None:
    settings(tmp_path)
    held = hold(tmp_path, ITEM)
    told = []

    async with reviewing(tmp_path) as pilot:
        for _ in range(2):
            await press(pilot, "m", "l")
            told.append(await answer(pilot, reason="complaint 2026/113"))

    assert f"{held} is under legal hold." in told[0]
    assert f"{held} is no longer under legal hold." in told[1]
