from datetime import UTC, datetime, timedelta

import pytest

from quarantine.errors import NotFoundError
from quarantine.ids import LENGTH, new_id, read_id

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_an_id_is_short_and_has_no_letters_that_look_alike() -> None:
    name = new_id(NOON)

    assert len(name) == LENGTH
    assert not set(name) & set("ilou")
    assert name == name.lower()


def test_ids_sort_by_the_time_at_which_they_were_made() -> None:
    names = [new_id(NOON + timedelta(milliseconds=n)) for n in range(100)]

    assert names == sorted(names)


def test_ids_of_the_same_moment_differ() -> None:
    assert len({new_id(NOON) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("typed", ["1P2V", " 1p2v ", "1p-2v", "lp2v", "IP2V"])
def test_an_id_is_read_as_people_write_it(typed: str) -> None:
    assert read_id(typed) == "1p2v"


@pytest.mark.parametrize("typed", ["", "  ", "../etc", "1p2u", "x" * 17, "\x1b[31m", "é"])
def test_what_cannot_be_an_id_is_not_found(typed: str) -> None:
    with pytest.raises(NotFoundError, match="is not the id of an item"):
        read_id(typed)
