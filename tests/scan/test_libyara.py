"""One bad file never takes the others with it."""

from dataclasses import replace

import pytest

from gateway.model import Level, Pack
from gateway.packs.format import RuleFile, RulePack
from gateway.packs.spans import LIMIT
from gateway.scan.libyara import compile_rules, faults, remarks

GOOD = RuleFile("site/good.yar", "rule good { condition: true }")
BAD = RuleFile("site/bad.yar", "rule bad {\n    condition: nonsense\n}")


def pack(*files: RuleFile, name: str = "site", level: Level = Level.SUSPICIOUS) -> RulePack:
    return RulePack(name, "1", files, default_level=level)


def matched(*packs: RulePack) -> list[str]:
    return [match.rule for match in compile_rules(packs).match(b"", {}).matches]


def test_a_file_that_does_not_compile_is_left_out_and_said() -> None:
    rules = compile_rules([pack(GOOD, BAD)])

    assert [match.rule for match in rules.match(b"", {}).matches] == ["good"]
    (problem,) = rules.problems
    assert str(problem).startswith('site/bad.yar:2: undefined identifier "nonsense"; what rules ')


def test_two_files_may_use_one_name() -> None:
    assert matched(pack(GOOD, RuleFile("site/b.yar", GOOD.text))) == ["good", "good"]


def test_two_packs_may_use_one_file_name() -> None:
    assert matched(pack(GOOD), pack(GOOD, name="other")) == ["good", "good"]


def test_a_global_rule_does_not_silence_another_file() -> None:
    silent = RuleFile("b.yar", "global rule never { condition: false }")

    assert matched(pack(GOOD, silent)) == ["good"]


def test_a_slow_string_is_said_with_its_rule_and_what_to_do() -> None:
    text = "rule a { condition: true }\nrule b { strings: $a = { 00 00 } condition: $a }"
    (remark,) = remarks(RuleFile("a.yar", text))

    assert str(remark).startswith('a.yar:2: rule b: string "$a" may slow down scanning; it has no ')


@pytest.mark.parametrize(
    "string", ['"a"', "{ 00 00 }", "/[a-z]{3,20}/", "/.{5}/", '"ab" xor', "/(a|b|c)d?/"]
)
def test_what_libyara_must_try_everywhere_is_a_remark(string: str) -> None:
    file = RuleFile("a.yar", f"rule a {{ strings: $a = {string} condition: $a }}")

    assert [remark.is_fatal for remark in remarks(file)] == [False]


@pytest.mark.parametrize("gap", [490, 520])
def test_the_limit_that_rules_check_knows_is_that_of_libyara(gap: int) -> None:
    text = "rule a { strings: $a = /abcd.{0,900}bcde.{0,900}cdef/ condition: $a }"
    data = b"abcd" + b"x" * gap + b"bcde" + b"x" * gap + b"cdef"

    answer = compile_rules([pack(RuleFile("a.yar", text))]).match(data, {})
    assert bool(answer.matches) is (len(data) <= LIMIT)


def test_nothing_is_included_from_disk() -> None:
    (fault,) = faults(RuleFile("a.yar", 'include "/etc/hostname"\nrule a { condition: true }'))

    assert str(fault) == "a.yar:1: includes are disabled"


def test_names_that_published_packs_use_are_known() -> None:
    text = (
        'rule a { condition: filename == "" and filepath == "" and filetype == "" and owner == "" }'
    )

    assert list(faults(RuleFile("a.yar", text))) == []


def test_packs_together_are_named_together() -> None:
    assert compile_rules([pack(GOOD), pack(GOOD, name="core")]).pack == Pack("site+core", "1+1")


def test_no_pack_at_all_still_answers() -> None:
    assert compile_rules([]).match(b"x", {}).matches == ()


def test_the_level_of_a_rule_is_its_own_or_its_packs() -> None:
    text = 'rule a { condition: true } rule b { meta: level = "malicious" condition: true }'

    rules = compile_rules([pack(RuleFile("a.yar", text), level=Level.NOTE)])

    assert {match.rule: match.level for match in rules.match(b"", {}).matches} == {
        "a": Level.NOTE,
        "b": Level.MALICIOUS,
    }


@pytest.mark.parametrize(
    ("condition", "asks"),
    [
        ('name == "a"', True),
        ("depth > 1", True),
        ('extension matches /x/ // and kinds contains "zip"', True),
        ('kinds contains " zip "', False),
        ('kind == "name"', False),
        ("true // the name of a file", False),
    ],
)
def test_rules_that_ask_for_more_than_bytes_are_told_apart(condition: str, asks: bool) -> None:  # noqa: FBT001
    rules = compile_rules([pack(RuleFile("a.yar", f"rule a {{ condition: {condition}\n}}"))])
    externals: dict[str, str | int] = {
        "name": "a",
        "depth": 2,
        "extension": "x",
        "kind": "name",
        "kinds": " zip ",
    }

    assert bool(rules.of_circumstances.match(b"", externals).matches) is asks
    assert [match.is_of_bytes for match in rules.match(b"", externals).matches] == [not asks]


@pytest.mark.parametrize(("notes", "uncounted"), [((), ("many",)), (("ma*",), ())])
def test_a_string_that_is_everywhere_is_uncounted_unless_its_rule_is_on_trial(
    notes: tuple[str, ...], uncounted: tuple[str, ...]
) -> None:
    text = 'rule many { strings: $a = "aa" condition: #a > 2 }'
    rules = compile_rules([replace(pack(RuleFile("a.yar", text)), notes=notes)])

    answer = rules.match(b"a" * 1_100_000, {})

    assert answer.uncounted == uncounted
