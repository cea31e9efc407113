"""What findings in pages, drawings, style sheets and pictures with codes mean."""

from collections.abc import Mapping

from gateway.model import Level
from gateway.scan.catalogue.explanation import ASK, NOTE, SUSPICIOUS, Explanation

_HARMFUL = (Level.SUSPICIOUS, Level.MALICIOUS)

FINDINGS: Mapping[str, Explanation] = {
    "html.smuggling": Explanation(
        _HARMFUL,
        "A page builds a file out of letters that it brought along and has it saved, past every "
        "filter; malicious when the file is called a program or an archive.",
        f"{ASK} Reports that offer to save a picture of themselves bring no such letters.",
        "T1027.006",
    ),
    "html.download": Explanation(
        _HARMFUL,
        "A link in a page saves a program or an archive that the page itself carries; malicious "
        "when a script clicks it.",
        ASK,
        "T1027.006",
    ),
    "html.password": Explanation(
        SUSPICIOUS,
        "A page asks for a password and sends it to another place than it was saved from.",
        f"{ASK} Whoever has typed a password into it has to change that now.",
        "T1598.002",
    ),
    "html.submits": Explanation(
        SUSPICIOUS,
        "A page sends a form to another site as soon as it is opened.",
        ASK,
        "T1566.001",
    ),
    "html.redirect": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "A page leads to another site by itself; suspicious when it shows next to nothing, or "
        "hides the address.",
        f"{ASK} Look at the quoted address.",
        "T1566.001",
    ),
    "html.obfuscated": Explanation(
        SUSPICIOUS,
        "A script in a page runs text that it decodes first, or is a wall of codes.",
        f"{ASK} Honest pages have nothing to hide.",
        "T1027.010",
    ),
    "html.remote": Explanation(
        SUSPICIOUS,
        "A page fetches something from a share or by a protocol of Windows, which tells the other "
        "side a password's digest or starts a tool.",
        ASK,
        "T1187",
    ),
    "html.shortcut": Explanation(
        SUSPICIOUS,
        "A help page starts a program with arguments.",
        ASK,
        "T1218.001",
    ),
    "svg.script": Explanation(
        SUSPICIOUS,
        "A drawing holds a script, which a browser runs when the drawing is opened.",
        f"{ASK} Pictures need no scripts.",
        "T1027.017",
    ),
    "svg.page": Explanation(
        SUSPICIOUS,
        "A drawing holds a page with a form, a frame or another file.",
        ASK,
        "T1027.017",
    ),
    "svg.share": Explanation(
        SUSPICIOUS,
        "A drawing fetches something from a share, which tells the other side a password's digest.",
        ASK,
        "T1187",
    ),
    "svg.fetches": Explanation(
        NOTE,
        "A drawing fetches a part of itself from the web, so that its maker learns who opens it.",
        "Nothing by itself.",
        "T1598",
    ),
    "xml.runs": Explanation(
        SUSPICIOUS,
        "A style sheet runs code of another language: JScript, C#, Java or PHP.",
        f"{ASK} Style sheets of medical documents do not need it.",
        "T1220",
    ),
    "xml.acts": Explanation(
        SUSPICIOUS,
        "A script in an XML document fetches, decodes, leads away or starts something.",
        ASK,
        "T1220",
    ),
    "xml.script": Explanation(
        NOTE,
        "An XML document holds a script that stays within its page, such as one that folds "
        "sections.",
        "Nothing by itself.",
        "T1220",
    ),
    "xml.fetches": Explanation(
        SUSPICIOUS,
        "A style sheet fetches a document from another machine.",
        ASK,
        "T1220",
    ),
    "xml.sheet": Explanation(
        SUSPICIOUS,
        "An XML document is shown by a style sheet from another machine, which may show anything.",
        f"{ASK} Medical documents bring their style sheet along.",
        "T1220",
    ),
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
    "link.address": Explanation(
        NOTE,
        "A document or an attached page has links to the web; the evidence shows some of them, "
        "written so that nobody follows them by mistake.",
        "Nothing by itself.",
        "T1566.002",
    ),
    "link.share": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "A link leads to a share of another machine, which learns a proof of the password of "
        "whoever clicks it; suspicious when it starts a program there, or when the machine stands "
        "in the internet.",
        f"{ASK} Links to a share are of use only in the sender's own house.",
        "T1187",
    ),
    "link.pretends": Explanation(
        SUSPICIOUS,
        "A link has the name of one site before an @ and leads to the one behind it.",
        f"{ASK} Never follow it to see where it leads.",
        "T1566.002",
    ),
}
