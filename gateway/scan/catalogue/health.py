"""What findings in medical images, documents and messages mean."""

from collections.abc import Mapping

from gateway.model import Level
from gateway.scan.catalogue.explanation import (
    ASK,
    NOT_RELEASE,
    NOTE,
    SUSPICIOUS,
    Explanation,
)

FINDINGS: Mapping[str, Explanation] = {
    "dicom.preamble": Explanation(
        (Level.NOTE, Level.MALICIOUS),
        "The 128 bytes before a medical image are in use; malicious when they make a program or a "
        "page of it.",
        f"{NOT_RELEASE} The image behind it is whole: have it sent again by another way.",
        "T1036.008",
    ),
    "dicom.document": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "A DICOM file carries a document, which was looked at too; suspicious when it is no "
        "document as the standard allows, or another one than it states.",
        f"{ASK} What is in it was looked at by itself.",
        "T1036.008",
    ),
    "dicom.appended": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "Bytes follow the last element of a DICOM file, which no viewer shows; a note when the "
        "file was cut in the middle of an element.",
        f"{ASK} No imaging system writes such files.",
        "T1036.008",
    ),
    "cda.active": Explanation(
        SUSPICIOUS,
        "A clinical document holds a script, a form or an address that runs one.",
        f"{ASK} No medical program writes such documents.",
        "T1027.009",
    ),
    "cda.entity": Explanation(
        (Level.SUSPICIOUS, Level.MALICIOUS),
        "A clinical document declares entities, by which its reader can be made to fetch files; "
        "malicious when one names a file or an address.",
        f"{ASK} No medical program writes such documents.",
        "T1027.009",
    ),
    "cda.disguised": Explanation(
        SUSPICIOUS,
        "The body of a clinical document is of another kind than it states.",
        f"{ASK} No medical program writes such documents.",
        "T1027.009",
    ),
    "cda.share": Explanation(
        SUSPICIOUS,
        "A clinical document refers to a share, which tells the other side a password's digest.",
        ASK,
        "T1027.009",
    ),
    "cda.document": Explanation(
        NOTE,
        "A clinical document carries a document or a picture, which was looked at too.",
        "Nothing: letters and results are sent like this.",
        "T1027.009",
    ),
    "cda.reference": Explanation(
        NOTE,
        "A clinical document refers to a page of the web.",
        "Nothing by itself.",
        "T1027.009",
    ),
    "message.disguised": Explanation(
        SUSPICIOUS,
        "A document in a laboratory message or a FHIR resource is of another kind than it states.",
        f"{ASK} No medical program writes such documents.",
        "T1027.009",
    ),
    "message.share": Explanation(
        SUSPICIOUS,
        "A laboratory message or a FHIR resource refers to a share.",
        ASK,
        "T1027.009",
    ),
    "message.document": Explanation(
        NOTE,
        "A laboratory message or a FHIR resource carries a document or refers to one.",
        "Nothing: results are sent like this.",
        "T1027.009",
    ),
    "message.surplus": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "Something stands behind the end of a laboratory message (HL7 v2, HPRIM) or between its "
        "lines: a note where it is text, suspicious where it is bytes that no text holds.",
        f"{ASK} No laboratory system writes such messages. What is there was looked at too.",
        "T1027.009",
    ),
    "xdm.outside": Explanation(
        SUSPICIOUS,
        "A package of medical documents (IHE XDM) holds a file that has no place in it: a program, "
        "a script, a name that climbs out.",
        f"{ASK} Programs that export patient records put nothing else there.",
        "T1027.009",
    ),
    "xdm.incomplete": Explanation(
        NOTE,
        "A package of medical documents (IHE XDM) lacks a file that the standard asks for.",
        "Nothing by itself.",
        "T1027.009",
    ),
    "xdm.unlisted": Explanation(
        NOTE,
        "A package of medical documents (IHE XDM) holds a document that its list does not name.",
        "Nothing by itself: it was looked at like the others.",
        "T1027.009",
    ),
}
