"""What findings of others mean: rules of a pack, a clamd beside us, the lists of this site."""

from collections.abc import Mapping

from gateway.model import Level
from gateway.scan.catalogue.explanation import ASK, MALICIOUS, NOT_RELEASE, NOTE, Explanation

FINDINGS: Mapping[str, Explanation] = {
    "yara.match": Explanation(
        (Level.NOTE, Level.SUSPICIOUS, Level.MALICIOUS),
        "A rule of a rule pack matched; the rule has its own description and level.",
        f"{ASK} `lazaretto rules show RULE` tells more about the rule.",
    ),
    "clamd.found": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "ClamAV knows the file; the evidence is its name there. What it only suspects (PUA, "
        "Heuristics) is suspicious.",
        NOT_RELEASE,
    ),
    "hash.denied": Explanation(
        MALICIOUS,
        "The file stands in a list of denied files of this site; the evidence says who put it "
        "there and why.",
        "Do not release. Ask the owner of the entry, if you doubt it.",
    ),
    "hash.allowed": Explanation(
        NOTE,
        "Something in the file could not be looked at, and the file stands in a list of allowed "
        "files of this site.",
        "Nothing: the entry has an owner and a last day.",
    ),
}
