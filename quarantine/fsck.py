"""Looks for disagreements between the index, the files and the key; changes nothing."""

from collections.abc import Iterator

from quarantine.errors import IntegrityError, MissingError
from quarantine.item import Problem, State
from quarantine.sealer import Sealer
from quarantine.store import Blobs, Index, SealedItem, each

# A message is on the disk a moment before its row is: a younger one may still be on its way.
_YOUNG_SECONDS = 3600


def problems(blobs: Blobs, index: Index, sealer: Sealer) -> Iterator[Problem]:
    """Every disagreement. Opens every message, so it takes its time."""
    damages = list(index.damages())
    yield from (Problem("index", "", damage) for damage in damages)
    if damages:
        return
    ages, known = dict(blobs.ages()), set()
    for item in each(index):
        known.add(item.id)
        if item.state is not State.DELETED:
            yield from _of_item(item, blobs, index, sealer)
        elif item.id in ages:
            advice = "it is removed when the program starts anew"
            yield Problem("leftover-blob", item.id, f"item is deleted, its file is not: {advice}")
    for name in sorted(ages.keys() - known):
        if ages[name] > _YOUNG_SECONDS:
            advice = "restore the index if it is an old one, else remove the file"
            yield Problem(
                "orphan-blob", name, f"a file without an item, so without a key: {advice}"
            )


def _of_item(item: SealedItem, blobs: Blobs, index: Index, sealer: Sealer) -> Iterator[Problem]:
    try:
        _open_all(item, blobs, index, sealer)
    except IntegrityError as error:
        # It may have been deleted while we looked, and then all is as it should be.
        if index.details(item.id) is not None:
            yield Problem(_kind(error, item, sealer), item.id, str(error))


def _open_all(item: SealedItem, blobs: Blobs, index: Index, sealer: Sealer) -> None:
    damage = sealer.open_item(item).damage
    if damage:
        raise IntegrityError(damage)
    details = index.details(item.id) or b""
    sha256 = sealer.open_documents(item, details).sha256
    with blobs.open(item.id) as stream:
        sealer.open_message(item, sha256, stream)
    for change in index.changes(item.id):
        sealer.open_change(change)


def _kind(error: IntegrityError, item: SealedItem, sealer: Sealer) -> str:
    if item.key_id != sealer.key_id:
        return "wrong-key"
    return "lost-blob" if isinstance(error, MissingError) else "unreadable"
