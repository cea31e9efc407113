import random

import pytest

from gateway.scan.formats.office.xlm import tree, typed
from gateway.scan.formats.office.xlm.compiled import Links, Make, read, words
from tests.support import excel4, office


@pytest.mark.parametrize(
    ("compiled", "expected"),
    [
        (office.macro_call(0x006E, "calc"), 'EXEC("calc")'),
        (b"\x1e\x05\x00\x1e\x02\x00\x05", "5*2"),
        (b"\x24\x00\x00\x01\x00", "B1"),
        (b"\x17\x01\0a\x17\x01\0b\x08", '"ab"'),
        (b"\x1e\x41\x00\x41\x6f\x00", '"A"'),
        (b"\x42\x00\x36\x00", "HALT()"),
        (b"\x17\x03\0A=1\x24\x04\x00\x00\x00\x42\x02\x60\x80", 'FORMULA("A=1",A5)'),
    ],
)
def test_a_formula_is_put_into_words(compiled: bytes, expected: str) -> None:
    assert words(compiled, Make.EXCEL_97) == expected


def test_each_make_stores_strings_its_own_way() -> None:
    assert words(b"\x17\x02ab", Make.EXCEL_5) == '"ab"'
    assert words(b"\x17\x01\x01a\0", Make.EXCEL_97) == '"a"'
    assert words(b"\x17\x01\0a\0", Make.EXCEL_2007) == '"a"'


@pytest.mark.parametrize("make", [Make.EXCEL_97, Make.EXCEL_2007])
@pytest.mark.parametrize(
    "formula",
    [
        'IF(A1>=3,EXEC("cmd "&B2&"!"),HALT())',
        "SUM(A1:B3,2.5)*-C4",
        "MID(data!A1,2,3)",
        'FORMULA.FILL(CHAR(D1+1)&"x",data!A1:A9)',
        "IF(,TRUE,FALSE)",
    ],
)
def test_what_was_compiled_is_read_again(formula: str, make: Make) -> None:
    stored = excel4.compiled(formula, ["Macro1", "data"], make)

    assert tree.show(read(stored, make, Links(["Macro1", "data"]))) == formula


def test_a_reference_near_the_formula_is_counted_from_it() -> None:
    # In a shared formula: the row above, the same column.
    stored = b"\x2c" + (0xFFFF).to_bytes(2, "little") + (0xC000).to_bytes(2, "little")

    assert tree.show(read(stored, Make.EXCEL_97, at=(9, 2))) == "C9"


def test_a_long_chain_of_joined_strings_is_one_call() -> None:
    stored = b"\x24\0\0\0\0" + b"\x24\x01\0\0\0\x08" * 4_000

    assert tree.show(read(stored, Make.EXCEL_97)).startswith("A1&A2&A2")


def test_a_formula_that_nests_without_end_is_cut() -> None:
    stored = b"\x1e\x01\0" + b"\x41\x18\0" * 4_000

    assert tree.show(read(stored, Make.EXCEL_97)).count("ABS") <= 60


@pytest.mark.parametrize("make", Make)
def test_any_bytes_give_words(make: Make) -> None:
    chance = random.Random(1)
    for _ in range(2000):
        assert isinstance(words(chance.randbytes(chance.randrange(40)), make), str)


def test_typed_and_compiled_formulas_have_one_tree() -> None:
    formula = '=CALL("a","b","J",A1)'
    stored = excel4.compiled(formula, [], Make.EXCEL_97)

    assert read(stored, Make.EXCEL_97) == typed.read(formula)
