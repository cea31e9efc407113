"""Identical bytes are looked at once, and nothing of one message shows up in another."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.demo import samples
from gateway.demo.mail import SAMPLES
from gateway.model import Finding, Gap, Level, Pack, Reason, Report
from gateway.packs import load
from gateway.scan.api import Artifact, Context
from gateway.scan.budget import Limits
from gateway.scan.builtin import EXTRACTORS
from gateway.scan.engine import Engine
from gateway.scan.kinds import Kind
from gateway.scan.known import ByBytes, Known
from gateway.workers.engine import build_engine
from gateway.workers.frames import Setup
from gateway.workers.scanner import Scanner
from tests.support import files
from tests.support.corpus import needs_corpus, rows


class Asked:
    """Notes all that it is asked, and finds something in every text."""

    kinds = None
    broken: tuple[type[Exception], ...] = (EOFError,)

    def __init__(self, *remarks: Finding | Gap) -> None:
        self.artifacts: list[Artifact] = []
        self.contexts: list[Context] = []
        self._remarks = remarks

    def analyze(self, artifact: Artifact, context: Context) -> Iterator[Finding | Gap]:
        self.artifacts.append(artifact)
        self.contexts.append(context)
        for remark in self._remarks:
            yield replace(remark, lineage=artifact.lineage)


NOTE = Finding("test.seen", Level.NOTE, "Seen", "", ())
GAP = Gap(Reason.ENCRYPTED, "", ())


def scan(asked: Asked, *messages: bytes, capacity: int = 100) -> list[Report]:
    analyzer = ByBytes(asked, Known(capacity))
    engine = Engine(EXTRACTORS, (analyzer,), pack=Pack("test", "1"), limits=Limits())
    return [engine.scan(data, f"message-{n}") for n, data in enumerate(messages)]


def test_identical_files_are_looked_at_once_and_each_has_its_own_place() -> None:
    asked = Asked(NOTE)
    first, second = scan(
        asked, files.zipped({"a.txt": b"logo", "b.txt": b"logo"}), files.zipped({"c.txt": b"logo"})
    )

    assert [artifact.data for artifact in asked.artifacts].count(b"logo") == 1
    assert [finding.lineage[1:] for finding in first.findings] == [(), ("a.txt",), ("b.txt",)]
    assert [finding.lineage for finding in second.findings][-1] == ("message-1", "c.txt")


def test_who_is_asked_once_for_all_learns_nothing_of_the_message() -> None:
    asked = Asked(NOTE)
    analyzer = ByBytes(asked, Known(100))
    artifact = Artifact(b"x", ("message", "Dupont.pdf"), ("Dupont.pdf",), "a/b", (Kind.TEXT,), "ab")

    list(analyzer.analyze(artifact, Context("hospital.example")))

    assert asked.artifacts == [Artifact(b"x", (), (), "", (Kind.TEXT,), "ab")]
    assert asked.contexts == [Context()]


def test_other_kinds_of_the_same_bytes_are_another_question() -> None:
    asked = Asked(NOTE)
    analyzer = ByBytes(asked, Known(100))
    for kinds in ((Kind.TEXT,), (Kind.TEXT,), (Kind.HTML,)):
        list(analyzer.analyze(Artifact(b"x", ("m",), (), "", kinds, "ab"), Context()))

    assert len(asked.artifacts) == 2


def test_what_was_not_seen_to_the_end_is_looked_at_again() -> None:
    asked = Asked(NOTE, GAP)
    first, second = scan(asked, b"text", b"text")

    assert len(asked.artifacts) == 2
    assert [gap.reason for gap in second.gaps] == [gap.reason for gap in first.gaps]


def test_what_is_remembered_is_bounded_by_its_findings_and_the_oldest_goes_first() -> None:
    known: Known[Finding] = Known(6)
    for question in "ab":
        known.keep(question, (NOTE, NOTE))
    known.recall("a")
    known.keep("c", ())

    assert known.recall("a") == (NOTE, NOTE)
    assert known.recall("b") is None
    assert known.recall("c") == ()


def test_an_answer_that_alone_is_too_much_is_not_kept() -> None:
    known: Known[Finding] = Known(6)
    known.keep("a", (NOTE,) * 9)

    assert known.recall("a") is None


# The engine that ships: whether it remembers or not, its reports are the same.


def engines() -> tuple[Scanner, Scanner]:
    packs = load.load().packs
    return build_engine(Setup(packs)).scanner, build_engine(Setup(packs, known=0)).scanner


def assert_equal(remembering: Scanner, forgetful: Scanner, data: bytes, name: str) -> None:
    context = Context(f"{len(name)}.example")
    first = remembering.scan(data, name, context=context)
    second = forgetful.scan(data, name, context=context)
    assert replace(first, milliseconds=0) == replace(second, milliseconds=0)


BUILT = [
    *(sample.message() for sample in SAMPLES),
    samples.docm_with_autorun_macro(),
    samples.laboratory_pdf(),
    samples.dicom_image(),
    samples.windows_program(),
    files.zipped({"a.js": b'eval("1")', "b.txt": b'eval("1")', "c.hta": b'eval("1")'}),
]


def test_a_report_is_the_same_whether_its_files_were_seen_before_or_not() -> None:
    remembering, forgetful = engines()
    for name in ("a.eml", "facture.pdf.exe", "word/media/image1.png"):
        for data in BUILT:
            assert_equal(remembering, forgetful, data, name)


ENGINES = engines()
FILES = st.dictionaries(
    st.sampled_from(["a.js", "a.pdf", "b.docm", "word/x.xml", "logo.png", "x.hta", "m.eml"]),
    st.sampled_from([*BUILT, b"", b"text", b'<script>eval(unescape("%41"))</script>']),
    max_size=4,
)


@settings(deadline=None, max_examples=60)
@given(content=FILES, name=st.sampled_from(["a.zip", "b.docx", "c"]))
def test_any_files_in_any_order_give_the_same_report(content: dict[str, bytes], name: str) -> None:
    assert_equal(*ENGINES, files.zipped(content), name)


@needs_corpus
def test_every_file_of_the_corpus_gives_the_same_report_the_second_time() -> None:
    remembering, forgetful = engines()
    for row in rows(every=3):
        path: Path = row["path"]
        if "fuzz-finds" not in path.parts:
            for name in (path.name, "other.bin"):
                assert_equal(remembering, forgetful, path.read_bytes(), name)
