"""What is seen twice is told once, by the finding that says it best.

Rules are a second opinion: where an analyzer fails, they still speak. Where both speak, one of them
is an echo, and costs whoever reads the report the time to find out that it says nothing new.
"""

from collections.abc import Iterator, Mapping

from gateway.model import Finding, Level, Lineage

ECHOES: Mapping[str, frozenset[str]] = {
    "archive.path": frozenset({"archive_climbs_out"}),
    "cda.document": frozenset({"cda.disguised"}),
    "disguise.mismatch": frozenset({"disguise.double-extension", "disguise.program"}),
    "disguise.polyglot": frozenset({"dicom.preamble", "picture.page"}),
    "disguise.type": frozenset({"disguise.double-extension", "disguise.program"}),
    "lnk.command": frozenset({"lnk.hidden"}),
    "macro.xlm": frozenset({"macro.xlm-acts"}),
    "message.document": frozenset({"message.disguised"}),
    "onenote.attached": frozenset({"onenote.runs", "program_in_onenote"}),
    "pdf.link": frozenset({"pdf.lure"}),
    "pdf.surplus": frozenset({"disguise.polyglot"}),
    "program.foreign": frozenset({"dicom.preamble"}),
    "program.script": frozenset(
        {
            "script.acts",
            "script.dropper",
            "script.encoded",
            "script.formula",
            "script.share",
            "web_application",
        }
    ),
    "script.acts": frozenset({"macro.xlm-acts", "script.dropper", "script.formula"}),
    "script.formula": frozenset({"macro.xlm-acts"}),
    "rtf.update": frozenset({"office.equation"}),
}
"""Codes, and the codes or rules that say what they say and more. Rules name theirs themselves."""

NO_ECHOES: Mapping[str, frozenset[str]] = {}
"""For rules that say nothing of the kind."""

_Places = Mapping[tuple[str, Lineage], Level]


def without_echoes(
    findings: tuple[Finding, ...], rules: Mapping[str, frozenset[str]]
) -> tuple[Finding, ...]:
    """Leave out what another finding says as well, of the same file, of one in it or around it.

    The other one takes it no less seriously. ``rules`` has the echoes by the names of rules.
    """
    at: dict[tuple[str, Lineage], Level] = {}
    below: dict[tuple[str, Lineage], Level] = {}
    for finding in findings:
        name = finding.rule or finding.code
        _raise(at, (name, finding.lineage), finding.level)
        for place in _around(finding.lineage):
            _raise(below, (name, place), finding.level)
    known = {**ECHOES, **rules}
    return tuple(
        finding
        for finding in findings
        if not any(
            _is_told(other, finding, at, below)
            for other in known.get(finding.rule or finding.code, ())
        )
    )


def _is_told(other: str, finding: Finding, at: _Places, below: _Places) -> bool:
    levels = [at.get((other, place)) for place in _around(finding.lineage)]
    levels.append(below.get((other, finding.lineage)))
    return any(level is not None and level >= finding.level for level in levels)


def _around(lineage: Lineage) -> Iterator[Lineage]:
    """The file itself, and every container around it."""
    return (lineage[:end] for end in range(len(lineage), 0, -1))


def _raise(levels: dict[tuple[str, Lineage], Level], key: tuple[str, Lineage], to: Level) -> None:
    levels[key] = max(to, levels.get(key, to))
