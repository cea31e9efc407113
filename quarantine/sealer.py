"""Turns an item into what may lie on a disk, and back."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

import msgspec

from quarantine.errors import IntegrityError, SealedError
from quarantine.item import Delivery, Field, Item, NewItem, Query, State, as_kept
from quarantine.keys import KeyRing
from quarantine.sealing import seal, unseal
from quarantine.store import Alternatives, Rewrapped, SealedItem
from quarantine.tokens import tokens, wanted


class Documents(msgspec.Struct, frozen=True):
    """What is sealed together as the details of an item."""

    envelope: bytes
    report: bytes
    sha256: str
    searchable: dict[Field, tuple[str, ...]] = {}
    facts: str = ""
    """The clear columns of the row that never change, so that nobody can change them unseen."""


NO_DOCUMENTS = Documents(b"", b"", "")


class Sealer:
    """Seals with data keys that ``ring`` wraps, and binds each piece to its item and purpose."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring

    @property
    def can_read(self) -> bool:
        """False where the key only seals."""
        return self.ring.current.can_read

    def item(
        self, new: NewItem, name: str, *, size: int, held_at: datetime, data_key: bytes
    ) -> SealedItem:
        """The row of a new item."""
        summary = msgspec.json.encode(dict(new.summary))
        key = self.ring.current
        return SealedItem(
            id=name,
            held_at=held_at,
            kind=new.kind,
            action=new.action,
            state=State.HELD,
            size=size,
            reasons=new.reasons,
            pack=new.pack,
            key_id=key.id,
            wrapped_key=key.wrap(data_key, _label("key", name)),
            summary=_sealed(data_key, "summary", name, summary),
            look_by=as_kept(new.look_by) if new.look_by else None,
        )

    def tokens(self, searchable: Mapping[Field, Sequence[str]]) -> frozenset[bytes]:
        """What an item with these texts is found by."""
        return tokens(self.ring.current.derive("tokens"), searchable)

    def possible_tokens(
        self, searchable: Mapping[Field, Sequence[str]]
    ) -> Sequence[frozenset[bytes]]:
        """The tokens that such an item has, under each key that it may be under."""
        return [tokens(key.derive("tokens"), searchable) for key in self.ring.all]

    def wanted(self, query: Query) -> Alternatives:
        """The tokens that the query asks for, under every key that items may be under."""
        if not (query.terms or query.anywhere):
            return ()
        places = [(field, query.anywhere) for field in Field] if query.anywhere else []
        asked = [(*query.terms, place) for place in places] or [query.terms]
        secrets = [key.derive("tokens") for key in self.ring.all]
        return tuple(wanted(secret, terms) for secret in secrets for terms in asked)

    def check(self, item: SealedItem) -> None:
        """Raise SealedError or IntegrityError if this key does not open the item."""
        self._data_key(item)

    def open_item(self, item: SealedItem) -> Item:
        """The item as its callers see it; a damaged summary is said and stops no listing."""
        summary, damage = {}, ""
        try:
            if item.summary is not None:
                plain = self._open(item, "summary", BytesIO(item.summary))
                summary = msgspec.json.decode(plain, type=dict[str, str])
        except SealedError:
            damage = "sealed: needs the private key"
        except IntegrityError as error:
            damage = str(error)
        return outline(item, summary, damage)

    def documents(self, item: SealedItem, documents: Documents) -> bytes:
        """Envelope, report and digest of an item that is there already, sealed."""
        return seal_documents(documents, item.id, self._data_key(item))

    def open_documents(self, item: SealedItem, details: bytes) -> Documents:
        """Envelope, report and digest. Raises IntegrityError if the row was changed beside them."""
        plain = self._open(item, "details", BytesIO(details))
        documents = msgspec.msgpack.decode(plain, type=Documents)
        # Items from before have none.
        if documents.facts and documents.facts != facts(item):
            raise IntegrityError(
                f"the row of item {item.id} is not as it was written: restore the index from a "
                "backup, and ask who can write to it"
            )
        return documents

    def open_message(self, item: SealedItem, sha256: str, stream: BinaryIO) -> bytes:
        """The message, if its digest is still ``sha256``."""
        message = self._open(item, "message", stream)
        if hashlib.sha256(message).hexdigest() != sha256:
            raise IntegrityError(f"the message of item {item.id} has another digest than it had")
        return message

    def deliveries(self, item: SealedItem, deliveries: Sequence[Delivery]) -> bytes:
        """Who has the item, sealed."""
        plain = msgspec.json.encode(deliveries)
        return _sealed(self._data_key(item), "deliveries", item.id, plain)

    def open_deliveries(self, item: SealedItem) -> tuple[Delivery, ...]:
        """Who has the item already."""
        if item.deliveries is None:
            return ()
        plain = self._open(item, "deliveries", BytesIO(item.deliveries))
        return msgspec.json.decode(plain, type=tuple[Delivery, ...])

    def rewrapped(self, item: SealedItem, details: bytes | None) -> Rewrapped:
        """The item's key under the current master key, and its tokens under that one."""
        data_key, key = self._data_key(item), self.ring.current
        searchable = self.open_documents(item, details).searchable if details else {}
        wrapped_key = key.wrap(data_key, _label("key", item.id))
        return Rewrapped(item.id, key.id, wrapped_key, self.tokens(searchable))

    def _open(self, item: SealedItem, purpose: str, stream: BinaryIO) -> bytes:
        return b"".join(unseal(self._data_key(item), _label(purpose, item.id), stream))

    def _data_key(self, item: SealedItem) -> bytes:
        if item.wrapped_key is None:
            raise IntegrityError(f"the key of item {item.id} is gone, and nothing can open it")
        return self.ring.unwrap(item.wrapped_key, _label("key", item.id), item.key_id)


def facts(item: SealedItem) -> str:
    """The clear columns of a row that never change, spelled in one way."""
    fields = (
        item.held_at,
        item.kind,
        item.action,
        item.size,
        item.reasons,
        item.pack,
        item.look_by,
    )
    return msgspec.json.encode(fields).decode()


def outline(item: SealedItem, summary: Mapping[str, str], damage: str = "") -> Item:
    """The item as its callers see it, with what is known of its summary."""
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
        look_by=item.look_by,
        seen_at=item.seen_at,
        legal_hold=item.legal_hold,
        approved_by=item.approved_by,
    )


def seal_documents(documents: Documents, name: str, data_key: bytes) -> bytes:
    """Envelope, report and digest of the item ``name``, sealed."""
    return _sealed(data_key, "details", name, msgspec.msgpack.encode(documents))


def message_label(name: str) -> str:
    """What the bytes of the message of item ``name`` are sealed as."""
    return _label("message", name)


def _sealed(data_key: bytes, purpose: str, name: str, plain: bytes) -> bytes:
    return b"".join(seal(data_key, _label(purpose, name), plain))


def _label(purpose: str, name: str) -> str:
    return f"{purpose} of item {name}"
