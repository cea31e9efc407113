"""What it means that something could not be looked at."""

from collections.abc import Mapping

from gateway.model import Reason
from gateway.scan.catalogue.explanation import (
    Explanation,
)

GAPS: Mapping[Reason, Explanation] = {
    Reason.ENCRYPTED: Explanation(
        (),
        "The file opens only with a password.",
        "Release it if recipient and sender both expect it. Otherwise ask for the password and "
        "open a copy (`lazaretto quarantine export ID FILE`) on an isolated machine.",
        "T1027.013",
    ),
    Reason.ENCRYPTED_MAIL: Explanation(
        (),
        "The mail is encrypted for its recipient (S/MIME or PGP); nobody in between can look.",
        "Nothing, if the sender is known to encrypt. Otherwise ask the recipient whether they "
        "expect it.",
    ),
    Reason.TOO_BIG: Explanation(
        (),
        "The file, or all files of the message together, are bigger than the limit.",
        "Look at where it comes from; raise the limit if honest senders send such files.",
    ),
    Reason.TOO_DEEP: Explanation(
        (), "Archives within archives, deeper than the limit.", "Ask the sender for a plain file."
    ),
    Reason.TOO_MANY: Explanation(
        (),
        "More files, or more matches of one rule, than are looked at.",
        "If a rule is named, take it out of its pack; otherwise ask for a smaller archive.",
    ),
    Reason.TOO_SLOW: Explanation(
        (),
        "Time ran out before everything was looked at.",
        "`lazaretto quarantine rescan ID` looks again. If it happens often, look at the load of "
        "the machine and at the rule packs.",
    ),
    Reason.EXPANDS: Explanation(
        (),
        "The archive unpacks to so much more than itself that it may be a bomb.",
        "Do not open it. Ask the sender what it is.",
        "T1499",
    ),
    Reason.DAMAGED: Explanation(
        (),
        "The file is broken, so that not all of it could be read.",
        "Ask the sender to send it again; a program may still open what we could not.",
    ),
    Reason.AMBIGUOUS: Explanation(
        (),
        "Two programs would find different things in the same bytes.",
        "Do not release without a look: honest software does not write such files.",
        "T1036",
    ),
    Reason.UNSUPPORTED: Explanation(
        (),
        "A kind of container that is known and cannot be opened here.",
        "Ask the sender for another format.",
    ),
    Reason.CRASHED: Explanation(
        (),
        "A detector failed: an error of this program, not of the sender.",
        "Treat the file as not looked at. Please tell the makers of this program what "
        "`lazaretto quarantine report ID` prints; it has no personal data.",
    ),
    Reason.LOST: Explanation(
        (),
        "The worker that looked at the message died or gave no believable answer.",
        "The sender tries again by itself. If it comes back, treat the message as hostile.",
    ),
}
"""Every reason for a gap."""
