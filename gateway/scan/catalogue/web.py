"""What findings in pages, drawings, style sheets and pictures with codes mean."""

from collections.abc import Mapping

from gateway.scan.catalogue.explanation import ASK, NOTE, SUSPICIOUS, Explanation

FINDINGS: Mapping[str, Explanation] = {
    "qr.code": Explanation(
        NOTE,
        "A picture or a page holds a code for telephones; the evidence says what it says.",
        "Nothing by itself: invoices, tickets and visiting cards have them.",
        "T1566.002",
    ),
    "qr.lure": Explanation(
        SUSPICIOUS,
        "A code for telephones leads to a sign-in page or a payment in a way that honest ones do "
        "not: the telephone is outside of every filter.",
        f"{ASK} Never scan it to see where it leads.",
        "T1566.002",
    ),
    "picture.unread": Explanation(
        NOTE,
        "A picture in a rare format, a damaged or a very large one: codes in it were not looked "
        "for.",
        "Nothing: programs show it or say that it is broken.",
    ),
    "picture.bomb": Explanation(
        SUSPICIOUS,
        "A small file that unpacks to a picture so large that programs which show it may run out "
        "of memory.",
        "Do not open it. Ask the sender what it is.",
        "T1499",
    ),
}
