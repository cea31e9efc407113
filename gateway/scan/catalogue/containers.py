"""What findings in archives, disk images and other files with files in them mean."""

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
    "archive.password": Explanation(
        NOTE,
        "A locked file opened with a password that stands in the message, that the settings name, "
        "or that is a usual one. What is in it was looked at. Attackers lock files so that "
        "filters do not look; honest senders do it for secrecy.",
        "Nothing: what was found inside decides.",
        "T1027.013",
    ),
    "zip.ambiguous": Explanation(
        SUSPICIOUS,
        "Readers of this ZIP file would see different names or contents. All were looked at.",
        f"{ASK} Honest programs do not write such files.",
        "T1027",
    ),
    "zip.volume": Explanation(
        NOTE,
        "The last part of a ZIP archive that was split over several files. Files that begin in an "
        "earlier part are not in it, and nobody can open them without that part, which is held "
        "when it comes by mail. All others were looked at.",
        "Nothing: the recipient needs the other parts, or the files in one piece.",
    ),
    "archive.copy": Explanation(
        NOTE,
        "An archive has the same bytes as one that was opened before in this message, or as one "
        "that it lies in. What was found in that one is told of this one as well.",
        "Nothing: look at the first.",
    ),
    "archive.link": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "The archive holds links or devices. They have no content. Suspicious when a link leads "
        "out of the archive: unpacking programs that follow it write or show files elsewhere.",
        f"Nothing for a note: archives of programs for Unix hold links. Otherwise: {ASK}",
    ),
    "archive.path": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "The name of a file leads to a place of its own choice: upwards out of the folder that it "
        "is unpacked into, or, a note, to the root of a drive.",
        f"{ASK} Honest programs write no such names.",
        "T1027",
    ),
    "compressed.trailing": Explanation(
        NOTE,
        "Something stands behind the end of the compressed data. It was looked at too.",
        "Nothing: some programs leave rubbish there.",
        "T1027",
    ),
    "picture.appended": Explanation(
        NOTE,
        "A file stands behind the end of a picture, where no viewer looks. It was looked at too.",
        "Nothing by itself; some programs keep data of their own there.",
        "T1027.003",
    ),
    "picture.page": Explanation(
        SUSPICIOUS,
        "A page with a script is written into the bytes of a picture: named as a page, it runs.",
        f"{ASK} Honest programs write no scripts into pictures.",
        "T1027.003",
    ),
    "onenote.runs": Explanation(
        MALICIOUS,
        "A page of OneNote carries a program, a script or a shortcut, which a click starts; "
        "attackers lay a picture of a button over it.",
        f"{NOT_RELEASE} Notebooks hold notes, pictures and documents, never what runs.",
        "T1204.002",
    ),
    "onenote.lure": Explanation(
        SUSPICIOUS,
        "A page of OneNote asks for a double click, and carries a file that is no document: an "
        "archive, a disk image, a web page.",
        f"{ASK} What is in the file, and why is it not attached to the mail?",
        "T1204.002",
    ),
    "onenote.attached": Explanation(
        NOTE,
        "A file is attached to a page of OneNote, where one click opens it. It was looked at too.",
        "Nothing by itself; look at what the file is.",
        "T1204.002",
    ),
}
