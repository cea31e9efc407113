import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer._click.core import Command, Context
from typer._click.exceptions import UsageError
from typer.core import TyperGroup

from gateway.cli.main import commands
from gateway.cli.manual import page, told, tree, write
from gateway.cli.words import speaking
from tests.support.terminal import terminal

ROOT = typer.main.get_command(commands)
COMMANDS = dict(tree(ROOT))


def check(command: Command, words: list[str], above: Context | None = None) -> str:
    """Read a command line as the program would, without doing anything; the words of its command.

    Raises UsageError where the program would.
    """
    context = command.make_context(command.name, words, parent=above)
    if not isinstance(command, TyperGroup):
        return context.command_path
    rest = [*context._protected_args, *context.args]
    _, below, rest = command.resolve_command(context, rest)
    assert below is not None
    return check(below, rest, context)


def ours(example: str) -> list[str]:
    """The words of our own command in a line of shell; none if it is a step on the way."""
    lexer = shlex.shlex(example, posix=True, punctuation_chars="|<>")
    lexer.whitespace_split = True
    words = list(lexer)
    end = next((n for n, word in enumerate(words) if word[0] in "|<>"), len(words))
    start = 2 if words[0] == "sudo" else 0
    return words[start:end] if words[start] == "lazaretto" else []


def test_the_tree_has_every_command() -> None:
    assert {"lazaretto serve", "lazaretto quarantine list", "lazaretto rules check"} <= set(
        COMMANDS
    )
    assert len(COMMANDS) > 30


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples_that_are_command_lines_of_it(name: str) -> None:
    _, examples = told(COMMANDS[name].help or "")

    called = [check(ROOT, ours(example)[1:]) for example in examples if ours(example)]
    assert called, f"the help of {name} has no example"
    assert {path.removeprefix(f"{ROOT.name} ") for path in called} == {
        name.removeprefix("lazaretto ")
    }


def test_a_wrong_example_would_be_seen() -> None:
    with pytest.raises(UsageError, match="No such option"):
        check(ROOT, ["quarantine", "list", "--subjekt", "x"])


@pytest.mark.parametrize(
    ("text", "examples"),
    [
        ("What.\n\nExample: a b", ["a b"]),
        ('What.\n\nExamples: a "x; y";\nb\n--c', ['a "x; y"', "b --c"]),
        ("What. For Example: nothing", []),
    ],
)
def test_examples_are_told_from_the_rest_of_the_help(text: str, examples: list[str]) -> None:
    assert told(text)[1] == examples


def test_the_page_has_every_command_with_its_options_and_examples() -> None:
    text = page(ROOT)

    for name, command in COMMANDS.items():
        assert f".SS {name} ".replace("-", r"\-") in text
        options = [word for option in command.params for word in option.opts if word[0] == "-"]
        assert all(r"\fB" + word.replace("-", r"\-") in text for word in options)
    assert r"lazaretto quarantine list \-\-unseen" in text


def test_the_page_of_a_language_is_all_in_it() -> None:
    with speaking("fr"):
        text = page(ROOT)

    assert ".SH CODE DE SORTIE" in text
    assert "Liste les messages retenus" in text
    assert "Exemples\xa0:" in text
    assert " the " not in text


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_roff_has_nothing_to_say_against_the_page(language: str) -> None:
    with speaking(language):
        text = page(ROOT)
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-K", "utf-8"],
        input=text, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert done.stderr == ""
    assert "legal-hold" in done.stdout


def test_both_are_written_as_files(tmp_path: Path) -> None:
    names = {str(file.relative_to(tmp_path)) for file in write(tmp_path)}

    assert names == {
        "man/lazaretto.1",
        "man/fr/lazaretto.1",
        "completion/lazaretto.bash",
        "completion/_lazaretto",
        "completion/lazaretto.fish",
    }
    assert (tmp_path / "completion/_lazaretto").read_text().startswith("#compdef lazaretto\n")


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    list(write(tmp_path))
    asks = (
        f"source {tmp_path}/completion/lazaretto.bash; "
        "COMP_WORDS=(lazaretto quarantine list --se); COMP_CWORD=3; "
        '_lazaretto_completion lazaretto; echo "${COMPREPLY[@]}"; '
        "COMP_WORDS=(lazaretto quarantine legal); COMP_CWORD=2; "
        '_lazaretto_completion lazaretto; echo "${COMPREPLY[@]}"'
    )

    done = subprocess.run(
        ["bash", "--norc", "-c", asks], capture_output=True, text=True, check=True, timeout=60,
        env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )  # fmt: skip

    assert done.stdout.split() == ["--sender", "legal-hold"]


_TRIES = {
    "zsh": (
        ["zsh", "-f", "-i"],
        "fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; PS1='%# '; ",
    ),
    "fish": (["fish", "--no-config", "-i"], "source {folder}/lazaretto.fish; "),
    "bash": (["bash", "--norc", "-i"], "source {folder}/lazaretto.bash; "),
}


@pytest.mark.slow
@pytest.mark.parametrize("shell", _TRIES)
def test_the_first_tab_completes_a_command(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} on this machine to try its completion in")
    list(write(tmp_path))
    command, setup = _TRIES[shell]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TERM": "dumb",
        "HOME": str(tmp_path),
    }
    typed = setup.format(folder=tmp_path / "completion") + "echo rea''dy\n"

    with terminal(command, environment) as seen:
        seen.type(typed, until="ready\r")
        shown = seen.type("lazaretto quarantine legal\t", until="legal-hold")

    assert "legal-hold" in shown
