"""The next hop: the mail server behind us, at one address or several."""

import time
from collections.abc import Sequence

from gateway.model import Envelope
from gateway.smtp.outbound.dial import Dialler
from gateway.smtp.outbound.pool import Clock, Pool
from gateway.smtp.outbound.settings import HopAddress, Limits, Timeouts, Tls, TlsContext
from gateway.smtp.outbound.transaction import Transaction

_DEFAULT_TIMEOUTS = Timeouts()
_DEFAULT_LIMITS = Limits()


class NextHop:
    """Takes transactions to the first of ``addresses`` that works.

    ``hostname`` is our name in EHLO. ``tls`` is "off", "opportunistic" (TLS if it can be had,
    certificates unchecked) or "required" (checked, and never in clear); ``tls_context`` makes the
    context when the system's authorities are not the right ones. With ``xforward`` a hop that
    offers XFORWARD is told who our client is. ``clock`` gives monotonic seconds.
    """

    def __init__(
        self,
        addresses: Sequence[HopAddress],
        *,
        hostname: str,
        tls: Tls = "off",
        tls_context: TlsContext | None = None,
        timeouts: Timeouts = _DEFAULT_TIMEOUTS,
        limits: Limits = _DEFAULT_LIMITS,
        xforward: bool = False,
        clock: Clock = time.monotonic,
    ) -> None:
        dialler = Dialler(hostname, tls, timeouts, tls_context)
        self._pool = Pool(addresses, dialler, limits=limits, clock=clock)
        self._xforward = xforward

    def extensions(self) -> frozenset[str]:
        """The EHLO keywords last seen, in upper case; empty before the first contact."""
        return frozenset(self._pool.offered)

    @property
    def connections(self) -> dict[str, int]:
        """How many there are, "busy" with a transaction or "idle"."""
        return {"busy": self._pool.lent, "idle": self._pool.idle}

    def size_limit(self) -> int | None:
        """The largest message that the hop declares to take (RFC 1870); None if it does not say."""
        declared = self._pool.offered.get("SIZE", "")
        # RFC 1870 3: zero means that there is no fixed limit.
        return (int(declared) or None) if declared.isdecimal() else None

    async def probe(self) -> frozenset[str]:
        """Connect and say EHLO now, whatever failed before. Raises NextHopError."""
        await self._pool.probe()
        return self.extensions()

    async def begin(self, envelope: Envelope) -> Transaction:
        """Begin a transaction with MAIL. Raises RefusedError or NextHopError."""
        transaction = Transaction(self._pool, envelope, xforward=self._xforward)
        await transaction.open()
        return transaction

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        await self._pool.close()
