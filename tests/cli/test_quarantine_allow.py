import json
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.custody import records
from tests.support.allowing import FRONT, REPORT, SIGNED
from tests.support.commands import hold, lockbox, run, settings
from tests.support.held import ITEM

SIGNED_ITEM = replace(ITEM, message=SIGNED, report=records.encode(REPORT))


@pytest.fixture(autouse=True)
def _authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LAZARETTO_ACTIONS__AUTHORITY", FRONT)
    monkeypatch.setenv("LAZARETTO_ACTIONS__ALLOWANCES", str(tmp_path / "allowances.json"))


def allow(config: Path, item: str, *words: str) -> tuple[int, str, str]:
    done = run(
        "quarantine", "allow", item, "--rule", "macro.dropper", "--reason", "our own vendor",
        *words, "--config", config,
    )  # fmt: skip
    return done.exit_code, done.stdout, done.stderr


def test_an_exception_is_made_from_an_item_listed_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "alice")
    config = settings(tmp_path)
    item = hold(tmp_path, SIGNED_ITEM)

    made = allow(config, item, "--yes")
    listed = run("quarantine", "allowances", "--json", "--config", config).stdout
    ended = run("quarantine", "disallow", "1", "--reason", "hacked", "--config", config)
    table = run("quarantine", "allowances", "--config", config).stdout

    told = "Allowed as no. 1: macro.dropper in ole from vendor.example until 20"
    assert (made[0], made[1][: len(told)], made[2]) == (0, told, "")
    (one,) = map(json.loads, listed.splitlines())
    assert (one["owner"], one["reason"], one["item"]) == ("alice", "our own vendor", item)
    assert ended.stdout == "No. 1 has ended.\n"
    assert "(ended)" in table
    with lockbox(tmp_path) as box:
        actions = [(r.action, r.who) for r in box.item(item).records[-2:]]
    assert actions == [("allowed", "alice"), ("disallowed", "alice")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rule", "nothing.such"), "nothing.such was not found in this item: macro.dropper"),
        (("--for", "2000d"), "an exception lasts a year at most"),
        (("--for", "ever"), "--for 'ever': expected a time"),
        ((), "give --yes"),
    ],
)
def test_what_is_too_much_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    config = settings(tmp_path)
    code, _, stderr = allow(config, hold(tmp_path, SIGNED_ITEM), *words)

    assert code == 2
    assert said in stderr
    assert not (tmp_path / "allowances.json").exists()


def test_a_sender_that_nobody_authenticated_gets_no_exception(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    unsigned = replace(SIGNED_ITEM, message=ITEM.message)

    code, _, said = allow(config, hold(tmp_path, unsigned), "--yes")
    monkeypatch.setenv("LAZARETTO_ACTIONS__AUTHORITY", "")
    _, _, unnamed = allow(config, hold(tmp_path, SIGNED_ITEM), "--yes")

    assert code == 2
    assert f"{FRONT} has not authenticated this sender" in said
    assert "name the server that does in actions.authority" in unnamed
