"""One line of the catalogue of findings, and the advice that many of them share."""

from dataclasses import dataclass

from gateway.model import Level


@dataclass(frozen=True, slots=True)
class Explanation:
    """One line of the catalogue."""

    levels: tuple[Level, ...]
    """The levels that it is reported at."""
    meaning: str
    todo: str
    technique: str = ""
    """MITRE ATT&CK technique, "" where none fits."""


NOTE = (Level.NOTE,)
SUSPICIOUS = (Level.SUSPICIOUS,)
MALICIOUS = (Level.MALICIOUS,)
ASK = "Ask the sender by telephone, with a number that you already have."
NOT_RELEASE = "Do not release. Look for other mail of this sender."
