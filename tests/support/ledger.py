"""Mail that is counted: a client that tries again as a mail server does, and what must hold then.

The invariants are numbered as in tests/faults/README.md.
"""

import asyncio
import base64
import re
import secrets
import socket
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from itertools import chain
from pathlib import Path

from gateway.custody import records
from gateway.demo import samples
from gateway.model import Envelope
from gateway.smtp.sink import Delivery
from quarantine import Lockbox
from quarantine.item import Details, State
from tests.support.smtp import Client

SENDER = "lab@out.example"
RECIPIENT = "dr@hospital.example"
_TRACE = re.compile(
    rb"Received: (?:[^\r\n]|\r\n\t)+\r\n"
    rb"X-Lazaretto: clean; id=(\w+)[^\r\n]*\r\n"
    rb"(?:X-Lazaretto-[A-Za-z]+: [^\r\n]*\r\n)*"
)
_IDENTIFIER = re.compile(rb"^X-Lazaretto: \w+; id=(\w+);", re.MULTILINE)
_SCRIPT = b"CreateObject('WScript.Shell').Run('calc')"
_CANARY = re.compile(rb"canary-[0-9a-f]{32}")


@dataclass(frozen=True)
class Answer:
    """The last word of one attempt: ``reply`` to ``stage``, or "" when the connection was lost."""

    stage: str
    reply: str

    @property
    def is_accepted(self) -> bool:
        return self.stage == "." and self.reply.startswith("250")


@dataclass(eq=False)
class Letter:
    """One message, and what its client was told: one answer for each attempt."""

    canary: bytes
    message: bytes
    is_infected: bool
    recipients: tuple[str, ...]
    is_suspicious: bool = False
    """One file of it is withheld: the rest is delivered, and the whole is held."""
    answers: list[Answer] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Recipients that were refused on the last attempt."""
    unread: int = 0
    """Answers that came, and that its client left unread when the gateway ended the session."""
    doubts: int = 0
    """Copies more that there may be: a next hop took the dot and its answer got lost (RFC 1047)."""

    @property
    def is_accepted(self) -> bool:
        return any(answer.is_accepted for answer in self.answers)

    @property
    def goals(self) -> set[str]:
        return set(self.recipients) - self.refused


class Ledger:
    """Writes letters, sends them, and keeps count."""

    def __init__(self, *, name: str = "") -> None:
        self.letters: list[Letter] = []
        self._name = name

    def write(
        self,
        *,
        is_infected: bool = False,
        is_suspicious: bool = False,
        padding: int = 0,
        recipients: tuple[str, ...] = (RECIPIENT,),
        text: bytes = b"Dear colleague",
    ) -> Letter:
        """A letter with its canary in text and attachment, and ``padding`` octets more."""
        canary = b"canary-" + secrets.token_hex(16).encode()
        attached = samples.eicar() if is_infected else b"result " + canary
        message = b"".join(
            (
                b"From: <%s>\r\nTo: <%s>\r\n" % (SENDER.encode(), recipients[0].encode()),
                b"Subject: result of %s\r\n" % canary,
                b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n',
                b"--b\r\nContent-Type: text/plain\r\n\r\n%s, %s\r\n.\r\n..\r\n" % (text, canary),
                b"line of the result, no more than that\r\n" * (padding // 39),
                _part("result.txt", b"result " + canary),
                _part("more.txt", attached),
                _part("planning.js", _SCRIPT) if is_suspicious else b"",
                b"--b--\r\n",
            )
        )
        letter = Letter(canary, message, is_infected, recipients, is_suspicious)
        self.letters.append(letter)
        return letter

    async def attempt(self, letter: Letter, port: int, **options: str) -> Answer:
        """Offer the letter once, as a mail server does; note and give the answer."""
        try:
            async with call(port, **options) as client:
                answer = await self._offer(letter, client) or await self._hand_over(letter, client)
                with suppress(OSError):
                    await client.ask(b"QUIT")
        except OSError:
            answer = Answer("", "")
        letter.answers.append(answer)
        return answer

    async def deliver(
        self, letter: Letter, port: int, *, attempts: int = 5, pause: float = 0.02
    ) -> list[Answer]:
        """Offer the letter until it is accepted or refused for good."""
        for _ in range(attempts):
            answer = await self.attempt(letter, port)
            if answer.is_accepted or answer.reply.startswith("5"):
                break
            await asyncio.sleep(pause)
        return letter.answers

    @asynccontextmanager
    async def begun(self, letter: Letter, port: int) -> AsyncIterator[Client]:
        """A client that has heard 354 for this letter; the rest is the caller's."""
        async with call(port) as client:
            answer = await self._offer(letter, client)
            assert answer is None, answer
            yield client

    async def _offer(self, letter: Letter, client: Client) -> Answer | None:
        """Everything up to 354; None when it was said."""
        letter.refused = set()
        greeting = await client.reply()
        if not greeting.startswith("220"):
            return Answer("CONNECT", greeting)
        offered = await client.ask(b"EHLO client.example")
        is_wide = "8BITMIME" in offered and not letter.message.isascii()
        body = b" BODY=8BITMIME" if is_wide else b""
        reply = await client.ask(b"MAIL FROM:<%s>%s" % (SENDER.encode(), body))
        if not reply.startswith("250"):
            return Answer("MAIL", reply)
        for recipient in letter.recipients:
            reply = await client.ask(b"RCPT TO:<%s>" % recipient.encode())
            if not reply.startswith("250"):
                letter.refused.add(recipient)
        if not letter.goals:
            return Answer("RCPT", reply)
        reply = await client.ask(b"DATA")
        return None if reply.startswith("354") else Answer("DATA", reply)

    async def _hand_over(self, letter: Letter, client: Client) -> Answer:
        return Answer(".", await client.ask(on_the_wire(letter)))


def on_the_wire(letter: Letter) -> bytes:
    """The message with its dots doubled, and the final dot without its line end."""
    return letter.message.replace(b"\r\n.", b"\r\n..") + b"."


@asynccontextmanager
async def call(port: int, *, source: str = "127.0.0.1", window: int = 0) -> AsyncIterator[Client]:
    """A client for as long as the block lasts, with a receive buffer of ``window`` octets."""
    client = await _connect(port, source, window)
    try:
        async with asyncio.timeout(60):
            yield client
    finally:
        client.writer.transport.abort()


async def _connect(port: int, source: str, window: int) -> Client:
    sock = socket.socket()
    if window:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    sock.bind((source, 0))
    sock.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    except BaseException:
        sock.close()
        raise
    return Client(*await asyncio.open_connection(sock=sock))


# What must hold in the end.


@dataclass(frozen=True)
class Aftermath:
    """Where the mail is when all is over.

    ``folders`` hold what the gateway wrote; ``settled`` are canaries that were checked before.
    """

    deliveries: Sequence[Delivery]
    lockbox: Lockbox
    folders: Sequence[Path] = ()
    settled: AbstractSet[bytes] = frozenset()

    def check(self, ledger: Ledger) -> Counter[str]:
        """Every invariant for every letter; gives how many letters became what."""
        found = _Found(self.deliveries, self.lockbox)
        found.has_no_stranger({letter.canary for letter in ledger.letters} | self.settled)
        for letter in ledger.letters:
            found.check(letter)
        _no_plaintext(ledger.letters, self.folders)
        audit = self.lockbox.audit.verify()  # I8
        assert audit.broken is None, audit
        return Counter(found.fate(letter) for letter in ledger.letters)


@dataclass(frozen=True)
class _Held:
    message: bytes
    details: Details

    @property
    def envelope(self) -> Envelope:
        return records.decode_envelope(self.details.envelope)


class _Found:
    """Every copy of every letter, by canary."""

    def __init__(self, deliveries: Sequence[Delivery], lockbox: Lockbox) -> None:
        self._delivered: defaultdict[bytes, list[Delivery]] = defaultdict(list)
        self._held: defaultdict[bytes, list[_Held]] = defaultdict(list)
        for one in deliveries:
            self._delivered[canary_of(one.message)].append(one)
        for item in lockbox.items():
            if item.state is State.DELETED:  # taken back: nobody can read it any more
                continue
            held = _Held(lockbox.message(item.id), lockbox.item(item.id))
            self._held[canary_of(held.message)].append(held)

    def has_no_stranger(self, known: AbstractSet[bytes]) -> None:
        """What nobody has written was smuggled in, or is a piece of something."""
        assert self._delivered.keys() <= known
        assert self._held.keys() <= known

    def check(self, letter: Letter) -> None:
        delivered, held = self._delivered[letter.canary], self._held[letter.canary]
        about = f"{letter.canary!r}: {letter.answers}, {len(delivered)} delivered, {len(held)} held"
        if letter.is_suspicious:  # in both places, or in neither
            self._check_goals(letter, delivered, about)
            self._check_goals(replace(letter, doubts=0), held, about)
        else:
            self._check_goals(letter, [*delivered, *held], about)
            assert not (delivered if letter.is_infected else held), about  # I4
        for one in delivered:
            (_is_cleaned if letter.is_suspicious else _came_through)(one.message, letter)
        for item in held:
            assert item.message == letter.message, about  # I7
            assert item.details.changes[0].became is State.HELD, about  # I8

    @staticmethod
    def _check_goals(letter: Letter, found: Sequence[Delivery | _Held], about: str) -> None:
        goals = chain(*(one.envelope.recipients for one in found))
        copies = Counter(goal.address for goal in goals)
        if letter.is_accepted:  # I1, I2
            assert set(copies) == letter.goals, about
            assert max(copies.values()) <= 1 + letter.doubts, about
        elif not letter.doubts:  # I3
            assert not copies, about

    def fate(self, letter: Letter) -> str:
        delivered, held = len(self._delivered[letter.canary]), len(self._held[letter.canary])
        copies = max(delivered, held) if letter.is_suspicious else delivered + held
        return ("nowhere", "once", "twice", "more")[min(copies, 3)]


def _came_through(message: bytes, letter: Letter) -> None:
    """I4, I7: judged clean, with our headers on top and not one other octet."""
    trace = _TRACE.match(message)
    assert trace, message[:500]
    assert message[trace.end() :] == letter.message
    without = message.replace(b"\r\n", b"")
    assert b"\r" not in without
    assert b"\n" not in without
    assert samples.eicar() not in b"".join(attachments(message))


def _is_cleaned(message: bytes, letter: Letter) -> None:
    """I4, I7: a copy has all that is honest of its letter, and nothing else."""
    assert re.search(rb"^X-Lazaretto-Withheld: \w+; files=1\r$", message, re.MULTILINE), message
    above, below = letter.message.split(b"\r\n\r\n", 1)[1].split(_part("planning.js", _SCRIPT))
    assert above in message
    assert message.endswith(b"\r\n" + below)
    assert _SCRIPT not in b"".join([message, *attachments(message)])


def identifier(message: bytes) -> str:
    """What the gateway called the attempt that this delivered copy came from."""
    trace = _IDENTIFIER.search(message)
    assert trace, message[:500]
    return trace[1].decode()


def attachments(message: bytes) -> Iterator[bytes]:
    """What an independent reader finds in it."""
    for part in message_from_bytes(message).walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield payload


def _no_plaintext(letters: Sequence[Letter], folders: Sequence[Path]) -> None:
    """I5: not one octet of a letter is on the disk as it was, or as an attachment spells it."""
    canaries = {letter.canary for letter in letters}
    for path in (path for folder in folders for path in folder.rglob("*")):
        if not path.is_file():
            continue
        octets = path.read_bytes()
        assert not canaries & set(_CANARY.findall(octets)), path
        assert not any(spelling in octets for spelling in _SPELLINGS), path


def spellings(word: bytes) -> list[bytes]:
    """``word`` in base64, wherever it begins in a group of three octets."""
    return [
        base64.b64encode(bytes(shift) + word)[skip:][: len(word) * 4 // 3 - 4]
        for shift, skip in ((0, 0), (1, 2), (2, 3))
    ]


_SPELLINGS = spellings(b"result canary-")


def _part(name: str, data: bytes) -> bytes:
    head = (
        f"--b\r\nContent-Type: application/octet-stream; name={name}\r\n"
        f"Content-Disposition: attachment; filename={name}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(data).replace(b"\n", b"\r\n")


def canary_of(message: bytes) -> bytes:
    found = _CANARY.search(message)
    return found[0] if found else b""
