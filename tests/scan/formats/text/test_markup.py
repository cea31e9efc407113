"""A page is cut as a browser cuts it, and in one pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.scan.formats.text.markup import Tag, decode, pieces, tags, words


def names(text: str) -> list[str]:
    return [f"/{tag.name}" if tag.is_end else tag.name for tag in tags(text)]


def attributes(text: str) -> dict[str, str]:
    (tag,) = tags(text)
    return tag.attributes


@pytest.mark.parametrize(
    "text",
    [
        '<a href="x y" id=b c>',
        "<A\nHREF = 'x y' ID=b  c >",
        "<a/href='x y'/id='b'/c>",
        '<a href="x&#32;y" id="b" c href="z">',
    ],
)
def test_attributes_are_read_however_they_are_written(text: str) -> None:
    assert attributes(text) == {"href": "x y", "id": "b", "c": ""}


def test_what_stands_in_a_script_is_no_tag() -> None:
    script, end, after = tags("<script>if (a<b) x='<p>'</SCRIPT ><b>")

    assert (script.name, script.body) == ("script", "if (a<b) x='<p>'")
    assert (end.is_end, after.name) == (True, "b")


def test_a_script_that_never_ends_is_all_of_the_rest() -> None:
    (script,) = tags("<script>a</b>")

    assert script.body == "a</b>"


@pytest.mark.parametrize(
    "text", ["<!-- <p> --><b>", "<!--><b>", "<!---><b>", "<!doctype html><b>", "<?xml <a?><b>"]
)
def test_comments_and_declarations_are_passed_over(text: str) -> None:
    assert names(text)[-1] == "b"
    assert "p" not in names(text)


def test_what_only_outlook_reads_is_read() -> None:
    assert names("<!--[if mso]><p><![endif]-->") == ["p"]


def test_the_list_in_a_document_type_is_passed_over() -> None:
    assert names('<!DOCTYPE svg [ <!ENTITY a "<p>"> ]><svg>') == ["svg"]


def test_prefixes_are_told_from_names() -> None:
    (tag,) = tags("<svg:Script/>")

    assert (tag.prefix, tag.name, tag.body) == ("svg", "script", "")


def test_words_are_what_a_reader_sees() -> None:
    text = "<title>T</title><p>Compte&nbsp;rendu  <b>de</b>\n</p><script>x</script> 3 < 4"

    assert words(text) == "Compte rendu de 3 < 4"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("é".encode(), "é"),
        (b"\xef\xbb\xbf\xc3\xa9", "é"),
        (b"\xe9", "é"),
        ("\ufeffé".encode("utf-16-le"), "é"),
        ("\ufeffé".encode("utf-16-be"), "é"),
        ("<p".encode("utf-16-le"), "<p"),
    ],
)
def test_text_is_decoded_by_its_mark(data: bytes, text: str) -> None:
    assert decode(data) == text


@given(st.text(alphabet="<>/ab=\"' !-[]script&;\u0130", max_size=300))
def test_any_text_is_cut_to_an_end_and_nothing_comes_twice(text: str) -> None:
    cut = list(pieces(text))

    shown = sum(len(piece) if isinstance(piece, str) else len(piece.body) for piece in cut)
    assert shown <= len(text)
    assert all(isinstance(piece, (str, Tag)) for piece in cut)


@pytest.mark.parametrize(
    "unit",
    ["<", "<a ", '<a b="', "<a b='\"", "<!--", "<script>", "</", "<a =", "<![CDATA[", "&amp"],
)
@pytest.mark.slow
def test_hostile_text_is_cut_in_one_pass(unit: str) -> None:
    # Two hundred thousand of them would take hours if each were looked at again from the start.
    assert sum(1 for _ in pieces(unit * 200_000)) <= 400_002
