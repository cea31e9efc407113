"""What a worker says is checked before it is believed: hostile bytes may have been in command."""

import math
import re
from dataclasses import dataclass, replace

from gateway.model import Finding, Gap, Heading, Level, Lineage, Listed, Pack, Reason, Report
from gateway.scan.budget import Limits
from gateway.scan.kinds import Kind
from gateway.workers.frames import NAME_CHARACTERS, TEXT_CHARACTERS, Answer, Order
from gateway.workers.logbook import Noted
from gateway.workers.tidy import KEPT_NAMES, TECHNIQUE

_KINDS = frozenset(kind.value for kind in Kind)
_CODE = re.compile(r"[a-z0-9_-]{1,40}(\.[a-z0-9_-]{1,40}){1,3}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_STEPS = 64
"""A lineage has no more; the depth of a scan is a setting, and gaps lie one below it."""


class LyingWorkerError(Exception):
    """The answer cannot be true."""


class CrashedWorkerError(Exception):
    """The worker says that it failed, outside of any detector."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a worker, as the gateway itself knows it."""

    order: Order
    sha256: str
    pack: Pack
    limits: Limits

    @property
    def name(self) -> str:
        """The name of the message: every lineage begins with it."""
        return self.order.name

    def unseen(self, reason: Reason, detail: str) -> Report:
        """The report on a message that nobody has looked at."""
        gap = Gap(reason, detail, (self.name,))
        is_dead = reason is not Reason.CRASHED
        return Report((), (gap,), (self._root(),), self.pack, killed_its_worker=is_dead)

    def seen_until(self, noted: Noted | None, reason: Reason, detail: str) -> Report:
        """The same, with all that its worker had noted until then, if that can be true."""
        unseen = self.unseen(reason, detail)
        if noted is None:
            return unseen
        where = f"{detail}, in {noted.step.what}" if noted.step.what else detail
        gap = Gap(reason, where, noted.step.lineage or (self.name,))
        report = Report(
            noted.findings, (gap, *noted.gaps), noted.artifacts or (self._root(),), self.pack
        )
        try:
            _check(report, self)
        except LyingWorkerError:
            return unseen
        return replace(report, killed_its_worker=unseen.killed_its_worker)

    def _root(self) -> Listed:
        return Listed(
            (self.name,),
            self.name,
            (self.name,),
            Kind.DATA.value,
            self.order.declared_type,
            self.order.size,
            self.sha256,
        )


def believe(answer: Answer, asked: Asked) -> Report:
    """The report in ``answer``, once nothing in it contradicts ``asked``.

    Raises LyingWorkerError when something does, and CrashedWorkerError when there is none.
    """
    _require(answer.nonce == asked.order.nonce, "the answer is for another order")
    _require(answer.sha256 == asked.sha256, "the answer is for another message")
    if answer.report is None:
        _check_text(answer.error)
        raise CrashedWorkerError(answer.error or "the scan failed")
    _check(answer.report, asked)
    return answer.report


def _check(report: Report, asked: Asked) -> None:
    most = asked.limits.findings
    _require(not report.killed_its_worker, "the answer says that there is none")
    _require(report.pack == asked.pack, "the answer names other rules")
    _require(math.isfinite(report.milliseconds), "the answer has no sensible duration")
    _require(report.milliseconds >= 0, "the answer has no sensible duration")
    _require(len(report.findings) <= most * len(Level), "too many findings")
    _require(len(report.gaps) <= most + 1, "too many gaps")
    _require(0 < len(report.artifacts) <= asked.limits.files + 1, "too many files, or none")
    _check_root(report.artifacts[0], asked)
    for listed in report.artifacts:
        _check_listed(listed, asked.name)
    for finding in report.findings:
        _check_finding(finding, asked.name)
    for gap in report.gaps:
        _check_lineage(gap.lineage, asked.name)
        _check_text(gap.detail)
    _check_heading(report.heading)
    _check_slots(report, asked)


def _check_root(root: Listed, asked: Asked) -> None:
    _require(root.lineage == (asked.name,), "the first file is not the message")
    _require(root.sha256 == asked.sha256, "the first file is not the message")
    _require(root.size == asked.order.size, "the first file is not the message")


def _check_listed(listed: Listed, root: str) -> None:
    _check_lineage(listed.lineage, root)
    _check_name(listed.name)
    _require(len(listed.names) <= KEPT_NAMES, "too many names")
    for name in listed.names:
        _check_name(name)
    _check_text(listed.declared_type)
    _require(listed.kind in _KINDS, "an unknown kind of file")
    _require(listed.size >= 0, "a file of negative size")
    _require(_DIGEST.fullmatch(listed.sha256) is not None, "a digest that is none")


def _check_finding(finding: Finding, root: str) -> None:
    _require(_CODE.fullmatch(finding.code) is not None, "a finding code that is none")
    _check_lineage(finding.lineage, root)
    for text in (finding.summary, finding.evidence, finding.rule or "", finding.pack or ""):
        _check_text(text)
    is_known = finding.technique is None or TECHNIQUE.fullmatch(finding.technique)
    _require(bool(is_known), "a technique that is none")


def _check_heading(heading: Heading) -> None:
    for text in (
        heading.sender,
        heading.recipients,
        heading.subject,
        heading.date,
        heading.message_id,
    ):
        _check_text(text)


def _check_slots(report: Report, asked: Asked) -> None:
    files = {listed.lineage[1] for listed in report.artifacts if len(listed.lineage) == 2}
    _require(len(report.slots) <= asked.limits.files, "too many slots")
    behind = 0
    for slot in report.slots:
        is_within = behind < slot.start < slot.end < asked.order.size
        _require(is_within, "a slot that is out of the message, or over another one")
        _require(bool(slot.files) and files.issuperset(slot.files), "a slot for no file")
        behind = slot.end


def _check_lineage(lineage: Lineage, root: str) -> None:
    _require(0 < len(lineage) <= _STEPS, "a lineage of impossible length")
    _require(lineage[0] == root, "a lineage that does not begin at the message")
    for step in lineage:
        _check_name(step)


def _check_name(name: str) -> None:
    _require(len(name) <= NAME_CHARACTERS, "a name that is too long")


def _check_text(text: str) -> None:
    _require(len(text) <= TEXT_CHARACTERS, "a text that is too long")
    _require(text.isprintable(), "a text with control characters")


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as "require that ..."
    if not holds:
        raise LyingWorkerError(otherwise)
