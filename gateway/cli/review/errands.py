"""The quarantine for who may not read its key: each thing that is done is an errand to the desk.

The screen runs with the rights of the person at it, and knows no more than the commands tell it.
So roles are held in the one place where they are held for every command, anew for each deed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import msgspec
from rich.text import Text

from gateway.cli.errand import ask
from gateway.cli.quarantine.taking import new_file, written_to
from gateway.cli.review.desk import PAGE, SHOWN, Answers, Outcome, Wanted, addressed
from gateway.cli.terminal import FAILURE, cell, stop
from gateway.cli.words import retell, say
from quarantine import Delivery, Details, Item, Record

_OURS = "lazaretto: "
"""How a complaint of the commands begins."""


class _Shown(msgspec.Struct):
    """What ``show --json`` says beside the item itself."""

    sha256: str
    envelope: msgspec.Raw
    report: msgspec.Raw
    deliveries: tuple[Delivery, ...]
    records: tuple[Record, ...]
    needs_two_persons: bool
    text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Done:
    """How an errand ended."""

    code: int
    out: str
    complaint: str

    @property
    def outcome(self) -> Outcome:
        """For the screen."""
        complaints = (line.removeprefix(_OURS) for line in self.complaint.splitlines())
        undone = [line for line in complaints if line]
        if self.code and not (undone or self.out):
            undone = [say("it ended with code {code}", code=self.code)]
        return Outcome(tuple(self.out.splitlines()), tuple(undone))


@dataclass(frozen=True, slots=True)
class Errands:
    """See `Desk`. ``place`` is the socket of the desk."""

    place: Path
    _for_two: dict[str, bool] = field(default_factory=dict)
    """Whether an item needs two persons, once we were told."""

    def record(self, wanted: Wanted) -> None:
        """Nothing: each listing is recorded where it is made."""

    def page(self, wanted: Wanted, after: str = "") -> list[Item]:
        """Up to PAGE items, newest first."""
        words = ["list", "--json", "--limit", f"{PAGE}"]
        words += [f"--state={state}" for state in sorted(SHOWN)]
        words += [f"--class={wanted.kind}"] if wanted.kind else []
        words += [f"--words={wanted.words}"] if wanted.words else []
        words += ["--unseen"] if wanted.unseen else []
        words += ["--after", after] if after else []
        return [_item(line) for line in self._told(*words).splitlines()]

    def look(self, item: str) -> Details:
        """All about an item; that somebody looked is recorded first."""
        told = self._told("show", item, "--json", "--reason", "review")
        shown = _shown(told)
        self._for_two[item] = shown.needs_two_persons
        return Details(
            item=_item(told),
            envelope=_document(shown.envelope),
            report=_document(shown.report),
            sha256=shown.sha256,
            records=shown.records,
            deliveries=shown.deliveries,
        )

    def details(self, item: str) -> Details:
        """The same: the desk takes every look for one."""
        return self.look(item)

    def needs_two(self, item: Item) -> bool:
        """As the gateway said when it was looked at."""
        return self._for_two.get(item.id, False)

    def words(self, item: str) -> list[Text]:
        """The words of a message, made harmless by a worker of the gateway."""
        told = self._told("show", item, "--text", "--json", "--reason", "review")
        return [cell(line) for line in "\n".join(_shown(told).text).splitlines()]

    def release(self, item: str, answers: Answers) -> Outcome:
        """Look at it with the newest rules, and hand it over unless it is worse now."""
        return self._deed("release", item, *_to(answers), answers=answers)

    def force(self, item: str, answers: Answers) -> Outcome:
        """Hand it over as it is."""
        return self._deed("release", item, "--force", *_to(answers), answers=answers)

    def unlock(self, item: str, answers: Answers) -> Outcome:
        """Look into its locked file with a password, and hand it over if that is clean."""
        words = ("release", item, "--with-password", *_to(answers))
        return self._deed(*words, answers=answers, typed=answers["password"])

    def approve(self, item: str, answers: Answers) -> Outcome:
        """Agree to a release that somebody else carries out."""
        return self._deed("approve", item, *_to(answers), answers=answers)

    def settle(self, item: str, answers: Answers, *, arrived: bool) -> Outcome:
        """Say what became of a release that was cut off."""
        found = "--arrived" if arrived else "--not-arrived"
        return self._deed("settle", item, found, answers=answers)

    def legal_hold(self, item: str, answers: Answers, *, is_held: bool) -> Outcome:
        """Keep it beyond its time, or no longer."""
        return self._deed("legal-hold", item, *([] if is_held else ["--end"]), answers=answers)

    def delete(self, item: str, answers: Answers) -> Outcome:
        """Destroy its key."""
        return self._deed("delete", item, "--yes", answers=answers)

    def export(self, item: str, answers: Answers) -> Outcome:
        """Write it into a locked zip of this person's own."""
        file = Path(answers["file"]).expanduser()
        with new_file(file) as stream:
            words = ("export", item, "-", _why(answers))
            done = self._run(*words, output=stream.fileno())
            if done.code:
                stop("\n".join(done.outcome.undone), done.code)
            size = os.fstat(stream.fileno()).st_size
        return Outcome(written_to(item, file, size))

    def allow(self, item: str, answers: Answers) -> Outcome:
        """Make an exception of what was found in it."""
        words = (f"--rule={answers['rule']}", f"--for={answers['time']}", "--yes")
        return self._deed("allow", item, *words, answers=answers)

    def _deed(self, *words: str, answers: Answers, typed: str = "") -> Outcome:
        return self._run(*words, _why(answers), typed=typed).outcome

    def _told(self, *words: str) -> str:
        done = self._run(*words)
        if done.code:
            stop("\n".join(done.outcome.undone), done.code)
        return done.out

    def _run(self, *words: str, typed: str = "", output: int | None = None) -> _Done:
        # In memory: what it says of a patient must not lie on a disk.
        with _memory(typed) as given, _memory() as out, _memory() as complaint:
            answer = ask(self.place, words, (given, out if output is None else output, complaint))
            if answer.problem:
                return _Done(answer.code, "", retell(answer.problem))
            return _Done(answer.code, _content(out), _content(complaint))


def _to(answers: Answers) -> list[str]:
    return [f"--to={address}" for address in addressed(answers)]


def _why(answers: Answers) -> str:
    return f"--reason={answers['reason']}"


def _item(line: str) -> Item:
    try:
        known = msgspec.json.decode(line)
        return msgspec.convert({**known, "kind": known["class"]}, Item)
    except (KeyError, msgspec.MsgspecError) as error:
        _stop_strange(error)


def _shown(line: str) -> _Shown:
    try:
        return msgspec.json.decode(line, type=_Shown)
    except msgspec.MsgspecError as error:
        _stop_strange(error)


def _stop_strange(error: Exception) -> NoReturn:
    """Say that the answer is not one that this program knows."""
    stop(say("the gateway is of another version: {error}", error=error), FAILURE)


def _document(raw: msgspec.Raw) -> bytes:
    return b"" if bytes(raw) == b"null" else bytes(raw)


@contextmanager
def _memory(content: str = "") -> Iterator[int]:
    descriptor = os.memfd_create("errand")
    try:
        os.write(descriptor, f"{content}\n".encode() if content else b"")
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _content(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, size, 0).decode("utf-8", "replace")
