"""What a command says about itself when it is asked: its text, what it takes, its examples.

The same words are on the page of ``man lazaretto`` (``manual.py``).
"""

import re
from collections.abc import Iterable, Iterator
from inspect import cleandoc

from typer._click.core import Command, Context, Parameter
from typer._click.formatting import HelpFormatter
from typer.core import TyperArgument, TyperCommand, TyperGroup

from gateway.cli.words import retell, say

_EXAMPLES = re.compile(r"^Examples?:\s+", re.MULTILINE)
_BETWEEN = re.compile(r"""((?:[^;'"]|'[^']*'|"[^"]*")+);?""")
"""A command line up to the semicolon behind it, which may stand in quotes as well."""
_TYPE = re.compile(r"<(?:list\[)?([^\]>]*)\]?>")
_BLANK = re.compile(r"(?<![\w-])[A-Z]{2,}(?!\w)")
"""A word that stands for what is to be typed."""
_TYPES = {"str": "TEXT", "Path": "", "int": "NUMBER", "int range": "NUMBER", "bool": ""}
"""What Python calls a thing, as a person would."""


def told(text: str) -> tuple[list[str], list[str]]:
    """The help of a command: its paragraphs, and its examples, a command line each."""
    text, *more = _EXAMPLES.split(cleandoc(text), maxsplit=1)
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    lines = [" ".join(found.split()) for part in more for found in _BETWEEN.findall(part)]
    return [*map(retell, filter(None, paragraphs))], [*map(retell, filter(None, lines))]


def called(parameter: Parameter, context: Context) -> tuple[str, str]:
    """How a parameter is given, and what it does."""
    call, what = parameter.get_help_record(context) or (parameter.opts[0], "")
    if isinstance(parameter, TyperArgument):
        call = call.partition(" <")[0]
    call = _TYPE.sub(lambda found: _TYPES.get(found[1], found[1]), call)
    call = _BLANK.sub(lambda found: retell(found[0]), call.strip())
    return call, retell(" ".join(what.split()))


def plain(formatter: HelpFormatter, command: Command, context: Context) -> None:
    """Write the help of one command for a terminal of any kind."""
    paragraphs, examples = told(command.help or "")
    known = {one: called(one, context) for one in command.get_params(context)}
    arguments = [told for one, told in known.items() if isinstance(one, TyperArgument)]
    options = [told for one, told in known.items() if not isinstance(one, TyperArgument)]
    usage = " ".join(_usage(command, arguments))
    formatter.write_usage(context.command_path, usage, f"{say('Usage')}{say(': ')}")
    for paragraph in paragraphs:
        formatter.write_paragraph()
        formatter.write_text(paragraph)
    _section(formatter, "Commands", _commands(command, context))
    _section(formatter, "Arguments", arguments)
    _section(formatter, "Options", options)
    if examples:
        formatter.write_paragraph()
        formatter.write_heading(heading("Examples" if len(examples) > 1 else "Example"))
        # Never broken: an example is there to be copied.
        formatter.write("".join(f"  {line}\n" for line in examples))


def heading(name: str) -> str:
    """Ready for the colon behind it, before which some languages have a space."""
    return say(name) + say(": ").partition(":")[0]


def _usage(command: Command, arguments: Iterable[tuple[str, str]]) -> Iterator[str]:
    if isinstance(command, TyperGroup):
        yield say("COMMAND")
    yield f"[{say('OPTION')}]..."
    yield from (call for call, _ in arguments)


def _commands(command: Command, context: Context) -> Iterator[tuple[str, str]]:
    if not isinstance(command, TyperGroup):
        return
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        if below:
            yield name, told(below.help or "")[0][0]


def _section(formatter: HelpFormatter, name: str, rows: Iterable[tuple[str, str]]) -> None:
    listed = list(rows)
    if listed:
        with formatter.section(heading(name)):
            formatter.write_dl(listed)


class HelpfulCommand(TyperCommand):
    """A command that prints its help so."""

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write it."""
        plain(formatter, self, ctx)


class HelpfulGroup(TyperGroup):
    """A group of commands that prints its help so."""

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write it."""
        plain(formatter, self, ctx)
