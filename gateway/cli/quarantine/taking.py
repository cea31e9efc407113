"""``quarantine export`` and ``report``: what leaves the quarantine for somebody else's eyes."""

import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer
from rich.console import Console

from gateway import __version__
from gateway.cli.options import ConfigFile
from gateway.cli.quarantine.desk import Id, is_guest, opened, who
from gateway.cli.terminal import console, markup, stop
from gateway.cli.words import number, say
from gateway.custody import records
from gateway.model import Report
from gateway.scan.formats.archives.lib7zip import locked_zip
from quarantine import Details, Lockbox

_PIPE = Path("-")
PASSWORD = "infected"  # noqa: S105 - the word that every analyst knows: it keeps scanners out


def export(
    identifier: Id,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, or - for a pipe.")],
    *,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; kept in the audit.")
    ] = "",
    plain: Annotated[
        bool, typer.Option("--plain", help="The bare message. Handle it as what it is.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Write the original message to FILE for an analyst, readable by you alone.

    FILE is a zip, AES-256, with the password that analysts use: infected. In it are the message
    and a manifest, both named after the item. That you took it is recorded.

    Examples: lazaretto quarantine export 1m85 /root/sample.zip --reason "for the CERT";
    lazaretto quarantine export 1m85 /root/sample.eml --plain;
    lazaretto quarantine export 1m85 - > sample.zip
    """
    with opened(config) as (_, box):
        item = box.item(identifier).item.id
        written = take(box, item, file, reason=reason, plain=plain)
    told = Console(stderr=True) if file == _PIPE else console
    for words in written_to(item, file, written)[: 1 if plain else 2]:
        told.print(markup(words))


def written_to(item: str, file: Path, count: int) -> tuple[str, str]:
    """What was done, and what a locked zip opens with."""
    one, many = (
        "Wrote {count} byte of {item} to {file}.",
        "Wrote {count} bytes of {item} to {file}.",
    )
    return (
        number(one, many, count=count, item=item, file=file),
        say("Its password is: {password}", password=PASSWORD),
    )


def report(identifier: Id, *, config: ConfigFile = None) -> None:
    """Print what a colleague needs to judge the finding, without personal data, as JSON.

    No addresses, subjects or names of files: codes, rules, kinds, sizes and digests.

    Example: lazaretto quarantine report 1m85 > false-alarm.json
    """
    with opened(config) as (_, box):
        details = box.item(identifier)
        box.record("reported", who=who(), typed=details.item.id)
    print(msgspec.json.format(msgspec.json.encode(_told(details)), indent=2).decode())


def take(box: Lockbox, item: str, file: Path, *, reason: str, plain: bool = False) -> int:
    """Write the message of an item to a new file or a pipe; how many bytes that took."""
    with _pipe() if file == _PIPE else new_file(file) as stream:
        message = box.export(item, who=who(), why=reason or f"exported to {file.name}")
        return stream.write(message if plain else _sample(box.item(item), message))


def _told(details: Details) -> dict[str, object]:
    item = details.item
    told: dict[str, object] = {
        "item": item.id,
        "program": f"lazaretto {__version__}",
        "class": item.kind,
        "action": item.action,
        "reasons": item.reasons,
        "pack": item.pack,
        "size": item.size,
    }
    if details.report:
        told |= _findings(records.decode_report(details.report))
    return told


def _findings(report: Report) -> dict[str, object]:
    """Places are numbers: the names of files are the sender's."""
    places = {listed.lineage: number for number, listed in enumerate(report.artifacts)}
    return {
        "findings": [
            {
                "code": found.code,
                "level": found.level.word,
                "rule": found.rule,
                "pack": found.pack,
                "technique": found.technique,
                "file": places.get(found.lineage),
            }
            for found in report.findings
        ],
        "gaps": [
            {"reason": gap.reason.value, "file": places.get(gap.lineage)} for gap in report.gaps
        ],
        "files": [
            {
                "file": number,
                "inside": places.get(listed.lineage[:-1]),
                "kind": listed.kind,
                "extension": _extension(listed.name),
                "size": listed.size,
                "sha256": listed.sha256,
            }
            for number, listed in enumerate(report.artifacts)
        ],
    }


def _extension(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) < 8 else ""


def _sample(details: Details, message: bytes) -> bytes:
    item = details.item
    manifest = {
        "item": item.id,
        "held_at": item.held_at,
        "class": item.kind,
        "reasons": item.reasons,
        "pack": item.pack,
        "size": len(message),
        "sha256": hashlib.sha256(message).hexdigest(),
        "exported_at": datetime.now(UTC),
        "exported_by": who(),
    }
    listed = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    return locked_zip({f"{item.id}.eml": message, f"{item.id}.json": listed}, PASSWORD)


@contextmanager
def _pipe() -> Iterator[BinaryIO]:
    if sys.stdout.isatty():
        stop(say("{file}: a terminal or a device would act on a hostile message", file=_PIPE))
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.flush()


@contextmanager
def new_file(file: Path) -> Iterator[BinaryIO]:
    """A file that nobody else can read or put there; it goes away if it does not become whole."""
    if is_guest():
        stop(say("that file would be the gateway's: give - for FILE, and send it to one of yours"))
    _check_place(file)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        descriptor = os.open(file, flags, 0o600)
    except FileExistsError:
        stop(say("{file} exists already: give the name of a new file", file=file))
    try:
        with os.fdopen(descriptor, "wb") as stream:
            # Some file systems know no owners: there everybody can read it.
            if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
                stop(say("{file}: that place lets others read it: name another", file=file))
            yield stream
            stream.flush()
            os.fsync(descriptor)
    except BaseException:
        file.unlink()
        raise


def _check_place(file: Path) -> None:
    """Where everybody may write, another could put a file of theirs in the place of ours."""
    folder = file.parent
    if not folder.is_dir():
        stop(say("{folder}: there is no such folder", folder=folder))
    if file.exists() and not file.is_file():
        stop(say("{file}: a terminal or a device would act on a hostile message", file=file))
    if folder.stat().st_mode & stat.S_IWOTH:
        stop(say("{folder}: everybody may write there: name a folder of your own", folder=folder))
