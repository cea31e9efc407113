from datetime import UTC, datetime

import pytest

from quarantine.audit import Appended, Tip
from quarantine.item import Query, State
from quarantine.memory import MemoryIndex
from quarantine.store import Alternatives, SealedItem, each

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class CountingIndex(MemoryIndex):
    """Remembers how much was asked of it."""

    def __init__(self, items: int) -> None:
        super().__init__()
        self.asked: list[int] = []
        for number in range(items):
            name = f"{number:04}"
            self.add(_item(name), b"", frozenset(), _unrecorded)

    def page(self, query: Query, tokens: Alternatives, limit: int) -> list[SealedItem]:
        self.asked.append(limit)
        return list(super().page(query, tokens, limit))


def _unrecorded(_: Tip) -> Appended:
    return Appended((), b"")


def _item(name: str) -> SealedItem:
    return SealedItem(
        name, NOON, "malicious", "quarantine", State.HELD, 1, (), "core 1", "k1", b"", b""
    )


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 450])
def test_every_item_is_read_once_and_the_newest_first(count: int) -> None:
    names = [item.id for item in each(CountingIndex(count))]

    assert names == [f"{number:04}" for number in reversed(range(count))]


@pytest.mark.parametrize(
    ("limit", "asked"), [(0, []), (2, [2]), (200, [200]), (300, [200, 100]), (999, [200, 200, 200])]
)
def test_no_more_is_read_than_was_asked_for(limit: int, asked: list[int]) -> None:
    index = CountingIndex(450)

    assert len(list(each(index, Query(limit=limit)))) == min(limit, 450)
    assert index.asked == asked


def test_a_page_is_read_when_it_is_needed() -> None:
    index = CountingIndex(450)

    next(each(index))

    assert index.asked == [200]
