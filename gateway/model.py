"""The nouns that every layer speaks in: values only, standard library only."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

Lineage = tuple[str, ...]
"""Where a file was found, from the outside in: ``("message", "a.zip", "b.docm")``."""


class Level(IntEnum):
    """How bad a finding is; merging is ``max``."""

    NOTE = 1
    SUSPICIOUS = 2
    MALICIOUS = 3

    @property
    def word(self) -> str:
        """The name as settings, JSON and tables spell it."""
        return self.name.lower()


class Class(IntEnum):
    """What a message is, after the whole of it was looked at; merging is ``max``."""

    CLEAN = 0
    OPAQUE = 1
    UNSCANNABLE = 2
    SUSPICIOUS = 3
    MALICIOUS = 4

    @property
    def word(self) -> str:
        """The name as settings, JSON and tables spell it."""
        return self.name.lower()


class Action(IntEnum):
    """What is done with a message, from mildest to harshest; merging is ``max``."""

    DELIVER = 0
    TAG = 1
    WITHHOLD = 2
    DEFER = 3
    QUARANTINE = 4
    REJECT = 5

    @property
    def word(self) -> str:
        """The name as settings, JSON and tables spell it."""
        return self.name.lower()


class Reason(StrEnum):
    """Why something could not be looked at."""

    ENCRYPTED = "encrypted"
    """A file that opens only with a password we do not have."""
    ENCRYPTED_MAIL = "encrypted-mail"
    """S/MIME or PGP mail: encrypted for the recipient by design."""
    TOO_BIG = "too-big"
    TOO_DEEP = "too-deep"
    TOO_MANY = "too-many"
    TOO_SLOW = "too-slow"
    EXPANDS = "expands-too-much"
    """The ratio of a decompression bomb."""
    DAMAGED = "damaged"
    AMBIGUOUS = "ambiguous"
    """Two honest readers would see different things."""
    UNSUPPORTED = "unsupported"
    """A container that we know by its signature and cannot open."""
    CRASHED = "crashed"
    """A detector of ours raised: our bug, never the sender's good luck."""
    LOST = "lost"
    """The worker died, or what it said could not be believed."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The rule pack that judged a message."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something we saw. ``evidence`` is short and printable; ``code`` is stable, ``area.what``."""

    code: str
    level: Level
    summary: str
    evidence: str
    lineage: Lineage
    rule: str | None = None
    pack: str | None = None
    technique: str | None = None
    """MITRE ATT&CK technique, such as ``T1566.001``."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something we could not look at. A message with a gap is never clean."""

    reason: Reason
    detail: str
    lineage: Lineage


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of the tree in a report: what is kept of an artifact when its bytes are gone."""

    lineage: Lineage
    name: str
    names: tuple[str, ...]
    """Every name that some mail client might show for it."""
    kind: str
    declared_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the message, ``message[start:end]``, that another one can take the place of.

    Whatever program reads the message sees the same part there, and as a file.
    """

    start: int
    end: int
    files: tuple[str, ...]
    """The files in it: the second words of their lineages."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What an administrator knows a message by, decoded; "" for a field that is not there."""

    sender: str = ""
    recipients: str = ""
    subject: str = ""
    date: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All that a scan says about one message or file."""

    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    artifacts: tuple[Listed, ...]
    pack: Pack
    milliseconds: float = 0.0
    heading: Heading = Heading()
    killed_its_worker: bool = False
    """True when no worker lived to answer, or in time."""
    slots: tuple[Slot, ...] = ()
    """In their order; told only of a message that is not clean."""

    @property
    def is_clean(self) -> bool:
        """True only if everything was looked at and nothing above a note was found."""
        return not self.gaps and all(f.level <= Level.NOTE for f in self.findings)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a report means: ``reasons`` are finding codes and gap reasons, worst first."""

    kind: Class
    action: Action
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """One RCPT: ``address`` is the mailbox as the client wrote it, without the angle brackets."""

    address: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends what to whom, as the SMTP dialogue said. ``sender`` is "" for the null sender."""

    sender: str
    recipients: tuple[Recipient, ...]
    parameters: tuple[str, ...] = ()
    """Parameters of MAIL, as written: ``BODY=8BITMIME``."""
    client: str = ""
    """Address of the peer, ``192.0.2.1``."""
    helo: str = ""
    tls: str = ""
    """Protocol version, such as ``TLSv1.3``; "" when the session was in clear."""

    @property
    def declared_size(self) -> int:
        """The SIZE that the client declared (RFC 1870), 0 when it did not."""
        for parameter in self.parameters:
            keyword, _, value = parameter.partition("=")
            if keyword.upper() == "SIZE" and value.isdecimal():
                return int(value)
        return 0

    @property
    def sender_domain(self) -> str:
        """The domain of the sender in lower case, "" for the null sender."""
        return self.sender.rpartition("@")[2].lower()
