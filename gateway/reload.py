"""New settings for a gateway that runs: all of them or none, and no session is dropped."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from gateway.config import ConfigError, Settings
from gateway.custody.caretaker import leniency, notices, stand_ins
from gateway.opinions.panel import Panel
from gateway.packs.load import Loaded
from gateway.pipeline import Pipeline
from gateway.smtp.inbound.server import Server
from gateway.telemetry.events import Events
from gateway.tls import ServerTls
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool

_KEYS_AT_START = frozenset(
    {
        "smtp.listen",
        "smtp.hostname",
        "smtp.drain",
        "smtp.limits.connections",
        "smtp.limits.connections_per_client",
        "smtp.limits.in_flight",
    }
)
_TABLES_AT_START = ("next_hop.", "workers.", "quarantine.", "desk.", "state.", "health.", "log.")
"""What is made once, when the gateway starts."""


@dataclass(frozen=True, slots=True)
class Made:
    """What is made anew from settings."""

    setup: Callable[[Settings], tuple[Setup, Loaded]]
    tls: Callable[[Settings], ServerTls | None]
    panel: Callable[[Settings, Pool], Panel]


class Reload:
    """Puts new settings in force. Sessions that are open go on as they began."""

    def __init__(
        self,
        settings: Settings,
        made: Made,
        *,
        pool: Pool,
        server: Server,
        pipeline: Pipeline,
        events: Events,
    ) -> None:
        self._settings = settings
        self._made = made
        self._pool = pool
        self._server = server
        self._pipeline = pipeline
        self._events = events
        self._turn = asyncio.Lock()

    async def reload(self, fresh: Settings) -> None:
        """Judge and serve by ``fresh`` from here on.

        Raises ConfigError, NoBuiltinPackError or PoolStartError: then nothing has changed.
        """
        async with self._turn:
            if keys := list(_changed_at_start_only(self._settings, fresh)):
                raise ConfigError("reload", [f"restart needed for: {', '.join(keys)}"])
            tls = self._made.tls(fresh)
            panel = self._made.panel(fresh, self._pool)
            setup, loaded = await asyncio.to_thread(self._made.setup, fresh)
            started = await self._pool.reload(setup)
            means = replace(
                self._pipeline.means, notices=notices(fresh), stand_ins=stand_ins(fresh)
            )
            self._pipeline = replace(
                self._pipeline,
                scanner=panel,
                policy=fresh.actions.policy(),
                means=means,
                deadline_seconds=fresh.smtp.deadline,
                leniency=leniency(fresh, self._events),
            )
            self._server.reconfigure(
                self._pipeline,
                fresh.smtp.inbound(means.hostname),
                tls=tls.context if tls else None,
            )
            self._settings = fresh
        self._events.certificate(tls.expires if tls else None)
        self._events.reloaded(started.pack, (*map(str, loaded.problems), *started.problems))


def _changed_at_start_only(old: Settings, fresh: Settings) -> Iterator[str]:
    before, now = dict(_leaves(old.as_written())), dict(_leaves(fresh.as_written()))
    for key, value in now.items():
        is_of_start = key in _KEYS_AT_START or key.startswith(_TABLES_AT_START)
        if is_of_start and before[key] != value:
            yield key


def _leaves(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Every key with its whole path."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
