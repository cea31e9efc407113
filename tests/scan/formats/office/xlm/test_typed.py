import time

import pytest

from gateway.scan.formats.office.xlm.tree import Fault, Ref, Unknown, show
from gateway.scan.formats.office.xlm.typed import read, reference


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("=1+2*3", "1+2*3"),
        ('="a"&"b"&A1', '"ab"&A1'),
        ("='My Sheet'!$A$1:B2", "my sheet!A1:B2"),
        ("=[1]Macro1!A1", "macro1!A1"),
        ("=R1C1", "A1"),
        ("=Macro1!R[2]C[-1]", "macro1!B7"),
        ('=IF(A1;"x";)', 'IF(A1,"x",)'),
        ("=_xlfn.CONCAT(A1)", "CONCAT(A1)"),
        ("=50%", "50%"),
        ('="say ""hi"""', '"say "hi""'),
        ("=SET.NAME(\"x\",'Feuille 2'!B4)", 'SET.NAME("x",feuille 2!B4)'),
    ],
)
def test_a_formula_is_read(formula: str, shown: str) -> None:
    assert show(read(formula, (4, 2))) == shown


@pytest.mark.parametrize("formula", ["=", "=1+", "={1,2}", "=A1 B1", "=(" * 5_000, "=\0", '="open'])
def test_what_excel_does_not_take_is_unknown(formula: str) -> None:
    assert isinstance(read(formula), Unknown)


def test_words_lead_to_cells_or_are_an_error() -> None:
    assert reference("Macro1!B3") == Ref("macro1", 2, 1, 2, 1)
    assert reference("nothing") == Fault("#REF!")
    assert reference("ZZZ9999999") == Fault("#REF!")


def test_a_hostile_formula_costs_little() -> None:
    began = time.process_time()
    for text in ("=" + "A" * 8_000, "=" + "'" * 8_000, "=" + "R[1]" * 2_000, "=" + "1+" * 4_000):
        read(text)

    assert time.process_time() - began < 1
