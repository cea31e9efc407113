"""The messages of the demo: what a hospital receives, honest and not, and where each must end."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from gateway.demo import samples
from gateway.model import Class

SENDER = "resultats@laboratoire.example"
RECIPIENT = "dr.martin@hopital.example"

_PDF = ("application", "pdf")
_DOCM = ("application", "vnd.ms-word.document.macroEnabled.12")
_ZIP = ("application", "zip")


@dataclass(frozen=True, slots=True)
class Sample:
    """One message of the demo; ``subject`` tells it from the others."""

    subject: str
    build: Callable[[str], EmailMessage]
    expected: Class

    def message(self) -> bytes:
        """The whole message, CRLF line ends."""
        return self.build(self.subject).as_bytes(policy=SMTP)


def _plain(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Laboratoire <{SENDER}>"
    message["To"] = RECIPIENT
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 08:15:00 +0100"
    message["Message-ID"] = f"<{abs(hash(subject))}@laboratoire.example>"
    message.set_content("Bonjour,\n\nveuillez trouver ci-joint le document.\n\nBien à vous\n")
    return message


def _with(name: str, kind: tuple[str, str], data: bytes) -> Callable[[str], EmailMessage]:
    def build(subject: str) -> EmailMessage:
        message = _plain(subject)
        message.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
        return message

    return build


def _with_planning(subject: str) -> EmailMessage:
    """An honest letter: a colleague's planning sheet greets whoever opens it."""
    message = _with("compte-rendu.pdf", _PDF, samples.laboratory_pdf())(subject)
    greeting = {"Module1": 'Sub AutoOpen()\r\n  MsgBox "Planning du bloc"\r\nEnd Sub\r\n'}
    planning = samples.word_document(greeting)
    message.add_attachment(planning, maintype=_DOCM[0], subtype=_DOCM[1], filename="planning.docm")
    return message


def _forwarded(subject: str) -> EmailMessage:
    inner = _with("facture.docm", _DOCM, samples.docm_with_autorun_macro())("Facture 2026-1142")
    message = _plain(subject)
    message.add_attachment(inner)
    return message


_NESTED = samples.zip_of({"dossier.zip": samples.zip_of({"scans/eicar.com.txt": samples.eicar()})})

SAMPLES = (
    Sample("Rendez-vous du 24 novembre", _plain, Class.CLEAN),
    Sample(
        "Résultat de laboratoire",
        _with("resultat.pdf", _PDF, samples.laboratory_pdf()),
        Class.CLEAN,
    ),
    Sample(
        "Image DICOM",
        _with("IM000001.dcm", ("application", "dicom"), samples.dicom_image()),
        Class.CLEAN,
    ),
    Sample(
        "Compte rendu d'hospitalisation",
        _with(
            "compte-rendu.docx",
            ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
            samples.word_document({}),
        ),
        Class.CLEAN,
    ),
    Sample(
        "Planning avec macro automatique",
        _with("planning.docm", _DOCM, samples.docm_with_autorun_macro()),
        Class.MALICIOUS,
    ),
    Sample("Archive dans une archive", _with("envoi.zip", _ZIP, _NESTED), Class.MALICIOUS),
    Sample(
        "Programme au nom de document",
        _with("resultat.pdf.exe", _PDF, samples.windows_program()),
        Class.MALICIOUS,
    ),
    Sample(
        "Zip avec mot de passe",
        _with(
            "confidentiel.zip",
            _ZIP,
            samples.encrypted_zip("bilan.txt", b"Bilan du patient\r\n", b"inconnu"),
        ),
        Class.OPAQUE,
    ),
    Sample(
        "Planning de garde, et compte rendu",
        _with_planning,
        Class.SUSPICIOUS,
    ),
    Sample("Tr: facture", _forwarded, Class.MALICIOUS),
)
