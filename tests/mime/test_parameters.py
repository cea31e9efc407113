import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mime import parameters


def readings(value: bytes, name: str) -> list[bytes]:
    read = parameters.read(value)
    found = [*read.all(name), *(p for p in read.loose if p.name == name)]
    return [reading for parameter in found for reading in parameter.readings]


def first(value: bytes, name: str) -> bytes:
    return readings(value, name)[0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"multipart/mixed; boundary=b1", b"b1"),
        (b'multipart/mixed; boundary="b 1"', b"b 1"),
        (b'multipart/mixed; boundary="b\\"1"', b'b"1'),
        (b"multipart/mixed (a (nested) one) ; (x) boundary = (y) b1 (z)", b"b1"),
        (b'multipart/mixed (a " quote); boundary="b1"', b"b1"),
        (b'multipart/mixed; x=";"; boundary=b1;', b"b1"),
        (b"multipart/mixed;BOUNDARY=b1", b"b1"),
        (b'multipart/mixed; boundary*0="b"; boundary*1="1"', b"b1"),
        (b'multipart/mixed; boundary*1="1"; boundary*0="b"', b"b1"),
        (b"multipart/mixed; boundary*=us-ascii'en'b%31", b"b1"),
        (b"multipart/mixed; boundary*0*=''b%31; boundary*1=%31", b"b1%31"),
        (b'multipart/mixed; boundary="b1', b"b1"),
        (b'multipart/mixed; boundary="a"; boundary="b"', b"a"),
    ],
)
def test_the_first_reading_is_that_of_the_standards(value: bytes, expected: bytes) -> None:
    assert first(value, "boundary") == expected


@pytest.mark.parametrize(
    ("value", "lenient"),
    [
        (b'multipart/mixed; boundary="b1"2', b"b12"),
        (b"multipart/mixed; boundary='b1'", b"b1"),
        (b"multipart/mixed; boundary=b1 and more", b"b1"),
        (b"multipart/mixed, boundary=b1", b"b1"),
        (b"multipart/mixed boundary=b1", b"b1"),
        (b"multipart/mixed; (boundary=b1)", b"b1)"),
        (b'multipart/mixed; x="; boundary=b1; "', b"b1"),
        (b"multipart/mixed; boundary:b1", b"b1"),
        (b'multipart/mixed; boundary*0="a"; boundary*0="b"', b"b"),
    ],
)
def test_what_other_readers_make_of_it_is_kept(value: bytes, lenient: bytes) -> None:
    assert lenient in readings(value, "boundary")


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (b" Text/HTML; charset=x", "text/html"),
        (b"text (really) / html", "text/html"),
        (b"text", "text"),
        (b"", ""),
        (b"=;/", ""),
    ],
)
def test_the_word_is_lower_case_and_bare(value: bytes, word: str) -> None:
    assert parameters.read(value).word.strip("=") == word


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"x; filename*=utf-8''r%C3%A9sultat.pdf", "résultat.pdf"),
        (b"x; filename*=iso-8859-1''r%E9sultat.pdf", "résultat.pdf"),
        (b'x; filename="=?utf-8?B?csOpc3VsdGF0LnBkZg==?="', "résultat.pdf"),
        (b'x; filename="r\xc3\xa9sultat.pdf"', "résultat.pdf"),
        (b'x; filename="r\xe9sultat.pdf"', "résultat.pdf"),
    ],
)
def test_a_name_is_decoded(value: bytes, text: str) -> None:
    (parameter,) = parameters.read(value).all("filename")

    assert next(parameters.as_text(parameter)) == text


def test_empty_parameters_cost_nothing_and_too_many_are_cut() -> None:
    assert not parameters.read(b"x/y" + b" ;" * 1_000).is_cut
    assert parameters.read(b"x/y" + b";a=b" * 1_000).is_cut
    assert parameters.read(b"x/y;a=" + b"b" * 100_000).is_cut


@given(st.one_of(st.binary(max_size=200), st.text("a=;\"\\(*01%' /", max_size=60).map(str.encode)))
def test_any_bytes_are_taken_apart(value: bytes) -> None:
    read = parameters.read(value)

    for parameter in (*read.parameters, *read.loose):
        assert list(parameters.as_text(parameter))
