"""Sees which programs feed the cells of a binary workbook (.xlsb)."""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context
from gateway.scan.formats.office import links as officelinks
from gateway.scan.formats.office import xlsb
from gateway.scan.kinds import Kind
from gateway.scan.signs import Sign, findings

_PART = re.compile(r"(?i)(?:^|/)externalLinks/[^/]+\.bin$")
_SUPPORTING_BOOK = 360
_IS_DDE = 1


class XlsbLinkAnalyzer:
    """Looks at the parts of binary workbooks that lead out of them."""

    kinds = frozenset({Kind.DATA})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield the programs that are asked; other workbooks are relationships of the part."""
        if any(map(_PART.search, artifact.names)):
            yield from findings(artifact, _signs(artifact.data))


def _signs(part: bytes) -> Iterator[Sign]:
    for kind, body in xlsb.records(part):
        # [MS-XLSB] 2.4.193: what it leads to, then two strings.
        if kind == _SUPPORTING_BOOK and int.from_bytes(body[:2], "little") == _IS_DDE:
            service, after = xlsb.text(body, 2)
            topic, _ = xlsb.text(body, after)
            yield officelinks.of_source(service, topic)
