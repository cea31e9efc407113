"""The desk as one account meets it: needs no root, so it is tried everywhere."""

import asyncio
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path

import pytest

from gateway.cli.terminal import Stopped
from gateway.desk.errand import PACKET_BYTES, Answer, Errand, decode_answer, encode
from gateway.desk.roles import Role
from tests.support.commands import hold, lockbox, settings
from tests.support.held import ITEM, mail_server
from tests.support.people import children, desk, gathered, me, mine, my_groups

pytestmark = pytest.mark.slow

LIST = encode(Errand(("list",), "C.UTF-8", "dumb", is_coloured=False))
STRANGERS = {Role.ADMINISTRATOR: ["a-group-that-nobody-has"]}


async def test_each_role_may_do_what_is_its_own_and_no_more(tmp_path: Path) -> None:
    with mail_server() as sink:
        config = settings(tmp_path, sink.port)
        item = hold(tmp_path, ITEM)
        release = ("release", item, "--force", "--reason", "called")
        async with desk(config, StringIO(), my_groups(Role.VIEWER)) as place:
            listed = await asyncio.to_thread(mine, place, "list", "--json")
            refused = await asyncio.to_thread(mine, place, *release)
            assert not sink.deliveries
        async with desk(config, StringIO(), my_groups(Role.VIEWER, Role.ANALYST)) as place:
            purge = await asyncio.to_thread(mine, place, "purge", "--yes")
            released = await asyncio.to_thread(mine, place, *release)

    assert json.loads(listed.out)["id"] == item, listed.err
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("release needs the role analyst")
    assert purge.err == "purge needs the role administrator, which no group has"
    assert released.code == 0, released.err
    assert len(sink.deliveries) == 1
    with lockbox(tmp_path) as box:
        assert [r.who for r in box.item(item).records if r.action == "released"] == [me()]


async def test_who_is_in_no_group_that_counts_gets_nothing(tmp_path: Path) -> None:
    config = settings(tmp_path)
    hold(tmp_path, ITEM)
    async with desk(config, StringIO(), STRANGERS) as place:
        done = await asyncio.to_thread(mine, place, "list")

    told = f"{me()} has no role here: ask for the group a-group-that-nobody-has"
    assert (done.code, done.out, done.err) == (2, "", told)


@contextmanager
def silent(place: Path, count: int) -> Iterator[list[socket.socket]]:
    """So many who have come in and say nothing yet: each has its place."""
    with ExitStack() as leaving:
        peers = []
        for _ in range(count):
            peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            peers.append(leaving.enter_context(peer))
            peer.settimeout(30)
            peer.connect(str(place))
        yield peers


def turned_away(place: Path) -> str:
    """What one more is told, who says nothing either; "" for one who is let in."""
    with silent(place, 1) as (peer,):
        peer.settimeout(0.5)
        try:
            return decode_answer(peer.recv(PACKET_BYTES)).problem
        except TimeoutError:
            return ""


async def test_an_account_has_four_commands_at_once_and_the_fifth_is_told_so(
    tmp_path: Path,
) -> None:
    config = settings(tmp_path)
    async with desk(config, StringIO(), my_groups(Role.VIEWER)) as place:
        with silent(place, 3):
            fourth = await asyncio.to_thread(turned_away, place)
            with silent(place, 1):
                await asyncio.sleep(0.1)
                fifth = await asyncio.to_thread(turned_away, place)
        await asyncio.sleep(0.1)
        later = await asyncio.to_thread(turned_away, place)

    assert fourth == ""
    assert fifth == "you have 4 commands running: let one end first"
    assert later == ""


async def test_sixteen_are_served_at_once_whoever_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.desk.service._AT_ONCE", 100)
    config = settings(tmp_path)
    async with desk(config, StringIO(), my_groups(Role.VIEWER)) as place:
        with silent(place, 15):
            sixteenth = await asyncio.to_thread(turned_away, place)
            with silent(place, 1):
                await asyncio.sleep(0.1)
                seventeenth = await asyncio.to_thread(turned_away, place)
        await asyncio.sleep(0.1)
        done = await asyncio.to_thread(mine, place, "stats")

    assert sixteenth == ""
    assert seventeenth == "too many are here: try again in a moment"
    assert done.code == 0, done.err


async def test_a_command_ends_with_who_asked_for_it_and_with_the_gateway(tmp_path: Path) -> None:
    config = settings(tmp_path)
    watching = encode(Errand(("list", "--watch"), "C.UTF-8", "dumb", is_coloured=False))
    null = os.open(os.devnull, os.O_RDWR)
    with ExitStack() as leaving:
        async with desk(config, StringIO(), my_groups(Role.VIEWER)) as place:
            with silent(place, 1) as (peer,):
                socket.send_fds(peer, [watching], [null] * 3)
                await gathered(1)
            await gathered(0)  # they have gone
            (peer,) = leaving.enter_context(silent(place, 1))
            socket.send_fds(peer, [watching], [null] * 3)
            await gathered(1)
        await gathered(0)  # the gateway has
        assert peer.recv(PACKET_BYTES) == b""
    os.close(null)


async def test_what_belongs_to_the_machine_is_no_errand(tmp_path: Path) -> None:
    config = settings(tmp_path)
    async with desk(config, StringIO(), my_groups(Role.ADMINISTRATOR)) as place:
        for name in ("backup", "restore", "review", "keys create"):
            done = await asyncio.to_thread(mine, place, *name.split(), "/x")
            assert done.err.startswith(f"the desk does not run {name}: ")
            assert done.code == 2


async def test_without_a_desk_one_line_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Stopped):
        mine(tmp_path / "desk.sock", "list")

    assert "no gateway answers at" in capsys.readouterr().err


def open_now() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def say(place: Path, packet: bytes, descriptors: int) -> Answer:
    """One packet with so many descriptors, as this account says it."""
    null = os.open(os.devnull, os.O_RDWR)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as desk_:
            desk_.settimeout(30)
            desk_.connect(str(place))
            if descriptors:
                socket.send_fds(desk_, [packet], [null] * descriptors)
            else:
                desk_.send(packet)
            return decode_answer(desk_.recv(PACKET_BYTES))
    finally:
        os.close(null)


HOSTILE = {
    "nothing": (b"", 3),
    "garbage": (b"\xff\x00{", 3),
    "another thing": (b'{"words": "list"}', 3),
    "one key more": (LIST[:-1] + b', "uid": 0}', 3),
    "no words": (LIST.replace(b'["list"]', b"[]"), 3),
    "a NUL": (LIST.replace(b'["list"]', b'["list", "a\\u0000b"]'), 3),
    "a variable in the language": (LIST.replace(b"C.UTF-8", b"C\\nLD_PRELOAD=x"), 3),
    "too many words": (LIST.replace(b'["list"]', json.dumps(["x"] * 999).encode()), 3),
    "too large": (LIST[:-1] + b" " * (PACKET_BYTES + 1) + b"}", 3),
    "no descriptors": (LIST, 0),
    "too few": (LIST, 2),
    "too many": (LIST, 4),
    "very many": (LIST, 253),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_packet_is_refused_and_leaves_nothing_open(
    tmp_path: Path, name: str
) -> None:
    config = settings(tmp_path)
    async with desk(config, StringIO(), my_groups(Role.VIEWER)) as place:
        await asyncio.to_thread(say, place, b"x", 3)  # whatever is opened once is open now
        before = open_now()
        answers = [await asyncio.to_thread(say, place, *HOSTILE[name]) for _ in range(5)]
        await asyncio.sleep(0.1)

        assert {answer.code for answer in answers} == {2}
        assert all(answer.problem for answer in answers)
        assert open_now() == before
        assert not children()
        assert (await asyncio.to_thread(say, place, LIST, 3)).code == 0


async def test_who_says_nothing_is_sent_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    monkeypatch.setattr("gateway.desk.service._ASKING_SECONDS", 0.5)
    async with desk(config, StringIO(), my_groups(Role.VIEWER)) as place:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as silent:
            silent.settimeout(30)
            silent.connect(str(place))
            began = time.monotonic()
            answer = decode_answer(await asyncio.to_thread(silent.recv, PACKET_BYTES))

    assert answer.code == 2
    assert time.monotonic() - began < 20
