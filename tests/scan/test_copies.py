"""An archive that comes up again is not opened again, and nothing is lost by it."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest

from gateway.model import Class, Gap, Reason, Report
from gateway.policy import Policy
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.budget import Limits
from gateway.scan.copies import Copies
from gateway.scan.engine import Engine
from gateway.scan.kinds import Kind
from tests.support import files, packing
from tests.support.detectors import PACK
from tests.support.scanning import scan

Wrap = Callable[[dict[str, bytes]], bytes]


class Matryoshka:
    """Finds in every ZIP the same ZIP again: what a real one does takes 28 kB to write."""

    kinds = frozenset({Kind.ZIP})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Gap]:
        yield Member("again.zip", BytesIO(artifact.data))
        yield Gap(Reason.ENCRYPTED, "needs a password", (*artifact.lineage, "a.txt"))


BAD = files.zipped({"d/run.exe": files.program()})
GOOD = files.zipped({"a.txt": b"Bonjour", "b.txt": b"Au revoir"})


def shown(report: Report, code: str) -> set[tuple[str, ...]]:
    return {finding.lineage[1:] for finding in report.findings if finding.code == code}


def test_an_archive_that_holds_itself_comes_to_an_end_and_is_told_once() -> None:
    engine = Engine((Matryoshka(),), (), pack=PACK, limits=Limits())
    report = engine.scan(GOOD, "a.zip")

    assert [listed.lineage for listed in report.artifacts] == [("a.zip",), ("a.zip", "again.zip")]
    assert {gap.lineage[1:] for gap in report.gaps} == {("a.txt",), ("again.zip", "a.txt")}


@pytest.mark.parametrize("wrap", [files.zipped, files.tarred, packing.alz])
def test_copies_of_an_honest_archive_are_honest(wrap: Wrap) -> None:
    report = scan(wrap({f"{name}.zip": GOOD for name in "abcdefgh"}), "")

    assert Policy().decide(report).kind is Class.CLEAN
    assert len(shown(report, "archive.copy")) == 7
    assert len(report.artifacts) == 1 + 8 + 2


@pytest.mark.parametrize("wrap", [files.zipped, files.tarred, packing.alz])
def test_what_is_found_in_the_first_is_found_in_every_copy(wrap: Wrap) -> None:
    report = scan(wrap({f"{name}.zip": BAD for name in "abc"}), "")

    assert shown(report, "program.attached") == {(f"{name}.zip", "d/run.exe") for name in "abc"}


def test_copies_within_copies_are_told_of_as_well() -> None:
    inner = files.zipped({"x.zip": BAD, "y.zip": BAD})
    report = scan(files.zipped({"a.zip": inner, "b.zip": inner}), "")

    assert shown(report, "program.attached") == {
        (outer, name, "d/run.exe") for outer in ("a.zip", "b.zip") for name in ("x.zip", "y.zip")
    }


def test_what_was_not_seen_in_the_first_was_not_seen_in_the_copy() -> None:
    record = files.Record(b"a.txt", files.TEXT, local_flags=1, central_flags=1)
    locked = files.zipped_by_hand([record])
    report = scan(files.zipped({"a.zip": locked, "b.zip": locked}), "")

    assert {(gap.reason, gap.lineage[1:]) for gap in report.gaps} >= {
        (Reason.ENCRYPTED, ("a.zip", "a.txt")),
        (Reason.ENCRYPTED, ("b.zip", "a.txt")),
    }


def test_a_copy_in_another_kind_of_container_is_opened() -> None:
    page = files.zipped({"run.sh": b"#!/bin/sh\nls\n"})
    report = scan(files.zipped({"a.zip": page, "b.tar": files.tarred({"c.zip": page})}), "")

    assert not shown(report, "archive.copy")


def test_a_compressed_file_is_opened_under_each_of_its_names() -> None:
    packed = files.COMPRESSED["bz2"]
    report = scan(files.zipped({"a.txt.bz2": packed, "run.js.bz2": packed}), "")

    assert shown(report, "program.script") == {("run.js.bz2", "run.js")}


def nested(bytes_: int, levels: int) -> bytes:
    data = bytes(bytes_)
    for level in range(levels):
        data = files.zipped({f"{number}.{level}": data for number in range(8)})
    return data


def test_a_bomb_that_is_made_of_copies_is_told_by_reckoning() -> None:
    report = scan(nested(4_000_000, 3), "")

    assert {gap.reason for gap in report.gaps} == {Reason.EXPANDS}


def test_copies_that_unpack_to_little_are_no_bomb() -> None:
    report = scan(nested(100_000, 3), "")

    assert report.is_clean
    assert len(report.artifacts) == 1 + 3 * 8


def test_more_copies_than_can_be_told_of_are_a_gap() -> None:
    copies = Copies(most=2, most_levels=10)
    archives = [Artifact(GOOD, ("m", name), (name,), "", (Kind.ZIP,), "digest") for name in "abcde"]
    firsts = [copies.first(archive) for archive in archives]
    told = list(copies.told([Gap(Reason.DAMAGED, "", ("m", "a", "x"))]))

    assert firsts == [None, *[("m", "a")] * 4]
    assert [(one.reason, one.lineage) for one in told if isinstance(one, Gap)] == [
        (Reason.DAMAGED, ("m", "b", "x")),
        (Reason.DAMAGED, ("m", "c", "x")),
        (Reason.TOO_MANY, ("m",)),
    ]
