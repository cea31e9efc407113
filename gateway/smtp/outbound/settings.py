"""Where the next hop is, how long each step may take, and how many connections it is asked for."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Tls = Literal["off", "opportunistic", "required"]
TlsContext = Callable[[], ssl.SSLContext]


@dataclass(frozen=True, slots=True)
class HopAddress:
    """One server that takes our mail."""

    host: str
    port: int = 25
    tls_name: str = ""
    """The name that its certificate must bear; "" when that is ``host``."""

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for each step. The deadline of a whole message is set by whoever waits for it."""

    slot: float = 10.0
    """Until one of our connections is free."""
    connect: float = 10.0
    banner: float = 30.0
    command: float = 60.0
    """EHLO, STARTTLS, MAIL, RCPT, DATA: each until its answer."""
    block: float = 60.0
    """Until the next piece of the message has left."""
    dot: float = 80.0
    """From the final dot to the answer."""
    reset: float = 5.0
    """RSET and QUIT, which nobody waits for gladly."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the next hop we ask for, and how soon we come back after a failure."""

    connections: int = 20
    """At once, idle ones included: the default that Exchange allows one sender."""
    messages: int = 100
    """Over one connection, so that a server that was away gets its share again."""
    idle_seconds: float = 30.0
    first_pause: float = 1.0
    """Seconds that an address is left alone after a failure; doubled with each further one."""
    longest_pause: float = 30.0
