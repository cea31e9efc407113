"""Turns an item into what may lie on a disk, and back."""

import hashlib
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

import msgspec

from quarantine.errors import IntegrityError
from quarantine.item import Change, Item, NewItem, State
from quarantine.keys import WrappingKey
from quarantine.sealing import seal, seal_note, unseal, unseal_note
from quarantine.store import SealedChange, SealedItem


class Documents(msgspec.Struct, frozen=True):
    """What is sealed together as the details of an item."""

    envelope: bytes
    report: bytes
    sha256: str


NO_DOCUMENTS = Documents(b"", b"", "")


class Sealer:
    """Seals with data keys that ``key`` wraps, and binds each piece to its item and its purpose."""

    def __init__(self, key: WrappingKey) -> None:
        self._key = key
        self.key_id = key.id

    def item(
        self, new: NewItem, name: str, *, size: int, held_at: datetime, data_key: bytes
    ) -> SealedItem:
        """The row of a new item."""
        summary = msgspec.json.encode(dict(new.summary))
        return SealedItem(
            id=name,
            held_at=held_at,
            kind=new.kind,
            action=new.action,
            state=State.HELD,
            size=size,
            reasons=new.reasons,
            pack=new.pack,
            key_id=self.key_id,
            wrapped_key=self._key.wrap(data_key, _label("key", name)),
            summary=b"".join(seal(data_key, _label("summary", name), summary)),
        )

    def open_item(self, item: SealedItem) -> Item:
        """The item as its callers see it; a damaged summary is said and stops no listing."""
        summary, damage = {}, ""
        try:
            if item.summary is not None:
                plain = self._open(item, "summary", BytesIO(item.summary))
                summary = msgspec.json.decode(plain, type=dict[str, str])
        except IntegrityError as error:
            damage = str(error)
        return Item(
            id=item.id,
            held_at=item.held_at,
            kind=item.kind,
            action=item.action,
            state=item.state,
            size=item.size,
            reasons=item.reasons,
            pack=item.pack,
            summary=summary,
            damage=damage,
        )

    def open_documents(self, item: SealedItem, details: bytes) -> Documents:
        """Envelope, report and digest."""
        plain = self._open(item, "details", BytesIO(details))
        return msgspec.msgpack.decode(plain, type=Documents)

    def open_message(self, item: SealedItem, sha256: str, stream: BinaryIO) -> bytes:
        """The message, if its digest is still ``sha256``."""
        message = self._open(item, "message", stream)
        if hashlib.sha256(message).hexdigest() != sha256:
            raise IntegrityError(f"the message of item {item.id} has another digest than it had")
        return message

    def change(self, change: Change, name: str) -> SealedChange:
        """The record of a change: the words are sealed so that they outlive the item's key."""
        return SealedChange(
            item=name,
            at=change.at,
            who=change.who,
            was=change.was,
            became=change.became,
            note=seal_note(self._key, _label("note", name), change.why),
        )

    def open_change(self, change: SealedChange) -> Change:
        """The change as its callers see it."""
        return Change(
            at=change.at,
            who=change.who,
            was=change.was,
            became=change.became,
            why=unseal_note(self._key, _label("note", change.item), change.note),
        )

    def _open(self, item: SealedItem, purpose: str, stream: BinaryIO) -> bytes:
        return b"".join(unseal(self._data_key(item), _label(purpose, item.id), stream))

    def _data_key(self, item: SealedItem) -> bytes:
        if item.wrapped_key is None:
            raise IntegrityError(f"the key of item {item.id} is gone, and nothing can open it")
        if item.key_id != self.key_id:
            raise IntegrityError(
                f"item {item.id} is sealed under master key {item.key_id}, and this one is "
                f"{self.key_id}: open it with the key file of {item.key_id}"
            )
        return self._key.unwrap(item.wrapped_key, _label("key", item.id))


def seal_documents(documents: Documents, name: str, data_key: bytes) -> bytes:
    """Envelope, report and digest of the item ``name``, sealed."""
    plain = msgspec.msgpack.encode(documents)
    return b"".join(seal(data_key, _label("details", name), plain))


def message_label(name: str) -> str:
    """What the bytes of the message of item ``name`` are sealed as."""
    return _label("message", name)


def _label(purpose: str, name: str) -> str:
    return f"{purpose} of item {name}"
