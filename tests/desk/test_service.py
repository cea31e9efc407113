"""Real accounts, real connections, and the real command line on both sides."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from tests.support.commands import hold, lockbox, settings
from tests.support.gateway import gateway
from tests.support.held import ITEM, mail_server
from tests.support.house import MESSAGE
from tests.support.people import (
    ADMINISTRATOR,
    ANALYST,
    NOBODY_KNOWS,
    NUMBERS,
    OUTSIDER,
    VIEWER,
    desk,
    gathered,
    open_folder,
    run,
    start,
)
from tests.support.ports import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0,
        reason="only root can become other accounts; test_alone.py tries the desk with this one",
    ),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


def deeds(folder: Path) -> list[tuple[str, str]]:
    with lockbox(folder) as box:
        return [(record.who, record.action) for record in box.audit.records(0)]


async def test_a_viewer_lists_and_does_not_release_and_an_analyst_does(folder: Path) -> None:
    with mail_server() as sink:
        config, log = settings(folder, sink.port), StringIO()
        item = hold(folder, ITEM)
        release = ("release", item, "--force", "--reason", "called")
        async with desk(config, log):
            listed = await asyncio.to_thread(run, VIEWER, config, "list", "--json")
            refused = await asyncio.to_thread(run, VIEWER, config, *release)
            assert not sink.deliveries
            text = await asyncio.to_thread(run, VIEWER, config, "show", item, "--text")
            purge = await asyncio.to_thread(run, ANALYST, config, "purge", "--yes")
            released = await asyncio.to_thread(run, ANALYST, config, *release)
            audit = await asyncio.to_thread(run, ADMINISTRATOR, config, "audit", "list", "--json")

    assert listed.code == 0, listed.err
    assert json.loads(listed.out)["id"] == item
    needs = "lazaretto: {} needs the role {}: ask for the group {}\n"
    assert (refused.code, refused.err) == (2, needs.format("release", "analyst", "mail / daemon"))
    assert (text.code, text.out) == (2, "")
    assert (purge.code, purge.err) == (2, needs.format("purge", "administrator", "daemon"))
    assert released.code == 0, released.err
    assert len(sink.deliveries) == 1
    deeds_ = [deed for deed in deeds(folder) if deed[0] != "intake"]
    assert deeds_[0] == ("games", "listed")
    assert deeds_[-2:] == [("mail", "sending"), ("mail", "released")]
    assert {json.loads(line)["who"] for line in audit.out.splitlines()} >= {"games", "mail"}
    events = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(e["account"], e["event"]) for e in events][:2] == [
        ("games", "desk_used"),
        ("games", "desk_refused"),
    ]


async def test_an_outsider_gets_nothing_whatever_they_say_they_are(folder: Path) -> None:
    config = settings(folder)
    hold(folder, ITEM)
    async with desk(config, StringIO()):
        done = await asyncio.to_thread(
            lambda: run(OUTSIDER, config, "list", SUDO_USER="mail", USER="mail", LOGNAME="mail")
        )
        ghost = await asyncio.to_thread(start(NOBODY_KNOWS, config, "list").end)

    told = "lazaretto: bin has no role here: ask for the group games / mail / daemon\n"
    assert (done.code, done.out, done.err) == (2, "", told)
    assert (ghost.code, ghost.out) == (2, "")
    assert "user number 54321 has no account" in ghost.err
    assert {who for who, _ in deeds(folder)} == {"intake"}


async def test_the_audit_names_who_the_kernel_names(folder: Path) -> None:
    config = settings(folder)
    item = hold(folder, ITEM)
    async with desk(config, StringIO()):
        done = await asyncio.to_thread(
            lambda: run(VIEWER, config, "show", item, SUDO_USER="root", LAZARETTO_WHO="root")
        )

    assert done.code == 0, done.err
    assert deeds(folder)[-1] == ("games", "viewed")


async def test_the_environment_of_who_asks_changes_nothing(folder: Path) -> None:
    config = settings(folder)
    hold(folder, ITEM)
    (folder / "gateway").mkdir()
    (folder / "gateway" / "__init__.py").write_text("raise SystemExit(99)")
    async with desk(config, StringIO()):
        done = await asyncio.to_thread(
            lambda: run(VIEWER, config, "list", PYTHONPATH=str(folder), PYTHONSTARTUP="/x")
        )

    assert done.code == 0, done.err


async def test_the_gateway_answers_in_the_language_of_who_asks(folder: Path) -> None:
    config = settings(folder)
    async with desk(config, StringIO()):
        french = await asyncio.to_thread(
            lambda: run(VIEWER, config, "list", "--newer-than", "x", LANG="fr_FR.UTF-8")
        )

    assert (french.code, french.out) == (2, "")
    assert "une durée est attendue" in french.err


async def test_the_beginning_of_an_option_is_no_way_around_its_role(folder: Path) -> None:
    config = settings(folder)
    item = hold(folder, ITEM)
    async with desk(config, StringIO()):
        done = await asyncio.to_thread(run, VIEWER, config, "show", item, "--tex")

    assert (done.code, done.out) == (2, "")
    assert "(see: lazaretto quarantine show --help)" in done.err
    assert "No such option: --tex" in done.err


async def test_a_question_is_asked_where_the_person_is(folder: Path) -> None:
    config = settings(folder)
    item = hold(folder, ITEM)
    async with desk(config, StringIO()):
        asked = await asyncio.to_thread(run, ANALYST, config, "delete", item, "--reason", "spam")

    assert asked.code == 2
    assert "There is nobody to ask: give --yes" in asked.err


@pytest.mark.parametrize("words", [("backup", "/x"), ("restore", "/x")])
async def test_what_names_files_of_the_machine_is_refused(
    folder: Path, words: tuple[str, ...]
) -> None:
    config = settings(folder)
    async with desk(config, StringIO()):
        done = await asyncio.to_thread(run, ADMINISTRATOR, config, *words)

    assert done.code == 2
    assert done.err.startswith(f"lazaretto: the desk does not run {words[0]}: ")


async def test_an_export_goes_into_the_pipe_of_who_asks_and_into_no_file(folder: Path) -> None:
    config = settings(folder)
    item = hold(folder, ITEM)
    (folder / "mine").mkdir(mode=0o755)
    file = folder / "mine" / "x.eml"
    async with desk(config, StringIO()):
        refused = await asyncio.to_thread(run, ANALYST, config, "export", item, str(file))
        piped = await asyncio.to_thread(run, ANALYST, config, "export", item, "-", "--plain")
        viewer = await asyncio.to_thread(run, VIEWER, config, "export", item, "-")

    assert refused.code == 2
    assert "that file would be the gateway's: give - for FILE" in refused.err
    assert not file.exists()
    assert piped.out.encode() == MESSAGE.replace(b"\r\n", b"\n"), piped.err
    assert viewer.code == 2
    assert deeds(folder)[-1] == ("mail", "exported")


async def test_without_a_gateway_one_line_says_so(folder: Path) -> None:
    config = settings(folder)
    async with desk(config, StringIO()) as place:
        pass

    done = await asyncio.to_thread(run, VIEWER, config, "list")

    told = f"lazaretto: no gateway answers at {place}: No such file or directory. Does it run?\n"
    assert (done.code, done.out, done.err) == (1, "", told)


async def test_a_socket_that_was_left_over_is_taken_and_a_file_is_not(folder: Path) -> None:
    config = settings(folder)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as old:
        old.bind(str(folder / "desk.sock"))
    async with desk(config, StringIO()):
        assert (await asyncio.to_thread(run, VIEWER, config, "stats")).code == 0
    (folder / "desk.sock").write_text("mine")

    with pytest.raises(Exception, match=r"desk\.socket: .*Address already in use"):
        async with desk(config, StringIO()):
            pass
    assert (folder / "desk.sock").read_text() == "mine"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
async def test_the_command_ends_with_who_asked_for_it(
    folder: Path, number: signal.Signals, code: int
) -> None:
    config = settings(folder)
    item = hold(folder, ITEM)
    async with desk(config, StringIO()):
        visit = start(NUMBERS[VIEWER], config, "list", "--watch", "--json")
        await gathered(1)
        for _ in range(400):
            if item in (visit.folder / "out").read_text():
                break
            await asyncio.sleep(0.05)

        os.kill(visit.process.pid or 0, number)
        done = await asyncio.to_thread(visit.end)
        await gathered(0)

    assert done.code == code, done.err


async def test_the_command_ends_with_the_gateway(folder: Path) -> None:
    config = settings(folder)
    async with desk(config, StringIO()):
        visit = start(NUMBERS[VIEWER], config, "list", "--watch")
        await gathered(1)
    done = await asyncio.to_thread(visit.end)

    await gathered(0)
    assert done.code != 0


async def there(place: Path) -> None:
    """Mail is taken a moment before the desk opens."""
    for _ in range(400):
        if place.exists():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"nobody listens on {place}")


async def test_the_gateway_that_serves_opens_the_desk_of_its_settings(folder: Path) -> None:
    root = folder / "gate"
    root.mkdir(mode=0o755)
    extra = f'[desk]\nsocket = "{root}/desk.sock"\nviewers = ["games"]\n'
    with gateway(root, port=free_port(), next_hop=9, extra=extra):
        config = root / "lazaretto.toml"
        await there(root / "desk.sock")
        done = await asyncio.to_thread(run, VIEWER, config, "list")
        refused = await asyncio.to_thread(run, ANALYST, config, "list")

    assert (done.code, done.out) == (0, "Nothing is held.\n"), done.err
    assert refused.code == 2
    assert not (root / "desk.sock").exists()
