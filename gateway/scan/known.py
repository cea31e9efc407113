"""What was seen in bytes that were looked at before: a logo in every letter is looked at once.

Rule 1. Whoever looks for it gets bytes and kinds and nothing else, so that no name, no place and
    no sender of one message can be in what is remembered, or show up in the report on another.
Rule 2. Only what was looked at to the end is remembered: nothing with a gap, nothing that failed.
Rule 3. It is bounded, and lives no longer than the rules that it was seen by.
"""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Generic, TypeVar

from gateway.model import Finding, Gap
from gateway.scan.api import Analyzer, Artifact, Context

Value = TypeVar("Value")

_NO_CONTEXT = Context()


class Known(Generic[Value]):
    """Answers by question, those that were asked for last. ``capacity`` 0 keeps none."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._answers: dict[Hashable, tuple[Value, ...]] = {}
        self._weight = 0

    def recall(self, question: Hashable) -> tuple[Value, ...] | None:
        """What was answered to it, or None when that is not known."""
        answer = self._answers.pop(question, None)
        if answer is not None:
            self._answers[question] = answer  # the last one asked for is the last one to go
        return answer

    def keep(self, question: Hashable, answer: tuple[Value, ...]) -> None:
        """Remember an answer, and forget the oldest ones when there is no room.

        An answer takes one place, and one more for each value in it.
        """
        if question in self._answers:
            return
        self._weight += 1 + len(answer)
        self._answers[question] = answer
        while self._weight > self._capacity:
            oldest = next(iter(self._answers))
            self._weight -= 1 + len(self._answers.pop(oldest))


class ByBytes:
    """An analyzer that looks at nothing but bytes and kinds, asked once about identical ones."""

    def __init__(self, analyzer: Analyzer, known: Known[Finding]) -> None:
        self.analyzer = analyzer
        self.kinds = analyzer.kinds
        self.broken = analyzer.broken
        self._known = known

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what is seen in ``artifact``, or was seen in its like."""
        question = (self.analyzer, artifact.sha256, artifact.kinds)
        answer = self._known.recall(question) if artifact.sha256 else None
        if answer is not None:
            for finding in answer:
                yield replace(finding, lineage=artifact.lineage)
            return
        bare = Artifact(artifact.data, (), (), "", artifact.kinds, artifact.sha256)
        findings: list[Finding] = []
        is_whole = bool(artifact.sha256)
        for remark in self.analyzer.analyze(bare, _NO_CONTEXT):
            if isinstance(remark, Finding):
                findings.append(remark)
            else:
                is_whole = False
            yield replace(remark, lineage=artifact.lineage)
        if is_whole:
            self._known.keep(question, tuple(findings))
