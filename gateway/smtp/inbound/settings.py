"""What the SMTP server may be told: who it is, who may send, and what a client may cost."""

import socket
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """What one client may cost. Beyond a limit it gets 421, 452 or 552; after 421 it is gone."""

    connections: int = 1000
    """At the same time, of all clients; fewer when file descriptors are short."""
    connections_per_client: int = 100
    """At the same time, by address. Not below what an honest relay opens (Postfix: 20)."""
    messages: int = 1000
    """In one session."""
    recipients: int = 1000
    """Of one message."""
    errors: int = 20
    """Replies of class 5 in one session."""
    idle_commands: int = 100
    """Commands such as NOOP, RSET and EHLO in a row that bring no message nearer."""
    greeting_seconds: float = 0.1
    """A client outside ``client_networks`` that talks before this has passed is no mail server."""
    proxy_seconds: float = 5.0
    """For the PROXY header of a front end."""
    handshake_seconds: float = 15.0
    """For TLS."""
    command_seconds: float = 300.0
    """RFC 5321 4.5.3.2.7: at least five minutes for the next command."""
    data_seconds: float = 180.0
    """The longest pause inside a message (RFC 5321 4.5.3.2.5)."""
    data_bytes_per_second: int = 500
    """The slowest message."""
    reply_seconds: float = 30.0
    """For the client to take our replies."""
    parting_seconds: float = 2.0
    """For the last reply to reach a client that is still talking."""
    session_seconds: float = 1800.0
    """A session older than this ends with its present message."""
    message_bytes: int = 50 << 20
    line_bytes: int = 64 << 10
    in_flight_bytes: int = 512 << 20
    """Of all messages that are being received or judged."""
    in_flight_seconds: float = 10.0
    """How long a message waits for room before it is refused with 452."""
    hops: int = 50
    """Received fields; with one more the message is in a loop."""
    own_hops: int = 3
    """The same of our own marks: honest mail is forwarded out and comes back once or twice."""


@dataclass(frozen=True, slots=True)
class InboundSettings:
    """How mail comes in."""

    hostname: str = field(default_factory=socket.getfqdn)
    recipient_domains: tuple[str, ...] = ()
    """Domains that anybody may send to."""
    client_networks: tuple[str, ...] = ()
    """Networks that may send to any domain. With neither of the two, only loopback may send."""
    front_ends: tuple[str, ...] = ()
    """Networks that may say who the client is, by XFORWARD, XCLIENT or the PROXY protocol."""
    proxy_protocol: bool = False
    """True when every front end begins with a PROXY header; nobody else gets in then."""
    refuse_bare_newlines: bool = False
    """True refuses a message with a bare CR or LF; False makes CRLF of it."""
    limits: SessionLimits = SessionLimits()
