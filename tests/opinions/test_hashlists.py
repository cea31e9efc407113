from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.model import Finding, Gap, Level, Listed, Pack, Reason, Report
from gateway.opinions.hashlists import Entry, HashListError, HashLists, read_lists

TODAY = date(2026, 11, 26)
ZIP, INSIDE, BESIDE = ("m", "a.zip"), ("m", "a.zip", "b.docm"), ("m", "c.pdf")


def entry(sha256: str, expires: date = date(2027, 1, 1)) -> Entry:
    return Entry(sha256 * 64, "A. Martin", "planning", expires)


def listed(lineage: tuple[str, ...], digit: str) -> Listed:
    return Listed(lineage, lineage[-1], (), "zip", "", 1, digit * 64)


def finding(lineage: tuple[str, ...]) -> Finding:
    return Finding("macro.dropper", Level.MALICIOUS, "A macro", "Shell", lineage)


REPORT = Report(
    (finding(INSIDE), finding(BESIDE)),
    (Gap(Reason.ENCRYPTED, "locked", ZIP),),
    (listed(ZIP, "a"), listed(INSIDE, "b"), listed(BESIDE, "c")),
    Pack("core", "1"),
)


def test_what_is_allowed_is_a_note_with_all_that_is_in_it() -> None:
    judged = HashLists(allowed={"a" * 64: entry("a")}).judge(REPORT, TODAY)

    levels = {(found.code, found.lineage): found.level for found in judged.findings}
    assert levels == {
        ("macro.dropper", INSIDE): Level.NOTE,
        ("macro.dropper", BESIDE): Level.MALICIOUS,
        ("hash.allowed", ZIP): Level.NOTE,
    }
    assert judged.gaps == ()


def test_what_is_denied_is_malicious() -> None:
    clean = replace(REPORT, findings=(), gaps=())

    (found,) = HashLists(denied={"c" * 64: entry("c")}).judge(clean, TODAY).findings

    assert (found.code, found.level, found.lineage) == ("hash.denied", Level.MALICIOUS, BESIDE)
    assert found.evidence == "planning (A. Martin, until 2027-01-01)"


def test_what_is_denied_inside_of_what_is_allowed_stays_malicious() -> None:
    lists = HashLists(denied={"b" * 64: entry("b")}, allowed={"a" * 64: entry("a")})

    worst = max(found.level for found in lists.judge(REPORT, TODAY).findings)

    assert worst is Level.MALICIOUS


def test_an_entry_counts_to_its_last_day_and_no_longer() -> None:
    lists = HashLists(allowed={"a" * 64: entry("a", TODAY)})

    assert lists.judge(REPORT, TODAY) != REPORT
    assert lists.judge(REPORT, date(2026, 11, 27)) == REPORT


def test_lists_are_read_from_files(tmp_path: Path) -> None:
    file = tmp_path / "lists.toml"
    file.write_text(
        f'[[deny]]\nsha256 = "{"a" * 64}"\nowner = "A"\nreason = "r"\nexpires = 2027-01-01\n'
    )

    lists = read_lists([file])

    assert lists.denied["a" * 64].expires == date(2027, 1, 1)


GOOD = {"sha256": f'"{"a" * 64}"', "owner": '"A"', "reason": '"r"', "expires": "2027-01-01"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sha256": '"abc"'}, "deny 1: sha256: expected 64 digits"),
        ({"owner": '" "'}, "deny 1: owner: say it"),
        ({"expires": '"soon"'}, "Invalid RFC3339|Expected|expires"),
        ({"colour": '"red"'}, "colour"),
        ({"sha256": ""}, "not valid TOML"),
    ],
)
def test_a_bad_entry_is_named(wrong: dict[str, str], said: str, tmp_path: Path) -> None:
    file = tmp_path / "lists.toml"
    values = "\n".join(f"{key} = {value}" for key, value in {**GOOD, **wrong}.items())
    file.write_text(f"[[deny]]\n{values}\n")

    with pytest.raises(HashListError, match=said) as caught:
        read_lists([file])

    assert str(file) in str(caught.value)


def test_a_digest_may_be_written_in_capitals(tmp_path: Path) -> None:
    file = tmp_path / "lists.toml"
    values = "\n".join(f"{key} = {value}" for key, value in GOOD.items())
    file.write_text(f"[[deny]]\n{values.replace('a' * 64, 'A' * 64)}\n")

    assert read_lists([file]).denied.keys() == {"a" * 64}


def test_of_two_entries_for_one_file_the_one_counts_that_lasts_longer(tmp_path: Path) -> None:
    file = tmp_path / "lists.toml"
    values = "\n".join(f"{key} = {value}" for key, value in GOOD.items())
    old = values.replace("2027", "2025")
    file.write_text(f"[[deny]]\n{values}\n[[deny]]\n{old}\n")

    lists = read_lists([file])
    assert lists.denied["a" * 64].expires == date(2027, 1, 1)
    assert lists.expired(TODAY) == 0


def test_a_list_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(HashListError, match="No such file"):
        read_lists([tmp_path / "none.toml"])
