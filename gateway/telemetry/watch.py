"""What can be asked of a running gateway: what keeps mail from it, and how much is on its way.

Nothing here is kept up to date: it is looked up when somebody asks.
"""

from collections.abc import Mapping
from functools import partial

from gateway.opinions.clamd import Clamd, ClamdError
from gateway.smtp.inbound.server import Server
from gateway.smtp.journal import Journal
from gateway.smtp.outbound import NextHop, NextHopError
from gateway.telemetry.health import Check, Remembered
from gateway.telemetry.metrics import Metrics
from gateway.workers.pool import Pool
from quarantine import Lockbox, LockboxError


def checks(
    pool: Pool, server: Server, lockbox: Lockbox, hop: NextHop, *, clamd: Clamd | None = None
) -> Mapping[str, Check]:
    """What must be well for mail to be taken."""

    async def gateway() -> str:
        return "it is shutting down" if server.is_draining else ""

    async def workers() -> str:
        return pool.problem

    async def quarantine() -> str:
        try:
            return "" if lockbox.has_room(0) else "no room on the disk"
        except LockboxError as error:
            return str(error)

    async def next_hop() -> str:
        try:
            await hop.probe()
        except NextHopError as error:
            return str(error)
        return ""

    async def other_scanner(clamd: Clamd) -> str:
        try:
            await clamd.ping()
        except ClamdError as error:
            return str(error)
        return ""

    others = {"clamd": Remembered(partial(other_scanner, clamd))} if clamd else {}
    return {
        "gateway": gateway,
        "workers": workers,
        "quarantine": quarantine,
        "next hop": Remembered(next_hop),
        **others,
    }


def gauges(
    metrics: Metrics, *, server: Server, lockbox: Lockbox, hop: NextHop, journal: Journal
) -> None:
    """Give each gauge the place where its figure is."""
    metrics.sessions.set_function(lambda: server.sessions)
    metrics.messages_in_flight.set_function(lambda: server.commits)
    metrics.bytes_in_flight.set_function(lambda: server.bytes_in_flight)
    metrics.has_room.set_function(lambda: _has_room(lockbox))
    metrics.unanswered.set_function(lambda: journal.unheard)
    metrics.in_doubt.set_function(lambda: journal.in_doubt)
    for state in hop.connections:
        counted = metrics.hop_connections.labels(state)
        counted.set_function(partial(_counted, hop, state))


def _has_room(lockbox: Lockbox) -> bool:
    try:
        return lockbox.has_room(0)
    except LockboxError:
        return False


def _counted(hop: NextHop, state: str) -> int:
    return hop.connections[state]
