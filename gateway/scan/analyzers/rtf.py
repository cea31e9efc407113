"""Says what rich text fetches, starts and hides: templates, fields, objects."""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote, quote_bytes
from gateway.scan.formats import addresses
from gateway.scan.formats.office import links as officelinks
from gateway.scan.formats.office import objects as officeobjects
from gateway.scan.formats.office.rtfobjects import Object, TooMuchError, native, objects, texts
from gateway.scan.kinds import Kind
from gateway.scan.signs import Sign, findings

_UPDATES = re.compile(rb"\\objupdate(?![a-z])")
_CLASSES = re.compile(rb"\\objclass(?![a-z])\s{0,9}([\w.]{1,60})")
_ATTACKED = re.compile(
    r"(?i)^(?:equation|package|ole2link|htmlfile|otkloadr|shockwave|mscomctl|scriptlet)"
)
_EQUATION = re.compile(r"(?i)^equation")
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"
_FEW = 3
"""Foreign tokens in an object: a few may be a slip, more are there to hide it."""


class RtfAnalyzer:
    """Looks at rich text."""

    kinds = frozenset({Kind.RTF})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield where its links lead, and what is odd about its objects."""
        try:
            signs = [*_signs(artifact.data)]
        except TooMuchError:
            yield Gap(Reason.TOO_BIG, "more fields than are read", artifact.lineage)
        else:
            yield from findings(artifact, signs)


def _signs(data: bytes) -> Iterator[Sign]:
    for target in texts(data, "template"):
        if addresses.is_remote(target):
            yield officelinks.of_template(target)
    for code in texts(data, "fldinst"):
        yield from officelinks.of_field(code)
    embedded = [one for one in objects(data) if one.destination == "objdata"]
    for one in embedded:
        yield from _object(one)
    if embedded and _UPDATES.search(data):
        yield _updated(data, embedded)


def _object(one: Object) -> Iterator[Sign]:
    if one.foreign:
        level = Level.MALICIOUS if one.foreign > _FEW else Level.SUSPICIOUS
        summary = "An object is written so that scanners lose it"
        first = quote_bytes(one.first_foreign, 40)
        shown = f"{one.foreign} tokens of another kind among its digits, the first is {first}"
        yield Sign("rtf.hidden-object", level, summary, shown)
    inside = native(one)
    if addresses.is_remote(inside.linked_to) or addresses.runs_tool(inside.linked_to):
        shown = quote(f"{inside.class_name}: {addresses.defanged(inside.linked_to)}")
        yield officelinks.of_object(inside.linked_to, shown)
    if inside.package is not None:
        yield officeobjects.of_package(inside.package)
    elif inside.class_name.lower().startswith("equation") and not inside.content.startswith(
        _COMPOUND_FILE
    ):
        yield from officeobjects.of_equation(inside.content)


def _updated(data: bytes, embedded: list[Object]) -> Sign:
    """An object that is loaded as soon as the text is opened, and not at a double click."""
    stated = [found[1].decode("latin-1") for found in _CLASSES.finditer(data)]
    names = [*stated, *(native(one).class_name for one in embedded)]
    shown = quote(", ".join(dict.fromkeys(filter(None, names))))
    summary = "An object is loaded as soon as the text is opened"
    is_attacked = any(map(_ATTACKED.match, names))
    level = Level.MALICIOUS if is_attacked else Level.SUSPICIOUS
    return Sign("rtf.update", level, summary, shown)
