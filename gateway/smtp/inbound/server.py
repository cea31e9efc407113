"""Listens, starts a session for each client, and brings all of them to an end."""

import asyncio
import ssl
from dataclasses import replace

from gateway.smtp.inbound.admission import Admission
from gateway.smtp.inbound.contract import Answered, Observer, Pipeline, nobody_asks
from gateway.smtp.inbound.dialogue import House
from gateway.smtp.inbound.memory import Memory
from gateway.smtp.inbound.relaying import Networks, Relaying
from gateway.smtp.inbound.session import Session
from gateway.smtp.inbound.settings import InboundSettings
from gateway.smtp.marks import Marks
from gateway.smtp.replies import Reply

Bound = tuple[str, int]
"""An address and a port on which we listen."""


class Server:
    """An SMTP server in front of ``pipeline``. ``tls`` None means that STARTTLS is not offered.

    ``marks`` are those that the pipeline sets. ``answered`` is told once for each message that
    got 2xx.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        settings: InboundSettings,
        *,
        observer: Observer,
        marks: Marks,
        tls: ssl.SSLContext | None = None,
        answered: Answered = nobody_asks,
    ) -> None:
        self._house = House(
            pipeline=pipeline,
            settings=settings,
            observer=observer,
            tls=tls,
            relaying=Relaying(settings.recipient_domains, settings.client_networks),
            front_ends=Networks(settings.front_ends),
            admission=Admission(settings.limits),
            memory=Memory(settings.limits.in_flight_bytes),
            commits=set(),
            answered=answered,
            marks=marks,
        )
        self._listeners: list[asyncio.Server] = []
        self._sessions: set[Session] = set()
        self._is_draining = False

    def reconfigure(
        self, pipeline: Pipeline, settings: InboundSettings, *, tls: ssl.SSLContext | None
    ) -> None:
        """Serve new sessions by these; open ones go on as they began.

        How many connections and bytes there may be at once stays as it was at the start.
        """
        self._house = replace(
            self._house,
            pipeline=pipeline,
            settings=settings,
            tls=tls,
            relaying=Relaying(settings.recipient_domains, settings.client_networks),
            front_ends=Networks(settings.front_ends),
        )

    @property
    def sessions(self) -> int:
        """Clients that are connected."""
        return len(self._sessions)

    @property
    def commits(self) -> int:
        """Messages that are being judged."""
        return len(self._house.commits)

    @property
    def bytes_in_flight(self) -> int:
        """Of the messages that are being received or judged."""
        return self._house.memory.used

    @property
    def is_draining(self) -> bool:
        """True when no new client is taken any more."""
        return self._is_draining

    async def start(self, host: str, port: int) -> tuple[Bound, ...]:
        """Listen on ``host``; port 0 takes a free one. Raises OSError when that is not possible.

        May be called several times, for several addresses.
        """
        loop = asyncio.get_running_loop()
        backlog = self._house.admission.backlog
        listener = await loop.create_server(self._session, host, port, backlog=backlog)
        self._listeners.append(listener)
        return tuple(listening.getsockname()[:2] for listening in listener.sockets)

    async def drain(self, seconds: float) -> int:
        """Take no new clients, give those in flight their answer, and close after ``seconds``.

        Gives the number of clients that had to be cut off then.
        """
        self._is_draining = True
        for listener in self._listeners:
            listener.close()
        for session in self._sessions:
            session.drain()
        tasks = self._tasks()
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        cut_off = len(self._sessions)
        await self.close()
        return cut_off

    async def close(self) -> None:
        """Stop at once: clients in flight get no answer, and keep their mail."""
        for listener in self._listeners:
            listener.close()
        tasks = self._tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listeners.clear()

    def _tasks(self) -> list[asyncio.Future[None] | asyncio.Future[Reply]]:
        sessions = [session.task for session in self._sessions if session.task]
        return [*sessions, *self._house.commits]

    def _session(self) -> Session:
        session = Session(self._house, self._sessions)
        if self._is_draining:
            session.drain()
        return session
