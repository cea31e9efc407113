"""Remembers a delivery until its client was heard again, so that a retry is not delivered twice.

A client that loses our 250 sends the message again (RFC 1047). The journal knows, after a crash
too, that it was delivered:

    begun --> relayed --> settled          the client spoke again: it has our answer
      |          |
      |          +--> unanswered           it went away: the same message is a retry
      +--> settled                         the next hop said no
      +--> unanswered                      nobody knows: a retry is delivered, and is in doubt;
                                           if the goal was our quarantine, the retry asks there;
                                           if it was both, as for a withheld message, the retry
                                           finds the original held and sends the copy once more

1. A delivery is begun on disk before the final dot goes to the next hop, and relayed on disk
   before the client gets its 250.
2. Only a delivery whose session has ended without a word makes the same message a retry. Devices
   send identical alerts on purpose, over several connections at once too: when in doubt, a
   message is delivered once more, and never once less.
3. Nothing here tells who wrote to whom: keys are keyed hashes, and of the next hop's answer only
   the numbers are kept.
"""

import hmac
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from gateway.model import Envelope
from gateway.smtp.durable import DurableLines
from gateway.smtp.replies import Reply

_FIVE_DAYS = 5 * 24 * 3600
"""How long a client keeps trying (RFC 5321 4.5.4.1)."""

_ENCODER = msgspec.json.Encoder()


class _Record(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """One line of the file. ``code`` is 0 until the next hop has answered.

    ``item`` is the id in the quarantine of a message that goes there. ``has_copy`` says that a
    copy of it goes to the next hop as well, once it is held.
    """

    state: Literal["begun", "relayed", "settled"]
    identifier: str
    key: str
    seconds: int
    code: int = 0
    status: str = ""
    item: str = ""
    has_copy: bool = False

    def line(self) -> bytes:
        return _ENCODER.encode(self) + b"\n"


_DECODER = msgspec.json.Decoder(_Record)


class Earlier(msgspec.Struct, frozen=True):
    """The delivery that a message repeats. ``reply`` is None when nobody knows its end.

    ``item`` then is where it can be looked for: an id in the quarantine, "" for the next hop.
    """

    identifier: str
    reply: Reply | None
    item: str = ""
    has_copy: bool = False


class Journal:
    """The deliveries that are not settled. ``clock`` gives seconds since the epoch.

    ``secret`` keys the hashes; with another one the old records match nothing. Beyond
    ``capacity`` the oldest unanswered deliveries are forgotten.
    """

    def __init__(
        self,
        path: Path,
        secret: bytes,
        *,
        clock: Callable[[], float] = time.time,
        lifetime_seconds: int = _FIVE_DAYS,
        capacity: int = 100_000,
    ) -> None:
        self._secret = secret
        self._clock = clock
        self._lifetime = lifetime_seconds
        self._capacity = capacity
        self._records: dict[str, _Record] = {}
        self._unanswered: dict[str, str] = {}
        self._lines = DurableLines(path, self._snapshot)
        self.damaged = 0
        """Lines that could not be read at the start."""
        for line in self._lines.read():
            self._replay(line)
        for identifier in list(self._records):
            self.unanswered(identifier)

    def key(self, sha256: str, envelope: Envelope) -> str:
        """What the same message from the same client to the same people has in common."""
        recipients = sorted(recipient.address for recipient in envelope.recipients)
        words = (sha256, envelope.client, envelope.sender, *recipients)
        octets = "\0".join(words).encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, octets, "sha256").hex()

    def claim(self, key: str) -> Earlier | None:
        """The unanswered delivery that this message repeats; nobody else is given it meanwhile.

        With a reply: give that again, and end with ``settled`` or ``unanswered`` as after a
        delivery of one's own. With an item: look whether it is held, then ``relayed`` or
        ``settled``. With neither: deliver; the doubt is told of once.
        """
        self._forget_oldest()
        identifier = self._unanswered.pop(key, None)
        if identifier is None:
            return None
        record = self._records[identifier]
        if record.state == "relayed":
            return Earlier(identifier, Reply(record.code, record.status, ""))
        if not record.item:
            self.settled(identifier)
        return Earlier(identifier, None, record.item, record.has_copy)

    async def begin(
        self, identifier: str, key: str, item: str = "", *, has_copy: bool = False
    ) -> None:
        """Write down that the final dot is about to go, or that ``item`` is about to be held.

        Raises OSError: then it must not.
        """
        self._forget_oldest()
        now = int(self._clock())
        record = _Record("begun", identifier, key, now, item=item, has_copy=has_copy)
        self._records[identifier] = record
        try:
            await self._lines.append(record.line())
        except BaseException:
            self.settled(identifier)
            raise

    async def relayed(self, identifier: str, reply: Reply) -> None:
        """Write down that the next hop took the message. Raises OSError; it has it all the same."""
        begun = self._records[identifier]
        record = _Record("relayed", identifier, begun.key, begun.seconds, reply.code, reply.status)
        self._records[identifier] = record
        await self._lines.append(record.line())

    @property
    def unheard(self) -> int:
        """Messages that arrived, and of which it is not known that their client knows."""
        return sum(record.state == "relayed" for record in self._records.values())

    @property
    def in_doubt(self) -> int:
        """Messages of which nobody knows whether they arrived, until their clients come again."""
        kept = (self._records[identifier] for identifier in self._unanswered.values())
        return sum(record.state == "begun" for record in kept)

    def is_relayed(self, identifier: str) -> bool:
        """True while it is known that the message arrived, and not that its client knows."""
        record = self._records.get(identifier)
        return record is not None and record.state == "relayed"

    def settled(self, identifier: str) -> None:
        """Forget a delivery: the client has its answer, or the next hop said no."""
        record = self._records.pop(identifier, None)
        if record is None:
            return
        if self._unanswered.get(record.key) == identifier:
            del self._unanswered[record.key]
        self._lines.note(_Record("settled", identifier, "", int(self._clock())).line())

    def unanswered(self, identifier: str) -> None:
        """The session ended and nobody knows whether the client has its answer."""
        record = self._records.get(identifier)
        if record is None:
            return
        displaced = self._unanswered.pop(record.key, identifier)
        if displaced != identifier:
            self.settled(displaced)
        self._unanswered[record.key] = identifier

    async def close(self) -> None:
        """Wait until all that was written down is in the file."""
        await self._lines.close()

    def _snapshot(self) -> Iterator[bytes]:
        return (record.line() for record in self._records.values())

    def _replay(self, line: bytes) -> None:
        try:
            record = _DECODER.decode(line)
        except msgspec.MsgspecError:
            self.damaged += 1
            return
        if record.state == "settled":
            self._records.pop(record.identifier, None)
        else:
            self._records[record.identifier] = record

    def _forget_oldest(self) -> None:
        horizon = self._clock() - self._lifetime
        while self._unanswered:
            oldest = next(iter(self._unanswered.values()))
            is_expired = self._records[oldest].seconds < horizon
            if not is_expired and len(self._records) < self._capacity:
                return
            self.settled(oldest)
