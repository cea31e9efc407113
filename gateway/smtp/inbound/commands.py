"""Command lines: which may go on to the session, and what the others are answered."""

import re
from collections.abc import Mapping

from gateway.smtp import replies
from gateway.smtp.replies import Reply

COMMAND_OCTETS = 512
"""RFC 5321 4.5.3.1.4, without extensions."""
LONG_COMMAND_OCTETS = 2048
"""With every parameter of every extension that we know, and room to spare."""
LONG_COMMANDS = frozenset({"MAIL", "RCPT", "XFORWARD", "XCLIENT"})

SPOKEN = frozenset(
    {
        *("EHLO", "HELO", "STARTTLS", "XCLIENT", "XFORWARD"),
        *("MAIL", "RCPT", "DATA", "RSET", "QUIT", "NOOP"),
    }
)
"""Commands that the session answers."""

ANSWERS: Mapping[str, Reply] = {
    "VRFY": replies.CANNOT_VERIFY,
    "HELP": replies.HELP,
    "AUTH": replies.NO_AUTH,
    **{
        verb: replies.not_supported(verb)
        for verb in ("EXPN", "BDAT", "ETRN", "ATRN", "TURN", "SEND", "SOML", "SAML", "LHLO")
    },
    **dict.fromkeys(
        ("GET", "POST", "HEAD", "PUT", "OPTIONS", "CONNECT", "DELETE", "PATCH", "TRACE"),
        replies.NOT_SMTP,
    ),
}
"""Commands that always get the same answer."""

ENDING = frozenset({"BDAT"}) | {v for v, reply in ANSWERS.items() if reply == replies.NOT_SMTP}
"""Commands after which nothing is read: what follows them is data, and might look like commands."""

IDLE = frozenset({"EHLO", "HELO", "NOOP", "RSET", "VRFY", "HELP"})
"""Commands that bring no message nearer."""

_VERB = re.compile(rb"[A-Za-z]{1,16}(?=[ \r])")


def verb_of(line: bytes) -> str:
    """The first word in upper case, "" when there is none."""
    found = _VERB.match(line)
    return found[0].decode("ascii").upper() if found else ""


def objection(line: bytes) -> Reply | None:
    """What is wrong with a command line, or its fixed answer; None when it may go on."""
    verb = verb_of(line)
    if verb in ENDING:
        return ANSWERS[verb]
    limit = LONG_COMMAND_OCTETS if verb in LONG_COMMANDS else COMMAND_OCTETS
    if len(line) > limit:
        return replies.line_too_long(limit)
    # RFC 5321 2.3.8: CR and LF appear only together. (In an address, the address reader says so.)
    stray = b"\r" in line[:-2] and verb not in LONG_COMMANDS
    if not line.endswith(b"\r\n") or line.endswith(b"\r\r\n") or stray:
        return replies.BARE_NEWLINE_IN_COMMAND
    if verb in SPOKEN:
        return None
    return ANSWERS.get(verb, replies.NOT_A_COMMAND)
