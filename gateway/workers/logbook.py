"""How far a worker got with a message, in memory that outlives it: what was seen until then counts.

The worker writes and the gateway reads, and only after the worker is dead. It is believed no more
than an answer is: decoded strictly, checked, and always together with a gap.

One page says which step is under way. Behind it stand the entries, one after the other: what was
listed, found, or could not be looked at. Each is four bytes of length, written last, and a body.
"""

import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from gateway.model import Finding, Gap, Lineage, Listed

_LENGTH = struct.Struct("<I")
_STEP_BYTES = 64 << 10
_BYTES = 1 << 20
"""What comes after so much is not written down; the report has a gap in any case."""
_NOTHING = bytes(_LENGTH.size)


class Step(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is under way: ``what`` looks at the file at ``lineage``."""

    what: str = ""
    lineage: Lineage = ()


class Entry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One of the three."""

    listed: Listed | None = None
    finding: Finding | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """All that a worker wrote down about one message."""

    step: Step
    artifacts: tuple[Listed, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]


class Logbook:
    """The worker's side. Wipe it before each message; its first entry is whose message it is."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, _BYTES)
        self._encode = msgspec.msgpack.Encoder().encode
        self._end = _STEP_BYTES

    def open(self, nonce: str) -> None:
        """Forget the last message, and begin with the one that ``nonce`` stands for."""
        self._memory[:_STEP_BYTES] = bytes(_STEP_BYTES)
        self._memory[_STEP_BYTES : self._end] = bytes(self._end - _STEP_BYTES)
        self._end = _STEP_BYTES
        self._append(self._encode(nonce))

    def step(self, step: Step) -> None:
        """This is under way from now on."""
        body = self._encode(step)
        self._memory[: _LENGTH.size] = _NOTHING
        if len(body) <= _STEP_BYTES - _LENGTH.size:
            self._memory[_LENGTH.size : _LENGTH.size + len(body)] = body
            self._memory[: _LENGTH.size] = _LENGTH.pack(len(body))

    def enter(self, entry: Entry) -> None:
        """Write one more thing down, if there is room."""
        self._append(self._encode(entry))

    def _append(self, body: bytes) -> None:
        begin, end = self._end + _LENGTH.size, self._end + _LENGTH.size + len(body)
        if end + _LENGTH.size > _BYTES:
            return
        self._memory[begin:end] = body
        self._memory[self._end : begin] = _LENGTH.pack(len(body))
        self._end = end


def create() -> int:
    """A descriptor for an empty logbook, of a size that nobody can change."""
    descriptor = os.memfd_create("logbook", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, _BYTES)
    seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


def read(descriptor: int, nonce: str) -> Noted | None:
    """What the dead worker noted about the message of ``nonce``; None when that makes no sense."""
    try:
        memory = os.pread(descriptor, _BYTES, 0)
        entries = _bodies(memory)
        if msgspec.msgpack.decode(next(entries, b""), type=str) != nonce:
            return None
        noted = [msgspec.msgpack.decode(body, type=Entry) for body in entries]
        step = next(_at(memory, 0, _STEP_BYTES), None)
        return Noted(
            msgspec.msgpack.decode(step, type=Step) if step else Step(),
            tuple(entry.listed for entry in noted if entry.listed is not None),
            tuple(entry.finding for entry in noted if entry.finding is not None),
            tuple(entry.gap for entry in noted if entry.gap is not None),
        )
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _bodies(memory: bytes) -> Iterator[bytes]:
    position = _STEP_BYTES
    while body := next(_at(memory, position, len(memory)), b""):
        yield body
        position += _LENGTH.size + len(body)


def _at(memory: bytes, position: int, end: int) -> Iterator[bytes]:
    """The body whose length stands at ``position``, if there is one."""
    begin = position + _LENGTH.size
    if begin <= end:
        length = _LENGTH.unpack_from(memory, position)[0]
        if 0 < length <= end - begin:
            yield memory[begin : begin + length]
