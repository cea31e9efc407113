"""What findings in programs, scripts, shortcuts and the settings that start them mean."""

from collections.abc import Mapping

from gateway.model import Level
from gateway.scan.catalogue.explanation import (
    ASK,
    MALICIOUS,
    NOT_RELEASE,
    NOTE,
    SUSPICIOUS,
    Explanation,
)

FINDINGS: Mapping[str, Explanation] = {
    "disguise.program": Explanation(
        MALICIOUS,
        "A program bears the name of a document, a picture or an archive.",
        NOT_RELEASE,
        "T1036.008",
    ),
    "disguise.double-extension": Explanation(
        MALICIOUS,
        "The name pretends to be a document, and its real last extension is that of a program.",
        NOT_RELEASE,
        "T1036.007",
    ),
    "disguise.right-to-left": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "Invisible characters turn part of the name round; malicious when it is a program's.",
        NOT_RELEASE,
        "T1036.002",
    ),
    "disguise.padding": Explanation(
        MALICIOUS,
        "So many spaces stand before the extension of a program that no window shows it.",
        NOT_RELEASE,
        "T1036.008",
    ),
    "disguise.polyglot": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "One file that two programs read as two different things; malicious when one is a program.",
        NOT_RELEASE,
        "T1036.008",
    ),
    "disguise.mismatch": Explanation(
        NOTE,
        "The content is of another kind than the name says; both are harmless kinds.",
        "Nothing: many programs name their files carelessly.",
        "T1036.008",
    ),
    "program.attached": Explanation(
        SUSPICIOUS,
        "A program for Windows, Linux, macOS or Java is attached under an honest name.",
        f"{ASK} Software comes from its maker's site, not by mail.",
        "T1204.002",
    ),
    "program.script": Explanation(
        SUSPICIOUS,
        "A file that the system runs when it is opened: a script, a shortcut, a console file.",
        f"{ASK} Very few honest senders attach these.",
        "T1204.002",
    ),
    "disguise.lookalike": Explanation(
        SUSPICIOUS,
        "The name mixes Latin letters with foreign ones that look like them, so that it is read as "
        "something that it is not.",
        f"{ASK} Nobody types such a name by mistake.",
        "T1036.008",
    ),
    "disguise.type": Explanation(
        SUSPICIOUS,
        "The sender states that a program is a picture, a text or a PDF.",
        NOT_RELEASE,
        "T1036.008",
    ),
    "program.foreign": Explanation(
        NOTE,
        "A program or a package for Linux, macOS or iOS, without the right to be run.",
        "Nothing, where all desktops run Windows.",
        "T1204.002",
    ),
    "program.help": Explanation(
        NOTE,
        "A help file of Windows. Its pages were looked at one by one.",
        "Nothing: Windows shows help from the network without its contents.",
        "T1218.001",
    ),
    "lnk.command": Explanation(
        MALICIOUS,
        "A Windows shortcut gives a command line to an interpreter; the evidence quotes it.",
        NOT_RELEASE,
        "T1204.002",
    ),
    "lnk.remote": Explanation(
        SUSPICIOUS,
        "A Windows shortcut leads to another machine, or takes its icon from there, which tells "
        "that machine a password's digest.",
        f"{ASK} Shortcuts to a share are of use only in the sender's own house.",
        "T1187",
    ),
    "lnk.hidden": Explanation(
        MALICIOUS,
        "A Windows shortcut whose command line is so long or so full of blanks that no window "
        "shows it.",
        NOT_RELEASE,
        "T1027.012",
    ),
    "lnk.appended": Explanation(
        SUSPICIOUS,
        "Something stands behind the end of a Windows shortcut, as where the shortcut unpacks "
        "itself.",
        ASK,
        "T1027.009",
    ),
    "lnk.arguments": Explanation(
        SUSPICIOUS,
        "A Windows shortcut starts a program with arguments.",
        f"{ASK} Read the command line: which program, which file?",
        "T1204.002",
    ),
    "lnk.inside": Explanation(
        SUSPICIOUS,
        "A Windows shortcut lies in a document or in a disk image, where it can only be to start "
        "something that came with it.",
        ASK,
        "T1204.002",
    ),
    "lnk.plain": Explanation(
        NOTE,
        "A Windows shortcut without arguments: it opens what is there already, or what came with "
        "it and was judged by itself.",
        "Nothing: it was sent by mistake, most likely.",
        "T1204.002",
    ),
    "script.acts": Explanation(
        SUSPICIOUS,
        "A script that runs programs, fetches files, hides what it does or stays on the machine.",
        f"{ASK} Read the quoted lines.",
        "T1059",
    ),
    "script.dropper": Explanation(
        MALICIOUS,
        "A script runs programs, and fetches them, hides what it does or stays on the machine.",
        NOT_RELEASE,
        "T1059",
    ),
    "script.encoded": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "A script in Microsoft's encoding, which only hides its text; the text was looked at too. "
        "A note in a page, since browsers do not run it any more.",
        f"{ASK} Nobody encodes a script honestly any more.",
        "T1027.013",
    ),
    "script.formula": Explanation(
        MALICIOUS,
        "A table or a query, as a text file, that starts a program when it is opened in Excel.",
        NOT_RELEASE,
        "T1059",
    ),
    "script.share": Explanation(
        SUSPICIOUS,
        "A shortcut or a setting leads to a share, which tells the other side a password's digest "
        "and may show a program as a document.",
        ASK,
        "T1187",
    ),
    "script.web": Explanation(
        NOTE,
        "A shortcut or a setting leads to a page of the web.",
        "Look at the address; that such a file was sent at all is told by another finding.",
        "T1059",
    ),
    "company.alone": Explanation(
        SUSPICIOUS,
        "An archive or a disk image holds nothing but one file that runs.",
        f"{ASK} Whoever sends a document does not wrap a program in its place.",
        "T1204.002",
    ),
    "company.side-loading": Explanation(
        SUSPICIOUS,
        "A program stands beside a library that it would load: an honest program, even a signed "
        "one, then runs whatever the library does.",
        f"{ASK} Software comes from its maker's site, not by mail.",
        "T1574.001",
    ),
    "company.carrier": Explanation(
        SUSPICIOUS,
        "A mail is attached, and a file that runs is attached to that one.",
        f"{ASK} Mail that is forwarded as an attachment passes many filters.",
        "T1204.002",
    ),
}
