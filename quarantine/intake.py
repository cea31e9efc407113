"""Takes an item in for good, in the order of writes that a kill at any moment leaves whole.

The message is on the disk before its row is in the index, and gets its name after: see `files.py`.
"""

import hashlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from quarantine.errors import BusyError, NoRoomError
from quarantine.ids import new_id
from quarantine.item import Item, NewItem, State
from quarantine.keys import new_data_key
from quarantine.parts import Parts
from quarantine.sealer import Documents, facts, message_label, outline, seal_documents
from quarantine.sealing import seal
from quarantine.trail import Trail


@dataclass(frozen=True, slots=True)
class Intake:
    """Where items come in."""

    parts: Parts
    audit: Trail

    def has_room(self, message_bytes: int) -> bool:
        """True if a message of this size may be taken in."""
        return self.parts.blobs.free_bytes() >= self._needed(message_bytes)

    def hold(self, new: NewItem, *, who: str, identifier: str) -> Item:
        """See `Lockbox.hold`."""
        parts, data_key, now = self.parts, new_data_key(), self.parts.now()
        name = identifier or new_id(now)
        with _viewed(new) as message:
            self._check_room(len(message))
            item = parts.sealer.item(new, name, size=len(message), held_at=now, data_key=data_key)
            documents = Documents(
                new.envelope,
                new.report,
                hashlib.sha256(message).hexdigest(),
                dict(new.searchable),
                facts(item),
            )
            with parts.blobs.put(name, seal(data_key, message_label(name), message)):
                entry = parts.entry(State.HELD.value, who=who, item=name, became=State.HELD)
                sealed = seal_documents(documents, name, data_key)
                try:
                    parts.index.add(item, sealed, parts.sealer.tokens(new.searchable), entry)
                except (NoRoomError, BusyError):
                    # After any other error it is not known whether the row is there.
                    parts.blobs.remove(name)
                    raise
                parts.step("row committed")
        self.audit.remember()
        return outline(item, dict(new.summary))

    def _needed(self, message_bytes: int) -> int:
        return max(message_bytes * 3 // 2, self.parts.reserve_bytes)

    def _check_room(self, message_bytes: int) -> None:
        free, needed = self.parts.blobs.free_bytes(), self._needed(message_bytes)
        if free < needed:
            raise NoRoomError(
                f"{free} bytes are free for items and {needed} must be: make room on the disk"
            )


def _viewed(new: NewItem) -> AbstractContextManager[memoryview]:
    if isinstance(new.message, bytes | memoryview):
        return nullcontext(memoryview(new.message))
    return new.message.view()
