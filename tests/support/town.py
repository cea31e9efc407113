"""A gateway in one process, all real but its scanner, between a ledger and a faulty next hop."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.demo import samples
from gateway.model import Report
from gateway.smtp.inbound import InboundSettings, SessionLimits
from gateway.smtp.inbound.server import Server
from gateway.smtp.outbound import HopAddress, Limits, NextHop, Timeouts
from gateway.smtp.sink import Sink
from gateway.spool import Spool
from tests.support import scanning
from tests.support.house import CLEAN, MALICIOUS, House, house
from tests.support.ledger import Aftermath, Answer, Ledger, Letter
from tests.support.next_hop import Fault, Script
from tests.support.smtp import Notebook

HASTY = Timeouts(connect=1.0, banner=1.0, command=1.0, block=1.0, dot=1.0, reset=1.0)
"""For a next hop that hangs; the usual ones give a busy machine time."""
_NO_PAUSE = Limits(first_pause=0.0)
_SUSPICIOUS = b"planning.js\r\n"
_INFECTED = base64.b64encode(samples.eicar())[:40]


@dataclass
class Reader:
    """A scanner that reads the message itself; nobody gets an answer before ``gate`` is set."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def scan(
        self, message: Spool, *, name: str, declared_type: str, sender_domain: str
    ) -> Report:
        self.asked.set()
        await self.gate.wait()
        with message.view() as view:
            data = bytes(view)
        if _SUSPICIOUS in data:
            return scanning.scan(data)
        return MALICIOUS if _INFECTED in data else CLEAN


@dataclass
class Town:
    """A gateway on ``port``, and all that stands around it."""

    home: House
    server: Server
    port: int
    script: Script
    scanner: Reader
    notebook: Notebook
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def sink(self) -> Sink:
        return self.home.sink

    @property
    def steps(self) -> list[str]:
        """What the next hop was told."""
        return self.script.steps

    async def send(self, letter: Letter) -> Answer:
        return await self.ledger.attempt(letter, self.port)

    async def is_quiet(self) -> None:
        """Wait until every session has ended and every message has its place."""
        async with asyncio.timeout(20):
            while self.server.sessions or self.server.commits:  # noqa: ASYNC110 - they tell nobody
                await asyncio.sleep(0.005)

    async def count(self) -> Mapping[str, int]:
        """What became of how many letters, once the invariants hold for each of them."""
        await self.is_quiet()
        return Aftermath(self.sink.deliveries, self.home.lockbox).check(self.ledger)


@asynccontextmanager
async def town(
    faults: Mapping[str, Fault | list[Fault]] | None = None,
    *,
    sink: Sink | None = None,
    hosts: Sequence[int] = (),
    limits: SessionLimits | None = None,
    tls: ssl.SSLContext | None = None,
    deadline_seconds: float = 30.0,
    hop: Mapping[str, Any] | None = None,
) -> AsyncIterator[Town]:
    """Run a town; ``hosts`` are ports to try before the sink's, ``hop`` what NextHop is told."""
    script = Script(faults or {})
    mail_server = sink or Sink()
    mail_server.conduct = script

    def next_hop(port: int) -> NextHop:
        addresses = [HopAddress("127.0.0.1", p, tls_name="hop.test") for p in (*hosts, port)]
        usual = {"addresses": addresses, "limits": _NO_PAUSE}
        return NextHop(hostname="gate.example", **(usual | dict(hop or {})))

    around = house(sink=mail_server, next_hop=next_hop, deadline_seconds=deadline_seconds)
    async with around as home:
        scanner, notebook = Reader(), Notebook()
        scanner.gate.set()
        server = Server(
            replace(home.pipeline, scanner=scanner),
            InboundSettings("mx.example.org", limits=limits or SessionLimits()),
            observer=notebook,
            marks=home.pipeline.means.marks,
            tls=tls,
            answered=home.pipeline.means.once.answered,
        )
        [(_, port)] = await server.start("127.0.0.1", 0)
        try:
            yield Town(home, server, port, script, scanner, notebook)
        finally:
            await server.close()
