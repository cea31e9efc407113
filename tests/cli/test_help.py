import re
import subprocess
import sys

import pytest
import typer
from typer._click.core import Context

from gateway.cli.help import called, told
from gateway.cli.main import commands
from gateway.cli.manual import tree
from gateway.cli.words import retell, speaking

COMMANDS = dict(tree(typer.main.get_command(commands)))


def lazaretto(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("language", "word"), [("en", "\nExample"), ("fr", "\nExemple")])
@pytest.mark.parametrize("name", COMMANDS)
def test_help_speaks_to_people_in_80_columns(name: str, language: str, word: str) -> None:
    with speaking(language):
        text = COMMANDS[name].get_help(Context(COMMANDS[name], info_name=name))

    body, _, examples = text.partition(word)
    assert all(len(line) <= 80 for line in body.splitlines())
    assert "<" not in body, "the name of a Python type"
    assert name in examples


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_all_in_french_too(name: str) -> None:
    command = COMMANDS[name]
    context = Context(command, info_name=name)
    asked = [called(one, context)[1] for one in command.get_params(context)]
    sentences = [one for text in (*told(command.help or "")[0], *filter(None, asked))
                 for one in re.split(r"(?<=[.?!]) (?=[A-Z`])", text)]  # fmt: skip

    with speaking("fr"):
        assert [one for one in sentences if retell(one) == one] == []


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
