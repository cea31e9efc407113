import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.allowances.allowance import Allowance
from gateway.allowances.book import AllowanceBook, BookError
from tests.support.allowing import ALLOWANCE
from tests.support.house import NOON


def numbered(number: int) -> Allowance:
    return replace(ALLOWANCE, number=number)


def test_what_one_writes_another_reads_at_once(tmp_path: Path) -> None:
    gateway, command = AllowanceBook(tmp_path / "a.json"), AllowanceBook(tmp_path / "a.json")
    assert gateway.all() == ()

    made = [command.add(numbered) for _ in range(2)]

    assert [one.number for one in made] == [1, 2]
    assert gateway.all() == tuple(made)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o600


def test_an_exception_is_ended_and_stays_known(tmp_path: Path) -> None:
    book = AllowanceBook(tmp_path / "a.json")
    book.add(numbered)

    book.end(1, NOON + timedelta(days=1))

    (ended,) = AllowanceBook(tmp_path / "a.json").all()
    assert ended.until == NOON + timedelta(days=1)
    with pytest.raises(BookError, match="there is no exception 9"):
        book.end(9, NOON)


@pytest.mark.parametrize("content", [b"", b"[{}]", b'{"a": 1}', b"\xff", b"[" * 100_000])
def test_a_damaged_file_allows_nothing_and_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    (tmp_path / "a.json").chmod(0o600)

    with pytest.raises(BookError, match=r"a\.json: .*restore it, or remove it"):
        AllowanceBook(tmp_path / "a.json").all()


def test_a_file_that_others_may_write_to_allows_nothing(tmp_path: Path) -> None:
    book = AllowanceBook(tmp_path / "a.json")
    book.add(numbered)
    (tmp_path / "a.json").chmod(0o666)
    os.utime(tmp_path / "a.json", (1, 1))

    with pytest.raises(BookError, match="others may write to it"):
        book.all()
