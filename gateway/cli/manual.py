"""The page of ``man`` in every language, and what shells complete by, from the help of commands.

``python -m gateway.cli.manual FOLDER`` writes both below FOLDER.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import typer
from typer._click.core import Command, Context
from typer._completion_shared import get_completion_script
from typer.core import TyperArgument, TyperGroup

from gateway import __version__
from gateway.cli.catalogues import LANGUAGES
from gateway.cli.help import called, heading, told
from gateway.cli.main import commands
from gateway.cli.words import ENGLISH, retell, say, speaking

_NAME = "lazaretto"
_SHELLS = {"bash": "lazaretto.bash", "zsh": "_lazaretto", "fish": "lazaretto.fish"}

_ZSH_LOADED = "\ncompdef _lazaretto_completion lazaretto"
_ZSH_FIRST = """
if [[ $funcstack[1] == _lazaretto ]]; then
  _lazaretto_completion "$@"
else
  compdef _lazaretto_completion lazaretto
fi
"""

_TAIL = {
    "EXIT STATUS": {
        r"\fB0\fR": "All is well.",
        r"\fB1\fR": "A failure, or something was found: the help of the command says which.",
        r"\fB2\fR": "A mistake in the call or in the settings.",
        r"\fB130\fR": "Ended by Ctrl-C.",
        r"\fB141\fR": "Nobody read on.",
    },
    "ENVIRONMENT": {
        r"\fBLAZARETTO_CONFIG\fR": "The settings file, where --config gives none.",
        r"\fBLC_ALL\fR, \fBLC_MESSAGES\fR, \fBLANG\fR, \fBLANGUAGE\fR": (
            "The language of what is printed: French for fr, else English."
        ),
        r"\fBNO_COLOR\fR": "If set, nothing is coloured.",
    },
    "FILES": {r"\fI/etc/lazaretto/lazaretto.toml\fR": "The settings."},
}
"""What stands behind the commands: a section each, and what is told of each thing."""


def tree(command: Command, names: tuple[str, ...] = (_NAME,)) -> Iterator[tuple[str, Command]]:
    """Every command that does something, with the words that call it."""
    if not isinstance(command, TyperGroup):
        yield " ".join(names), command
        return
    context = Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        if below and not below.hidden:
            yield from tree(below, (*names, name))


def page(command: Command) -> str:
    """The page, as roff, in the language that is spoken."""
    summary = retell(" ".join((command.help or "").split()))
    lines = [
        f'.TH LAZARETTO 1 "" "{_NAME} {__version__}"',
        f".SH {say('NAME')}",
        rf"{_NAME} \- {_roff(summary[:1].lower() + summary[1:]).rstrip('.')}",
        f".SH {say('SYNOPSIS')}",
        rf".B {_NAME}",
        rf"\fI{say('COMMAND')}\fR [\fI{say('OPTION')}\fR]... [\fI{say('ARGUMENT')}\fR]...",
        f".SH {say('COMMANDS')}",
    ]
    for name, below in tree(command):
        lines += _section(name, below)
    for title, things in _TAIL.items():
        lines.append(f".SH {say(title)}")
        for thing, what in things.items():
            lines += [".TP", thing, _roff(say(what))]
    return "\n".join(lines) + "\n"


def write(folder: Path) -> Iterator[Path]:
    """Write the page and the scripts, and name each file."""
    files = {}
    for language in (ENGLISH, *sorted(LANGUAGES)):
        with speaking(language):
            place = "man" if language == ENGLISH else f"man/{language}"
            files[f"{place}/lazaretto.1"] = page(typer.main.get_command(commands))
    for shell, name in _SHELLS.items():
        script = get_completion_script(
            prog_name=_NAME, complete_var="_LAZARETTO_COMPLETE", shell=shell
        )
        # zsh looks for #compdef in the very first line, and loads the file at the first Tab: that
        # time it has to complete as well.
        script = script.replace(_ZSH_LOADED, _ZSH_FIRST)
        files[f"completion/{name}"] = script.strip() + "\n"
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        yield file


def _section(name: str, command: Command) -> Iterator[str]:
    context, option = Context(command, info_name=name), say("OPTION")
    known = {one: called(one, context) for one in command.get_params(context) if one.name != "help"}
    arguments = [call for one, (call, _) in known.items() if isinstance(one, TyperArgument)]
    yield f".SS {_roff(' '.join((name, f'[{option}]...', *arguments)))}"
    paragraphs, examples = told(command.help or "")
    for number, paragraph in enumerate(paragraphs):
        yield from (".PP", _roff(paragraph)) if number else (_roff(paragraph),)
    for call, what in known.values():
        yield from (".TP", rf"\fB{_roff(call)}\fR", _roff(what))
    yield from (".PP", heading("Examples" if len(examples) > 1 else "Example") + ":", ".RS", ".nf")
    yield from map(_roff, examples)
    yield from (".fi", ".RE")


def _roff(text: str) -> str:
    """Letters that roff does not take for orders of its own."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq")
    return rf"\&{text}" if text.startswith(".") else text


if __name__ == "__main__":
    for written in write(Path(sys.argv[1])):
        print(written)
