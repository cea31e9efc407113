"""Reads what follows DATA up to CRLF.CRLF: pure, in chunks, in one pass over the octets.

Rule 1. Only CRLF.CRLF ends a message (RFC 5321 4.1.1.4). A lone dot between any other line ends,
        or beside NULs, is what another server might take for the end: such a message is refused.
Rule 2. What is written has no line end but CRLF, and dot-stuffing is undone: the scanner sees
        the octets that the reader will see.
Rule 3. The result does not depend on where the chunks were cut.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from gateway.newlines import counted

_END = b"\r\n.\r\n"
_TAIL = re.compile(rb"\r{0,2}(?:\n(?:\.\r?)?)?\Z")
"""What may be the beginning of something: held back until the next chunk tells."""
_LONE_DOT = re.compile(rb"[\r\n]\.[\r\n]")
_OPEN = re.compile(rb"(?:[\r\n]\.?)?\Z")
"""The beginning of a lone dot at the end of a block."""
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


class Fault(IntEnum):
    """Why a message is refused, from mildest to gravest; merging is ``max``."""

    TOO_BIG = 1
    LONG_LINE = 2
    BARE_NEWLINE = 3
    FALSE_END = 4


@dataclass(frozen=True, slots=True)
class DataRules:
    """What a message may look like on the wire."""

    message_bytes: int = 50 << 20
    line_bytes: int = 64 << 10
    refuse_bare_newlines: bool = False
    """False turns a bare CR or LF into CRLF."""


class DataReader:
    """Feed it chunks until ``feed`` says that the end was found.

    Every octet of the message goes to ``write`` once; after a fault nothing more is written, and
    the rest is read only to find the end.
    """

    def __init__(self, write: Callable[[bytes], object], rules: DataRules) -> None:
        self._write = write
        self._rules = rules
        self._tail = b"\r\n"  # the CRLF that ended the command DATA: a dot may follow at once
        self._open = b""
        self._unsent = 2
        self._line = 0
        self._faults: dict[Fault, int] = {}
        self.received = -2
        """Octets of the message as they came over the wire, so far."""
        self.size = 0
        """Octets of the message as its reader sees them, so far."""
        self.leftover = b""
        """What came after the end: the next commands."""

    @property
    def fault(self) -> Fault | None:
        """The gravest thing that is wrong with this message."""
        return max(self._faults, default=None)

    @property
    def octet(self) -> int:
        """Where the gravest fault is, counted from 1; 0 when it has no place."""
        return self._faults[max(self._faults)] if self._faults else 0

    @property
    def is_endless(self) -> bool:
        """True when so much came in that waiting for the end makes no sense."""
        return self.received > 2 * self._rules.message_bytes

    def feed(self, chunk: bytes) -> bool:
        """Take the next octets. True when the end of the message is among them."""
        block = self._tail + chunk
        # One octet is looked for fifty times as fast as three, and base64 has no dot.
        stuffed = block.find(b"\r\n.") if b"." in block else -1
        end = block.find(_END, stuffed) if stuffed >= 0 else -1
        if end >= 0:
            self.leftover = block[end + len(_END) :]
            self._take(block[: end + 2], stuffed=stuffed < end)
            return True
        cut = _start_of(_TAIL, block, 5)
        self._tail = block[cut:]
        self._take(block[:cut], stuffed=0 <= stuffed < cut)
        return False

    def _take(self, block: bytes, *, stuffed: bool) -> None:
        if not block:
            return
        text = block
        if self._closes_lone_dot(block) or b"\0" in block or not _has_only_crlf(block):
            self._look_for_false_end(block)
            self._look_for_bare_newline(block)
            text = _normalised(block)
            stuffed = True
        else:
            self._remember(self._open + block[-2:])
        self._measure_lines(text)
        if stuffed:
            # RFC 5321 4.5.2: undo dot-stuffing.
            text = text.replace(b"\r\n.", b"\r\n")
        self.received += len(block)
        self._hand_over(text[self._unsent :])
        self._unsent = 0

    def _closes_lone_dot(self, block: bytes) -> bool:
        return _LONE_DOT.search(self._open + block[:2]) is not None

    def _look_for_false_end(self, block: bytes) -> None:
        # Some servers drop NULs: the view of such a server is searched.
        view = self._open + block.translate(None, b"\0")
        dot = _LONE_DOT.search(view) if b"\n." in view or b"\r." in view else None
        if dot and Fault.FALSE_END not in self._faults:
            place = _index_without_nuls(block, dot.end() - 1 - len(self._open))
            self._faults[Fault.FALSE_END] = self.received + place + 1
        self._remember(view)

    def _remember(self, view: bytes) -> None:
        self._open = view[_start_of(_OPEN, view, 2) :]

    def _look_for_bare_newline(self, block: bytes) -> None:
        if not self._rules.refuse_bare_newlines or Fault.BARE_NEWLINE in self._faults:
            return
        bare = _BARE.search(block)
        if bare:
            self._faults[Fault.BARE_NEWLINE] = self.received + bare.start() + 1

    def _measure_lines(self, text: bytes) -> None:
        """Find a line that is too long, in jumps of the greatest length that is allowed."""
        limit = self._rules.line_bytes
        first = text.find(b"\n")
        if first < 0:
            self._line += len(text)
            self._refuse_if(Fault.LONG_LINE, self._line > limit)
            return
        self._refuse_if(Fault.LONG_LINE, self._line + first - 1 > limit)
        start = first + 1
        while len(text) - start > limit:
            last = text.rfind(b"\n", start, start + limit + 2)
            if last < 0:
                self._refuse_if(Fault.LONG_LINE, truth=True)
                break
            start = last + 1
        self._line = len(text) - text.rfind(b"\n") - 1

    def _hand_over(self, text: bytes) -> None:
        self.size += len(text)
        self._refuse_if(Fault.TOO_BIG, self.size > self._rules.message_bytes)
        if not self._faults:
            self._write(text)

    def _refuse_if(self, fault: Fault, truth: bool) -> None:  # noqa: FBT001
        if truth:
            self._faults.setdefault(fault, 0)


def _start_of(pattern: re.Pattern[bytes], block: bytes, longest: int) -> int:
    """Where the longest match at the end of ``block`` begins; the pattern always matches there."""
    found = pattern.search(block, max(0, len(block) - longest))
    return found.start() if found else len(block)


def _has_only_crlf(block: bytes) -> bool:
    cr, lf, crlf = counted(block)
    return cr == lf == crlf


def _normalised(block: bytes) -> bytes:
    r"""Make CRLF of every line end.

    An LF takes up to two CRs before it along: ``\r\r\n`` is what a text-mode file on Windows
    makes of CRLF, and as two line ends it would end the header after its first line.
    """
    bare = block.replace(b"\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return bare.replace(b"\n", b"\r\n")


def _index_without_nuls(block: bytes, position: int) -> int:
    """Where the octet stands in ``block`` that is at ``position`` when NULs are left out."""
    return [place for place, octet in enumerate(block) if octet][position]
