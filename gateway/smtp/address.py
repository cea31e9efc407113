"""Reads the path of MAIL and RCPT strictly (RFC 5321) and keeps the mailbox verbatim."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LOCAL_OCTETS = 64
DOMAIN_OCTETS = 255
SENDER_LOCAL_OCTETS = 255
"""RFC 5321 4.5.3.1 says what must be taken at least. Bounce addresses that carry the recipient
(VERP, SRS) have longer local parts, and refusing them would lose honest mail."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_QUOTED = r'"(?:[^"\\]|\\[ -~])*"'
# An underscore is no letter of a host name, but networks with such names send mail.
_EDGE = r"[A-Za-z0-9_\x80-\U0010ffff]"
_LABEL = rf"{_EDGE}(?:[A-Za-z0-9_\x80-\U0010ffff-]*{_EDGE})?"
_LITERAL = r"\[(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\]"
_MAILBOX = re.compile(
    rf"(?P<local>{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@(?P<domain>{_LABEL}(?:\.{_LABEL})*|{_LITERAL})"
)
_END_OF_PATH = re.compile(rf"(?:[^\">]|{_QUOTED})*+>")
_NULL = re.compile(r"")
_POSTMASTER = re.compile(r"postmaster", re.IGNORECASE)
_UNPRINTABLE = frozenset({"Cc", "Zl", "Zp"})


class Flaw(StrEnum):
    """What kind of mistake an address has; each has a reply of its own."""

    SYNTAX = "syntax"
    SOURCE_ROUTE = "source route"
    NOT_UTF8 = "not UTF-8"


@dataclass(frozen=True, slots=True)
class Malformed:
    """An address that is none, and why, in words that can stand in a reply."""

    flaw: Flaw
    what: str


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox, verbatim; both parts are "" for the null sender, ``domain`` for postmaster."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}" if self.domain else self.local

    @property
    def is_ascii(self) -> bool:
        """False when the address can only go on with SMTPUTF8."""
        return self.local.isascii() and self.domain.isascii()


@dataclass(frozen=True, slots=True)
class Path:
    """What stands after ``FROM:`` or ``TO:``: an address, then parameters as they came."""

    address: Address
    parameters: str


def parse_sender(argument: bytes) -> Path | Malformed:
    """Read ``<mailbox> parameters``; the mailbox may be empty (RFC 5321 4.5.5)."""
    return _parse(argument, "sender", local_octets=SENDER_LOCAL_OCTETS, complete=_NULL)


def parse_recipient(argument: bytes) -> Path | Malformed:
    """Read ``<mailbox> parameters``; ``postmaster`` needs no domain (RFC 5321 4.5.1)."""
    return _parse(argument, "recipient", local_octets=LOCAL_OCTETS, complete=_POSTMASTER)


def _parse(
    argument: bytes, role: str, *, local_octets: int, complete: re.Pattern[str]
) -> Path | Malformed:
    try:
        text = argument.decode()
    except UnicodeDecodeError:
        return Malformed(Flaw.NOT_UTF8, "address is not valid UTF-8")
    if not text.startswith("<"):
        return _syntax(f"{role} must be in <>")
    end = _END_OF_PATH.match(text, 1)
    inside = end[0][:-1] if end else text[1:]
    control = _control(inside)
    if control:
        return _syntax(f"control character in address at octet {control}")
    if end is None:
        return _syntax(f"{role} has no closing >")
    rest = text[end.end() :]
    if rest and not rest.startswith(" "):
        return _syntax("a space must stand between > and the parameters")
    found = Address(inside, "") if complete.fullmatch(inside) else _mailbox(inside, local_octets)
    return found if isinstance(found, Malformed) else Path(found, rest.strip(" "))


def _mailbox(text: str, local_octets: int) -> Address | Malformed:
    if text.startswith("@"):
        return Malformed(Flaw.SOURCE_ROUTE, "source routes are not supported")
    found = _MAILBOX.fullmatch(text)
    if found is None:
        return _syntax("address is not of the form local-part@domain")
    if len(found["local"].encode()) > local_octets:
        return _syntax(f"local part longer than {local_octets} octets")
    if len(found["domain"].encode()) > DOMAIN_OCTETS:
        return _syntax(f"domain longer than {DOMAIN_OCTETS} octets")
    return Address(found["local"], found["domain"])


def _control(text: str) -> int:
    """The octet, counted from 1, of the first character that is none to read; 0 for none."""
    for place, character in enumerate(text):
        if unicodedata.category(character) in _UNPRINTABLE:
            return len(text[:place].encode()) + 1
    return 0


def _syntax(what: str) -> Malformed:
    return Malformed(Flaw.SYNTAX, what)
