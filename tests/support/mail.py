"""Builders of mail: well-formed by the standard library, crooked by hand."""

import base64
from email.message import EmailMessage

from gateway import mime
from gateway.model import Finding, Gap, Level

PROGRAM = b"MZ" + bytes(range(256)) * 4
"""Bytes that stand for a file someone wants to hide; no program."""

LINEAGE = ("message",)


def lines(*texts: str | bytes) -> bytes:
    """The texts as CRLF lines."""
    return b"".join((t.encode() if isinstance(t, str) else t) + b"\r\n" for t in texts)


def folded_base64(data: bytes = PROGRAM) -> bytes:
    """``data`` as base64 in lines of 76."""
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def attachment(*, name: str = "setup.exe", data: bytes = PROGRAM) -> bytes:
    """A part with a file, its header first, without a delimiter."""
    header = lines(
        "Content-Type: application/octet-stream",
        f'Content-Disposition: attachment; filename="{name}"',
        "Content-Transfer-Encoding: base64",
        "",
    )
    return header + folded_base64(data)


def text(words: str = "hello") -> bytes:
    """A part with words to show."""
    return lines("Content-Type: text/plain", "", words)


def multipart(*parts: bytes, boundary: str = "b1", header: str | None = None) -> bytes:
    """A whole message; ``header`` replaces its Content-Type lines."""
    declared = header or f'Content-Type: multipart/mixed; boundary="{boundary}"'
    top = lines("From: a@partner.example", "To: b@hospital.example", "MIME-Version: 1.0")
    delimited = b"".join(b"--" + boundary.encode() + b"\r\n" + part for part in parts)
    return top + lines(declared, "") + delimited + f"--{boundary}--\r\n".encode()


def honest(*files: tuple[str, bytes], words: str = "Bonjour,\n\nci-joint.\n") -> bytes:
    """A well-formed message with files, as the standard library writes it."""
    message = EmailMessage()
    message["From"] = "Dr Élodie Martin <e.martin@partner.example>"
    message["To"] = "b@hospital.example"
    message["Subject"] = "Résultats d'analyse"
    message.set_content(words)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes().replace(b"\n", b"\r\n")


class Read:
    """A message as our reader sees it."""

    def __init__(self, message: bytes) -> None:
        seen = list(mime.read(message, LINEAGE).open())
        self.payloads = [one for one in seen if isinstance(one, mime.Payload)]
        self.findings = [one for one in seen if isinstance(one, Finding)]
        self.gaps = [one for one in seen if isinstance(one, Gap)]

    @property
    def datas(self) -> list[bytes]:
        return [payload.data for payload in self.payloads]

    @property
    def names(self) -> set[str]:
        return {name for payload in self.payloads for name in payload.names}

    @property
    def level(self) -> Level | None:
        return max((finding.level for finding in self.findings), default=None)

    @property
    def is_calm(self) -> bool:
        """No gap, and nothing above a note."""
        return not self.gaps and (self.level or Level.NOTE) is Level.NOTE
