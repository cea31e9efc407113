"""The table of README.md and the tests say the same."""

import re
from pathlib import Path

HERE = Path(__file__).parent
_ROW = re.compile(r"^\| ([A-EGHW]\d+[ab]?) \|.*\| `([^`]+)` \|$", re.MULTILINE)
_TESTED = re.compile(r'"([A-EGHW]\d+[ab]?) |def test_([a-eghw]\d+[ab]?)_')

EVERY_ROW = (
    [f"A{number}" for number in range(1, 22)]
    + [f"B{number}" for number in range(1, 15)]
    + [f"C{number}" for number in range(1, 27)]
    + [f"D{number}" for number in range(1, 14)]
    + [f"E{number}" for number in range(1, 14)]
    + ["G1", "G2", "G3a", "G3b", *(f"G{number}" for number in range(4, 19))]
    + [f"H{number}" for number in range(1, 9)]
    + [f"W{number}" for number in range(1, 14)]
)


def table() -> list[tuple[str, str]]:
    """Each row of README.md, and the file in which it says that it is tried."""
    return _ROW.findall((HERE / "README.md").read_text(encoding="utf-8"))


def rows_in(file: str) -> set[str]:
    """The rows that have a test in this file."""
    found = _TESTED.findall((HERE / file).read_text(encoding="utf-8"))
    return {quoted or named.capitalize() for quoted, named in found}


def test_the_table_is_whole_and_in_order() -> None:
    assert [number for number, _ in table()] == EVERY_ROW


def test_every_row_is_tried_where_the_table_says() -> None:
    missing = [(number, file) for number, file in table() if number not in rows_in(file)]

    assert missing == []
