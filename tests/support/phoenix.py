"""A gateway that dies at a moment of a test's choice, and is started again."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import family
from gateway.smtp.sink import Sink
from quarantine import load_key, open_lockbox
from tests.support.gateway import RunningGateway, furnish, start
from tests.support.ledger import Aftermath, Ledger
from tests.support.ports import free_port


@dataclass
class Phoenix:
    """``lazaretto serve`` with every failpoint armed, and a sink behind it."""

    root: Path
    sink: Sink
    port: int
    life: RunningGateway
    ledger: Ledger = field(default_factory=Ledger)
    _settled: set[bytes] = field(default_factory=set)
    _relatives: list[int] = field(default_factory=list)

    @property
    def wish(self) -> Path:
        return self.root / "die-at"

    async def rise(self) -> None:
        """Wait until it is dead and all its processes with it; start it again."""
        code = await asyncio.to_thread(self.life.process.wait, 30)
        assert code == -signal.SIGKILL
        await asyncio.to_thread(self._is_gone)
        await self.revive()

    async def revive(self) -> None:
        self.wish.unlink(missing_ok=True)
        if self.life.process.poll() is not None:
            self.life = await asyncio.to_thread(_start, self.root, self.port)

    def begin(self) -> None:
        """Forget the letters so far; remember its processes, to see later that they have ended."""
        self._settled |= {letter.canary for letter in self.ledger.letters}
        self.ledger.letters.clear()
        self._relatives = list(family(self.life.process.pid))
        assert len(self._relatives) > 2

    def count(self) -> Mapping[str, int]:
        """What became of how many letters, once the invariants hold for each of them."""
        key = load_key(self.root / "quarantine.key")
        with open_lockbox(self.root / "quarantine", key) as box:
            assert list(box.fsck()) == []
            assert not list(self.root.rglob("*.tmp"))
            end = Aftermath(self.sink.deliveries, box, [self.root], self._settled)
            return end.check(self.ledger)

    def _is_gone(self, *, seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while alive := [pid for pid in self._relatives if _is_alive(pid)]:
            assert time.monotonic() < deadline, f"still there: {alive}"
            time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _start(root: Path, port: int, before: Sequence[str] = ()) -> RunningGateway:
    return start(root, port, "tests.support.armed", str(root / "die-at"), before=before)


@asynccontextmanager
async def phoenix(
    root: Path, *, before: Sequence[str] = (), **settings: str
) -> AsyncIterator[Phoenix]:
    """Run one in ``root`` with more settings; ``before`` stands before its command line."""
    async with Sink() as sink:
        port = free_port()
        furnish(root, port=port, next_hop=sink.port, **settings)
        bird = Phoenix(root, sink, port, await asyncio.to_thread(_start, root, port, before))
        try:
            yield bird
        finally:
            bird.life.process.terminate()
            await asyncio.to_thread(bird.life.process.wait, 40)
