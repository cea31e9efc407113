"""The next hop client and the journal together: what a client that tries again gets."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.smtp.journal import Journal
from gateway.smtp.outbound import InDoubtError
from gateway.smtp.replies import Reply
from tests.support.next_hop import (
    BOB,
    ENVELOPE,
    MESSAGE,
    Stage,
    accepts_and_hangs_up,
    says,
    spooled,
    staged,
)


@dataclass
class Relay:
    """The journal's calls in the order in which a gateway makes them."""

    stage: Stage
    path: Path
    attempts: int = 0

    def __post_init__(self) -> None:
        self.journal = self.start()

    def start(self) -> Journal:
        self.journal = Journal(self.path, b"secret")
        return self.journal

    async def attempt(self) -> Reply:
        """One session of a client; it ends before the client hears the reply."""
        self.attempts += 1
        name = f"m{self.attempts}"
        with spooled() as message:
            key = self.journal.key(message.sha256, replace(ENVELOPE, recipients=(BOB,)))
            earlier = self.journal.claim(key)
            if earlier and earlier.reply:
                self.journal.unanswered(earlier.identifier)
                return earlier.reply
            transaction = await self.stage.begin(BOB)
            try:
                reply = await transaction.send(
                    b"", message, before_dot=lambda: self.journal.begin(name, key)
                )
            except InDoubtError:
                self.journal.unanswered(name)
                return Reply(451, "4.4.2", "in doubt")
        if not reply.is_positive:
            self.journal.settled(name)
            return reply
        await self.journal.relayed(name, reply)
        self.journal.unanswered(name)
        return reply


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as stage:
        yield stage


async def test_a_client_that_lost_our_reply_is_answered_and_not_served_twice(
    stage: Stage, tmp_path: Path
) -> None:
    relay = Relay(stage, tmp_path / "journal")
    replies = [await relay.attempt() for _ in range(3)]
    await relay.journal.close()

    assert [reply.code for reply in replies] == [250, 250, 250]
    assert stage.messages == [MESSAGE]


async def test_so_is_one_that_comes_back_after_we_were_killed(stage: Stage, tmp_path: Path) -> None:
    relay = Relay(stage, tmp_path / "journal")
    await relay.attempt()
    killed = relay.journal
    relay.start()
    reply = await relay.attempt()
    await asyncio.gather(killed.close(), relay.journal.close())

    assert reply.code == 250
    assert stage.messages == [MESSAGE]


async def test_a_message_in_doubt_is_delivered_again(stage: Stage, tmp_path: Path) -> None:
    stage.script.faults = {".": [accepts_and_hangs_up]}
    relay = Relay(stage, tmp_path / "journal")
    replies = [await relay.attempt() for _ in range(2)]
    await relay.journal.close()

    assert [reply.code for reply in replies] == [451, 250]
    assert stage.messages == [MESSAGE, MESSAGE]


async def test_a_message_that_was_refused_is_delivered_when_it_comes_again(
    stage: Stage, tmp_path: Path
) -> None:
    stage.script.faults = {".": [says("452 4.3.1 disk full")]}
    relay = Relay(stage, tmp_path / "journal")
    replies = [await relay.attempt() for _ in range(2)]
    await relay.journal.close()

    assert [reply.code for reply in replies] == [452, 250]
    assert stage.messages == [MESSAGE]
