"""Why the state of an item does not allow what was asked."""

from collections.abc import Mapping
from datetime import UTC

from quarantine.errors import StateError
from quarantine.item import State
from quarantine.parts import Parts
from quarantine.store import SealedItem

# The end of a sentence that begins with the item.
_REASONS: Mapping[State, str] = {
    State.HELD: "is held, and no release of it has begun",
    State.RELEASING: (
        "is being released since {at} by {who}; if that program died, look whether it arrived"
    ),
    State.RELEASED: "was already released {at} by {who}",
    State.DELETED: "was already deleted {at} by {who}",
    State.PURGED: "was purged {at}, because its time was over",
}


def refused(parts: Parts, item: SealedItem) -> StateError:
    """Say it with who brought the item into its state, and when."""
    changes = [record for record in parts.index.records(item.id) if record.became is not None]
    last = changes[-1]
    at = last.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return StateError(f"item {item.id} {_REASONS[item.state].format(at=at, who=last.who)}")
