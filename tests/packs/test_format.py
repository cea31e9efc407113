"""What is wrong with a pack is said with file, line, and what to do."""

import pytest

from gateway.model import Level
from gateway.packs.format import (
    Problem,
    RuleFile,
    RulePack,
    check_file,
    check_levels,
    check_meta,
    check_names,
    read_manifest,
)

GOOD = (
    'name = "site"\nversion = "2"\ndescription = "Ours"\nlicence = "MIT"\ndefault_level = "note"\n'
)


def said(text: str) -> list[str]:
    return [str(problem) for problem in check_file(RuleFile("a.yar", text))]


def test_a_manifest_is_read() -> None:
    pack, problems = read_manifest("pack.toml", GOOD)

    assert problems == []
    assert (pack.name, pack.version, pack.description) == ("site", "2", "Ours")
    assert pack.default_level is Level.NOTE


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("name = ", "not valid TOML"),
        ('version = "1"', "name: expected a text"),
        ('name = "../x"\nversion = "1"', "name: expected a text"),
        ('name = "a"\nversion = "1"\nnotes = "is_*"', "notes: expected names of rules"),
        ('name = "a"\nversion = 2', "version: expected a text"),
        ('name = "a"\nversion = "1"\ndefault_level = "bad"', "default_level: expected one of note"),
        ('name = "a"\nversion = "1"\ndefault_level = ["note"]', "default_level: expected one of"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_said(text: str, what: str) -> None:
    pack, problems = read_manifest("pack.toml", text)

    assert pack.name == ""
    assert any(what in str(problem) for problem in problems)


def test_an_unknown_key_is_a_remark_and_the_pack_is_used() -> None:
    pack, problems = read_manifest("pack.toml", GOOD + 'autor = "x"\n')

    assert pack.name == "site"
    assert [problem.is_fatal for problem in problems] == [False]


def test_a_problem_names_file_and_line() -> None:
    assert str(Problem("a.yar", 3, "wrong")) == "a.yar:3: wrong"
    assert str(Problem("a.yar", 0, "wrong")) == "a.yar: wrong"


def test_an_include_leaves_the_file_out() -> None:
    assert said('// x\ninclude "/etc/passwd"\n') == [
        'a.yar:2: include "/etc/passwd": put its rules into this file'
    ]


@pytest.mark.parametrize("module", ["console", "time", "cuckoo", "nonsense"])
def test_an_import_that_has_no_place_in_a_verdict_leaves_the_file_out(module: str) -> None:
    assert said(f'import "pe"\nimport "{module}"\n')[0].startswith(f'a.yar:2: import "{module}"')


@pytest.mark.parametrize(
    "regex", ["a.*b", "a.+b", "a[^x]*b", r"a\s+b", "a.{2,}b", "a.{0,2000}b", "(ab)*c", "a.{1500}b"]
)
def test_a_repeat_that_is_silently_cut_is_a_remark(regex: str) -> None:
    text = f"rule r {{ strings:\n $a = /{regex}/\n condition: $a }}"

    (remark,) = check_file(RuleFile("a.yar", text))

    assert not remark.is_fatal
    assert str(remark).startswith("a.yar:2: rule r, $a: ")


@pytest.mark.parametrize(
    ("string", "longest"),
    [
        ("/abcd.{0,900}bcde.{0,900}cdef/", "1,812"),
        ("/abcd(x{0,500}y){0,5}/", "2,509"),
        ("/abcd(x{500}|y{600}){2}/", "1,204"),
        ("/abcd.{0,900}bcde/ wide", "1,816"),
        ("/abcd.{0,900}bcde/ ascii wide nocase", "1,816"),
        ("{ 41 42 43 44 " + "?? " * 1_100 + "45 }", "1,105"),
        ("{ 41 42 [0-200] 43 [0-200] 44 [0-200] 45 [0-200] 46 [0-200] 47 [100] }", "1,107"),
    ],
)
def test_a_match_that_may_be_longer_than_libyara_follows_is_a_remark(
    string: str, longest: str
) -> None:
    (remark,) = check_file(RuleFile("a.yar", f"rule r {{ strings: $a = {string} condition: $a }}"))

    assert not remark.is_fatal
    assert f"r, $a: a match may have {longest} bytes" in str(remark)
    assert "make two strings of it" in str(remark)


@pytest.mark.parametrize(
    "string",
    [
        "/abcd.{0,500}bcde.{0,500}cdef/",
        "/abcd.{0,500}bcde/ wide",
        "/(abcd){0,200}/",
        "/abcd(x|.{900})?/",
        "{ 41 42 [0-2000] 43 44 [-] 45 46 }",
        "{ 41 42 ( 43 | 44 [4-100] 45 ) 46 }",
    ],
)
def test_a_match_that_libyara_follows_to_its_end_is_none(string: str) -> None:
    assert said(f"rule r {{ strings: $a = {string} condition: $a }}") == []


def test_a_repeat_in_a_condition_is_cut_too() -> None:
    (remark,) = said('rule r { condition: "abcd" matches /ab.*d/ }')

    assert remark.startswith("a.yar:1: rule r, its condition: * is too wide")


def test_a_loop_over_every_byte_is_a_remark() -> None:
    (remark,) = said("rule r { condition:\n for any i in (0..filesize) : (uint8(i) == 1) }")

    assert remark.startswith("a.yar:2: rule r: a loop over every byte of a file takes seconds")


def test_a_name_that_two_files_have_is_a_remark_on_the_second() -> None:
    files = [RuleFile(f"{name}.yar", "rule r { condition: true }") for name in "ab"]
    (remark,) = check_names([RulePack("site", "1", tuple(files))])

    assert str(remark).startswith(
        "b.yar:1: rule r: a.yar has a rule of this name too. Both are used"
    )


@pytest.mark.parametrize("regex", ["a.{0,900}b", r"a\*b", "[*+]", r"[\]*]", "a{3}", "a?", r"\x2a"])
def test_a_repeat_with_an_end_is_none(regex: str) -> None:
    assert said(f"rule r {{ strings: $a = /{regex}/ condition: $a }}") == []


@pytest.mark.parametrize(
    ("meta", "level"),
    [
        ({"level": "malicious", "score": 10}, Level.MALICIOUS),
        ({"score": 100}, Level.MALICIOUS),
        ({"score": 75}, Level.SUSPICIOUS),
        ({"score": "60"}, Level.SUSPICIOUS),
        ({"score": 40}, Level.NOTE),
        ({"score": "high"}, Level.SUSPICIOUS),
        ({"score": "-1"}, Level.SUSPICIOUS),
        ({"level": "high"}, Level.SUSPICIOUS),
        ({}, Level.SUSPICIOUS),
    ],
)
def test_a_rule_states_its_level_or_a_score(meta: dict[str, object], level: Level) -> None:
    assert RulePack("site", "1", ()).level("rule", meta) is level


def test_a_rule_on_trial_is_a_note_whatever_it_says() -> None:
    pack, problems = read_manifest("pack.toml", GOOD + 'notes = ["is_*", "Detect_URLs"]')

    assert problems == []
    assert pack.level("is_zip", {"level": "malicious"}) is Level.NOTE
    assert pack.level("Detect_URLs", {"score": 100}) is Level.NOTE
    assert pack.level("this_is_zip", {"level": "malicious"}) is Level.MALICIOUS


def test_rules_of_others_that_state_neither_are_counted_once() -> None:
    text = "rule a { condition: true } rule b { meta: score = 40 condition: true }"
    pack = RulePack("site", "1", (RuleFile("a.yar", text),), is_published=True)

    (problem,) = check_levels(pack)

    assert str(problem).startswith("site: 1 of 2 rules state no level and no score")


def test_what_our_own_rules_owe_is_asked_for() -> None:
    whats = [
        problem.what for problem in check_meta(RuleFile("a.yar", "rule r { condition: true }"))
    ]

    assert [what.split("meta ")[1].split()[0].strip(",") for what in whats] == [
        "description", "level", "reference", "technique",
    ]  # fmt: skip


def test_a_rule_with_everything_owes_nothing() -> None:
    text = """rule r { meta: description = "d" level = "note" reference = "https://a.example/b"
    technique = "" condition: true }"""

    assert list(check_meta(RuleFile("a.yar", text))) == []
