"""Items and records as rows of the index, and back."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, overload

from sqlalchemy import Row, func

from quarantine.audit import SealedRecord
from quarantine.item import State
from quarantine.schema import items
from quarantine.sealing import SealedNote
from quarantine.store import Marks, SealedItem

_MOMENTS = frozenset({"held_at", "look_by", "seen_at", "alarmed_at"})


def item_columns(item: SealedItem) -> dict[str, object]:
    """The row of an item."""
    row = {named.name: getattr(item, named.name) for named in fields(item)}
    return _written(row) | {"state": item.state.value, "reasons": json.dumps(item.reasons)}


def mark_columns(marks: Marks) -> dict[str, Any]:
    """The columns that change, and nothing of the others."""
    row = {named.name: getattr(marks, named.name) for named in fields(marks)}
    changed: dict[str, Any] = _written({n: value for n, value in row.items() if value is not None})
    if "seen_at" in changed:
        changed["seen_at"] = func.coalesce(items.c.seen_at, changed["seen_at"])
    return changed


def read_item(row: Row[Any]) -> SealedItem:
    """The item of a row."""
    known = {named.name: getattr(row, named.name) for named in fields(SealedItem)}
    moments = {name: _moment(known[name]) for name in _MOMENTS}
    return SealedItem(
        **known | moments | {"state": State(row.state), "reasons": tuple(json.loads(row.reasons))}
    )


def record_columns(record: SealedRecord) -> dict[str, object]:
    """The row of a record."""
    return {
        "number": record.number,
        "at": stamp(record.at),
        "who": record.who,
        "origin": record.origin,
        "action": record.action,
        "item": record.item,
        "was": record.was,
        "became": record.became,
        "mac": record.mac,
        **note_columns(record.note),
    }


def note_columns(note: SealedNote) -> dict[str, object]:
    """The words of a record, and their key."""
    return {"key_id": note.key_id, "wrapped_key": note.wrapped_key, "note": note.sealed}


def read_record(row: Row[Any]) -> SealedRecord:
    """The record of a row."""
    return SealedRecord(
        number=row.number,
        at=datetime.fromisoformat(row.at),
        who=row.who,
        origin=row.origin,
        action=row.action,
        item=row.item,
        was=None if row.was is None else State(row.was),
        became=None if row.became is None else State(row.became),
        note=SealedNote(row.key_id, row.wrapped_key, row.note),
        mac=row.mac,
    )


@overload
def stamp(moment: datetime) -> str: ...
@overload
def stamp(moment: None) -> None: ...
def stamp(moment: datetime | None) -> str | None:
    """A moment in a form that sorts as text."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _written(row: dict[str, Any]) -> dict[str, object]:
    return {name: stamp(value) if name in _MOMENTS else value for name, value in row.items()}
