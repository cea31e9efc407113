"""An advice names only commands that exist, and options that they have."""

import re

import pytest
from typer.main import get_command

from gateway.cli.main import commands
from gateway.scan.codes import FINDINGS, GAPS, Explanation

_COMMAND = re.compile(r"`lazaretto ([^`]+)`")
_TOLD = {explanation.todo: explanation for explanation in (*FINDINGS.values(), *GAPS.values())}
_NAMED = sorted({command for todo in _TOLD for command in _COMMAND.findall(todo)})


def test_some_advice_names_a_command() -> None:
    assert len(_NAMED) >= 4


@pytest.mark.parametrize("words", _NAMED)
def test_a_command_that_is_advised_exists(words: str) -> None:
    command, known = get_command(commands), set()
    for word in words.split():
        if word.startswith("--"):
            assert word in known
        elif word.islower():
            command = command.get_command(None, word)
            assert command is not None, f"there is no command {word!r}"
            known = {option for parameter in command.params for option in parameter.opts}


@pytest.mark.parametrize("explanation", _TOLD.values())
def test_what_looks_like_a_command_is_quoted_as_one(explanation: Explanation) -> None:
    assert "lazaretto" not in _COMMAND.sub("", explanation.todo)
