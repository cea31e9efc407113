"""The screen of somebody who may not read the key: each thing that is done is an errand."""

import asyncio
import zipfile
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from gateway.cli.options import read_settings
from gateway.cli.review.app import Review
from gateway.cli.review.desk import Outcome, Wanted, attempt
from gateway.cli.review.direct import Direct
from gateway.cli.review.errands import Errands
from gateway.custody import records
from gateway.desk.roles import Role
from quarantine import State
from tests.support.allowing import FRONT, REPORT, SIGNED
from tests.support.commands import hold, lockbox, settings
from tests.support.held import ITEM, mail_server
from tests.support.people import desk, me, my_groups
from tests.support.screen import answer, listed, press, settled, words

pytestmark = pytest.mark.slow

ROLES = (Role.VIEWER, Role.ANALYST, Role.ADMINISTRATOR)


async def test_an_errand_tells_what_the_lockbox_itself_tells(tmp_path: Path) -> None:
    config = settings(tmp_path)
    held = [hold(tmp_path, ITEM) for _ in range(3)]
    async with desk(config, StringIO(), my_groups(*ROLES)) as place:
        errands = Errands(place)
        page = await asyncio.to_thread(errands.page, Wanted())
        behind = await asyncio.to_thread(errands.page, Wanted(), held[2])
        found = await asyncio.to_thread(errands.page, Wanted("malicious", "secret"))
        nothing = await asyncio.to_thread(errands.page, Wanted(words="-x --raw", unseen=True))
        details = await asyncio.to_thread(errands.look, held[0])

    with lockbox(tmp_path) as box:
        direct = Direct(read_settings(config), box)
        assert [item.id for item in page] == [held[2], held[1], held[0]]
        assert [item.id for item in behind] == [held[1], held[0]]
        assert page[:2] == direct.page(Wanted())[:2]
        assert found == page
        assert nothing == []
        assert details == direct.details(held[0])
        assert [(r.who, r.action) for r in details.records[1:]] == [(me(), "viewed")]


async def test_an_analyst_looks_through_and_releases_from_the_screen(tmp_path: Path) -> None:
    with mail_server() as sink:
        config = settings(tmp_path, sink.port)
        held = hold(tmp_path, ITEM)
        async with (
            desk(config, StringIO(), my_groups(Role.VIEWER, Role.ANALYST)) as place,
            Review(Errands(place)).run_test(size=(80, 24)) as pilot,
        ):
            await settled(pilot)
            shown = listed(pilot)
            await press(pilot, "enter")
            found = await words(pilot, "#found")
            await press(pilot, "t")
            text = await words(pilot, "#told")
            await press(pilot, "r")
            told = await answer(pilot, reason="the sender called")
            left = listed(pilot)

    assert shown == ["secret result"]
    assert held in found
    assert "Dear colleague" in text
    assert told.startswith("Done\n")
    assert f"Released {held}: the next hop said 250" in told
    assert left == []
    assert len(sink.deliveries) == 1
    with lockbox(tmp_path) as box:
        deeds = [(record.who, record.action) for record in box.item(held).records]
    assert (me(), "released") in deeds


async def test_a_viewer_looks_and_the_screen_says_what_a_viewer_may_not(tmp_path: Path) -> None:
    with mail_server() as sink:
        config = settings(tmp_path, sink.port)
        held = hold(tmp_path, ITEM)
        async with (
            desk(config, StringIO(), my_groups(Role.VIEWER)) as place,
            Review(Errands(place)).run_test(size=(80, 24)) as pilot,
        ):
            await settled(pilot)
            await press(pilot, "enter")
            found = await words(pilot, "#found")
            await press(pilot, "t")
            text = await words(pilot, "#told")
            await press(pilot, "r")
            told = await answer(pilot, reason="please")

    assert held in found
    assert "show needs the role analyst" in text
    assert told.startswith("Not done\n")
    assert "release needs the role analyst" in told
    assert not sink.deliveries
    with lockbox(tmp_path) as box:
        assert box.item(held).item.state is State.HELD


async def test_every_deed_of_the_screen_is_one_of_the_commands(tmp_path: Path) -> None:
    config = settings(tmp_path)
    extra = f'[actions]\nauthority = "{FRONT}"\nallowances = "{tmp_path}/allowances.json"\n'
    config.write_text(config.read_text() + extra)
    signed = replace(ITEM, message=SIGNED, report=records.encode(REPORT))
    first, second = hold(tmp_path, signed), hold(tmp_path, ITEM)
    with lockbox(tmp_path) as box:
        box.begin_release(second, who="alice", why="urgent")
        box.sending(second, who="alice")
    file = tmp_path / "sample.zip"
    why = {"reason": "because", "to": ""}
    outcomes: dict[str, Outcome] = {}

    def work(errands: Errands) -> None:
        def note(name: str, outcome: Outcome) -> None:
            outcomes[name] = outcome

        rule = {"rule": "macro.dropper", "time": "30d"}
        note("approve", errands.approve(first, {**why, "to": "a@b.example, c@d.example"}))
        note("hold", errands.legal_hold(first, why, is_held=True))
        note("kept", errands.delete(first, why))
        note("end", errands.legal_hold(first, why, is_held=False))
        note("allow", errands.allow(first, {**why, **rule}))
        note("export", errands.export(first, {**why, "file": str(file)}))
        taken = attempt(lambda: errands.export(first, {**why, "file": str(file)}))
        assert isinstance(taken, Outcome)
        note("taken", taken)
        note("unlock", errands.unlock(first, {**why, "password": "wrong"}))
        note("delete", errands.delete(first, why))
        note("settle", errands.settle(second, why, arrived=False))

    async with desk(config, StringIO(), my_groups(*ROLES)) as place:
        await asyncio.to_thread(work, Errands(place))

    told = {name: " ".join(outcome.done + outcome.undone) for name, outcome in outcomes.items()}
    undone = {name for name, outcome in outcomes.items() if outcome.undone}
    assert undone == {"kept", "taken", "unlock"}, told
    assert told["approve"] == f"Approved {first}: a second person may release it now."
    assert told["hold"] == f"{first} is under legal hold."
    assert "is under legal hold: end that first" in told["kept"]
    assert told["end"] == f"{first} is no longer under legal hold."
    assert "Allowed as no. 1: macro.dropper" in told["allow"]
    assert f"Wrote {file.stat().st_size} bytes of {first} to {file}." in told["export"]
    assert "exists already" in told["taken"]
    assert "stays held" in told["unlock"]
    assert told["delete"] == f"Deleted {first}."
    assert told["settle"] == f"{second} is held now."
    assert zipfile.is_zipfile(file)
    assert file.stat().st_mode & 0o777 == 0o600
    with lockbox(tmp_path) as box:
        deeds = [record for record in box.item(first).records if record.action != "shredded"]
    assert {record.who for record in deeds[1:]} == {me()}


async def test_a_gateway_that_stops_is_told_and_ends_nothing(tmp_path: Path) -> None:
    config = settings(tmp_path)
    hold(tmp_path, ITEM)
    async with desk(config, StringIO(), my_groups(Role.VIEWER)) as place:
        pass

    async with Review(Errands(place)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        told = [notice.message for notice in pilot.app._notifications]

    assert any("no gateway answers at" in words_ for words_ in told), told
