"""Builds the running gateway from the settings: the only place that chooses parts."""

import asyncio
import os
import resource
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeVar

from gateway import tls
from gateway.case import Means
from gateway.config import ConfigError, Settings
from gateway.custody.caretaker import leniency, notices, patience, stand_ins, upkeep
from gateway.custody.lockboxes import gateway_key, lockbox
from gateway.custody.release import Handed, Release
from gateway.opinions.clamd import Clamd
from gateway.opinions.hashlists import HashListError, HashLists, read_lists
from gateway.opinions.panel import Panel
from gateway.packs import load
from gateway.packs.load import Loaded
from gateway.pipeline import Pipeline
from gateway.reload import Made, Reload
from gateway.repeats.once import Once
from gateway.repeats.poison import Poison
from gateway.smtp.inbound.server import Server
from gateway.smtp.journal import Journal
from gateway.smtp.marks import Marks
from gateway.smtp.outbound import HopAddress, NextHop, NextHopError, TlsContext
from gateway.telemetry import watch
from gateway.telemetry.events import Events, open_log
from gateway.telemetry.health import Check, Health
from gateway.telemetry.loglines import LogLines
from gateway.telemetry.metrics import Metrics
from gateway.tls import ServerTls
from gateway.trouble import Trouble
from gateway.workers import sandbox
from gateway.workers.frames import Setup
from gateway.workers.pool import Observer, Pool, Started
from quarantine import Lockbox, only_one

_GREETING_SECONDS = 3.0
_THREAD_WAITS_SECONDS = 50e-6
"""At Python's 5 ms the thread that writes the journal starves while a big message is read."""
_STANDARD_ERROR = 2
"""Its descriptor: not what somebody may have put in the place of sys.stderr."""
JUDGE = "gateway.workers.engine:build_engine"
"""What looks at mail: every rule and every analyzer."""

Bound = TypeVar("Bound")
"""What a server says when it listens."""


class ListenError(Trouble):
    """An address of the settings cannot be listened on."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that takes mail. ``addresses`` are those that it really listens on."""

    addresses: tuple[tuple[str, int], ...]
    health: tuple[str, int] | None
    """Where it says how it is; None when that is off."""
    lockbox: Lockbox
    events: Events
    reload: Callable[[Settings], Awaitable[None]]
    """Puts new settings in force, or raises and changes nothing; see gateway/reload.py."""


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered of messages under way."""

    journal: Journal
    poison: Poison


@dataclass(frozen=True, slots=True)
class Scanner:
    """Workers that are ready. ``problems`` name the rule files that were left out, and why."""

    pool: Pool
    started: Started
    problems: tuple[str, ...]

    @property
    def layers(self) -> dict[str, str]:
        """Each layer of the sandbox: "holds", or why it does not."""
        return {layer.name: layer.problem or "holds" for layer in self.started.layers}


Scanners = Callable[[Settings, Events], AbstractAsyncContextManager[Scanner]]


@asynccontextmanager
async def run(
    settings: Settings, log: TextIO | None = None, *, scanners: Scanners | None = None
) -> AsyncIterator[Gateway]:
    """Run a gateway for as long as the ``async with`` block lasts; then drain it.

    It logs to ``log``, or to standard error without ever waiting for it.
    ``scanners`` gives the workers that look at the mail, when it is not ``scanner``.
    When it cannot run, nothing listens: raises ConfigError, LockboxError, PoolStartError,
    NoBuiltinPackError or ListenError.
    """
    metrics = Metrics()
    _allow_descriptors()
    sys.setswitchinterval(_THREAD_WAITS_SECONDS)
    with nullcontext(log) if log else _standard_error(metrics) as to:
        logger = open_log(settings.log.format, to)
        events = Events(logger, metrics, personal=settings.log.personal)
        async with _run(settings, metrics, events, scanners or _observed) as gateway:
            yield gateway
        events.stopped()


def _standard_error(metrics: Metrics) -> LogLines:
    return LogLines(_STANDARD_ERROR, dropped=metrics.log_dropped.inc)


@asynccontextmanager
async def _run(
    settings: Settings, metrics: Metrics, events: Events, scanners: Scanners
) -> AsyncIterator[Gateway]:
    async with AsyncExitStack() as stack:
        # Workers are forked from what exists now: no listener and no key may be open yet.
        workers = await stack.enter_async_context(scanners(settings, events))
        for problem in workers.problems:
            events.rule_file_skipped(problem)
        held = stack.enter_context(lockbox(settings))
        # Two gateways on one folder would each think that what the other does is left over.
        stack.enter_context(only_one(settings.quarantine.folder, "gateway"))
        await asyncio.to_thread(held.recover)
        state = await stack.enter_async_context(_state(settings))
        once = Once(
            state.journal,
            events,
            state_of=held.state_of,
            patience_seconds=settings.smtp.limits.reply_time,
        )
        hop = await stack.enter_async_context(next_hop(settings))
        await _greet(hop, events)
        marks = _marks(settings)
        means = Means(
            hop,
            held,
            notices(settings),
            events,
            once,
            _hostname(settings),
            marks,
            patience=patience(settings),
            stand_ins=stand_ins(settings),
        )
        pipeline = Pipeline(
            scanner=panel(settings, workers.pool),
            poison=state.poison,
            policy=settings.actions.policy(),
            means=means,
            deadline_seconds=settings.smtp.deadline,
            leniency=leniency(settings, events),
        )
        certificate = server_tls(settings)
        server = Server(
            pipeline,
            settings.smtp.inbound(_hostname(settings)),
            observer=events,
            marks=marks,
            tls=certificate.context if certificate else None,
            answered=once.answered,
        )
        watch.gauges(metrics, server=server, lockbox=held, hop=hop, journal=state.journal)
        checks = watch.checks(workers.pool, server, held, hop, clamd=_clamd(settings))
        health = await stack.enter_async_context(_health(settings, metrics, checks))
        await stack.enter_async_context(upkeep(settings, held, hop, events).running())
        stack.push_async_callback(_drain, server, settings.smtp.drain, events)
        addresses = await _listen(server, settings)
        events.started(addresses, workers.started.pack, workers.layers)
        events.certificate(certificate.expires if certificate else None)
        made = Made(_setup, server_tls, panel)
        reload = Reload(
            settings, made, pool=workers.pool, server=server, pipeline=pipeline, events=events
        )
        yield Gateway(addresses, health, held, events, reload.reload)


def _observed(settings: Settings, events: Events) -> AbstractAsyncContextManager[Scanner]:
    return scanner(settings, observer=events)


@asynccontextmanager
async def scanner(
    settings: Settings,
    extra_rules: Sequence[Path] = (),
    *,
    observer: Observer | None = None,
    factory: str = JUDGE,
) -> AsyncIterator[Scanner]:
    """Workers with every rule pack of the settings, and ``extra_rules`` beside them.

    ``factory`` names the function that builds their engine, when it is not the one that judges.
    """
    setup, loaded = await asyncio.to_thread(_setup, settings, extra_rules)
    pool = Pool(
        setup,
        workers=settings.workers.count,
        deadline_seconds=settings.workers.deadline,
        queue_seconds=settings.workers.queue,
        required=sandbox.REQUIRED if settings.workers.require_sandbox else frozenset(),
        tolerance=settings.workers.tolerance(),
        observer=observer,
        factory=factory,
    )
    started = await pool.start()
    try:
        yield Scanner(pool, started, (*map(str, loaded.problems), *started.problems))
    finally:
        await pool.close()


def panel(settings: Settings, pool: Pool) -> Panel:
    """Who has a say about a message. Raises ConfigError."""
    return Panel(pool, _clamd(settings), hash_lists(settings))


def hash_lists(settings: Settings) -> HashLists:
    """What this site knows by hash. Raises ConfigError when a list cannot be used."""
    try:
        return read_lists(settings.hashes.files)
    except HashListError as error:
        raise ConfigError("hashes.files", [str(error)]) from None


def _clamd(settings: Settings) -> Clamd | None:
    if not settings.clamd.address:
        return None
    return Clamd(settings.clamd.address, settings.clamd.time)


def _setup(settings: Settings, extra_rules: Sequence[Path] = ()) -> tuple[Setup, Loaded]:
    loaded = rule_packs(settings, extra_rules)
    setup = Setup(
        packs=loaded.packs,
        limits=settings.limits.limits(),
        passwords=settings.scan.passwords,
        cpu_seconds=int(4 * settings.workers.deadline),
        known=settings.workers.known_files,
    )
    return setup, loaded


def rule_packs(settings: Settings, extra_rules: Sequence[Path] = ()) -> Loaded:
    """Read the built-in rules and all that the settings name."""
    return load.load(settings.rules.packs, extra_rules)


@asynccontextmanager
async def _state(settings: Settings) -> AsyncIterator[State]:
    folder = settings.state.folder
    key = gateway_key(settings)
    with ExitStack() as locks:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            locks.enter_context(only_one(folder, "gateway"))
            journal = Journal(folder / "journal", key.derive("journal"))
            poison = Poison(folder / "poison", key.derive("poison"))
        except OSError as error:
            raise ConfigError("state.folder", [f"{folder}: {error.strerror}"]) from None
        try:
            yield State(journal, poison)
        finally:
            await journal.close()
            await poison.close()


@asynccontextmanager
async def next_hop(settings: Settings) -> AsyncIterator[NextHop]:
    """The client towards the mail server."""
    asked = settings.next_hop
    hop = NextHop(
        [_address(host, asked.tls_name) for host in asked.hosts],
        hostname=_hostname(settings),
        tls=asked.tls,
        tls_context=hop_tls(settings),
        timeouts=asked.limits.timeouts(),
        limits=asked.limits.limits(),
        xforward=asked.xforward,
    )
    try:
        yield hop
    finally:
        await hop.close()


async def release(
    settings: Settings,
    lockbox: Lockbox,
    identifier: str,
    *,
    who: str,
    why: str,
    recipients: tuple[str, ...] = (),
) -> Handed:
    """Release one item from the command line, with or without a running gateway."""
    two_persons = frozenset(settings.quarantine.two_persons)
    async with next_hop(settings) as hop:
        desk = Release(lockbox, hop, _hostname(settings), _marks(settings), two_persons)
        return await desk.release(identifier, who=who, why=why, recipients=recipients)


def _allow_descriptors() -> None:
    """Take all the file descriptors that we may have: a session needs about three."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@asynccontextmanager
async def _health(
    settings: Settings, metrics: Metrics, checks: Mapping[str, Check]
) -> AsyncIterator[tuple[str, int] | None]:
    async with Health(metrics, checks) as health:
        if not settings.health.listen:
            yield None
            return
        yield await _bind(health.start, settings.health.listen)


async def _greet(hop: NextHop, events: Events) -> None:
    """Learn what the next hop offers. When it is down, mail waits with its senders meanwhile."""
    try:
        async with asyncio.timeout(_GREETING_SECONDS):
            await hop.probe()
    except (NextHopError, TimeoutError) as error:
        events.next_hop_unreachable(str(error) or f"silent for {_GREETING_SECONDS:g} s")


async def _drain(server: Server, seconds: float, events: Events) -> None:
    if clients := await server.drain(seconds):
        events.cut_off(clients)


async def _listen(server: Server, settings: Settings) -> tuple[tuple[str, int], ...]:
    bound: list[tuple[str, int]] = []
    for endpoint in settings.smtp.listen:
        bound += await _bind(server.start, endpoint)
    return tuple(bound)


async def _bind(start: Callable[[str, int], Awaitable[Bound]], endpoint: str) -> Bound:
    host, _, port = endpoint.rpartition(":")
    try:
        return await start(host.strip("[]"), int(port))
    except OSError as error:
        # The numbers of socket.gaierror are negative, and none of the system's.
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else error.strerror or str(error)
        raise ListenError(f"cannot listen on {endpoint}: {reason}") from None


def server_tls(settings: Settings) -> ServerTls | None:
    """What STARTTLS is offered with. Raises ConfigError."""
    certificate, key = settings.smtp.tls_certificate, settings.smtp.tls_key
    return tls.of_server(certificate, key) if certificate and key else None


def hop_tls(settings: Settings) -> TlsContext | None:
    """What the certificate of the next hop is checked with. Raises ConfigError."""
    if settings.next_hop.tls_authorities is None:
        return None
    context = tls.of_authorities(settings.next_hop.tls_authorities)
    return lambda: context


def _marks(settings: Settings) -> Marks:
    return Marks(gateway_key(settings).derive("marks"))


def _hostname(settings: Settings) -> str:
    return settings.smtp.hostname or socket.getfqdn()


def _address(endpoint: str, tls_name: str) -> HopAddress:
    host, _, port = endpoint.rpartition(":")
    return HopAddress(host.strip("[]"), int(port), tls_name)
