"""What findings in medical images, documents and messages mean."""

from collections.abc import Mapping

from gateway.model import Level
from gateway.scan.catalogue.explanation import ASK, Explanation

FINDINGS: Mapping[str, Explanation] = {
    "dicom.preamble": Explanation(
        (Level.NOTE, Level.MALICIOUS),
        "The 128 bytes before a medical image are in use; malicious when they make a program or a "
        "page of it.",
        "Malicious: do not release. The image itself is whole: with the preamble set to zeros it "
        "is harmless.",
        "T1036.008",
    ),
    "dicom.document": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "A DICOM file carries a document, which was looked at too; suspicious when it is no "
        "document as the standard allows, or another one than it states.",
        "Look at what was found inside of it.",
        "T1036.008",
    ),
    "dicom.appended": Explanation(
        (Level.NOTE, Level.SUSPICIOUS),
        "Bytes follow the last element of a DICOM file, which no viewer shows; a note when the "
        "file was cut in the middle of an element.",
        f"{ASK} No imaging system writes such files.",
        "T1036.008",
    ),
}
