"""Says which PDF cannot be seen into; what an open one does is seen by the rules."""

from collections.abc import Iterator

from gateway.model import Finding, Gap, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.formats.pdflock import needs_password
from gateway.scan.kinds import Kind


class PdfAnalyzer:
    """Looks at PDF documents."""

    kinds = frozenset({Kind.PDF})
    broken = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield a gap for a document that opens only with a password."""
        if needs_password(artifact.data):
            yield Gap(Reason.ENCRYPTED, "a PDF with a password", artifact.lineage)
