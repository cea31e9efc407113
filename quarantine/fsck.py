"""Looks for disagreements between the index, the files, the key and the audit; changes nothing."""

from collections.abc import Iterator

from quarantine.errors import IntegrityError, MissingError, SealedError
from quarantine.item import Problem, State
from quarantine.parts import Parts
from quarantine.store import SealedItem, each
from quarantine.trail import Trail

# A message is on the disk a moment before its row is: a younger one may still be on its way.
_YOUNG_SECONDS = 3600
_GONE = frozenset({State.DELETED, State.PURGED})


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
    for name in sorted(ages.keys() - known):
        if ages[name] > _YOUNG_SECONDS:
            advice = "restore the index if it is an old one, else remove the file"
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
    for record in index.records(item.id):
        parts.chain.why(record)
    if index.tokens(item.id) not in sealer.possible_tokens(documents.searchable):
        raise IntegrityError(
            f"item {item.id} is found by other words than it has: restore the index from a backup"
        )


def _kind(error: IntegrityError, item: SealedItem, parts: Parts) -> str:
    if item.key_id not in parts.sealer.ring:
        return "wrong-key"
    return "lost-blob" if isinstance(error, MissingError) else "unreadable"
