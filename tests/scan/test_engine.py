import io
import itertools
from collections.abc import Callable, Iterator, Sequence

import pytest

from gateway.model import Finding, Gap, Level, Listed, Pack, Reason, Report
from gateway.scan.api import Analyzer, Artifact, Context, Extractor, Member
from gateway.scan.budget import Limits
from gateway.scan.builtin import EXTRACTORS
from gateway.scan.engine import Engine
from gateway.scan.kinds import Kind
from tests.support import files
from tests.support.mail import attachment, multipart, text

TEXT_ONLY = frozenset({Kind.TEXT})


class Opener:
    """Opens every text with the function that it was made with."""

    kinds = TEXT_ONLY
    broken: tuple[type[Exception], ...] = (EOFError,)

    def __init__(self, opened: Callable[[Artifact], Iterator[Member | Finding | Gap]]) -> None:
        self._opened = opened

    def members(self, artifact: Artifact, context: Context) -> Iterator[Member | Finding | Gap]:
        return self._opened(artifact)


class Looker:
    """Looks at every file with the function that it was made with."""

    kinds: frozenset[Kind] | None = None
    broken: tuple[type[Exception], ...] = (EOFError,)

    def __init__(self, seen: Callable[[Artifact], Iterator[Finding | Gap]]) -> None:
        self._seen = seen

    def analyze(self, artifact: Artifact, context: Context) -> Iterator[Finding | Gap]:
        return self._seen(artifact)


class Torn:
    """A stream that breaks after its first bytes."""

    def __init__(self, data: bytes, error: Exception) -> None:
        self._data = data
        self._error = error

    def read(self, size: int, /) -> bytes:
        data, self._data = self._data, b""
        if not data:
            raise self._error
        return data


def scan(
    data: bytes,
    *,
    extractors: tuple[Extractor, ...] = EXTRACTORS,
    analyzers: tuple[Analyzer, ...] = (),
    limits: Limits = Limits(),
    clock: Callable[[], float] = itertools.repeat(0.0).__next__,
) -> Report:
    engine = Engine(extractors, analyzers, pack=Pack("test", "1"), limits=limits, clock=clock)
    return engine.scan(data, "message")


def finds(word: bytes) -> Looker:
    def seen(artifact: Artifact) -> Iterator[Finding]:
        if word in artifact.data:
            yield Finding("test.word", Level.MALICIOUS, "the word", "", artifact.lineage)

    return Looker(seen)


def yields(*members: Member | Finding | Gap) -> Opener:
    """Opens the message, and nothing that came out of it."""
    return Opener(lambda artifact: iter(members if artifact.depth == 0 else ()))


def fails(error: Exception) -> Callable[[Artifact], Iterator[Gap]]:
    def seen(artifact: Artifact) -> Iterator[Gap]:
        raise error
        yield  # a generator, as every detector is

    return seen


def member(name: str, data: bytes) -> Member:
    return Member(name, io.BytesIO(data))


def test_a_file_with_nothing_wrong_is_clean_and_listed_with_its_digest() -> None:
    report = scan(files.zipped({"a.txt": b"Bonjour"}))

    assert report.is_clean
    assert [one.lineage for one in report.artifacts] == [("message",), ("message", "a.txt")]
    assert report.artifacts[1].sha256.startswith("9172e8ee")
    assert report.artifacts[1].kind == "text"


def test_a_finding_deep_inside_says_where() -> None:
    data = files.zipped({"b.tar": files.tarred({"c.txt": b"the bad word"})})
    report = scan(data, analyzers=(finds(b"bad word"),))

    assert [finding.lineage for finding in report.findings][-1] == ("message", "b.tar", "c.txt")


def test_a_crash_is_a_gap_and_never_clean() -> None:
    report = scan(b"text", analyzers=(Looker(fails(RuntimeError("our bug"))),))

    assert [gap.reason for gap in report.gaps] == [Reason.CRASHED]
    assert "our bug" in report.gaps[0].detail
    assert not report.is_clean


def test_a_crash_of_one_detector_does_not_keep_the_others_from_looking() -> None:
    looks = (Looker(fails(RuntimeError())), finds(b"text"))
    report = scan(b"text", analyzers=looks)

    assert [finding.code for finding in report.findings] == ["test.word"]


def test_what_a_library_raises_for_a_bad_file_is_damage() -> None:
    report = scan(b"text", analyzers=(Looker(fails(EOFError("ends early"))),))

    assert [gap.reason for gap in report.gaps] == [Reason.DAMAGED]


def test_a_crash_while_a_member_is_read_is_a_gap() -> None:
    torn = Member("a", Torn(b"", RuntimeError("our bug")))
    report = scan(b"text", extractors=(yields(torn),))

    assert [gap.reason for gap in report.gaps] == [Reason.CRASHED]


def test_a_damaged_member_is_a_gap_and_what_was_read_of_it_is_looked_at() -> None:
    torn = Member("a", Torn(b"the bad word", EOFError("ends early")))
    report = scan(b"text", extractors=(yields(torn),), analyzers=(finds(b"bad word"),))

    assert [(gap.reason, gap.lineage) for gap in report.gaps] == [
        (Reason.DAMAGED, ("message", "a"))
    ]
    assert [finding.lineage for finding in report.findings] == [("message", "a")]


def test_members_after_a_damaged_one_are_read() -> None:
    torn = Member("a", Torn(b"x", EOFError()))
    report = scan(b"text", extractors=(yields(torn, member("b", b"y")),))

    assert report.artifacts[-1].lineage == ("message", "b")


def test_a_file_knows_the_kinds_of_all_that_is_around_it() -> None:
    seen: dict[str, tuple[Kind, ...]] = {}

    def look(artifact: Artifact) -> Iterator[Finding | Gap]:
        seen[artifact.name] = artifact.within
        yield from ()

    inner = files.tarred({"note.txt": b"text"})
    scan(files.zipped({"a.tar": inner}), analyzers=[Looker(look)])

    assert seen["a.tar"] == (Kind.ZIP,)
    assert seen["note.txt"] == (Kind.ZIP, Kind.TAR)


def test_siblings_of_one_name_are_told_apart() -> None:
    report = scan(b"text", extractors=(yields(*(member("a", b"%d" % n) for n in range(3))),))

    assert [one.lineage[-1] for one in report.artifacts[1:]] == ["a", "a (2)", "a (3)"]


def test_a_member_without_a_name_has_a_place_and_no_name() -> None:
    report = scan(b"text", extractors=(yields(member("", b"x")),))

    assert report.artifacts[1].lineage == ("message", "unnamed")
    assert report.artifacts[1].names == ()


def test_all_names_of_a_member_are_kept_once() -> None:
    named = Member("a.txt", io.BytesIO(b"x"), names=("a.exe", "a.txt", ""))
    report = scan(b"text", extractors=(yields(named),))

    assert report.artifacts[1].names == ("a.txt", "a.exe")


def test_a_thousand_nested_zips_end_with_a_gap_at_the_limit() -> None:
    report = scan(files.zipped_deep(1000))

    assert [gap.reason for gap in report.gaps] == [Reason.TOO_DEEP]
    assert len(report.gaps[0].lineage) == Limits().depth + 2


def test_a_file_that_contains_itself_ends() -> None:
    itself = Opener(lambda artifact: iter([member("again", artifact.data)]))
    report = scan(b"text", extractors=(itself,))

    assert [gap.reason for gap in report.gaps] == [Reason.TOO_DEEP]


def test_a_file_that_contains_itself_twice_ends() -> None:
    twins = Opener(lambda artifact: iter([member("a", artifact.data), member("b", b"text ")]))
    report = scan(b"text", extractors=(twins,), limits=Limits(files=50))

    assert Reason.TOO_MANY in {gap.reason for gap in report.gaps}
    assert len(report.artifacts) == 51


def test_too_big_a_file_is_a_gap_at_its_place_and_its_siblings_are_read() -> None:
    data = files.zipped({"big.bin": bytes(2000), "small.txt": b"Bonjour"})
    report = scan(data, limits=Limits(file_bytes=1000))

    assert [(gap.reason, gap.lineage[-1]) for gap in report.gaps] == [(Reason.TOO_BIG, "big.bin")]
    assert report.artifacts[-1].name == "small.txt"


def test_a_bomb_is_a_gap_and_ends_the_unpacking() -> None:
    bomb = files.zipped({f"{n}.bin": bytes(1 << 20) for n in range(9)})
    report = scan(bomb, limits=Limits(ratio=10, ratio_floor_bytes=3 << 20))

    assert [(gap.reason, gap.lineage[-1]) for gap in report.gaps] == [(Reason.EXPANDS, "3.bin")]
    assert len(report.artifacts) == 4


def test_what_was_found_before_and_after_the_budget_ended_counts() -> None:
    data = files.zipped({"a.txt": b"the bad word", "b.bin": bytes(2000)})
    limits = Limits(message_bytes=1000)
    report = scan(data, limits=limits, analyzers=(finds(b"bad word"),))

    assert [gap.reason for gap in report.gaps] == [Reason.TOO_BIG]
    assert [finding.lineage[-1] for finding in report.findings] == ["a.txt"]


def test_too_many_files_are_a_gap() -> None:
    data = files.zipped({f"{n}.txt": b"x" for n in range(20)})
    report = scan(data, limits=Limits(files=10))

    assert [(gap.reason, gap.lineage[-1]) for gap in report.gaps] == [(Reason.TOO_MANY, "10.txt")]


def test_a_slow_message_is_a_gap_and_no_new_file_is_begun() -> None:
    clock = itertools.count(0.0, 1.0).__next__
    data = files.zipped({f"{n}.txt": b"x" for n in range(200)})
    report = scan(data, clock=clock, limits=Limits(seconds=30, engine_seconds=99))

    assert [gap.reason for gap in report.gaps] == [Reason.TOO_SLOW]
    assert len(report.artifacts) < 40


def test_more_findings_than_anybody_reads_are_left_out_level_by_level() -> None:
    notes = [Finding("test.note", Level.NOTE, "", str(n), ("message",)) for n in range(50)]
    worst = Finding("test.worst", Level.MALICIOUS, "", "", ("message",))
    report = scan(b"x", extractors=(yields(*notes, worst),), limits=Limits(findings=10))

    assert len(report.findings) == 11
    assert report.findings[-1] == worst


def test_the_same_gap_is_told_once() -> None:
    gap = Gap(Reason.ENCRYPTED, "", ("message", "a"))
    report = scan(b"text", extractors=(yields(gap, gap),))

    assert report.gaps == (gap,)


def test_detectors_see_only_the_kinds_that_they_ask_for() -> None:
    report = scan(files.gif(), extractors=(Opener(fails(RuntimeError())),))

    assert report.is_clean


@pytest.mark.parametrize("data", [b"", b"\0", b"PK", bytes(600), b"\xff" * 600])
def test_odd_little_files_give_a_report(data: bytes) -> None:
    assert scan(data).artifacts[0].size == len(data)


def test_reviewers_see_the_list_of_all_files_and_a_crash_of_one_is_a_gap() -> None:
    class Counts:
        def review(self, listed: Sequence[Listed]) -> Iterator[Finding]:
            evidence = " ".join(one.name for one in listed)
            yield Finding("test.word", Level.NOTE, "all files", evidence, listed[0].lineage)

    class Crashes:
        def review(self, listed: Sequence[Listed]) -> Iterator[Finding]:
            raise KeyError("x")
            yield  # a generator, as every reviewer is

    reviewers = (Crashes(), Counts())
    limits, pack = Limits(), Pack("test", "1")
    engine = Engine(EXTRACTORS, (), pack=pack, limits=limits, reviewers=reviewers)

    report = engine.scan(files.zipped({"a.txt": b"1", "b.txt": b"2"}), "m.zip")

    assert [finding.evidence for finding in report.findings] == ["m.zip a.txt b.txt"]
    assert [(gap.reason, gap.detail) for gap in report.gaps] == [
        (Reason.CRASHED, "Crashes: KeyError: 'x'")
    ]


MAIL = multipart(text(), attachment(name="a.bin"), attachment(name="b.bin", data=b"forbidden"))


def scan_mail(message: bytes = MAIL) -> Report:
    return scan(message, analyzers=(finds(b"forbidden"),))


def test_a_bad_message_says_which_of_its_parts_can_be_taken_out() -> None:
    first, second = scan_mail().slots

    assert (first.files, second.files) == (("a.bin",), ("b.bin",))
    assert MAIL[second.start : second.end] == attachment(
        name="b.bin", data=b"forbidden"
    ).removesuffix(b"\r\n")


def test_nobody_needs_to_know_that_of_a_clean_one() -> None:
    assert scan_mail(MAIL.replace(b"Zm9yYmlkZGVu", b"YWxsb3dlZA==")).slots == ()
