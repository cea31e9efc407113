"""The middle of the house with real parts around it: a sink, a lockbox in memory, a log to read."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.case import Means
from gateway.custody.holding import Patience
from gateway.failpoints import reach
from gateway.model import (
    Envelope,
    Finding,
    Gap,
    Heading,
    Level,
    Pack,
    Reason,
    Recipient,
    Report,
)
from gateway.notices.held import Notices
from gateway.pipeline import Passage, Pipeline
from gateway.policy import Policy
from gateway.repeats.once import Once
from gateway.repeats.poison import Poison
from gateway.smtp.journal import Journal
from gateway.smtp.marks import Marks
from gateway.smtp.outbound import HopAddress, Limits, NextHop
from gateway.smtp.replies import Reply
from gateway.smtp.sink import Sink
from gateway.spool import Spool
from gateway.telemetry.events import Events, open_log
from gateway.telemetry.metrics import Metrics
from gateway.workers.pool import PoolBusyError
from quarantine import Lockbox, StoreError
from quarantine.files import Step
from quarantine.memory import MemoryBlobs, MemoryIndex
from quarantine.store import SealedItem
from tests.support.vault import KEY

MESSAGE = b"Subject: secret result\r\n\r\nDear colleague\r\n.\r\n..\r\nend\r\n"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PACK = Pack("core", "2026.11.23")

MARKS = Marks(b"secret")

CLEAN = Report((), (), (), PACK, heading=Heading(sender="Lab", subject="secret result"))


def report(*remarks: Finding | Gap) -> Report:
    """A report with these findings and gaps."""
    return Report(
        tuple(remark for remark in remarks if isinstance(remark, Finding)),
        tuple(remark for remark in remarks if isinstance(remark, Gap)),
        (),
        PACK,
        heading=CLEAN.heading,
    )


MALICIOUS = report(
    Finding("macro.dropper", Level.MALICIOUS, "runs by itself", "Shell", ("message", "a.docm"))
)
OPAQUE = report(Gap(Reason.ENCRYPTED, "needs a password", ("message", "a.zip")))


@dataclass
class FixedScanner:
    """Reports what it was told to, or has no worker free."""

    answer: Report | None
    asked: list[str] = field(default_factory=list)
    mistake: Exception | None = None
    gate: asyncio.Event | None = None
    """Nobody gets an answer before it is set."""
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def scan(
        self, message: Spool, *, name: str, declared_type: str, sender_domain: str
    ) -> Report:
        answer = self.answer
        async with self._news:
            self.asked.append(sender_domain)
            self._news.notify_all()
        if self.gate:
            await self.gate.wait()
        if self.mistake:
            raise self.mistake
        if answer is None:
            raise PoolBusyError("no worker became free")
        return answer

    async def was_asked(self, times: int) -> None:
        """Wait until so many messages were handed over."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.asked) >= times)


class BreakableIndex(MemoryIndex):
    """An index that cannot be asked while ``is_broken``."""

    is_broken = False

    def find(self, prefix: str, limit: int) -> Sequence[SealedItem]:
        if self.is_broken:
            raise StoreError("the index is locked")
        return super().find(prefix, limit)


@dataclass
class Memories:
    """What is remembered of messages under way, on disk and in memory."""

    folder: Path
    events: Events
    lockbox: Lockbox
    patience_seconds: float
    journals: list[Journal] = field(default_factory=list)

    def open(self) -> Once:
        self.journals.append(Journal(self.folder / "journal", b"secret"))
        return Once(
            self.journals[-1],
            self.events,
            state_of=self.lockbox.state_of,
            patience_seconds=self.patience_seconds,
        )

    async def close(self) -> None:
        for journal in self.journals:
            await journal.close()


@dataclass
class House:
    """A pipeline, and what stands around it."""

    sink: Sink
    lockbox: Lockbox
    hop: NextHop
    scanner: FixedScanner
    log: StringIO
    pipeline: Pipeline
    index: BreakableIndex
    memories: Memories

    def restart(self) -> None:
        """Know no more of messages under way than the disk does, as after a kill."""
        means = replace(self.pipeline.means, once=self.memories.open())
        self.pipeline = replace(self.pipeline, means=means)

    async def begin(self, *recipients: str, sender: str = "lab@out.example") -> Passage:
        passage = await self.pipeline.begin(
            Envelope(sender, (), client="192.0.2.1", helo="out.example")
        )
        assert isinstance(passage, Passage)
        for recipient in recipients or ("dr@hospital.example",):
            assert (await passage.offer(Recipient(recipient))).is_positive
        return passage

    async def send(
        self, answer: Report | None, message: bytes = MESSAGE, *, identifier: str = "T1"
    ) -> Reply:
        """One message from MAIL to the reply to its final dot, judged as ``answer`` says."""
        self.scanner.answer = answer
        passage = await self.begin()
        with Spool() as spool:
            spool.write(message)
            spool.seal()
            return await passage.commit(spool, identifier)

    @property
    def events(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@asynccontextmanager
async def house(
    *,
    policy: Policy | None = None,
    capacity_bytes: int = 1 << 30,
    notices: Notices | None = None,
    personal: bool = False,
    now: Callable[[], datetime] = lambda: NOON,
    sink: Sink | None = None,
    deadline_seconds: float = 30.0,
    blobs: MemoryBlobs | None = None,
    connections: int = 20,
    patience_seconds: float = 5.0,
    step: Step = reach,
    next_hop: Callable[[int], NextHop] | None = None,
    patience: Patience = Patience(),
    lockbox_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[House]:
    """Run a house for as long as the block lasts; ``next_hop`` leads to the sink's port."""
    log = StringIO()
    blobs, index = blobs or MemoryBlobs(capacity_bytes), BreakableIndex()
    async with sink or Sink() as mail_server:
        with Lockbox(
            blobs, index, key=KEY, reserve_bytes=0, step=step, clock=lockbox_clock
        ) as lockbox:
            hop = (next_hop or _hop(connections))(mail_server.port)
            events = Events(open_log("json", log), Metrics(), personal=personal)
            with TemporaryDirectory() as folder:
                memories = Memories(Path(folder), events, lockbox, patience_seconds)
                means = Means(
                    hop,
                    lockbox,
                    notices,
                    events,
                    memories.open(),
                    "gate.example",
                    MARKS,
                    now,
                    patience,
                )
                scanner = FixedScanner(CLEAN)
                poison = Poison(Path(folder, "poison"), b"secret")
                pipeline = Pipeline(scanner, poison, policy or Policy(), means, deadline_seconds)
                yield House(mail_server, lockbox, hop, scanner, log, pipeline, index, memories)
                await hop.close()
                await memories.close()
                await poison.close()


def _hop(connections: int) -> Callable[[int], NextHop]:
    def make(port: int) -> NextHop:
        address = HopAddress("127.0.0.1", port)
        return NextHop([address], hostname="gate.example", limits=Limits(connections=connections))

    return make
