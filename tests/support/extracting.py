"""Opens one container with one extractor, and keeps all that came out of it."""

from dataclasses import dataclass, field

from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Extractor, Member
from gateway.scan.identity import identify
from gateway.scan.kinds import Kind
from gateway.scan.passwords import Passwords

_READ_AT_ONCE = 7001
"""An odd number, so that a stream that is right only for round ones is found out."""
_MOST_BYTES = 8 << 20


@dataclass
class Opened:
    """What one extractor found in one file."""

    members: list[Member] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def files(self) -> dict[str, bytes]:
        names = [member.name for member in self.members]
        return dict(zip(names, self.contents, strict=True))

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings]

    @property
    def is_clean(self) -> bool:
        return not (self.findings or self.gaps or self.errors)


def artifact(data: bytes, name: str = "message") -> Artifact:
    return Artifact(data, ("message",), (name,), "", identify(data, ""))


def opened(
    extractor: Extractor, data: bytes, name: str = "message", context: Context | None = None
) -> Opened:
    """Read every member, a little at a time; what the extractor calls broken is kept as text."""
    result = Opened()
    context = context or Context()  # one a message: it counts the passwords that were tried
    try:
        for seen in extractor.members(artifact(data, name), context):
            match seen:
                case Gap():
                    result.gaps.append(seen)
                case Finding():
                    result.findings.append(seen)
                case Member():
                    result.members.append(seen)
                    result.contents.append(_content(seen, extractor, result))
    except extractor.broken as error:
        result.errors.append(str(error))
    return result


def _content(member: Member, extractor: Extractor, result: Opened) -> bytes:
    content = bytearray()
    try:
        while chunk := member.stream.read(_READ_AT_ONCE):
            content += chunk
            if len(chunk) > _READ_AT_ONCE:
                raise AssertionError("more bytes than were asked for")
            if len(content) > _MOST_BYTES:
                break
    except extractor.broken as error:
        result.errors.append(str(error))
    return bytes(content)


def told(words: str, *, site: tuple[str, ...] = ()) -> Context:
    """What is known of a message that says ``words``."""
    passwords = Passwords(site)
    passwords.hear(words.encode(), (), (Kind.TEXT,))
    return Context(passwords=passwords)
