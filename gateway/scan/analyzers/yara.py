"""Matches every file against the rules of the rule packs; a mail without its blocks of base64."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from gateway.model import Finding, Gap, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote_at
from gateway.scan.formats.text.base64blocks import Abridged, abridged
from gateway.scan.kinds import Kind
from gateway.scan.known import Known
from gateway.scan.libyara import CompiledPacks, Match, TooSlowError

_PLACES_SHOWN = 3
_NO_WORDS = re.compile(r"[A-Za-z0-9+/]{12}…")
"""What is left of base64 that says nothing."""
_TOGETHER = 48
"""Bytes behind a place that are quoted with it."""


class YaraAnalyzer:
    """Looks at every file with compiled rules; ``known`` is what bytes alone said before."""

    kinds = None
    broken: tuple[type[Exception], ...] = ()

    def __init__(self, rules: CompiledPacks, known: Known[Finding] | None = None) -> None:
        self._rules = rules
        self._known = known or Known(0)

    def analyze(self, artifact: Artifact, context: Context) -> Iterator[Finding | Gap]:
        """Yield one finding for each rule that matches."""
        question = (self, artifact.sha256, artifact.kinds)
        before = self._known.recall(question) if artifact.sha256 else None
        for finding in before or ():
            yield replace(finding, lineage=artifact.lineage)
        rules = self._rules.all if before is None else self._rules.of_circumstances
        looked_at = _looked_at(artifact)
        try:
            answer = rules.match(looked_at.data, _externals(artifact, context))
        except TooSlowError as error:
            yield Gap(Reason.TOO_SLOW, str(error), artifact.lineage)
            return
        # In the order in which they come when some of them are known.
        for match in sorted(answer.matches, key=lambda match: not match.is_of_bytes):
            yield _finding(artifact, looked_at, match)
        for rule in answer.uncounted:
            detail = f"rule {rule}: one of its strings matches more than a million times"
            yield Gap(Reason.TOO_MANY, detail, artifact.lineage)
        if before is None and artifact.sha256 and not answer.uncounted:
            of_bytes = (match for match in answer.matches if match.is_of_bytes)
            findings = (_finding(artifact, looked_at, match) for match in of_bytes)
            self._known.keep(question, tuple(replace(one, lineage=()) for one in findings))


def _externals(artifact: Artifact, context: Context) -> dict[str, str | int]:
    name = _plain(artifact.name)
    return {
        "name": name,
        "filename": name,
        "extension": PurePosixPath(name.lower()).suffix,
        "kind": artifact.kinds[0].value,
        # With a space on both sides, so that " ar " is not found in " rar ".
        "kinds": " ".join(["", *(kind.value for kind in artifact.kinds), ""]),
        "depth": artifact.depth,
        "sender_domain": _plain(context.sender_domain),
    }


def _plain(text: str) -> str:
    """Only C strings can be asked about: no NUL, and nothing that UTF-8 cannot write."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _looked_at(artifact: Artifact) -> Abridged:
    # Base64 is most of a mail and takes most of the time, and is decoded and looked at anyway.
    is_mail = artifact.kinds == (Kind.MESSAGE,)
    return abridged(artifact.data) if is_mail else Abridged(artifact.data)


def _finding(artifact: Artifact, looked_at: Abridged, match: Match) -> Finding:
    return Finding(
        code="yara.match",
        level=match.level,
        summary=match.description or f"Rule {match.rule} matches",
        evidence=_evidence(looked_at, match),
        lineage=artifact.lineage,
        rule=match.rule,
        pack=f"{match.pack.name} {match.pack.version}",
        technique=match.technique or None,
    )


def _evidence(looked_at: Abridged, match: Match) -> str:
    """What the rule saw, in the order of the file; what stands together is quoted once."""
    shown: list[str] = []
    seen_to = -1
    for place in sorted(match.places, key=lambda place: place.offset):
        if place.offset >= seen_to and len(shown) < _PLACES_SHOWN:
            quoted = quote_at(looked_at.data, place.offset, place.length)
            seen_to = place.offset + max(place.length, _TOGETHER)
            if not _NO_WORDS.fullmatch(quoted):
                shown.append(f"at byte {looked_at.origin(place.offset)}: {quoted}")
    return "; ".join(shown)
