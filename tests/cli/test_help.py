import subprocess
import sys

import pytest
import typer
from typer._click.core import Context

from gateway.cli.main import commands
from gateway.cli.manual import tree

COMMANDS = dict(tree(typer.main.get_command(commands)))


def lazaretto(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_speaks_to_people_in_80_columns(name: str) -> None:
    text = COMMANDS[name].get_help(Context(COMMANDS[name], info_name=name))

    body, _, examples = text.partition("\nExample")
    assert all(len(line) <= 80 for line in body.splitlines())
    assert "<" not in body, "the name of a Python type"
    assert name in examples


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("quarantine lst", "No such command 'lst' (see: lazaretto quarantine --help)"),
        ("quarantine list --nope", "No such option: --nope"),
        ("quarantine list --class bad", "'bad' is none of clean, opaque, unscannable"),
        ("quarantine list --state bad", "'--state': 'bad' is not one of 'held'"),
        ("rules show", "Missing argument 'RULE' (see: lazaretto rules show --help)"),
        ("scan", "Missing argument 'FILE...'"),
    ],
)
def test_a_mistake_in_the_call_is_one_line_and_exit_code_2(call: str, said: str) -> None:
    done = lazaretto(*call.split())

    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.startswith("lazaretto: ")
    assert done.stderr.count("\n") == 1


def test_a_group_alone_shows_what_there_is() -> None:
    done = lazaretto("quarantine", "keys")

    assert done.returncode == 2
    assert "create" in done.stdout
    assert done.stderr == ""
