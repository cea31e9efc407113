"""What each command means: the state of one SMTP dialogue, without the wire."""

import asyncio
import re
import ssl
from dataclasses import dataclass, replace
from secrets import token_hex

from gateway.failpoints import reach
from gateway.model import Envelope, Recipient
from gateway.smtp import replies
from gateway.smtp.address import Address, Flaw, Malformed, parse_recipient, parse_sender
from gateway.smtp.hops import count_hops, header_of
from gateway.smtp.inbound.admission import Admission
from gateway.smtp.inbound.contract import Answered, Observer, Passage, Pipeline
from gateway.smtp.inbound.front_end import ATTRIBUTES, Forwarded, parse_attributes
from gateway.smtp.inbound.memory import Memory
from gateway.smtp.inbound.reception import Reception
from gateway.smtp.inbound.relaying import Networks, Relaying
from gateway.smtp.inbound.settings import InboundSettings
from gateway.smtp.marks import Marks
from gateway.smtp.parameters import MailParameters, parse_mail, parse_rcpt
from gateway.smtp.replies import Reply

_HELO = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}")
_FROM = re.compile(rb"FROM: *", re.IGNORECASE)
_TO = re.compile(rb"TO: *", re.IGNORECASE)
_PASSED_ON = ("8BITMIME", "DSN", "SMTPUTF8")
"""Extensions that we offer when the next hop does."""


@dataclass(frozen=True, slots=True)
class House:
    """What all sessions of one server share."""

    pipeline: Pipeline
    settings: InboundSettings
    observer: Observer
    tls: ssl.SSLContext | None
    relaying: Relaying
    front_ends: Networks
    admission: Admission
    memory: Memory
    commits: set[asyncio.Task[Reply]]
    """Messages that are being judged."""
    answered: Answered
    marks: Marks


@dataclass(slots=True)
class _Transaction:
    """What is open between MAIL and the reply to the final dot."""

    identifier: str
    passage: Passage
    smtputf8: bool
    recipients: int = 0


class Dialogue:
    """The state that RFC 5321 gives a session. STARTTLS begins a new one."""

    def __init__(self, house: House, client: str, *, tls: str = "") -> None:
        self._house = house
        self._limits = house.settings.limits
        self.client = client
        """Whose session it is: the peer, or whom a front end named."""
        self._tls = tls
        self._helo = ""
        self._forwarded = Forwarded()
        self._extensions: frozenset[str] = frozenset()
        self._transaction: _Transaction | None = None
        self._messages = 0
        self._accepted: list[str] = []

    @property
    def _is_front_end(self) -> bool:
        return self.client in self._house.front_ends

    @property
    def _largest(self) -> int:
        """The largest message that we and the next hop take."""
        theirs = self._house.pipeline.size_limit()
        ours = self._limits.message_bytes
        return ours if theirs is None else min(ours, theirs)

    @property
    def is_idle(self) -> bool:
        """True between messages."""
        return self._transaction is None

    async def hello(self, name: str, *, extended: bool) -> tuple[str, ...] | Reply:
        """EHLO and HELO: the keywords that we offer, or what is wrong with the name."""
        if not name:
            return replies.HELO_NEEDS_NAME
        if not _HELO.fullmatch(name):
            return replies.HELO_INVALID
        await self.reset()
        self._helo = name
        offered = self._house.pipeline.extensions() if extended else frozenset[str]()
        self._extensions = offered.intersection((*_PASSED_ON, "SIZE"))
        if not extended:
            return ()
        return (
            "PIPELINING",
            f"SIZE {self._largest}",
            "ENHANCEDSTATUSCODES",
            *(keyword for keyword in _PASSED_ON if keyword in self._extensions),
            *(("STARTTLS",) if self._house.tls and not self._tls else ()),
            *(self._for_front_ends() if self._is_front_end else ()),
        )

    def xforward(self, argument: bytes) -> Reply:
        """XFORWARD: for the next message, the client is who a front end says."""
        if not self._is_front_end:
            return replies.NOT_AUTHORISED
        if self._transaction:
            return replies.MAIL_TWICE
        said = parse_attributes("XFORWARD", argument.decode("ascii", "replace"))
        if isinstance(said, Reply):
            return said
        known = self._forwarded
        self._forwarded = Forwarded(said.client or known.client, said.helo or known.helo)
        return replies.OK

    async def xclient(self, argument: bytes) -> Reply:
        """XCLIENT: from here on the session is that of the client whom a front end names.

        Unlike after XFORWARD, that client decides what may be sent where. What it says may reach
        us unread, so it is not for it to name another one.
        """
        if not self._is_front_end:
            return replies.NOT_AUTHORISED
        if self._transaction:
            return replies.MAIL_TWICE
        said = parse_attributes("XCLIENT", argument.decode("ascii", "replace"))
        if isinstance(said, Reply):
            return said
        await self.reset()
        self.client = said.client or self.client
        self._helo = ""
        return replies.NEW_CLIENT

    async def mail(self, argument: bytes) -> Reply:
        """MAIL: the next hop hears of it at once, and its refusal is ours."""
        if not self._helo:
            return replies.NO_EHLO
        if self._transaction:
            return replies.MAIL_TWICE
        if self._messages >= self._limits.messages:
            return replies.TOO_MANY_MESSAGES
        asked = self._read_mail(argument)
        return asked if isinstance(asked, Reply) else await self._begin(*asked)

    async def rcpt(self, argument: bytes) -> Reply:
        """RCPT: the next hop's answer is ours."""
        if not self._helo:
            return replies.NO_EHLO
        if not self._transaction:
            return replies.NO_MAIL
        recipient = self._read_rcpt(argument, smtputf8=self._transaction.smtputf8)
        if isinstance(recipient, Reply):
            return recipient
        if self._transaction.recipients >= self._limits.recipients:
            return replies.TOO_MANY_RECIPIENTS
        reply = _passed_back(await self._transaction.passage.offer(recipient))
        self._transaction.recipients += reply.is_positive
        return reply

    def data(self, argument: bytes) -> Reply | None:
        """DATA: what speaks against it, None when the message may come."""
        if argument:
            return replies.NO_ARGUMENT
        if not self._helo:
            return replies.NO_EHLO
        if not self._transaction:
            return replies.NO_MAIL
        return None if self._transaction.recipients else replies.NO_RCPT

    async def message(self, reception: Reception) -> Reply:
        """The final dot: the reply is what became of the message."""
        transaction = self._transaction
        if transaction is None:
            return replies.NO_MAIL
        refusal = reception.refusal(transaction.identifier) or self._loop(reception, transaction)
        if refusal:
            self._house.observer.refused(transaction.identifier, "data", refusal)
            await self.reset()
            return refusal
        self._transaction = None
        self._forwarded = Forwarded()
        self._messages += 1
        reception.spool.seal()
        reach("message received")
        reply = await transaction.passage.commit(reception.spool, transaction.identifier)
        if reply.is_positive:
            self._accepted.append(transaction.identifier)
        return reply

    def answered(self, *, is_heard: bool) -> None:
        """Tell the house, once, whether the client has the 250 for what it has sent."""
        while self._accepted:
            self._house.answered(self._accepted.pop(0), is_heard=is_heard)

    async def reset(self) -> None:
        """RSET, and all that implies it: nothing is left of the transaction."""
        transaction, self._transaction = self._transaction, None
        self._forwarded = Forwarded()
        if transaction:
            await transaction.passage.abandon()

    @staticmethod
    def _for_front_ends() -> tuple[str, ...]:
        return tuple(f"{verb} {' '.join(names)}" for verb, names in ATTRIBUTES.items())

    def _read_mail(self, argument: bytes) -> tuple[Address, MailParameters] | Reply:
        keyword = _FROM.match(argument)
        if not keyword:
            return replies.MAIL_SYNTAX
        path = parse_sender(argument[keyword.end() :])
        if isinstance(path, Malformed):
            return _malformed(path, of_sender=True)
        asked = parse_mail(path.parameters, self._extensions, message_bytes=self._largest)
        if isinstance(asked, Reply):
            return asked
        if not self._house.memory.has_room(asked.size):
            return replies.NO_MEMORY
        wrong = self._cannot_spell(path.address, smtputf8=asked.smtputf8)
        return wrong or (path.address, asked)

    def _read_rcpt(self, argument: bytes, *, smtputf8: bool) -> Recipient | Reply:
        keyword = _TO.match(argument)
        if not keyword:
            return replies.RCPT_SYNTAX
        path = parse_recipient(argument[keyword.end() :])
        if isinstance(path, Malformed):
            return _malformed(path, of_sender=False)
        if not self._house.relaying.permits(self.client, path.address.domain):
            return replies.relaying_denied(path.address.domain)
        asked = parse_rcpt(path.parameters, self._extensions)
        if isinstance(asked, Reply):
            return asked
        wrong = self._cannot_spell(path.address, smtputf8=smtputf8)
        return wrong or Recipient(str(path.address), asked)

    async def _begin(self, sender: Address, asked: MailParameters) -> Reply:
        envelope = Envelope(
            sender=str(sender),
            recipients=(),
            parameters=asked.kept,
            client=self._forwarded.client or self.client,
            helo=self._forwarded.helo or self._helo,
            tls=self._tls,
        )
        passage = await self._house.pipeline.begin(envelope)
        if isinstance(passage, Reply):
            return _passed_back(passage)
        self._transaction = _Transaction(token_hex(8), passage, asked.smtputf8)
        return replies.OK

    def _cannot_spell(self, address: Address, *, smtputf8: bool) -> Reply | None:
        if address.is_ascii or smtputf8:
            return None
        if "SMTPUTF8" in self._extensions:
            return replies.NEEDS_UTF8_PARAMETER
        return replies.NO_NEXT_HOP_UTF8

    def _loop(self, reception: Reception, transaction: _Transaction) -> Reply | None:
        with reception.spool.view() as message:
            header = header_of(message)
        if (hops := count_hops(header)) > self._limits.hops:
            return replies.mail_loop(hops, transaction.identifier)
        if (passes := self._house.marks.passes(header)) > self._limits.own_hops:
            return replies.own_loop(passes, transaction.identifier)
        return None


def _malformed(address: Malformed, *, of_sender: bool) -> Reply:
    match address.flaw:
        case Flaw.NOT_UTF8:
            return replies.not_utf8()
        case Flaw.SOURCE_ROUTE:
            return replies.source_route(of_sender=of_sender)
        case Flaw.SYNTAX if of_sender:
            return replies.sender_malformed(address.what)
        case _:
            return replies.recipient_malformed(address.what)


def _passed_back(reply: Reply) -> Reply:
    """The next hop's reply, but that its 421 closes its connection and not the client's."""
    return replace(reply, code=451) if reply.code == 421 else reply
