"""``lazaretto scan``: files or whole messages, without a running gateway."""

import asyncio
import errno
import os
import stat
import sys
from collections import deque
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from gateway import app
from gateway.cli.options import ConfigFile, read_settings
from gateway.cli.terminal import FAILURE, MISTAKE, clear_errors, console, markup, safe, stop
from gateway.cli.tree import explained
from gateway.cli.words import retell, say
from gateway.config import Settings
from gateway.custody import records
from gateway.model import Class, Report
from gateway.opinions.clamd import ClamdError
from gateway.opinions.panel import Panel
from gateway.packs import load
from gateway.scan.libyara import faults
from gateway.spool import Spool
from gateway.workers.pool import PoolBusyError

_CHUNK = 1 << 20
_BUSY = "{error}: try again, or raise workers.queue"
_STYLES = {Class.CLEAN: "green", Class.MALICIOUS: "bold red"}


@dataclass(frozen=True, slots=True)
class _Scanned:
    file: Path
    report: Report | None
    error: str = ""
    """Why there is no report."""
    code: int = MISTAKE

    @property
    def name(self) -> str:
        """The file as JSON can spell it: octets that are not UTF-8 become escapes."""
        return os.fsencode(self.file).decode("utf-8", "backslashreplace")


def scan(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files or .eml messages.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    rules: Annotated[
        list[Path] | None,
        typer.Option("--rules", metavar="FILE", help="One more YARA file, for this run only."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Open files at any depth and say what is in them.

    Exit code: 0 all clean, 1 something found or not fully seen, 2 a mistake in the call.

    Example: lazaretto scan --json suspicious.eml attachment.docm
    """
    with clear_errors():
        settings = read_settings(config)
        _check_rules(rules or [])
        raise typer.Exit(asyncio.run(_scan(files, settings, tuple(rules or ()), json=json)))


def _check_rules(files: list[Path]) -> None:
    """A rule file that the caller names must be usable: the caller wants to know what it sees."""
    for file in files:
        if not file.is_file():
            stop(say("{place}: there is no such rule file", place=file))
    loaded = load.load_only(files)
    compiled = (faults(file) for pack in loaded.packs for file in pack.files)
    for problem in (*loaded.problems, *chain.from_iterable(compiled)):
        if problem.is_fatal:
            stop(retell(str(problem)))


async def _scan(
    files: list[Path], settings: Settings, rules: tuple[Path, ...], *, json: bool
) -> int:
    """Scan as many files at once as there are workers; print them in the order asked for."""
    code = 0
    ahead: deque[asyncio.Task[_Scanned]] = deque()
    async with app.scanner(settings, rules) as scanner:
        for problem in scanner.problems:
            left_out = say("rule file left out: {problem}", problem=problem)
            print(f"lazaretto: {safe(left_out)}", file=sys.stderr)
        panel = app.panel(settings, scanner.pool)
        async with asyncio.TaskGroup() as group:
            for file in files:
                ahead.append(group.create_task(_one(panel, file, settings)))
                if len(ahead) > scanner.pool.lanes:
                    code = max(code, _print(await ahead.popleft(), settings, json=json))
            while ahead:
                code = max(code, _print(await ahead.popleft(), settings, json=json))
    return code


async def _one(panel: Panel, file: Path, settings: Settings) -> _Scanned:
    try:
        with Spool() as message:
            await _fill(message, file, settings.limits.message_size)
            report = await panel.scan(
                message,
                name=file.name,
                declared_type="message/rfc822" if file.suffix.lower() == ".eml" else "",
                sender_domain="",
            )
            return _Scanned(file, report)
    except OSError as error:
        return _Scanned(file, None, error.strerror or str(error))
    except PoolBusyError as error:
        return _Scanned(file, None, say(_BUSY, error=error), FAILURE)
    except ClamdError as error:
        return _Scanned(file, None, say("{error}; see clamd.address", error=error), FAILURE)


async def _fill(message: Spool, file: Path, most: int) -> None:
    # A pipe that nobody writes to would hold up for ever whoever opens it in the usual way.
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as stream:
        status = os.fstat(stream.fileno())
        _check_size(status.st_size, most)
        if stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode):
            await _listen(message, stream, most)
        else:
            await asyncio.to_thread(_copy, message, stream, most)
    message.seal()


async def _listen(message: Spool, stream: BinaryIO, most: int) -> None:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), stream
    )
    try:
        while chunk := await reader.read(_CHUNK):
            message.write(chunk)
            _check_size(message.size, most)
    finally:
        transport.close()


def _copy(message: Spool, stream: BinaryIO, most: int) -> None:
    while chunk := stream.read(_CHUNK):
        message.write(chunk)
        _check_size(message.size, most)


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise OSError(errno.EFBIG, f"larger than limits.message_size ({most} bytes)")


def _print(scanned: _Scanned, settings: Settings, *, json: bool) -> int:
    if scanned.report is None:
        told = say("{place}: {problem}", place=scanned.name, problem=scanned.error)
        print(f"lazaretto: {safe(told)}", file=sys.stderr)
        return scanned.code
    verdict = settings.actions.policy().decide(scanned.report)
    if json:
        # Whoever reads along wants each line when it is known.
        print(records.verdict_line(scanned.name, scanned.report, verdict), flush=True)
    else:
        style = _STYLES.get(verdict.kind, "yellow")
        console.print(
            f"[{style}]{retell(verdict.kind.word)}[/]  {markup(scanned.name)}"
            f"  [dim]{retell(verdict.action.word)}, {scanned.report.milliseconds:.0f} ms[/]",
            soft_wrap=True,
        )
        if verdict.kind > Class.CLEAN:
            console.print(explained(scanned.report))
    return 0 if verdict.kind is Class.CLEAN else FAILURE
