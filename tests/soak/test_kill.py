"""The gateway is killed again and again under load, and no message is lost or doubled.

A client keeps each letter until it hears 250, as a mail server does, and sends the same bytes
again after anything else. In the end every letter is in one place: with the mail server behind,
or in the quarantine. More than once only if the journal said at the kill that it could not know.
"""

import asyncio
import json
import os
import random
import signal
import socket
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.smtp.sink import Sink
from quarantine import load_key, open_lockbox
from tests.support.gateway import RunningGateway, furnish, start
from tests.support.ledger import (
    Aftermath,
    Answer,
    Ledger,
    Letter,
    canary_of,
    identifier,
    on_the_wire,
)
from tests.support.ports import free_port
from tests.support.smtp import Client

pytestmark = pytest.mark.soak

SECONDS = float(os.environ.get("LAZARETTO_SOAK_SECONDS", "60"))
CLIENTS = 4
_LARGE = 300_000
"""More than one piece: a kill may fall in the middle of sending it."""


@dataclass
class Soak:
    """The gateway that is killed, and the clients that are not."""

    root: Path
    port: int
    sink: Sink
    chance: random.Random
    ledger: Ledger = field(default_factory=Ledger)
    kills: int = 0
    stops: int = 0
    in_doubt: set[str] = field(default_factory=set)
    """Identifiers of deliveries whose end the journal did not know when the gateway was killed."""

    async def client(self, deadline: float) -> None:
        """One letter after the other; each is sent until it is accepted."""
        while time.monotonic() < deadline:
            kind = self.chance.random()
            letter = self.ledger.write(
                is_infected=kind < 0.2,
                is_suspicious=kind > 0.8,
                padding=_LARGE if self.chance.random() < 0.01 else 0,
            )
            while not letter.is_accepted:
                if self.chance.random() < 0.02:
                    await self.give_up(letter)
                if not (await self.ledger.attempt(letter, self.port)).is_accepted:
                    await asyncio.sleep(0.1)

    async def give_up(self, letter: Letter) -> None:
        """An attempt of a client that hangs up before it has read the answer, come or not."""
        with suppress(OSError, AssertionError):
            async with self.ledger.begun(letter, self.port) as client:
                client.writer.transport.pause_reading()
                await client.send(on_the_wire(letter) + b"\r\n")
                await asyncio.sleep(self.chance.uniform(0, 0.05))
                # A gateway that stops ends the session itself, and the client's machine has
                # acknowledged the 250 that nobody reads: such a letter may come twice.
                letter.unread += b"\r\n421 " in waiting(client)
        letter.answers.append(Answer(".", ""))

    async def live_and_die(self) -> None:
        """One life of the gateway: mostly it is killed, sometimes it is stopped in good order."""
        gate = await asyncio.to_thread(start, self.root, self.port)
        await asyncio.sleep(self.chance.uniform(0.0, 2.5))
        if self.chance.random() < 0.15:
            self.stops += 1
            assert await end(gate, signal.SIGTERM) == 0
        else:
            self.kills += 1
            await end(gate, signal.SIGKILL)
        self.in_doubt |= doubtful(self.root / "state" / "journal")

    def know_the_doubts(self) -> None:
        """Allow a letter as many copies more as the journal had doubts about it."""
        doubts = Counter(
            canary_of(one.message)
            for one in self.sink.deliveries
            if identifier(one.message) in self.in_doubt
        )
        for letter in self.ledger.letters:
            letter.doubts = doubts[letter.canary] + letter.unread


def waiting(client: Client) -> bytes:
    """What has come for the client, and what it has not read."""
    number = client.writer.get_extra_info("socket").fileno()
    with socket.socket(fileno=os.dup(number)) as sock, suppress(BlockingIOError):
        return sock.recv(4096, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    return b""


async def end(gate: RunningGateway, number: signal.Signals) -> int:
    gate.process.send_signal(number)
    return await asyncio.to_thread(gate.process.wait, 60)


def doubtful(journal: Path) -> set[str]:
    """Deliveries to the next hop that were begun, and of which no more is known."""
    begun: set[str] = set()
    for line in journal.read_bytes().split(b"\n")[:-1] if journal.exists() else []:
        state, name, _key, _seconds, _code, _status, item, has_copy = json.loads(line)
        if state == "begun" and (has_copy or not item):
            begun.add(name)
        else:
            begun.discard(name)
    return begun


async def test_no_letter_is_lost_and_none_is_doubled_unless_the_journal_was_in_doubt(
    tmp_path: Path,
) -> None:
    seed = random.randrange(1 << 32)
    deadline = time.monotonic() + SECONDS
    async with Sink() as sink:
        soak = Soak(tmp_path, free_port(), sink, random.Random(seed))
        furnish(tmp_path, port=soak.port, next_hop=sink.port)
        async with asyncio.TaskGroup() as group:
            clients = [group.create_task(soak.client(deadline)) for _ in range(CLIENTS)]
            while time.monotonic() < deadline:
                await soak.live_and_die()
            gate = await asyncio.to_thread(start, tmp_path, soak.port)
            await asyncio.wait(clients)
            assert await end(gate, signal.SIGTERM) == 0
        soak.know_the_doubts()
        with open_lockbox(tmp_path / "quarantine", load_key(tmp_path / "quarantine.key")) as box:
            box.recover()
            assert list(box.fsck()) == []
            fates = Aftermath(sink.deliveries, box, [tmp_path]).check(soak.ledger)

    attempts = sum(len(letter.answers) for letter in soak.ledger.letters)
    infected = sum(letter.is_infected for letter in soak.ledger.letters)
    print(
        f"seed {seed}: {soak.kills} kills and {soak.stops} stops; {len(soak.ledger.letters)} "
        f"letters in {attempts} attempts, {infected} of them infected; {dict(fates)}; "
        f"in doubt: {sum(letter.doubts for letter in soak.ledger.letters)}"
    )
    assert fates["nowhere"] == 0
    assert infected
