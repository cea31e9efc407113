"""What each finding and each gap means, and what an administrator does about it."""

from collections.abc import Mapping

from gateway.model import Level, Reason
from gateway.scan.catalogue import (
    containers,
    documents,
    health,
    mail,
    opinions,
    programs,
    web,
)
from gateway.scan.catalogue.explanation import NOT_RELEASE, Explanation
from gateway.scan.catalogue.gaps import GAPS

FINDINGS: Mapping[str, Explanation] = {
    **documents.FINDINGS,
    **mail.FINDINGS,
    **containers.FINDINGS,
    **web.FINDINGS,
    **programs.FINDINGS,
    **health.FINDINGS,
    **opinions.FINDINGS,
}
"""Every finding code. ``area.what``, stable: settings and statistics refer to them."""


def advice(code: str, level: Level = Level.SUSPICIOUS) -> str:
    """What to do about a finding or the reason of a gap; "" for one that is not known.

    The advice of the table is for what is suspicious; what is malicious is never released.
    """
    if code not in FINDINGS:
        return GAPS[Reason(code)].todo if code in set(Reason) else ""
    todo = FINDINGS[code].todo
    if level is Level.MALICIOUS and not todo.startswith(NOT_RELEASE):
        return NOT_RELEASE
    return todo
