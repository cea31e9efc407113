"""Every reply that the gateway gives, in one table."""

import re
from dataclasses import dataclass, field

_UNSAFE = re.compile(r"[^ -~]")
_LINE_OCTETS = 510
"""RFC 5321 4.5.3.1.5: 512 octets with the CRLF."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One SMTP reply: ``code`` 250, ``status`` "2.0.0" (RFC 3463, or ""), ``text`` ASCII.

    ``cause`` is what a refusal is counted under: the key of the setting, where there is one.
    """

    code: int
    status: str
    text: str
    cause: str = field(default="", compare=False)

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.code), self.status, self.text)))

    @property
    def is_positive(self) -> bool:
        """2xx: done."""
        return 200 <= self.code < 300

    @property
    def is_transient(self) -> bool:
        """4xx: not done, and the client should try again."""
        return 400 <= self.code < 500

    @property
    def is_permanent(self) -> bool:
        """5xx: not done, and trying again will not help."""
        return self.code >= 500

    @property
    def wire(self) -> bytes:
        """One line without its CRLF: printable ASCII whatever the text came from."""
        return _UNSAFE.sub("?", str(self)).encode("ascii")[:_LINE_OCTETS]


# --- a release -------------------------------------------------------------------------------
NEEDS_SECOND_PERSON = Reply(450, "4.7.1", "approved, and a second person has to release it")

# --- the session -------------------------------------------------------------------------------
BYE = Reply(221, "2.0.0", "bye")
OK = Reply(250, "2.0.0", "ok")
GO_AHEAD = Reply(354, "", "end with <CRLF>.<CRLF>")
NEW_CLIENT = Reply(220, "2.0.0", "hello again, send EHLO")
START_TLS = Reply(220, "2.0.0", "ready to start TLS")
HELP = Reply(214, "2.0.0", "see RFC 5321")
CANNOT_VERIFY = Reply(252, "2.1.5", "send some mail, and the next hop will tell")

# --- what the client said wrong ----------------------------------------------------------------
NOT_A_COMMAND = Reply(500, "5.5.2", "command not recognised")
BARE_NEWLINE_IN_COMMAND = Reply(500, "5.5.2", "commands end with CRLF, nothing else")
HELO_NEEDS_NAME = Reply(501, "5.5.4", "EHLO needs a host name")
HELO_INVALID = Reply(501, "5.5.4", "invalid host name")
NO_ARGUMENT = Reply(501, "5.5.4", "this command takes no argument")
MAIL_SYNTAX = Reply(501, "5.5.4", "syntax: MAIL FROM:<address> [parameters]")
RCPT_SYNTAX = Reply(501, "5.5.4", "syntax: RCPT TO:<address> [parameters]")
NO_EHLO = Reply(503, "5.5.1", "send EHLO first")
NO_MAIL = Reply(503, "5.5.1", "send MAIL first")
NO_RCPT = Reply(503, "5.5.1", "send RCPT first")
MAIL_TWICE = Reply(503, "5.5.1", "transaction already open, send RSET")
NO_AUTH = Reply(503, "5.5.1", "AUTH not available")
TLS_TWICE = Reply(503, "5.5.1", "TLS already active")
NO_TLS = Reply(454, "4.7.0", "TLS not available", cause="tls")
NO_NEXT_HOP_UTF8 = Reply(553, "5.6.7", "next hop does not support SMTPUTF8", cause="smtputf8")
NEEDS_UTF8_PARAMETER = Reply(
    553, "5.6.7", "address is not ASCII and MAIL had no SMTPUTF8", cause="smtputf8"
)
NOT_AUTHORISED = Reply(550, "5.7.0", "not authorised", cause="front_ends")
BAD_ATTRIBUTE = Reply(501, "5.5.4", "bad attribute value")

# --- what ends a session -----------------------------------------------------------------------
NOT_SMTP = Reply(554, "5.5.0", "not an SMTP client", cause="not_smtp")
OUT_OF_STEP = Reply(554, "5.5.0", "protocol synchronization error", cause="synchronisation")
TIMED_OUT = Reply(421, "4.4.2", "timed out waiting for you", cause="command_time")
TOO_SLOW = Reply(421, "4.4.2", "message is coming in too slowly", cause="data_time")
SESSION_TOO_LONG = Reply(421, "4.7.0", "session is too old, connect again", cause="session_time")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "too many errors", cause="errors")
TOO_MANY_COMMANDS = Reply(
    421, "4.7.0", "too many commands without a message", cause="idle_commands"
)
TOO_MANY_MESSAGES = Reply(
    421, "4.7.0", "too many messages in one session, connect again", cause="messages"
)
TOO_MANY_CONNECTIONS = Reply(
    421, "4.7.0", "too many connections, try again later", cause="connections"
)
TOO_MANY_FROM_CLIENT = Reply(
    421, "4.7.0", "too many connections from your address", cause="connections_per_client"
)
NO_DESCRIPTORS = Reply(421, "4.7.0", "too many connections, try again later", cause="descriptors")
SHUTTING_DOWN = Reply(421, "4.3.2", "shutting down, try again later", cause="shutting_down")
CLOSING = Reply(421, "4.7.0", "closing the connection")

# --- what a message or a recipient may cost ----------------------------------------------------
TOO_MANY_RECIPIENTS = Reply(
    452, "4.5.3", "too many recipients, send the rest in a new transaction", cause="recipients"
)
NO_MEMORY = Reply(452, "4.3.1", "too much mail in flight, try again later", cause="in_flight")

# --- what became of a message ------------------------------------------------------------------
BUSY = Reply(
    451, "4.3.2", "too busy to look at this message, try again later", cause="workers.queue"
)
TOO_LATE = Reply(451, "4.3.2", "scan deadline exceeded, try again later", cause="deadline")
DEFERRED = Reply(451, "4.7.1", "message could not be looked at, try again later", cause="lost")
INTERNAL = Reply(451, "4.3.0", "internal error, try again later", cause="internal")
NEXT_HOP_DOWN = Reply(451, "4.4.1", "next hop is not available, try again later", cause="next_hop")
IN_DOUBT = Reply(
    451, "4.4.2", "next hop fell silent after the message, try again later", cause="in_doubt"
)
NO_ROOM = Reply(452, "4.3.1", "no room to hold this message, try again later", cause="disk_floor")
REJECTED = Reply(550, "5.7.1", "message refused by policy", cause="policy")


def accepted(identifier: str) -> Reply:
    """We have the message, and it is on disk."""
    return Reply(250, "2.0.0", f"accepted as {identifier}")


def internal(identifier: str) -> Reply:
    """A mistake of ours: the identifier finds it in the log."""
    return Reply(451, "4.3.0", f"internal error, id={identifier}", cause="internal")


def line_too_long(octets: int) -> Reply:
    """A command line beyond RFC 5321 4.5.3.1.4 with its extensions."""
    return Reply(500, "5.5.2", f"line too long ({octets})")


def not_supported(verb: str) -> Reply:
    """A command that we know and do not offer."""
    return Reply(502, "5.5.1", f"{verb} not supported")


def sender_malformed(what: str) -> Reply:
    """MAIL with an address that RFC 5321 does not know."""
    return Reply(501, "5.1.7", what)


def recipient_malformed(what: str) -> Reply:
    """RCPT with an address that RFC 5321 does not know."""
    return Reply(501, "5.1.3", what)


def source_route(*, of_sender: bool) -> Reply:
    """RFC 5321 appendix C lets a server refuse source routes."""
    status = "5.1.7" if of_sender else "5.1.3"
    return Reply(553, status, "source routes are not supported")


def not_utf8() -> Reply:
    """An address in Latin-1 or the like."""
    return Reply(553, "5.6.7", "address is not valid UTF-8")


def parameter_malformed(keyword: str, why: str = "") -> Reply:
    """A parameter that we know, with a value that we do not."""
    return Reply(501, "5.5.4", why or f"bad {keyword} value")


def parameter_unknown(keyword: str) -> Reply:
    """A parameter that nobody offered."""
    return Reply(555, "5.5.4", f"parameter {keyword[:40]} not supported")


def too_big(limit: int) -> Reply:
    """MAIL with a SIZE, or a message, beyond the limit."""
    return Reply(552, "5.3.4", f"message size exceeds {limit}", cause="message_size")


def no_binary() -> Reply:
    """BODY=BINARYMIME needs BDAT, which we do not have."""
    return Reply(555, "5.6.3", "BINARYMIME not supported")


def relaying_denied(domain: str) -> Reply:
    """Neither the recipient nor the client is ours."""
    return Reply(550, "5.7.1", f"relaying denied for {domain[:80]}", cause="relaying")


def false_end(octet: int, identifier: str) -> Reply:
    """A lone dot between line ends that are not CRLF: somebody else would end the message here."""
    text = f"bare CR, LF or NUL around a lone dot at octet {octet}, only CRLF is allowed"
    return Reply(550, "5.6.0", f"{text} ({identifier})", cause="false_end")


def bare_newline(octet: int, identifier: str) -> Reply:
    """A CR or LF on its own, where the settings refuse it."""
    text = f"bare CR or LF at octet {octet}, only CRLF is allowed"
    return Reply(550, "5.6.0", f"{text} ({identifier})", cause="bare_newlines")


def long_line(limit: int, identifier: str) -> Reply:
    """A line that no mail program writes."""
    return Reply(550, "5.6.0", f"line longer than {limit} octets ({identifier})", cause="line_size")


def mail_loop(hops: int, identifier: str) -> Reply:
    """RFC 5321 6.3: too many Received fields."""
    return Reply(554, "5.4.6", f"too many hops ({hops}), mail loop ({identifier})", cause="hops")


def own_loop(passes: int, identifier: str) -> Reply:
    """Our own marks, too often."""
    return Reply(
        554,
        "5.4.6",
        f"loop: {passes} times through this gateway already ({identifier})",
        cause="own_hops",
    )
