"""Makes items findable that were held before there was a search.

Batch by batch, each in one transaction with its record: stopped at any moment, what is done is
done, and the next run goes on. Nothing else of an item changes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from quarantine.errors import IntegrityError, SealedError
from quarantine.item import Field
from quarantine.parts import Parts
from quarantine.store import Reworded, SealedItem

_BATCH = 100

Words = Callable[[bytes, bytes, Mapping[str, str]], Mapping[Field, tuple[str, ...]]]
"""From envelope, report and summary: what an item can be found by. Raises ValueError."""


@dataclass(frozen=True, slots=True)
class Reindexing:
    """The items of one lockbox that nothing finds."""

    parts: Parts

    def left(self) -> list[str]:
        """Their ids."""
        return [item.id for batch in self._batches() for item in batch]

    def run(self, words: Words, *, who: str) -> Iterator[tuple[str, str]]:
        """Give each its words, and tell its id, and why it could not be done or "".

        Raises SealedError where the key only seals: what an item says is needed for it.
        """
        if not self.parts.sealer.can_read:
            raise SealedError(
                "a public key cannot read what the items say: reindex where the private key is"
            )
        for batch in self._batches():
            troubles: dict[str, str] = {}
            done: list[Reworded] = []
            for item in batch:
                try:
                    done.append(self._reworded(item, words))
                except (IntegrityError, ValueError) as error:
                    troubles[item.id] = str(error)
            if done:
                why = f"{len(done)} items are found by their words from now on"
                self.parts.index.reword(done, self.parts.entry("reindexed", who=who, why=why))
            self.parts.step("items reindexed")
            yield from ((item.id, troubles.get(item.id, "")) for item in batch)

    def _batches(self) -> Iterator[list[SealedItem]]:
        after = ""
        while batch := list(self.parts.index.without_tokens(after, _BATCH)):
            after = batch[-1].id
            yield batch

    def _reworded(self, item: SealedItem, words: Words) -> Reworded:
        sealer = self.parts.sealer
        documents = sealer.open_documents(item, self.parts.index.details(item.id) or b"")
        summary = sealer.open_item(item).summary
        found_by = dict(documents.searchable) or dict(
            words(documents.envelope, documents.report, summary)
        )
        documents = msgspec.structs.replace(documents, searchable=found_by)
        return Reworded(item.id, sealer.documents(item, documents), sealer.tokens(found_by))
