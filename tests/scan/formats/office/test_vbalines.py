"""Code, strings and comments are told apart as the editor does."""

import pytest

from gateway.scan.formats.office.vbalines import lines


def codes(source: str) -> list[str]:
    return [line.code.strip() for line in lines("m", source)]


def test_comments_are_dropped_and_strings_are_emptied() -> None:
    source = "MsgBox \"l'attribution\" ' Shell\nRem Shell\nx = 1: Rem Shell\n"

    assert codes(source) == ['MsgBox ""', "x = 1"]


def test_the_text_of_strings_is_kept_apart_and_joined() -> None:
    (line,) = lines("m", 'x = "WScript." & "Sh""ell"')

    assert line.strings == 'WScript. Sh"ell\nWScript.Sh"ell'


def test_a_continued_line_is_one_line() -> None:
    (line,) = lines("m", 'Shell _\r\n   "calc.exe", _\r\n   1\r\n')

    assert line.code == 'Shell    "",    1'
    assert line.number == 1


def test_lines_are_counted_as_the_editor_shows_them() -> None:
    source = 'Attribute VB_Name = "m"\nOption Explicit\n\nSub a()\nAttribute a.VB_Help = ""\nb'

    assert [(line.number, line.code) for line in lines("m", source)] == [
        (1, "Option Explicit"),
        (3, "Sub a()"),
        (4, "b"),
    ]


@pytest.mark.parametrize("source", ['x = "open', "_", " _", "'", '"', "Rem", "\0", "a _\n"])
def test_what_is_not_well_formed_ends(source: str) -> None:
    assert len(list(lines("m", source))) <= 1
