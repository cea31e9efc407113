"""The outline of YARA source, with the lines that things stand on."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.packs.syntax import outline

SOURCE = r"""import "pe" // import "no"
/* rule no { condition: true }
*/
private global rule first : tag other {
    meta:
        description = "a / b // c"
        number = -5
    strings:
        $text = "quo\"te" ascii
        $regex = /a\/b.*[\/*]/ nocase
        $hex = { 4D 5A [0-4] (00 | 01) }
        $ = "anonymous"
    condition:
        filesize / 2 > 4 and name matches /x+/ and $text
}
rule second { condition: first }
"""


def test_rules_are_found_with_their_lines() -> None:
    assert [(rule.name, rule.line) for rule in outline(SOURCE).rules] == [
        ("first", 4),
        ("second", 16),
    ]


def test_what_stands_in_comments_and_strings_is_nothing() -> None:
    assert outline(SOURCE).imports == [(1, "pe")]
    assert outline(SOURCE).includes == []


def test_metadata_is_read() -> None:
    assert outline(SOURCE).rules[0].meta["description"] == "a / b // c"


def test_patterns_are_told_apart() -> None:
    first, _ = outline(SOURCE).rules

    assert [(p.identifier, p.text, p.line, p.is_regex) for p in first.patterns] == [
        ("$text", r"quo\"te", 9, False),
        ("$regex", r"a\/b.*[\/*]", 10, True),
        ("$hex", "4D 5A [0-4] (00 | 01)", 11, False),
        ("$", "anonymous", 12, False),
    ]


@given(st.text(alphabet='rule{}"/\\*=$:[]() \nabmetsrigcond', max_size=200))
def test_any_text_has_an_outline(text: str) -> None:
    assert outline(text) == outline(text)
