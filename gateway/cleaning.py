"""A withheld message without its bad files: what has to go, what stands in its place, and why not.

Rule 1. A copy is made only when every bad thing lies in a part that can be taken out; else the
        message is held whole.
Rule 2. Of what is not taken out not one byte is changed but the Message-ID.
Rule 3. Nothing here takes a message apart: where its parts are, a worker has found out.
Rule 4. A copy goes on only after it was looked at like any message, and only if nothing is wrong
        with it. So a mistake here can hold a message, and never let a bad file through.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.model import Action, Class, Finding, Gap, Report, Slot, Verdict
from gateway.notices.withheld import StandIns, Withheld
from gateway.policy import Policy
from gateway.smtp.hops import header_of
from gateway.spool import Spool

COPY_SENT = "copy-sent"
"""What the audit calls it when the next hop has taken a copy; it also says for whom."""
MAX_FILES = 20
"""Of one message; with more of them there is little of a letter left to hand over."""
_CHUNK_BYTES = 1 << 20
_MESSAGE_ID = re.compile(
    rb"(?<=\r\n)(message-id[ \t]*:[ \t]*)(?:(<[!-;=?-~]{1,250}>)[ \t]*(?=\r\n(?![ \t])))?",
    re.IGNORECASE,
)
_THREAD = re.compile(rb"\r\n(references|in-reply-to)[ \t]*:", re.IGNORECASE)

Remark = Finding | Gap


class Whole(StrEnum):
    """Why a message is held whole, although its bad files alone could be withheld."""

    MALICIOUS = "malicious"
    """Whatever else is in it, somebody means harm."""
    MESSAGE = "message"
    """Something is wrong with the message itself: its structure, or all of it together."""
    PLACE = "place"
    """What is bad is shown as the letter, is signed, or not every reader sees it in one place."""
    MANY = "many"
    """More than MAX_FILES bad files."""
    SIZE = "size"
    """With its notices it is larger than the next hop takes."""
    COPY = "copy"
    """The copy was looked at, and is not clean either."""
    BUSY = "busy"
    """Nobody was free to look at the copy."""
    LATE = "late"
    """There was no time left to look at it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One part that has to go, and what its recipients are told of it."""

    slot: Slot
    file: Withheld


@dataclass(frozen=True, slots=True)
class Edit:
    """``text`` in the place of the octets from ``start`` to ``end``."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Copy:
    """A message without its bad files, which was found clean. Close its message."""

    message: Spool
    item: str
    """The id of the original in the quarantine, as the notices in the copy name it."""
    files: int
    """How many were taken out."""


def cuts(report: Report, verdict: Verdict, policy: Policy) -> tuple[Cut, ...] | Whole:
    """What has to go from a message that is to be withheld, in its order; Rule 1."""
    if verdict.kind is Class.MALICIOUS:
        return Whole.MALICIOUS
    remarks: tuple[Remark, ...] = (*report.findings, *report.gaps)
    judged = [(policy.decide(_about(report, remark)), remark) for remark in remarks]
    bad = [(found, remark) for found, remark in judged if found.action > Action.TAG]
    if not bad or any(len(remark.lineage) < 2 for _, remark in bad):
        return Whole.MESSAGE
    names = {remark.lineage[1] for _, remark in bad}
    slots = [slot for slot in report.slots if not names.isdisjoint(slot.files)]
    if not names.issubset(name for slot in slots for name in slot.files):
        return Whole.PLACE
    if len(slots) > MAX_FILES:
        return Whole.MANY
    return tuple(Cut(slot, _told(slot, report, bad)) for slot in slots)


def cleaned(
    message: memoryview, chosen: Sequence[Cut], stand_ins: StandIns, item: str
) -> Iterator[bytes]:
    """The message with a notice in the place of each part, piece by piece; Rule 2."""
    behind = 0
    for edit in (*_renamed(message, item), *_notices(chosen, stand_ins, item)):
        yield from _chunks(message, behind, edit.start)
        yield edit.text
        behind = edit.end
    yield from _chunks(message, behind, len(message))


def _renamed(message: memoryview, item: str) -> Iterator[Edit]:
    """Another Message-ID, for servers drop a second message of one: the original, when released.

    An answer to the copy still refers to the original, so that its sender knows what it answers.
    """
    header = header_of(message)
    found = list(_MESSAGE_ID.finditer(header))
    if len(found) != 1 or found[0][2] is None:
        return
    own = found[0]
    copied = b"%s<%s.withheld.%s" % (own[1], item.encode("ascii"), own[2][1:])
    parent = b"" if _THREAD.search(header) else b"\r\nReferences: " + own[2]
    # header_of has put two octets on top.
    yield Edit(own.start() - 2, own.end() - 2, copied + parent)


def _notices(chosen: Sequence[Cut], stand_ins: StandIns, item: str) -> Iterator[Edit]:
    for number, cut in enumerate(chosen, start=1):
        yield Edit(cut.slot.start, cut.slot.end, stand_ins.part(cut.file, item, number))


def _chunks(message: memoryview, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, _CHUNK_BYTES):
        yield bytes(message[at : min(at + _CHUNK_BYTES, end)])


def _about(report: Report, remark: Remark) -> Report:
    """The report as if this were all that there is to say."""
    findings = (remark,) if isinstance(remark, Finding) else ()
    gaps = (remark,) if isinstance(remark, Gap) else ()
    return replace(report, findings=findings, gaps=gaps)


def _told(slot: Slot, report: Report, bad: Sequence[tuple[Verdict, Remark]]) -> Withheld:
    inside = [(found, remark) for found, remark in bad if remark.lineage[1] in slot.files]
    inside.sort(key=lambda one: one[0].kind, reverse=True)
    worst, remark = inside[0]
    name = next(
        (listed.name for listed in report.artifacts if listed.lineage[1:] == remark.lineage[1:2]),
        "",
    )
    # That a rule has matched says nothing to a reader: what an analyzer saw says more.
    codes = [one.code for _, one in inside if isinstance(one, Finding) and not one.rule]
    reasons = dict.fromkeys(reason for found, _ in inside for reason in found.reasons)
    return Withheld(name, worst.kind, next(iter(codes), "").partition(".")[0], tuple(reasons))
