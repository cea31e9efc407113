"""The walk over one message: take a file, look at it, open it, queue what was inside.

Rule 1. A detector that raises is a gap, never a clean file.
Rule 2. Only the budget reads a member.
Rule 3. Over a limit is a gap with its place; what was seen until then still counts.
Rule 4. A damaged member is a gap, and what could be read of it is looked at all the same.
"""

import hashlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from gateway.mime import heading, removable
from gateway.model import (
    Finding,
    Gap,
    Heading,
    Level,
    Lineage,
    Listed,
    Pack,
    Reason,
    Report,
    Slot,
)
from gateway.scan.api import Analyzer, Artifact, Context, Extractor, Member, Reviewer
from gateway.scan.budget import Budget, ExhaustedError, Limits
from gateway.scan.copies import Copies, copy_note
from gateway.scan.echoes import NO_ECHOES, without_echoes
from gateway.scan.identity import identify
from gateway.scan.kinds import Kind
from gateway.scan.known import ByBytes, Known
from gateway.scan.passwords import Passwords
from gateway.scan.watch import OverdueError, Unwatched, Watch

Seen = Finding | Gap
Detector = Analyzer | Extractor
Value = TypeVar("Value")

_UNWATCHED = Unwatched()


class Engine:
    """Opens and judges one message at a time.

    ``known`` remembers of what kinds some bytes are; ``echoes`` says which rules say what codes
    say; ``clock`` gives monotonic seconds.
    """

    def __init__(
        self,
        extractors: Sequence[Extractor],
        analyzers: Sequence[Analyzer],
        *,
        pack: Pack,
        limits: Limits,
        known: Known[Kind] | None = None,
        passwords: Sequence[str] = (),
        reviewers: Sequence[Reviewer] = (),
        echoes: Mapping[str, frozenset[str]] = NO_ECHOES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._extractors = tuple(extractors)
        self._analyzers = tuple(analyzers)
        self._pack = pack
        self._limits = limits
        self._known = known or Known(0)
        self._passwords = tuple(passwords)
        self._reviewers = tuple(reviewers)
        self._echoes = echoes
        self._clock = clock

    def scan(
        self,
        data: bytes,
        name: str,
        *,
        declared_type: str = "",
        context: Context = Context(),
        watch: Watch = _UNWATCHED,
    ) -> Report:
        """Look at ``data``, and at every file inside it. Any bytes give a report."""
        began = self._clock()
        context = replace(context, passwords=Passwords(self._passwords))
        budget = Budget(self._limits, len(data), self._clock)
        walk = _Walk(
            self._limits, budget, known=self._known, watch=watch, passwords=context.passwords
        )
        watch.begins(budget.check_time)
        walk.take(data, (name,), (name,), declared_type)
        is_message = Kind.MESSAGE in walk.queue[0].kinds
        while walk.queue and not walk.is_late:
            artifact = walk.queue.popleft()
            for analyzer in self._analyzers:
                if analyzer.kinds is None or not analyzer.kinds.isdisjoint(artifact.kinds):
                    walk.look(analyzer, artifact, context)
            if walk.is_copy(artifact):
                continue
            for extractor in self._extractors:
                if not extractor.kinds.isdisjoint(artifact.kinds):
                    walk.open(extractor, artifact, context)
        for reviewer in self._reviewers:
            walk.review(reviewer)
        walk.tell_copies()
        shown = walk.heading(data, name) if is_message else Heading()
        slots = walk.slots(data, name) if is_message else ()
        report = walk.report(self._pack, (self._clock() - began) * 1000)
        told = without_echoes(report.findings, self._echoes)
        return replace(report, findings=told, heading=shown, slots=slots)


class _Walk:
    """The state of one scan."""

    def __init__(
        self,
        limits: Limits,
        budget: Budget,
        *,
        known: Known[Kind],
        watch: Watch,
        passwords: Passwords,
    ) -> None:
        self._limits = limits
        self._budget = budget
        self._known = known
        self._watch = watch
        self._passwords = passwords
        self._listed: list[Listed] = []
        self._findings: dict[Finding, None] = {}
        self._findings_by_level: Counter[Level] = Counter()
        self._gaps: dict[Gap, None] = {}
        self._children: dict[Lineage, dict[str, int]] = {}
        self._copies = Copies(limits.findings, limits.depth)
        self.queue: deque[Artifact] = deque()
        self.is_late = False
        self._is_full = False

    def take(
        self,
        data: bytes,
        lineage: Lineage,
        names: tuple[str, ...],
        declared_type: str,
        within: tuple[Kind, ...] = (),
    ) -> None:
        """List a file and queue it to be looked at."""
        digest = hashlib.sha256(data).hexdigest()
        kinds = self._identify(data, digest, declared_type, lineage)
        artifact = Artifact(data, lineage, names, declared_type, kinds, digest, within)
        listed = Listed(
            lineage, artifact.name, names, kinds[0].value, declared_type, len(data), digest
        )
        self._listed.append(listed)
        self._watch.lists(listed)
        self.queue.append(artifact)
        self._passwords.hear(data, names, kinds)

    def look(self, analyzer: Analyzer, artifact: Artifact, context: Context) -> None:
        """Let one analyzer look at one file."""
        self._run(analyzer, artifact, lambda: analyzer.analyze(artifact, context))

    def is_copy(self, artifact: Artifact) -> bool:
        """Whether the same archive was opened before; then a note says where."""
        first = self._copies.first(artifact)
        if first is not None:
            self._find(copy_note(artifact, first))
        return first is not None

    def tell_copies(self) -> None:
        """Let what was seen in archives stand for their copies too, and reckon what they hold."""
        root = self._listed[0]
        unpacked, most = self._copies.unpacked(self._listed), self._limits.with_copies(root.size)
        if unpacked > most:
            detail = f"{unpacked >> 20} MiB, most of it in copies of archives"
            self._gap(Gap(Reason.EXPANDS, detail, root.lineage))
        for one in self._copies.told((*self._gaps, *self._findings)):
            if isinstance(one, Gap):
                self._gap(one)
            else:
                self._find(one)

    def open(self, extractor: Extractor, artifact: Artifact, context: Context) -> None:
        """Let one extractor open one file, unless the budget for that is spent."""
        if not self._is_full:
            self._run(extractor, artifact, lambda: extractor.members(artifact, context))

    def review(self, reviewer: Reviewer) -> None:
        """Let one reviewer look at the list of all files."""
        root = self._listed[0].lineage
        listed = tuple(self._listed)
        for finding in (
            self._asked(_name(reviewer), root, lambda: list(reviewer.review(listed))) or ()
        ):
            self._find(finding)

    def report(self, pack: Pack, milliseconds: float) -> Report:
        """Everything that was seen and everything that was not."""
        return Report(
            tuple(self._findings), tuple(self._gaps), tuple(self._listed), pack, milliseconds
        )

    def heading(self, data: bytes, name: str) -> Heading:
        """What a person knows the message by."""
        return self._asked("heading", (name,), lambda: heading(data)) or Heading()

    def slots(self, data: bytes, name: str) -> tuple[Slot, ...]:
        """Which parts could be taken out; nobody needs to know of a clean message."""
        worst = max(self._findings_by_level, default=Level.NOTE)
        is_clean = not self._gaps and worst <= Level.NOTE
        if is_clean or self.is_late:
            return ()
        return self._asked("slots", (name,), lambda: tuple(self._slots(data))) or ()

    def _slots(self, data: bytes) -> Iterator[Slot]:
        files: dict[str, list[Listed]] = {}
        for listed in self._listed:
            if len(listed.lineage) == 2:
                files.setdefault(listed.sha256, []).append(listed)
        for part in removable(data):
            inside = [listed for digest in part.digests for listed in files.get(digest, ())]
            # Outlook takes the whole letter from a winmail.dat, whatever its part says it is.
            if inside and all(listed.kind != Kind.TNEF.value for listed in inside):
                yield Slot(part.start, part.end, tuple(sorted(one.lineage[-1] for one in inside)))

    def _asked(self, what: str, root: Lineage, step: Callable[[], Value]) -> Value | None:
        """What a question about the message as a whole gives; None when it fails."""
        self._budget.begin_step()
        try:
            return self._stepping(what, root, step)
        except OverdueError as overdue:
            self._exhausted(overdue.spent, root, what)
        except Exception as error:  # noqa: BLE001 - Rule 1
            self._gap(Gap(Reason.CRASHED, f"{what}: {_words(error)}", root))
        return None

    def _identify(
        self, data: bytes, digest: str, declared_type: str, lineage: Lineage
    ) -> tuple[Kind, ...]:
        question = (digest, declared_type)
        if kinds := self._known.recall(question):
            return kinds
        try:
            kinds = self._stepping("identify", lineage, lambda: identify(data, declared_type))
        except OverdueError as overdue:
            self._exhausted(overdue.spent, lineage, "identify")
        except Exception as error:  # noqa: BLE001 - Rule 1
            self._gap(Gap(Reason.CRASHED, f"identify: {_words(error)}", lineage))
        else:
            self._known.keep(question, kinds)
            return kinds
        return (Kind.DATA,)

    def _stepping(self, what: str, lineage: Lineage, step: Callable[[], Value]) -> Value:
        """Take a step that the watch may cut; it may do so until the very end of this."""
        try:
            self._watch.steps(what, lineage)
            return step()
        finally:
            self._watch.rests()

    def _run(
        self,
        detector: Detector,
        artifact: Artifact,
        begin: Callable[[], Iterator[Member | Seen]],
    ) -> None:
        if self.is_late:
            return
        what, lineage = _name(detector), artifact.lineage
        self._budget.begin_step()
        try:
            self._stepping(what, lineage, lambda: self._take_all(begin(), artifact, detector))
        except ExhaustedError as spent:
            self._exhausted(spent, lineage, what)
        except OverdueError as overdue:
            self._exhausted(overdue.spent, lineage, what)
        except detector.broken as error:
            self._gap(Gap(Reason.DAMAGED, _plainly(error), lineage))
        except Exception as error:  # noqa: BLE001 - Rule 1
            self._gap(Gap(Reason.CRASHED, _describe(detector, error), lineage))

    def _take_all(
        self, seen: Iterator[Member | Seen], artifact: Artifact, detector: Detector
    ) -> None:
        self._budget.check_time()
        for one in seen:
            self._take_seen(one, artifact, detector)
            if isinstance(one, Member):
                if self._is_full:
                    return
                # Meanwhile the watch was told of the member.
                self._watch.steps(_name(detector), artifact.lineage)
            self._budget.check_time()

    def _take_seen(self, seen: Member | Seen, artifact: Artifact, detector: Detector) -> None:
        match seen:
            case Member():
                self._take_member(seen, artifact, detector)
            case Gap():
                self._gap(seen)
            case Finding():
                self._find(seen)

    def _take_member(self, member: Member, parent: Artifact, detector: Detector) -> None:
        names = tuple(dict.fromkeys(filter(None, (member.name, *member.names))))
        lineage = (*parent.lineage, self._place(parent.lineage, member.name))
        chunks: list[bytes] = []
        try:
            for chunk in self._budget.read(member.stream, len(lineage) - 1):
                chunks.append(chunk)  # noqa: PERF402 - what came before an error is kept
        except ExhaustedError as spent:
            self._exhausted(spent, lineage, _name(detector))
            return
        except detector.broken as error:
            self._gap(Gap(Reason.DAMAGED, _plainly(error), lineage))
        within = (*parent.within, parent.kinds[0])
        self.take(b"".join(chunks), lineage, names, member.declared_type, within)

    def _place(self, parent: Lineage, name: str) -> str:
        """A name for one more child, told apart from its siblings."""
        siblings = self._children.setdefault(parent, {})
        count = siblings[name] = siblings.get(name, 0) + 1
        shown = name or "unnamed"
        return shown if count == 1 else f"{shown} ({count})"

    def _exhausted(self, spent: ExhaustedError, lineage: Lineage, what: str) -> None:
        is_slow = spent.reason is Reason.TOO_SLOW
        self._is_full = self._is_full or spent.is_final
        self.is_late = self.is_late or (is_slow and spent.is_final)
        detail = f"{what}: {spent.detail}" if is_slow else spent.detail
        self._gap(Gap(spent.reason, detail, lineage))

    def _gap(self, gap: Gap) -> None:
        if len(self._gaps) < self._limits.findings and gap not in self._gaps:
            self._gaps[gap] = None
            self._watch.sees(gap)

    def _find(self, finding: Finding) -> None:
        self._findings_by_level[finding.level] += 1
        if self._findings_by_level[finding.level] <= self._limits.findings:
            self._findings[finding] = None
            self._watch.sees(finding)


def _name(detector: Detector | Reviewer) -> str:
    return type(detector.analyzer if isinstance(detector, ByBytes) else detector).__name__


def _describe(detector: Detector, error: Exception) -> str:
    return f"{_name(detector)}: {_words(error)}"


def _plainly(error: Exception) -> str:
    """What is wrong with the file: whoever reads it cares for no detector and no class."""
    text = " ".join(str(error).split())[:200]
    return text or type(error).__name__


def _words(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}"
