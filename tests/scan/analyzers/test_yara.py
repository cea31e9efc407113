"""A match becomes a finding that explains itself; what was not matched to the end is a gap."""

import pytest

from gateway.model import Finding, Gap, Level, Reason
from gateway.packs.format import RuleFile, RulePack
from gateway.scan.analyzers.yara import YaraAnalyzer
from gateway.scan.api import Artifact, Context
from gateway.scan.kinds import Kind
from gateway.scan.libyara import compile_rules

RULE = """
rule lettre
{
    meta:
        description = "A letter"
        level = "malicious"
        technique = "T1566"
    strings:
        $a = "Bonjour" ascii wide
    condition:
        $a
}
"""


def look(rules: str, artifact: Artifact, domain: str = "") -> list[Finding | Gap]:
    pack = RulePack("site", "7", (RuleFile("a.yar", rules),))
    analyzer = YaraAnalyzer(compile_rules([pack], seconds=1))
    return list(analyzer.analyze(artifact, Context(domain)))


def file(data: bytes, *names: str, kinds: tuple[Kind, ...] = (Kind.DATA,)) -> Artifact:
    return Artifact(data, ("message", "a.zip", "b"), names, "", kinds)


def asked(condition: str, artifact: Artifact, domain: str = "") -> bool:
    return bool(look(f"rule a {{ condition: {condition} }}", artifact, domain))


def test_a_match_says_rule_pack_place_and_what_was_found() -> None:
    assert look(RULE, file(b"xx Bonjour \x1b[0m Madame")) == [
        Finding(
            "yara.match",
            Level.MALICIOUS,
            "A letter",
            "at byte 3: xx Bonjour \\x1b[0m Madame",
            ("message", "a.zip", "b"),
            rule="lettre",
            pack="site 7",
            technique="T1566",
        )
    ]


def test_a_rule_without_metadata_is_suspicious_and_named() -> None:
    (finding,) = look("rule plain { condition: true }", file(b""))

    assert isinstance(finding, Finding)
    assert (finding.level, finding.summary) == (Level.SUSPICIOUS, "Rule plain matches")


def test_a_rule_may_ask_about_the_file() -> None:
    artifact = file(b"x", "dossier/Facture.DOCM", kinds=(Kind.OOXML, Kind.ZIP))

    assert asked('name == "dossier/Facture.DOCM" and extension == ".docm"', artifact)
    assert asked('kind == "ooxml" and kinds contains " zip " and depth == 2', artifact)
    assert asked('sender_domain == "example.org"', artifact, "example.org")
    assert not asked('kinds contains " ar "', file(b"x", kinds=(Kind.RAR,)))


def test_names_that_no_c_string_can_hold_are_asked_about_all_the_same() -> None:
    assert asked('name contains "exe"', file(b"x", "a\0\udcff.exe"))


@pytest.mark.slow
def test_rules_that_take_too_long_are_a_gap() -> None:
    slow = "rule slow { condition: for all i in (0..9000000000) : (uint8(i % 9) != 1) }"

    (gap,) = look(slow, file(b"x" * 100))

    assert gap == Gap(Reason.TOO_SLOW, "the rules took more than 1 s", ("message", "a.zip", "b"))


def test_a_string_that_matches_without_end_is_a_gap() -> None:
    greedy = 'rule greedy { strings: $a = "aa" $b = "zz" condition: #a > 2000000 or $b }'

    (gap,) = look(greedy, file(b"a" * 1_200_000))

    assert isinstance(gap, Gap)
    assert gap.reason is Reason.TOO_MANY
    assert "greedy" in gap.detail


def test_a_mail_is_looked_at_without_its_blocks_of_base64_and_places_are_told_as_they_are() -> None:
    mail = b"Subject: a\r\n\r\n" + b"QUJD" * 5000 + b"\r\nBonjour\r\n"
    offset = mail.index(b"Bonjour")

    (seen,) = look(RULE, file(mail, kinds=(Kind.MESSAGE,)))
    assert isinstance(seen, Finding)
    assert seen.evidence.startswith(f"at byte {offset}: ")
    assert not asked("filesize > 15000", file(mail, kinds=(Kind.MESSAGE,)))
    assert asked("filesize > 15000", file(mail, kinds=(Kind.TEXT,)))
    assert asked("filesize > 15000", file(mail, kinds=(Kind.MESSAGE, Kind.HTML)))
