import time

import pytest

from gateway.scan.formats.office.rtfobjects import TooMuchError, native, objects, texts
from tests.support import files


def test_the_digits_of_an_object_are_its_bytes() -> None:
    (one,) = objects(b"{\\rtf1{\\object{\\*\\objdata 48 65\r\n6c6c6f}}}")

    assert (one.content, one.foreign) == (b"Hello", 0)


@pytest.mark.parametrize(
    "between", [b"{\\*\\x aa}", b"\\foo1 ", b"\\'aa", b"{}", b"zz", b"{\\*\\a{\\b 11}}"]
)
def test_what_stands_among_them_is_passed_over_and_counted(between: bytes) -> None:
    (one,) = objects(b"{\\object{\\*\\objdata 4865" + between + b"6c6c6f}}")

    assert one.content == b"Hello"
    assert one.foreign


def test_an_object_without_its_wrapping() -> None:
    (one,) = objects(files.rich_text(b"native"))

    assert (native(one).class_name, native(one).content) == ("Word.Document.8", b"native")


@pytest.mark.parametrize(
    "written",
    [
        b"http://a/b",
        b"{http://a/b}",
        b"\\'68ttp://a/b",
        b"\\u104?ttp://a/b",
        b"\\uc0\\u104 ttp://a/b",
        b"ht\r\ntp://a/b",
        b"{\\b ht}{\\i tp://a/b}",
    ],
)
def test_text_is_read_as_word_reads_it(written: bytes) -> None:
    assert [*texts(b"{\\rtf1{\\*\\template " + written + b"}x}", "template")] == ["http://a/b"]


def test_a_longer_word_is_another_one() -> None:
    assert [*texts(b"{\\templatex a}", "template")] == []


@pytest.mark.slow
def test_much_text_is_not_read_for_ever() -> None:
    began = time.process_time()
    with pytest.raises(TooMuchError):
        list(texts(b"\\fldinst " * 200_000, "fldinst"))

    assert time.process_time() - began < 30
