"""The trace headers on top of a message that goes on: the only bytes that we add to it."""

import re
from datetime import datetime
from email.utils import format_datetime

from gateway.model import Envelope, Pack, Verdict

_UNSAFE = re.compile(r"[^A-Za-z0-9.:\[\]_-]")


def trace(
    envelope: Envelope,
    verdict: Verdict,
    pack: Pack,
    *,
    hostname: str,
    identifier: str,
    mark: str,
    now: datetime,
    withheld: str = "",
) -> bytes:
    """Received (RFC 5321 4.4), what we think of the message, and our mark. CRLF line ends.

    ``withheld`` says where the original is, in our own words, when this goes on top of a copy.
    """
    lines = (
        mark,
        *([f"X-Lazaretto-Withheld: {withheld}"] if withheld else []),
        f"X-Lazaretto: {verdict.kind.word}; id={identifier}; rules={_token(pack.version)}",
        *_reasons(verdict),
        received(envelope, hostname=hostname, identifier=identifier, now=now),
    )
    return "".join(f"{line}\r\n" for line in reversed(lines)).encode("ascii")


def released(envelope: Envelope, *, hostname: str, item: str, mark: str, now: datetime) -> bytes:
    """The trace headers of a message that an administrator released from the quarantine."""
    trail = received(envelope, hostname=hostname, identifier=item, now=now)
    return f"{trail}\r\nX-Lazaretto: released; id={item}\r\n{mark}\r\n".encode("ascii")


def received(envelope: Envelope, *, hostname: str, identifier: str, now: datetime) -> str:
    """One Received field. The client's words are cut down to letters that can do no harm."""
    protocol = "ESMTPS" if envelope.tls else "ESMTP"
    return (
        f"Received: from {_token(envelope.helo)} ([{_token(envelope.client)}])\r\n"
        f"\tby {_token(hostname)} (Lazaretto) with {protocol} id {identifier};\r\n"
        f"\t{format_datetime(now)}"
    )


def _reasons(verdict: Verdict) -> tuple[str, ...]:
    if not verdict.reasons:
        return ()
    return (f"X-Lazaretto-Reasons: {' '.join(_token(reason) for reason in verdict.reasons[:10])}",)


def _token(text: str) -> str:
    return _UNSAFE.sub("", text)[:255] or "unknown"
