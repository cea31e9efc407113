"""Reads what the next hop answers: strictly, within a limit, and printable when it comes out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.smtp.outbound.errors import NextHopError
from gateway.smtp.replies import Reply

_LINE_OCTETS = 512
_LINES = 100
_TOTAL_OCTETS = _LINE_OCTETS * _LINES
_TEXT_OCTETS = 400
"""A reply that is passed on must fit on one line of 512 octets (RFC 5321 4.5.3.1.5)."""

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_STATUS = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: +|$)")
_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_PRINTABLE = bytes(octet if 0x20 <= octet < 0x7F else ord("?") for octet in range(256))

_OURS_TO_RETRY = frozenset({421, 503})
"""The hop is closing, or took our commands for out of order: neither is the sender's fault."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply of the next hop: its code and the text of each line, in printable ASCII."""

    code: int
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.code} {' '.join(self.lines)}"[:_TEXT_OCTETS]

    @property
    def is_positive(self) -> bool:
        """2xx: done."""
        return 200 <= self.code < 300

    def reply(self) -> Reply:
        """The answer as we pass it on: one line, its class of code kept."""
        status, texts = self._without_status()
        code = self.code
        if code in _OURS_TO_RETRY:
            code, status = 451, "4.4.2"
        return Reply(
            code, status, " ".join(texts)[:_TEXT_OCTETS].strip(), cause="refused_by_next_hop"
        )

    def keywords(self) -> dict[str, str]:
        """What an EHLO answer offers: each keyword in upper case, with its parameters."""
        offered = {}
        for line in self.lines[1:]:
            keyword, _, parameters = line.partition(" ")
            if _KEYWORD.fullmatch(keyword):
                offered[keyword.upper()] = parameters.strip()
        return offered

    def _without_status(self) -> tuple[str, list[str]]:
        match = _STATUS.match(self.lines[0])
        # RFC 2034 3: the class of the status is that of the code, or it is no status at all.
        if not match or match[1][0] != str(self.code)[0]:
            return "", list(self.lines)
        status = match[1]
        return status, [line.removeprefix(status).strip() for line in self.lines]


class AnswerReader:
    """Takes bytes as they come and gives back each answer once it is complete."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._code = 0
        self._lines: list[str] = []
        self._octets = 0

    @property
    def is_midway(self) -> bool:
        """True while an answer has begun and not ended."""
        return bool(self._buffer or self._lines)

    def feed(self, data: bytes) -> Iterator[Answer]:
        """Read ``data``. Raises NextHopError at what is no SMTP reply, or one without end."""
        self._buffer += data
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[: end + 1])
            del self._buffer[: end + 1]
            answer = self._line(line)
            if answer:
                yield answer
        self._check_size(len(self._buffer))

    def _line(self, line: bytes) -> Answer | None:
        self._octets += len(line)
        self._check_size(0)
        match = _LINE.fullmatch(line[:-2]) if line.endswith(b"\r\n") else None
        if not match:
            raise NextHopError("the next hop sent something that is not an SMTP reply")
        code = int(match[1])
        if self._lines and code != self._code:
            raise NextHopError("the next hop changed the code in the middle of a reply")
        self._code = code
        self._lines.append((match[3] or b"")[:_LINE_OCTETS].translate(_PRINTABLE).decode("ascii"))
        return None if match[2] == b"-" else self._complete()

    def _complete(self) -> Answer:
        answer = Answer(self._code, tuple(self._lines))
        self._lines, self._octets = [], 0
        return answer

    def _check_size(self, pending: int) -> None:
        if len(self._lines) >= _LINES or self._octets + pending > _TOTAL_OCTETS:
            raise NextHopError("the next hop sent a reply without end")
