import random

import pytest

from gateway.scan.formats.xlmformula import Make, words
from tests.support import office


@pytest.mark.parametrize(
    ("compiled", "expected"),
    [
        (office.macro_call(0x006E, "calc"), 'EXEC("calc")'),
        (b"\x1e\x05\x00\x1e\x02\x00\x05", "5*2"),
        (b"\x24\x00\x00\x01\x00", "R1C2"),
        (b"\x17\x01\0a\x17\x01\0b\x08", '"ab"'),
        (b"\x42\x00\x36\x00", "HALT()"),
        (b"\x17\x03\0A=1\x24\x04\x00\x00\x00\x42\x02\x60\x80", 'FORMULA("A=1",R5C1)'),
    ],
)
def test_a_formula_is_put_into_words(compiled: bytes, expected: str) -> None:
    assert words(compiled, Make.EXCEL_97) == expected


def test_each_make_stores_strings_its_own_way() -> None:
    assert words(b"\x17\x02ab", Make.EXCEL_5) == '"ab"'
    assert words(b"\x17\x01\x01a\0", Make.EXCEL_97) == '"a"'
    assert words(b"\x17\x01\0a\0", Make.EXCEL_2007) == '"a"'


@pytest.mark.parametrize("make", Make)
def test_any_bytes_give_words(make: Make) -> None:
    chance = random.Random(1)
    for _ in range(2000):
        assert isinstance(words(chance.randbytes(chance.randrange(40)), make), str)
