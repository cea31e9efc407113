"""The audit as its readers see it: what was done, whether it is whole, and what it ends with."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from quarantine.audit import Head, SealedRecord, Verdict
from quarantine.errors import IntegrityError, SealedError
from quarantine.item import Record
from quarantine.parts import Parts
from quarantine.store import each_record

_HEAD_BYTES = 100


@dataclass(frozen=True, slots=True)
class Trail:
    """The audit of one lockbox."""

    parts: Parts
    head_file: Path | None = None
    """Where the head is written beside the index, to notice that the end of that was lost."""

    def records(self, above: int = 0) -> Iterator[Record]:
        """Every record over this number, oldest first."""
        return map(self.opened, each_record(self.parts.index, above))

    def of_item(self, item: str) -> tuple[Record, ...]:
        """What was done to one item."""
        return tuple(map(self.opened, self.parts.index.records(item)))

    def head(self) -> Head | None:
        """The end of the chain: write it down elsewhere, and nobody can cut it off unseen."""
        return self.parts.chain.head(self.parts.index.tip())

    def verify(self, anchor: Head | None = None) -> Verdict:
        """Walk the whole chain. ``anchor`` is a head that was written down before.

        Raises SealedError where only the private key can tell.
        """
        known = anchor or self._remembered()
        index = self.parts.index
        return self.parts.chain.verify(each_record(index), index.tip(), anchor=known)

    def remember(self) -> None:
        """Write the head down beside the index: a help, no promise, so nothing fails by it."""
        head = self.head()
        if self.head_file is not None and head is not None:
            with suppress(OSError):
                _overwrite(self.head_file, f"{head}\n".encode("ascii").ljust(_HEAD_BYTES))

    def opened(self, record: SealedRecord) -> Record:
        """A record as its readers see it; words that cannot be read are said to be so."""
        try:
            why = self.parts.chain.why(record)
        except SealedError:
            why = "(sealed)"
        except IntegrityError:
            why = "(damaged)"
        return Record(
            number=record.number,
            at=record.at,
            who=record.who,
            origin=record.origin,
            action=record.action,
            item=record.item,
            was=record.was,
            became=record.became,
            why=why,
        )

    def _remembered(self) -> Head | None:
        if self.head_file is not None:
            with suppress(OSError):
                return read_head(self.head_file.read_text("ascii", "replace"))
        return None


def read_head(text: str) -> Head | None:
    """A head as `Head` spells it; None for anything else."""
    number, _, mac = text.strip().partition(":")
    if not number.isdecimal() or len(mac) != 64:
        return None
    return Head(int(number), mac)


def _overwrite(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.pwrite(descriptor, content, 0)
    finally:
        os.close(descriptor)
