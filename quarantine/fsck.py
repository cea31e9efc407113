"""Looks for disagreements between the index, the files, the key and the audit; changes nothing."""

from collections.abc import Iterator, Sequence

from quarantine.audit import SealedRecord
from quarantine.errors import IntegrityError, MissingError, SealedError
from quarantine.item import Problem, State
from quarantine.orphans import grown
from quarantine.parts import Parts
from quarantine.store import SealedItem, each
from quarantine.trail import Trail

_GONE = frozenset({State.DELETED, State.PURGED})
_LOOKS = frozenset({"viewed", "exported"})
_LEGAL = ("legal-hold", "legal-hold-ended")


def problems(parts: Parts, audit: Trail) -> Iterator[Problem]:
    """Every disagreement. Opens every message, so it takes its time."""
    damages = list(parts.index.damages())
    yield from (Problem("index", "", damage) for damage in damages)
    if damages:
        return
    yield from _of_audit(audit)
    ages, known = dict(parts.blobs.ages()), set()
    for item in each(parts.index):
        known.add(item.id)
        if item.state not in _GONE:
            yield from _of_item(item, parts)
        elif item.id in ages or item.wrapped_key is not None:
            advice = "it is removed when the program starts anew"
            yield Problem(
                "leftover-blob", item.id, f"item is {item.state}, and not all of it gone: {advice}"
            )
    for name in grown(parts.blobs):
        if name not in known and not parts.has(name):
            advice = "restore a newer index, or: lazaretto quarantine purge --orphans"
            yield Problem(
                "orphan-blob", name, f"a file without an item, so without a key: {advice}"
            )


def _of_audit(audit: Trail) -> Iterator[Problem]:
    try:
        verdict = audit.verify()
    except SealedError:
        return  # only the private key can tell
    except IntegrityError as error:
        yield Problem("audit", "", str(error))
        return
    if verdict.broken is not None:
        yield Problem("audit", "", f"the audit is broken: {verdict.why}")


def _of_item(item: SealedItem, parts: Parts) -> Iterator[Problem]:
    try:
        _open_all(item, parts)
    except IntegrityError as error:
        # It may have been deleted while we looked, and then all is as it should be.
        if parts.index.details(item.id) is not None:
            yield Problem(_kind(error, item, parts), item.id, str(error))


def _open_all(item: SealedItem, parts: Parts) -> None:
    sealer, index = parts.sealer, parts.index
    if not sealer.can_read:
        with parts.blobs.open(item.id):
            return
    damage = sealer.open_item(item).damage
    if damage:
        raise IntegrityError(damage)
    documents = sealer.open_documents(item, index.details(item.id) or b"")
    with parts.blobs.open(item.id) as stream:
        sealer.open_message(item, documents.sha256, stream)
    sealer.open_deliveries(item)
    records = index.records(item.id)
    for record in records:
        parts.chain.why(record)
    _compare(item, records)
    if index.tokens(item.id) not in sealer.possible_tokens(documents.searchable):
        raise IntegrityError(
            f"item {item.id} is found by other words than it has: restore the index from a backup"
        )


def _compare(item: SealedItem, records: Sequence[SealedRecord]) -> None:
    """The row of an item against what was recorded of it: who can change one cannot the other."""
    told = _told(records)
    for name, value in told.items():
        if getattr(item, name) != value:
            raise IntegrityError(
                f"item {item.id} is not as the audit tells ({name}): restore the index from a "
                "backup, and ask who can write to it"
            )


def _told(records: Sequence[SealedRecord]) -> dict[str, object]:
    became = [record.became for record in records if record.became is not None]
    seen = [record.at for record in records if record.action in _LOOKS]
    alarms = [record.at for record in records if record.action == "alarmed"]
    holds = [record.action for record in records if record.action in _LEGAL]
    return {
        "state": became[-1] if became else None,
        "seen_at": seen[0] if seen else None,
        "alarmed_at": alarms[-1] if alarms else None,
        "legal_hold": bool(holds) and holds[-1] == _LEGAL[0],
    }


def _kind(error: IntegrityError, item: SealedItem, parts: Parts) -> str:
    if item.key_id not in parts.sealer.ring:
        return "wrong-key"
    return "lost-blob" if isinstance(error, MissingError) else "unreadable"
