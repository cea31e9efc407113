"""The audit as its readers see it: what was done, whether it is whole, and what it ends with."""

from collections.abc import Iterator
from dataclasses import dataclass

from quarantine.audit import Head, SealedRecord, Verdict
from quarantine.errors import IntegrityError, SealedError
from quarantine.item import Record
from quarantine.parts import Parts
from quarantine.store import each_record


@dataclass(frozen=True, slots=True)
class Trail:
    """The audit of one lockbox."""

    parts: Parts

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
        known = anchor or self.parts.head_file.read()
        index = self.parts.index
        return self.parts.chain.verify(each_record(index), index.tip(), anchor=known)

    def remember(self) -> None:
        """Write the head down beside the index."""
        if head := self.head():
            self.parts.head_file.write(head)

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
