"""Keeps enough workers forked and waiting, whatever becomes of them or of their zygote.

Rule 1. A worker is handed out once at a time, alive, and confined as was agreed.
Rule 2. A zygote that died is replaced at once, and then ever less eagerly while that fails.
Rule 3. Workers of outgoing rules get no new message; their zygote goes when the last has finished.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from gateway.model import Pack
from gateway.trouble import Trouble
from gateway.workers.frames import Layer, Setup
from gateway.workers.generation import Generation, ZygoteError
from gateway.workers.remote import LostWorkerError, RemoteWorker

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0


class PoolStartError(Trouble):
    """The pool cannot run with this setup. The text says why."""


@dataclass(frozen=True, slots=True)
class Started:
    """What a zygote said once it was loaded, and how its workers are confined."""

    pack: Pack
    problems: tuple[str, ...]
    """Rule files that were left out, and why."""
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Hand:
    """A worker that was handed out, and the generation that it belongs to."""

    worker: RemoteWorker
    generation: Generation


class Stock:
    """``population`` workers, idle or handed out. Start it, use it, close it.

    ``missing`` is told why there are too few of them, once until it is better again.
    """

    def __init__(
        self,
        population: int,
        *,
        factory: str,
        required: frozenset[str],
        missing: Callable[[str], None],
    ) -> None:
        self._population = population
        self._factory = factory
        self._required = required
        self._missing_told = missing
        self._idle: asyncio.Queue[Hand] = asyncio.Queue()
        self._generation: Generation | None = None
        self._outgoing: set[Generation] = set()
        self._change = asyncio.Lock()
        self._wanting = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def start(self, setup: Setup) -> Started:
        """Fork workers for ``setup``, in place of those that there are. Raises PoolStartError.

        When it raises, everything is as it was before.
        """
        try:
            async with self._change:
                generation, started = await self._begin(setup)
                self._replace(generation)
        except (ZygoteError, LostWorkerError) as error:
            raise PoolStartError(str(error)) from error
        if self._keeper is None:
            self._keeper = asyncio.get_running_loop().create_task(self._keep())
        return started

    @property
    def problem(self) -> str:
        """Why no worker can be had at the moment, "" when one can."""
        if self._generation is None:
            return "no rules are loaded"
        if not self._generation.is_alive:
            return "the process that forks them has died, another is being started"
        return "" if self._generation.workers else "none is alive, others are being forked"

    async def take(self) -> Hand:
        """The next idle worker. Waits for as long as it takes."""
        while True:
            hand = await self._idle.get()
            try:
                if await self._is_fit(hand):
                    return hand
            except BaseException:
                self.discard(hand)
                raise
            self.discard(hand)

    def give_back(self, hand: Hand) -> None:
        """This worker may have another message."""
        if hand.generation is self._generation:
            self._idle.put_nowait(hand)
            return
        self.discard(hand)

    def discard(self, hand: Hand) -> None:
        """This worker may not: it is killed, and another takes its place."""
        hand.generation.discard(hand.worker)
        self._wanting.set()

    async def close(self) -> None:
        """Kill every worker and end every zygote."""
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        async with self._change:
            generations = {*self._outgoing, *filter(None, [self._generation])}
            self._generation = None
            self._outgoing = set()
            for generation in generations:
                await generation.close()

    async def _begin(self, setup: Setup) -> tuple[Generation, Started]:
        """A new generation, and what is to be told of it; nobody uses it yet."""
        generation = await Generation.start(setup, self._factory)
        try:
            return generation, await self._examine(generation)
        except BaseException:
            await generation.close()
            raise

    async def _examine(self, generation: Generation) -> Started:
        """See by one worker that all of them are confined as required."""
        worker = await generation.fork()
        layers = await worker.layers()
        missing = self._missing(layers)
        if missing:
            told = ", ".join(f"{layer.name} ({layer.problem})" for layer in missing)
            raise PoolStartError(f"layers of the sandbox do not hold: {told}")
        generation.discard(worker)
        return Started(generation.ready.pack, generation.ready.problems, layers)

    async def _is_fit(self, hand: Hand) -> bool:
        """Rule 1."""
        if hand.generation is not self._generation or not hand.worker.is_alive:
            return False
        try:
            return not self._missing(await hand.worker.layers())
        except LostWorkerError:
            return False

    def _missing(self, layers: tuple[Layer, ...]) -> list[Layer]:
        holding = {layer.name for layer in layers if layer.holds}
        told = {layer.name: layer for layer in layers}
        return [told.get(x, Layer(x, "unknown")) for x in sorted(self._required - holding)]

    def _replace(self, generation: Generation) -> None:
        if self._generation:
            self._outgoing.add(self._generation)
        self._generation = generation
        generation.ended.add_done_callback(lambda _: self._wanting.set())
        self._sweep()
        self._wanting.set()

    def _sweep(self) -> None:
        """Throw out idle workers of outgoing generations."""
        for _ in range(self._idle.qsize()):
            hand = self._idle.get_nowait()
            if hand.generation is self._generation:
                self._idle.put_nowait(hand)
            else:
                self.discard(hand)

    async def _keep(self) -> None:
        """Make up for what was lost, for as long as the stock is open."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            await self._wanting.wait()
            self._wanting.clear()
            try:
                await self._restock()
                pause = _FIRST_PAUSE_SECONDS
            except (ZygoteError, LostWorkerError, PoolStartError, OSError) as error:
                if pause == _FIRST_PAUSE_SECONDS:
                    self._missing_told(str(error))
                self._wanting.set()
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _restock(self) -> None:
        for generation in [g for g in self._outgoing if not g.workers]:
            await generation.close()
            self._outgoing.remove(generation)
        if self._generation and not self._generation.is_alive:
            await self._revive(self._generation)
        await self._fill(self._generation)

    async def _revive(self, dead: Generation) -> None:
        generation, _ = await self._begin(dead.setup)
        if self._generation is dead:
            self._replace(generation)
            return
        await generation.close()  # new rules came first

    async def _fill(self, generation: Generation | None) -> None:
        while generation is not None and len(generation.workers) < self._population:
            self.give_back(Hand(await generation.fork(), generation))
