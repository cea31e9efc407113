"""Whatever a message is built of: without its bad files, all that is honest in it is as it was."""

import base64
import hashlib
import random
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import mime
from gateway.cleaning import cleaned, cuts
from gateway.mime.structure import OTHER_READINGS, STRICT, Role, Source, split
from gateway.model import Action, Finding, Level, Listed, Pack, Report, Slot
from gateway.notices.withheld import StandIns
from gateway.policy import Policy
from gateway.spool import Spool

LETTERS = st.characters(exclude_categories=("C", "Z"), exclude_characters="\"\\/'")
NAMES = st.text(LETTERS, min_size=1, max_size=30)
BODIES = st.binary(min_size=24, max_size=300)


@dataclass(frozen=True)
class File:
    """One file of a message to be."""

    name: str
    data: bytes
    is_bad: bool
    is_encoded: bool = True

    @property
    def body(self) -> bytes:
        if not self.is_encoded:
            return base64.b16encode(self.data)
        return base64.encodebytes(self.data).replace(b"\n", b"\r\n").removesuffix(b"\r\n")

    def part(self) -> bytes:
        said = "base64" if self.is_encoded else "8bit"
        header = (
            "Content-Type: application/octet-stream\r\n"
            f"Content-Disposition: attachment; filename*=utf-8''{_percent(self.name)}\r\n"
            f"Content-Transfer-Encoding: {said}\r\n\r\n"
        )
        return header.encode() + self.body

    @property
    def kept(self) -> bytes:
        """What a program saves."""
        return self.data if self.is_encoded else base64.b16encode(self.data)


def _percent(name: str) -> str:
    return "".join(f"%{octet:02x}" for octet in name.encode("utf-8", "replace"))


FILES = st.builds(File, NAMES, BODIES, st.booleans(), st.booleans())
LETTER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nDear colleague,\r\n-- \r\nthe laboratory"


def letter(files: Sequence[File], *, depth: int = 0) -> bytes:
    """A letter with these files, in so many multiparts within each other."""
    parts = [LETTER, *(file.part() for file in files)]
    for level in range(depth + 1):
        name = b"level%d" % level
        inner = b"".join(b"--" + name + b"\r\n" + part + b"\r\n" for part in parts)
        declared = b"Content-Type: multipart/mixed; boundary=" + name + b"\r\n\r\n"
        parts = [declared + inner + b"--" + name + b"--"]
    return b"Subject: result\r\nMIME-Version: 1.0\r\n" + parts[0] + b"\r\n"


def judged(message: bytes, bad: set[bytes]) -> Report:
    """What a worker says of it when these are the bad files."""
    digests = {hashlib.sha256(data).hexdigest() for data in bad}
    slots = tuple(
        Slot(part.start, part.end, tuple(sorted(part.digests))) for part in mime.removable(message)
    )
    names = [name for slot in slots for name in slot.files]
    listed = tuple(Listed(("message", name), name, (name,), "data", "", 1, name) for name in names)
    findings = tuple(
        Finding("program.script", Level.SUSPICIOUS, "", "", ("message", name))
        for name in names
        if name in digests
    )
    return Report(findings, (), listed, Pack("core", "1"), slots=slots)


def without(message: bytes, bad: set[bytes]) -> bytes:
    report = judged(message, bad)
    policy = Policy()
    verdict = policy.decide(report)
    assert verdict.action is Action.WITHHOLD
    chosen = cuts(report, verdict, policy)
    assert isinstance(chosen, tuple), chosen
    return b"".join(cleaned(memoryview(message), chosen, StandIns(), "01abc"))


@given(st.lists(FILES, min_size=1, max_size=6), st.integers(0, 3))
def test_no_bad_byte_is_left_and_every_honest_part_is_as_it_was(
    files: list[File], depth: int
) -> None:
    bad = {file.kept for file in files if file.is_bad}
    message = letter(files, depth=depth)
    if not bad:
        return

    copy = without(message, bad)

    saved = {part.get_payload(decode=True) for part in message_from_bytes(copy).walk()}
    for file in files:
        if file.kept in bad:
            assert file.body not in copy
            assert file.kept not in saved
        else:
            assert b"\r\n" + file.part() + b"\r\n--level0" in copy
    assert b"\r\n" + LETTER + b"\r\n--level0" in copy
    assert max(map(len, copy.split(b"\r\n"))) < 998


@given(st.lists(FILES, min_size=1, max_size=6), st.integers(0, 3))
def test_every_reading_and_an_independent_reader_see_the_same_parts_in_the_same_order(
    files: list[File], depth: int
) -> None:
    bad = {file.kept for file in files if file.is_bad}
    if not bad:
        return

    copy = without(letter(files, depth=depth), bad)

    source = Source(copy)
    seen = [
        [part.span for part in split(source, reading).parts if part.role is Role.BODY]
        for reading in (STRICT, *OTHER_READINGS)
    ]
    assert seen.count(seen[0]) == len(seen)
    assert not mime.read(copy, ()).hidden
    leaves = [part for part in message_from_bytes(copy).walk() if not part.is_multipart()]
    assert len(leaves) == len(seen[0]) == 1 + len(files)
    for file, leaf in zip(files, leaves[1:], strict=True):
        assert (leaf["X-Lazaretto-Withheld"] == "01abc") is (file.kept in bad)


@pytest.mark.slow
def test_a_big_message_costs_linear_time_and_its_own_size_of_memory() -> None:
    spent = []
    noise = random.Random(1).randbytes(18 << 20)
    for size in (4 << 20, 16 << 20):
        files = [File("a", noise[:size], is_bad=False), File("b", noise[-1000:], is_bad=True)]
        message = letter(files)
        report = judged(message, {files[1].kept})
        chosen = cuts(report, Policy().decide(report), Policy())
        assert isinstance(chosen, tuple)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time()
        with Spool() as copy:
            for piece in cleaned(memoryview(message), chosen, StandIns(), "01abc"):
                copy.write(piece)
            spent.append(time.process_time() - began)
            assert copy.size > size * 4 / 3
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

        assert grown << 10 < 1.1 * len(message) + (4 << 20)
    assert spent[1] < 8 * spent[0] + 0.05
