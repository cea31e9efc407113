"""What findings in the make of a mail mean."""

from collections.abc import Mapping

from gateway.model import Level
from gateway.scan.catalogue.explanation import (
    ASK,
    NOTE,
    Explanation,
)

FINDINGS: Mapping[str, Explanation] = {
    "mime.slip": Explanation(
        NOTE,
        "The message bends the syntax of mail in a way that every mail program forgives.",
        "Nothing: much honest software writes such mail.",
    ),
    "mime.ambiguous": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "Mail programs read this message differently: one shows a file that another does not "
        "show, other bytes under the same name, or the same bytes under a name of another kind. "
        "Everything that any of them shows was looked at. It is a note where no file is concerned.",
        f"{ASK} Honest programs very rarely write such mail, attackers do to pass scanners.",
        "T1027",
    ),
    "mime.quoted": Explanation(
        NOTE,
        "A text quotes a mail or a part of one, as bounces do. Mail programs show it as text; the "
        "files in it were looked at all the same.",
        "Nothing.",
    ),
    "mime.charset": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "A text is in UTF-7, UTF-16 or the like: few mail programs show it alike, and filters "
        "that look for words see none. It is suspicious for HTML, a note for anything else.",
        f"{ASK} `lazaretto quarantine show ID --text` prints what it says.",
        "T1027",
    ),
}
"""By code."""
