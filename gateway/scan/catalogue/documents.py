"""What findings in Office, rich text and PDF documents mean."""

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
    "macro.present": Explanation(
        NOTE,
        "The document holds macros that do not start by themselves.",
        "Nothing: macros run only when somebody starts them.",
        "T1059.005",
    ),
    "macro.autoexec": Explanation(
        SUSPICIOUS,
        "A macro starts by itself when the document is opened, closed or clicked into.",
        f"{ASK} Planning sheets of colleagues may honestly do this.",
        "T1204.002",
    ),
    "macro.acts": Explanation(
        SUSPICIOUS,
        "A macro that must be started by hand can start programs or download files.",
        f"{ASK} Read the quoted line: which program, which address?",
        "T1059.005",
    ),
    "macro.dropper": Explanation(
        MALICIOUS,
        "A macro starts by itself and starts a program, downloads a file or hides what it does.",
        NOT_RELEASE,
        "T1059.005",
    ),
    "macro.stomped": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "The source of a macro was taken out, made shorter or exchanged: the compiled form, which "
        "Office runs and scanners do not read, says more. Malicious when ten lines or more are "
        "missing, or when it says commands or addresses.",
        NOT_RELEASE,
        "T1564.007",
    ),
    "macro.xlm": Explanation(
        SUSPICIOUS,
        "The workbook has an Excel 4.0 macro sheet, a form of macro that only attackers still use.",
        ASK,
        "T1059",
    ),
    "office.remote-template": Explanation(
        (Level.NOTE, Level.SUSPICIOUS, Level.MALICIOUS),
        "The document loads its template, macros included, from another machine: malicious from "
        "the web or from a bare address, suspicious from a share, a note from a server of the "
        "writer's house.",
        f"{ASK} Ask for the document without its template.",
        "T1221",
    ),
    "office.remote-object": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "Opening the document fetches an object, a frame or a text from another machine; "
        "malicious when it is a page of script in the place of an object.",
        f"{ASK} Whose machine is in the quoted address?",
        "T1221",
    ),
    "office.remote-picture": Explanation(
        NOTE,
        "The document fetches a picture, so that its server learns who opens it, and when.",
        "Nothing: newsletters do so. Office asks before it fetches anything.",
        "T1598",
    ),
    "office.linked": Explanation(
        NOTE,
        "A part of the document lies elsewhere: a linked workbook, a chapter, a file of the house.",
        "Nothing: the link does not work from here, or the user is asked.",
    ),
    "office.damaged": Explanation(
        NOTE,
        "Parts of an older Office document or an Outlook item are broken, or missing from the "
        "file. All that is there of them was looked at.",
        "Nothing; the sender may have to send it again.",
    ),
    "office.tool-link": Explanation(
        MALICIOUS,
        "A link hands text to a tool of Windows that acts upon it (ms-msdt, search-ms and others).",
        NOT_RELEASE,
        "T1203",
    ),
    "office.dde": Explanation(
        (Level.NOTE, Level.SUSPICIOUS, Level.MALICIOUS),
        "A field, a link or a cell asks another program for data (DDE), and Office offers to "
        "start that program. A workbook that is fed by one is a note, a field is suspicious; a "
        "program that runs commands is malicious.",
        f"{ASK} Read the quoted command: which program is it?",
        "T1559.002",
    ),
    "office.ribbon": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "A ribbon starts a macro as soon as the document is opened; malicious when the macro is "
        "in another file.",
        f"{ASK} Tools that a house makes for itself do this, letters do not.",
        "T1204.002",
    ),
    "office.slide-action": Explanation(
        SUSPICIOUS,
        "A slide starts a program when the mouse moves over it or clicks it.",
        f"{ASK} Which program does it start, and what for?",
        "T1204.002",
    ),
    "office.chunk": Explanation(
        NOTE,
        "Another document is taken into this one when it is opened. It was looked at too.",
        "Nothing: programs that write reports do so.",
        "T1027.009",
    ),
    "office.control": Explanation(
        NOTE,
        "The document has controls (ActiveX) of another make than the buttons and lists of forms.",
        "Nothing: Office asks before it loads them.",
    ),
    "office.object": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "The document holds an object that attacks are made of: Flash, a browser window, a page "
        "of script, a control with known holes; malicious when it is built as an attack is.",
        f"{ASK} Letters and tables need none of these.",
        "T1203",
    ),
    "office.equation": Explanation(
        (Level.NOTE, Level.MALICIOUS),
        "The document has formulas of the old equation editor, as old documents do; malicious "
        "when one is built to break it (CVE-2017-11882 and its kin).",
        NOT_RELEASE,
        "T1203",
    ),
    "office.package": Explanation(
        (Level.NOTE, Level.SUSPICIOUS, Level.MALICIOUS),
        "A file was dropped into the document, to be started by a double click. It was looked at "
        "too. A picture, a PDF or an older Office document is a note; a program, a script or a "
        "shortcut is malicious.",
        f"{ASK} What is the name of the file, and why is it not attached to the mail?",
        "T1027.009",
    ),
    "rtf.hidden-object": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "An object in rich text is written with words and groups among its digits, which Word "
        "passes over and scanners may not; malicious when there are many.",
        NOT_RELEASE,
        "T1027",
    ),
    "rtf.update": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "An object in rich text is loaded as soon as the text is opened; malicious when its class "
        "is one that attacks use.",
        f"{ASK} Letters hold objects, but do not load them unasked.",
        "T1203",
    ),
    "pdf.script": Explanation(
        (Level.NOTE, Level.SUSPICIOUS, Level.MALICIOUS),
        "JavaScript in a PDF. At a click, as forms have it, it is a note; suspicious when it runs "
        "unasked or writes files; malicious when it hides what it does or is a known attack.",
        f"{ASK} Read the quoted code: does it compute, or does it open and write something?",
        "T1059.007",
    ),
    "pdf.launch": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "The PDF opens another file or starts a program; malicious when it is a program.",
        NOT_RELEASE,
        "T1204.002",
    ),
    "pdf.remote": Explanation(
        SUSPICIOUS,
        "The PDF fetches something from another machine or sends data there. A share of Windows "
        "learns the name and a proof of the password of who asks.",
        f"{ASK} Look at the quoted address: whose machine is it?",
        "T1187",
    ),
    "pdf.link": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "The PDF has links. It is suspicious when one is opened without a click, or when Windows "
        "hands it to a tool that acts upon it.",
        f"{ASK} Read where the link leads; never follow it to see.",
        "T1204.001",
    ),
    "pdf.lure": Explanation(
        SUSPICIOUS,
        "A short PDF with few words whose page is one link from edge to edge, as pictures of "
        "documents are that somebody shall click.",
        f"{ASK} Read where the link leads; never sign in there.",
        "T1566.002",
    ),
    "pdf.attachment": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "Files are attached inside the PDF, as electronic invoices have them; suspicious when one "
        "is a program or a script.",
        f"{ASK} A program inside a PDF has no honest use.",
        "T1027.009",
    ),
    "pdf.form": Explanation(
        NOTE,
        "The PDF is a form that computes by scripts or can be sent to an address.",
        "Nothing: many authorities publish such forms.",
    ),
    "pdf.media": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "The PDF holds a film, a sound or a model; suspicious when it is Flash.",
        f"{ASK} Flash is dead since 2020: ask for another file.",
        "T1203",
    ),
    "pdf.hidden-name": Explanation(
        MALICIOUS,
        "The name of an action is spelled in a way that readers undo and scanners may not.",
        NOT_RELEASE,
        "T1027",
    ),
    "pdf.surplus": Explanation(
        NOTE,
        "Bytes stand before the beginning of the PDF or behind its end.",
        "Nothing: careless programs leave rubbish there. It was looked at too.",
        "T1027",
    ),
    "macro.xlm-acts": Explanation(
        MALICIOUS,
        "An Excel 4.0 macro starts by itself or is hidden, and it starts programs, calls Windows "
        "or writes files.",
        NOT_RELEASE,
        "T1059",
    ),
    "macro.xlm-unclear": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "What an Excel 4.0 macro does depends on the machine that opens it (a note), or it does "
        "more than was followed.",
        f"{ASK} Macros that ask about their machine hide from those who look at them.",
        "T1497.001",
    ),
}
"""By code."""
