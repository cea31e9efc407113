import time

import pytest

from gateway.scan.formats.office.vbalines import lines
from gateway.scan.formats.office.vbastrings import heard, spoken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('x = "a" & "b" + "c"', "abc"),
        ("x = Chr(104) & ChrW$(105)", "hi"),
        ("x = Chr(&H41) & Chr(CLng(66))", "AB"),
        ("x = Chr(70 - 5) & Chr(1 + 65)", "AB"),
        ('x = StrReverse("olleh")', "hello"),
        ('x = Replace("hXello", "X", "")', "hello"),
        ('x = StrReverse("ol" & "leh")', "hello"),
        ('x = "YmFzZTY0IGlzIHRleHQgdG9vIGhlcmU="', "base64 is text too here"),
    ],
)
def test_strings_are_spoken(text: str, expected: str) -> None:
    assert expected in spoken(text).splitlines()


@pytest.mark.parametrize("text", ['x = "a"', "x = 1 + 2", "", 'x = "' + "A" * 40 + '"'])
def test_plain_ones_say_nothing_new(text: str) -> None:
    assert spoken(text) == ""


def test_a_string_that_grows_is_heard_where_it_ends() -> None:
    source = 'x = "ab"\ny = "no"\nx = x & "cd"\nx = x & Chr(101)\n'

    assert [line.spoken.strip() for line in heard(list(lines("M", source)))][-1].endswith("abcde")


@pytest.mark.parametrize(
    "piece", ["Chr(", "Chr(1) & ", '"a" & ', 'StrReverse("', 'Replace("a",', "41"]
)
def test_nothing_takes_long(piece: str) -> None:
    began = time.process_time()
    spoken('x = "' + piece * (200_000 // len(piece)) + '"')

    assert time.process_time() - began < 10
