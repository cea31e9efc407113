"""``lazaretto rules``: which rules judge the mail, and whether they can be used."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from gateway import app
from gateway.cli.lazy import group
from gateway.cli.options import ConfigFile, Json, read_settings
from gateway.cli.terminal import FAILURE, cell, clear_errors, console, markup, safe, stop
from gateway.cli.words import number, retell, say
from gateway.packs import load
from gateway.packs.check import check_folder
from gateway.packs.format import (
    Problem,
    RulePack,
    check_file,
    check_levels,
    check_meta,
    check_names,
)
from gateway.packs.syntax import outline
from gateway.scan.libyara import faults, remarks

commands = group(
    "rules",
    "List and check the rules that judge the mail.",
    {
        "list": f"{__name__}:list_",
        "check": f"{__name__}:check",
        "show": f"{__name__}:show",
    },
)

_WORDS = frozenset({"level", "description"})
"""What a rule says in words."""
_STYLES = {"malicious": "bold red", "suspicious": "yellow", "note": "dim"}


def list_(*, json: Json = False, config: ConfigFile = None) -> None:
    """List every rule that is in force, with its pack and its level.

    Examples: lazaretto rules list; lazaretto rules list --json
    """
    with clear_errors():
        loaded = app.rule_packs(read_settings(config))
    if json:
        for rule in _rules(loaded.packs):
            print(msgspec.json.encode(rule).decode())
        return
    for pack in loaded.packs:
        console.print(f"[bold]{pack.name} {pack.version}[/]  {markup(retell(pack.description))}")
        console.print(_table(_rules((pack,))))


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Rule files or pack folders; else all in force."),
    ] = None,
    *,
    config: ConfigFile = None,
) -> None:
    """Say what is wrong with rules: with those in force, or before they are put in force.

    The rules of a folder are tried on the cases that it brings.
    Exit code: 0 all can be used, 1 something cannot, or a case fails.

    Examples: lazaretto rules check; lazaretto rules check /etc/lazaretto/rules/ours.yar
    """
    with clear_errors():
        settings = read_settings(config)
        missing = next((path for path in paths or () if not path.exists()), None)
        if missing:
            stop(say("{place}: there is no such file or folder", place=missing))
        loaded = load.load_only(paths) if paths else app.rule_packs(settings)
        problems = [*loaded.problems, *_problems(loaded.packs)]
        folders = paths or [load.builtin_folder(), *settings.rules.packs]
        failed = [found for folder in folders for found in check_folder(folder)]
    # What is left out stands last, where it is seen.
    for problem in sorted((*problems, *failed), key=lambda problem: problem.is_fatal):
        told = "left out: {problem}" if problem.is_fatal else "remark: {problem}"
        console.print(safe(say(told, problem=problem)), markup=False, soft_wrap=True)
    bad = {problem.file for problem in problems if problem.is_fatal}
    count = sum(facts["file"] not in bad for facts in _rules(loaded.packs))
    names = ", ".join(f"{pack.name} {pack.version}" for pack in loaded.packs) or say("none")
    one, many = "{count} rule in packs: {names}", "{count} rules in packs: {names}"
    console.print(safe(number(one, many, count=count, names=names)), markup=False)
    if failed or any(problem.is_fatal for problem in problems):
        raise typer.Exit(FAILURE)


def show(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="As a finding names it.")],
    *,
    config: ConfigFile = None,
) -> None:
    """Show what a rule says of itself: what it sees, how bad that is, and where to read more.

    Example: lazaretto rules show office_remote_template
    """
    with clear_errors():
        loaded = app.rule_packs(read_settings(config))
    found = [facts for facts in _rules(loaded.packs) if facts["rule"] == rule]
    if not found:
        stop(say("no rule in force is called {name}: see lazaretto rules list", name=rule))
    for facts in found:
        for key, value in facts.items():
            told = retell(value) if key in _WORDS else value
            console.print(f"[bold]{say(key):<12}[/] {markup(told) or '-'}", soft_wrap=True)


def _table(rules: Iterator[dict[str, str]]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column(overflow="fold")
    for rule in rules:
        level = rule["level"]
        table.add_row(
            cell(rule["rule"]),
            cell(retell(level), _STYLES.get(level, "")),
            cell(retell(rule["description"])),
        )
    return table


def _rules(packs: tuple[RulePack, ...]) -> Iterator[dict[str, str]]:
    for pack in packs:
        for file in pack.files:
            for rule in outline(file.text).rules:
                yield {
                    "pack": f"{pack.name} {pack.version}",
                    "file": file.name,
                    "rule": rule.name,
                    "level": pack.level(rule.name, rule.meta).word,
                    "description": rule.meta.get("description", ""),
                    "reference": rule.meta.get("reference", ""),
                    "technique": rule.meta.get("technique", ""),
                }


def _problems(packs: tuple[RulePack, ...]) -> Iterator[Problem]:
    yield from check_names(packs)
    for pack in packs:
        if pack.is_published:
            yield from check_levels(pack)
        for file in pack.files:
            broken = list(faults(file))
            yield from broken
            if not broken:
                yield from remarks(file)
                yield from (found for found in check_file(file) if not found.is_fatal)
                if not pack.is_published:
                    yield from check_meta(file)
