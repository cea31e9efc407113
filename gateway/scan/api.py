"""All that the author of an extractor or an analyzer needs, on one page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gateway.model import Finding, Gap, Lineage, Listed
from gateway.scan.kinds import Kind
from gateway.scan.passwords import Passwords
from gateway.scan.stream import Stream

__all__ = ["Analyzer", "Artifact", "Context", "Extractor", "Member", "Stream"]


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file found at any depth. The message itself is one; its MIME parts are its members."""

    data: bytes
    lineage: Lineage
    names: tuple[str, ...]
    """Every name that some reader might show for it, the most likely first; may be empty."""
    declared_type: str
    """What the sender claims, lower case: ``application/pdf``, or ""."""
    kinds: tuple[Kind, ...]
    """What its content says, the main one first; a polyglot is more than one."""
    sha256: str = ""
    """Of ``data``, in hexadecimal; "" when nobody has computed it."""
    within: tuple[Kind, ...] = ()
    """The main kind of every container around it, the outermost first."""

    @property
    def name(self) -> str:
        """The name that most readers would show, or ""."""
        return self.names[0] if self.names else ""

    @property
    def depth(self) -> int:
        """How many containers are around it: 0 for the message itself."""
        return len(self.lineage) - 1


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a container, not yet read.

    Only the engine reads ``stream``, through the budget.
    The stream must decompress as it is read: nothing is unpacked before it is paid for.
    """

    name: str
    stream: Stream
    names: tuple[str, ...] = ()
    """Other names that a reader might show for it."""
    declared_type: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the message as a whole."""

    sender_domain: str = ""
    passwords: Passwords = field(default_factory=Passwords, compare=False, repr=False)
    """What locked files of this message may open with; ask it with ``find``."""


class Extractor(Protocol):
    """Opens one family of containers. Keeps no state between files."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds that it opens."""

    @property
    def broken(self) -> tuple[type[Exception], ...]:
        """What its library raises for a bad file; the engine turns these into a DAMAGED gap."""

    def members(self, artifact: Artifact, context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield what is inside; each member is read before the next one is asked for."""


class Analyzer(Protocol):
    """Looks at one file in one way. Keeps no state between files."""

    @property
    def kinds(self) -> frozenset[Kind] | None:
        """The kinds that it looks at; None for every file."""

    @property
    def broken(self) -> tuple[type[Exception], ...]:
        """What its library raises for a bad file; the engine turns these into a DAMAGED gap."""

    def analyze(self, artifact: Artifact, context: Context) -> Iterator[Finding | Gap]:
        """Yield what is seen in ``artifact`` itself; what lies inside it comes by itself."""


class Reviewer(Protocol):
    """Looks at what a message is made of, once everything in it was told. Keeps no state."""

    def review(self, listed: Sequence[Listed]) -> Iterator[Finding]:
        """Yield what is seen only in files that stand side by side."""
