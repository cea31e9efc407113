"""Marks what leaves us, so that we know our own mail when it comes back.

A mark is a field of the header that only we can write: an identifier, and a keyed hash of it.
Those of other gateways, and those that somebody made up, are none of ours.
"""

import hmac
import re
from dataclasses import dataclass

from gateway.smtp.hops import header_of

_FIELD = "X-Lazaretto-Mark"
_MARK = re.compile(
    rb"\r\nX-Lazaretto-Mark: (?P<what>passed|released) "
    rb"(?P<name>[0-9a-z]{1,32}) (?P<proof>[0-9a-f]{32})(?=\r\n)",
    re.IGNORECASE,
)
# What servers put on top of a message on its way. Anything else above our mark may change what
# the message is, as a second Content-Type does, or a line that some readers take for an empty one.
_TRACE = re.compile(
    rb"(?:\r\n(?:received|return-path|delivered-to|authentication-results|dkim-signature"
    rb"|(?:arc|x)-[!-9;-~]*):[^\r\n]*(?:\r\n[ \t]+[^ \t\r\n][^\r\n]*)*)*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Released:
    """A message that says it was released: ``item`` is true, ``start`` is where it began then."""

    item: str
    start: int


class Marks:
    """``secret`` keys the hashes: gateways that share it know each other's marks."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def passed(self, identifier: str) -> str:
        """The field for a message that we let through."""
        return f"{_FIELD}: passed {identifier} {self._proof('passed', identifier)}"

    def released(self, item: str) -> str:
        """The field for a message that was released; it is the last of ours above the message."""
        return f"{_FIELD}: released {item} {self._proof('released', item)}"

    def passes(self, header: bytes) -> int:
        """How often a message with this header has left us already. Copies of a mark count once."""
        found = {(mark["what"], mark["name"]) for mark in self._own(header)}
        return len(found)

    def release(self, message: memoryview) -> Released | None:
        """The newest release of this message; None if something else is above its mark."""
        header = header_of(message)
        for mark in self._own(header):
            if mark["what"] == b"released":
                if not _TRACE.fullmatch(header, 0, mark.start()):
                    return None
                # header_of has put two octets on top; the CRLF of the mark has two as well.
                return Released(mark["name"].decode("ascii"), mark.end())
        return None

    def _own(self, header: bytes) -> list[re.Match[bytes]]:
        return [mark for mark in _MARK.finditer(header) if self._is_own(mark)]

    def _is_own(self, mark: re.Match[bytes]) -> bool:
        what, name = mark["what"].decode("ascii"), mark["name"].decode("ascii")
        return hmac.compare_digest(self._proof(what, name).encode("ascii"), mark["proof"])

    def _proof(self, what: str, name: str) -> str:
        return hmac.digest(self._secret, f"{what} {name}".encode(), "sha256").hex()[:32]
