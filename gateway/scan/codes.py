"""What each finding and each gap means, and what an administrator does about it."""

from collections.abc import Mapping

from gateway.model import Level, Reason
from gateway.scan.catalogue import containers, health, opinions, programs, web
from gateway.scan.catalogue.explanation import ASK as _ASK
from gateway.scan.catalogue.explanation import MALICIOUS as _MALICIOUS
from gateway.scan.catalogue.explanation import NOT_RELEASE as _NOT_RELEASE
from gateway.scan.catalogue.explanation import NOTE as _NOTE
from gateway.scan.catalogue.explanation import SUSPICIOUS as _SUSPICIOUS
from gateway.scan.catalogue.explanation import Explanation

FINDINGS: Mapping[str, Explanation] = {
    "macro.present": Explanation(
        _NOTE,
        "The document holds macros that do not start by themselves.",
        "Nothing: macros run only when somebody starts them.",
        "T1059.005",
    ),
    "macro.autoexec": Explanation(
        _SUSPICIOUS,
        "A macro starts by itself when the document is opened, closed or clicked into.",
        f"{_ASK} Planning sheets of colleagues may honestly do this.",
        "T1204.002",
    ),
    "macro.acts": Explanation(
        _SUSPICIOUS,
        "A macro that must be started by hand can start programs or download files.",
        f"{_ASK} Read the quoted line: which program, which address?",
        "T1059.005",
    ),
    "macro.dropper": Explanation(
        _MALICIOUS,
        "A macro starts by itself and starts a program, downloads a file or hides what it does.",
        _NOT_RELEASE,
        "T1059.005",
    ),
    "macro.stomped": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "The source of a macro was taken out, made shorter or exchanged: the compiled form, which "
        "Office runs and scanners do not read, says more. Malicious when ten lines or more are "
        "missing, or when it says commands or addresses.",
        _NOT_RELEASE,
        "T1564.007",
    ),
    "macro.xlm": Explanation(
        _SUSPICIOUS,
        "The workbook has an Excel 4.0 macro sheet, a form of macro that only attackers still use.",
        _ASK,
        "T1059",
    ),
    "office.remote-template": Explanation(
        (Level.NOTE, Level.SUSPICIOUS, Level.MALICIOUS),
        "The document loads its template, macros included, from another machine: malicious from "
        "the web or from a bare address, suspicious from a share, a note from a server of the "
        "writer's house.",
        f"{_ASK} Ask for the document without its template.",
        "T1221",
    ),
    "office.remote-object": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "Opening the document fetches an object, a frame or a text from another machine; "
        "malicious when it is a page of script in the place of an object.",
        f"{_ASK} Whose machine is in the quoted address?",
        "T1221",
    ),
    "office.remote-picture": Explanation(
        _NOTE,
        "The document fetches a picture, so that its server learns who opens it, and when.",
        "Nothing: newsletters do so. Office asks before it fetches anything.",
        "T1598",
    ),
    "office.linked": Explanation(
        _NOTE,
        "A part of the document lies elsewhere: a linked workbook, a chapter, a file of the house.",
        "Nothing: the link does not work from here, or the user is asked.",
    ),
    "office.damaged": Explanation(
        _NOTE,
        "Parts of an older Office document or an Outlook item are broken, or missing from the "
        "file. All that is there of them was looked at.",
        "Nothing; the sender may have to send it again.",
    ),
    "office.tool-link": Explanation(
        _MALICIOUS,
        "A link hands text to a tool of Windows that acts upon it (ms-msdt, search-ms and others).",
        _NOT_RELEASE,
        "T1203",
    ),
    "office.dde": Explanation(
        (Level.NOTE, Level.SUSPICIOUS, Level.MALICIOUS),
        "A field, a link or a cell asks another program for data (DDE), and Office offers to "
        "start that program. A workbook that is fed by one is a note, a field is suspicious; a "
        "program that runs commands is malicious.",
        f"{_ASK} Read the quoted command: which program is it?",
        "T1559.002",
    ),
    "office.ribbon": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "A ribbon starts a macro as soon as the document is opened; malicious when the macro is "
        "in another file.",
        f"{_ASK} Tools that a house makes for itself do this, letters do not.",
        "T1204.002",
    ),
    "office.slide-action": Explanation(
        _SUSPICIOUS,
        "A slide starts a program when the mouse moves over it or clicks it.",
        f"{_ASK} Which program does it start, and what for?",
        "T1204.002",
    ),
    "office.chunk": Explanation(
        _NOTE,
        "Another document is taken into this one when it is opened. It was looked at too.",
        "Nothing: programs that write reports do so.",
        "T1027.009",
    ),
    "office.control": Explanation(
        _NOTE,
        "The document has controls (ActiveX) of another make than the buttons and lists of forms.",
        "Nothing: Office asks before it loads them.",
    ),
    "office.object": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "The document holds an object that attacks are made of: Flash, a browser window, a page "
        "of script, a control with known holes; malicious when it is built as an attack is.",
        f"{_ASK} Letters and tables need none of these.",
        "T1203",
    ),
    "office.equation": Explanation(
        (Level.NOTE, Level.MALICIOUS),
        "The document has formulas of the old equation editor, as old documents do; malicious "
        "when one is built to break it (CVE-2017-11882 and its kin).",
        _NOT_RELEASE,
        "T1203",
    ),
    "office.package": Explanation(
        (Level.NOTE, Level.SUSPICIOUS, Level.MALICIOUS),
        "A file was dropped into the document, to be started by a double click. It was looked at "
        "too. A picture, a PDF or an older Office document is a note; a program, a script or a "
        "shortcut is malicious.",
        f"{_ASK} What is the name of the file, and why is it not attached to the mail?",
        "T1027.009",
    ),
    "rtf.hidden-object": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "An object in rich text is written with words and groups among its digits, which Word "
        "passes over and scanners may not; malicious when there are many.",
        _NOT_RELEASE,
        "T1027",
    ),
    "rtf.update": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "An object in rich text is loaded as soon as the text is opened; malicious when its class "
        "is one that attacks use.",
        f"{_ASK} Letters hold objects, but do not load them unasked.",
        "T1203",
    ),
    "pdf.script": Explanation(
        (Level.NOTE, Level.SUSPICIOUS, Level.MALICIOUS),
        "JavaScript in a PDF. At a click, as forms have it, it is a note; suspicious when it runs "
        "unasked or writes files; malicious when it hides what it does or is a known attack.",
        f"{_ASK} Read the quoted code: does it compute, or does it open and write something?",
        "T1059.007",
    ),
    "pdf.launch": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "The PDF opens another file or starts a program; malicious when it is a program.",
        _NOT_RELEASE,
        "T1204.002",
    ),
    "pdf.remote": Explanation(
        _SUSPICIOUS,
        "The PDF fetches something from another machine or sends data there. A share of Windows "
        "learns the name and a proof of the password of who asks.",
        f"{_ASK} Look at the quoted address: whose machine is it?",
        "T1187",
    ),
    "pdf.link": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "The PDF has links. It is suspicious when one is opened without a click, or when Windows "
        "hands it to a tool that acts upon it.",
        f"{_ASK} Read where the link leads; never follow it to see.",
        "T1204.001",
    ),
    "pdf.lure": Explanation(
        _SUSPICIOUS,
        "A short PDF with few words whose page is one link from edge to edge, as pictures of "
        "documents are that somebody shall click.",
        f"{_ASK} Read where the link leads; never sign in there.",
        "T1566.002",
    ),
    "pdf.attachment": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "Files are attached inside the PDF, as electronic invoices have them; suspicious when one "
        "is a program or a script.",
        f"{_ASK} A program inside a PDF has no honest use.",
        "T1027.009",
    ),
    "pdf.form": Explanation(
        _NOTE,
        "The PDF is a form that computes by scripts or can be sent to an address.",
        "Nothing: many authorities publish such forms.",
    ),
    "pdf.media": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "The PDF holds a film, a sound or a model; suspicious when it is Flash.",
        f"{_ASK} Flash is dead since 2020: ask for another file.",
        "T1203",
    ),
    "pdf.hidden-name": Explanation(
        _MALICIOUS,
        "The name of an action is spelled in a way that readers undo and scanners may not.",
        _NOT_RELEASE,
        "T1027",
    ),
    "pdf.surplus": Explanation(
        _NOTE,
        "Bytes stand before the beginning of the PDF or behind its end.",
        "Nothing: careless programs leave rubbish there. It was looked at too.",
        "T1027",
    ),
    "macro.xlm-acts": Explanation(
        _MALICIOUS,
        "An Excel 4.0 macro starts by itself or is hidden, and it starts programs, calls Windows "
        "or writes files.",
        _NOT_RELEASE,
        "T1059",
    ),
    "macro.xlm-unclear": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "What an Excel 4.0 macro does depends on the machine that opens it (a note), or it does "
        "more than was followed.",
        f"{_ASK} Macros that ask about their machine hide from those who look at them.",
        "T1497.001",
    ),
    "disguise.program": Explanation(
        _MALICIOUS,
        "A program bears the name of a document, a picture or an archive.",
        _NOT_RELEASE,
        "T1036.008",
    ),
    "disguise.double-extension": Explanation(
        _MALICIOUS,
        "The name pretends to be a document, and its real last extension is that of a program.",
        _NOT_RELEASE,
        "T1036.007",
    ),
    "disguise.right-to-left": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "Invisible characters turn part of the name round; malicious when it is a program's.",
        _NOT_RELEASE,
        "T1036.002",
    ),
    "disguise.padding": Explanation(
        _MALICIOUS,
        "So many spaces stand before the extension of a program that no window shows it.",
        _NOT_RELEASE,
        "T1036.008",
    ),
    "disguise.polyglot": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "One file that two programs read as two different things; malicious when one is a program.",
        _NOT_RELEASE,
        "T1036.008",
    ),
    "disguise.mismatch": Explanation(
        _NOTE,
        "The content is of another kind than the name says; both are harmless kinds.",
        "Nothing: many programs name their files carelessly.",
        "T1036.008",
    ),
    "program.attached": Explanation(
        _SUSPICIOUS,
        "A program for Windows, Linux, macOS or Java is attached under an honest name.",
        f"{_ASK} Software comes from its maker's site, not by mail.",
        "T1204.002",
    ),
    "program.script": Explanation(
        _SUSPICIOUS,
        "A file that the system runs when it is opened: a script, a shortcut, a console file.",
        f"{_ASK} Very few honest senders attach these.",
        "T1204.002",
    ),
    "mime.slip": Explanation(
        _NOTE,
        "The message bends the syntax of mail in a way that every mail program forgives.",
        "Nothing: much honest software writes such mail.",
    ),
    "mime.ambiguous": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "Mail programs read this message differently: one shows a file that another does not "
        "show, other bytes under the same name, or the same bytes under a name of another kind. "
        "Everything that any of them shows was looked at. It is a note where no file is concerned.",
        f"{_ASK} Honest programs very rarely write such mail, attackers do to pass scanners.",
        "T1027",
    ),
    "mime.quoted": Explanation(
        _NOTE,
        "A text quotes a mail or a part of one, as bounces do. Mail programs show it as text; the "
        "files in it were looked at all the same.",
        "Nothing.",
    ),
    "mime.charset": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "A text is in UTF-7, UTF-16 or the like: few mail programs show it alike, and filters "
        "that look for words see none. It is suspicious for HTML, a note for anything else.",
        f"{_ASK} `lazaretto quarantine show ID --text` prints what it says.",
        "T1027",
    ),
    "yara.match": Explanation(
        (Level.NOTE, Level.SUSPICIOUS, Level.MALICIOUS),
        "A rule of a rule pack matched; the rule has its own description and level.",
        f"{_ASK} `lazaretto rules show RULE` tells more about the rule.",
    ),
    **containers.FINDINGS,
    **web.FINDINGS,
    **programs.FINDINGS,
    **health.FINDINGS,
    **opinions.FINDINGS,
}
"""Every finding code. ``area.what``, stable: settings and statistics refer to them."""

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


def advice(code: str, level: Level = Level.SUSPICIOUS) -> str:
    """What to do about a finding or the reason of a gap; "" for one that is not known.

    The advice of the table is for what is suspicious; what is malicious is never released.
    """
    if code not in FINDINGS:
        return GAPS[Reason(code)].todo if code in set(Reason) else ""
    todo = FINDINGS[code].todo
    if level is Level.MALICIOUS and not todo.startswith(_NOT_RELEASE):
        return _NOT_RELEASE
    return todo
