import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gateway import __version__
from tests.support.commands import run, settings


def test_the_version_is_told() -> None:
    assert run("version").stdout == f"lazaretto {__version__}\n"


def test_the_help_names_every_group() -> None:
    done = run("--help")

    for word in ("serve", "scan", "demo", "quarantine", "rules", "config"):
        assert word in done.output


@pytest.mark.parametrize("group", [("quarantine",), ("quarantine", "keys"), ("rules",)])
def test_completion_is_a_matter_of_the_whole_command(group: tuple[str, ...]) -> None:
    assert "--install-completion" in run("--help").stdout
    assert "--install-completion" not in run(*group, "--help").stdout


def test_a_command_is_imported_when_it_is_asked_for() -> None:
    """A search of the quarantine needs no SMTP server, no rules and no parsers."""
    command = (
        "import sys; from gateway.cli import main; import gateway.cli.quarantine.listing; "
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, timeout=60
    )

    heavy = {"gateway.app", "aiosmtpd.smtp", "yara", "gateway.mime", "structlog", "jinja2"}
    assert not heavy & set(done.stdout.split())


def test_settings_in_force_are_shown_as_a_file_would_have_them(tmp_path: Path) -> None:
    config = settings(tmp_path)

    done = run("config", "show", "--config", config)

    assert "[next_hop]\n" in done.stdout
    assert 'hosts = ["127.0.0.1:9"]\n' in done.stdout
    again = tmp_path / "again.toml"
    again.write_text(done.stdout)
    assert run("config", "show", "--config", again).stdout == done.stdout


def test_good_settings_are_said_to_be_good(tmp_path: Path) -> None:
    assert run("config", "check", "--config", settings(tmp_path)).exit_code == 0


def test_entries_of_hash_lists_that_have_ended_are_told(tmp_path: Path) -> None:
    entry = f'[[allow]]\nsha256 = "{"a" * 64}"\nowner = "A"\nreason = "r"\nexpires = 2020-01-01\n'
    (tmp_path / "hashes.toml").write_text(entry)
    file = settings(tmp_path)
    with file.open("a") as written:
        written.write(f'\n[hashes]\nfiles = ["{tmp_path}/hashes.toml"]\n')

    done = run("config", "check", "--config", file)

    assert done.exit_code == 0
    assert done.stdout.startswith("remark: hashes.files: entries that have ended: 1")


@pytest.mark.parametrize("command", [("serve",), ("config", "check"), ("quarantine", "list")])
def test_a_wrong_setting_is_one_clear_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "x.toml"
    file.write_text("[smtp]\nlisen = []\n")

    done = run(*command, "--config", file)

    assert done.exit_code == 2
    assert done.stderr == (f"lazaretto: {file}: unknown key 'smtp.lisen'; did you mean 'listen'?\n")


def test_a_settings_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run("serve", "--config", tmp_path / "gone.toml")

    assert done.exit_code == 2
    assert done.stderr == (
        f"lazaretto: {tmp_path}/gone.toml: cannot be read: No such file or directory\n"
    )


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    file = settings(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        file.write_text(f'[smtp]\nlisten = ["127.0.0.1:{port}"]\n' + file.read_text())

        done = run("serve", "--config", file)

    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == (
        f"lazaretto: cannot listen on 127.0.0.1:{port}: Address already in use"
    )


def test_rules_in_force_are_listed_with_their_levels() -> None:
    done = run("rules", "list", "--json")

    rules = {rule["rule"]: rule for rule in map(json.loads, done.stdout.splitlines())}
    assert rules["test_eicar"]["level"] == "malicious"
    assert all(rule["description"] and rule["level"] for rule in rules.values())
    assert "test_eicar" in run("rules", "list").stdout


def test_a_rule_tells_what_it_sees_and_where_to_read_more() -> None:
    done = run("rules", "show", "test_eicar")

    assert re.search(r"^reference +https://", done.stdout, re.MULTILINE)


def test_a_rule_that_is_not_in_force_is_the_callers_mistake() -> None:
    done = run("rules", "show", "nothing")

    assert (done.exit_code, done.stdout) == (2, "")


def test_the_built_in_rules_are_good() -> None:
    done = run("rules", "check")

    assert done.exit_code == 0
    assert "left out" not in done.stdout


def test_a_broken_rule_file_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "x.yar"
    file.write_text("rule a { condition: true }\nrule b { condition: $nothing }\n")

    done = run("rules", "check", file)

    assert done.exit_code == 1
    assert f'left out: {file}:2: undefined string "$nothing"' in done.stdout


def test_a_published_pack_is_checked_without_our_manners(tmp_path: Path) -> None:
    (tmp_path / "a.yar").write_text("rule a { condition: nowhere }")
    (tmp_path / "b.yar").write_text("rule b { condition: true }\nrule c { condition: true }")

    done = run("rules", "check", tmp_path)

    assert done.exit_code == 1
    said = done.stdout.splitlines()
    assert said[0].startswith(f"remark: {tmp_path.name}: 3 of 3 rules state no level")
    assert said[1].startswith(f"left out: {tmp_path}/a.yar:1: ")
    assert said[2].startswith("2 rules in packs: ")
    assert len(said) == 3


def test_every_file_of_a_pack_that_cannot_be_used_is_said_and_the_rest_counts(
    tmp_path: Path,
) -> None:
    faults = {
        "badre.yar": "rule x { strings: $a = /(/ condition: $a }",
        "cuckoo.yar": 'import "cuckoo"\nrule x { condition: true }',
        "include.yar": 'include "good.yar"\nrule x { condition: true }',
        "syntax.yar": "rule x { condition: true and ",
        "twice.yar": "rule x { condition: true } rule x { condition: true }",
        "unknown.yar": "rule x { condition: my_external }",
    }
    good = {
        "good.yar": "rule good { condition: true }",
        "empty.yar": "",
        "same.yar": "rule good { condition: true }",
    }
    for name, text in {**faults, **good}.items():
        (tmp_path / name).write_text(text)

    done = run("rules", "check", tmp_path)

    assert done.exit_code == 1
    said = re.findall(r"left out: .*/(\w+\.yar)", done.stdout)
    assert sorted(said) == sorted(faults)
    assert f"{tmp_path}/good.yar has a rule of this name too" in done.stdout
    assert "2 rules in packs" in done.stdout


@pytest.mark.slow
def test_the_demo_ends_with_every_message_where_it_must() -> None:
    done = run("demo", "--exit")

    assert done.exit_code == 0, done.output
    assert done.stdout.count("held as") == 6
    assert done.stdout.count("delivered without its file") == 2
    assert "Ce fichier a été retenu" in done.stdout
    assert "it arrived byte for byte" in done.stdout
