"""Who has agreed to a release, and to exactly which recipients."""

from collections.abc import Sequence

from quarantine.errors import SecondPersonError
from quarantine.parts import Parts
from quarantine.store import SealedItem


def consent(parts: Parts, item: SealedItem, recipients: Sequence[str]) -> bytes:
    """What was agreed to, as a keyed hash: it tells nothing, and fits nothing else."""
    return parts.fingerprint("approvals", item.id, *recipients)


def check_consent(parts: Parts, item: SealedItem, who: str, recipients: Sequence[str]) -> None:
    """Raise SecondPersonError unless somebody else has agreed to just this."""
    if not item.approved_by:
        raise SecondPersonError(
            f"item {item.id} is {item.kind}: a second person has to release it as well"
        )
    if item.approved_by == who:
        raise SecondPersonError(
            f"item {item.id} was approved by {who}: somebody else has to release it"
        )
    if item.approved_for != consent(parts, item, recipients):
        raise SecondPersonError(
            f"item {item.id} was approved by {item.approved_by} for other recipients: "
            "release it to those, or approve it for yours"
        )
