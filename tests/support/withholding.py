"""Mail with bad files in it, and a scanner for it: the engine that ships, in this process."""

import base64
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP

from gateway.model import Report
from gateway.spool import Spool
from tests.support import scanning

SCRIPT = b"WScript.CreateObject('WScript.Shell').Run('calc')\r\n"
"""What Windows runs on a double click: suspicious by its name, whatever is in it."""
RESULT = b"Glycemia 5.2 mmol/l\r\n" * 20
LETTER = "Dear colleague,\n\nthe result of our patient.\n"


def mail(*files: tuple[str, bytes], subject: str = "result") -> bytes:
    """A letter with these files, CRLF line ends."""
    message = EmailMessage()
    message["From"], message["To"] = "lab@out.example", "dr@hospital.example"
    message["Subject"] = subject
    message["Message-ID"] = "<1@out.example>"
    message.set_content(LETTER)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    message.set_boundary("b1")
    return message.as_bytes(policy=SMTP)


WITHHELD = mail(("result.txt", RESULT), ("planning.js", SCRIPT), ("more.txt", RESULT + b"more"))
"""A letter with one suspicious file between two honest ones."""


def spellings(data: bytes) -> list[bytes]:
    """How a file may stand in a message."""
    coded = base64.b64encode(data)
    return [data, coded, coded[:60]]


@dataclass
class InHouse:
    """Looks at messages as a worker does."""

    seen: list[bytes] = field(default_factory=list)

    async def scan(
        self, message: Spool, *, name: str, declared_type: str, sender_domain: str
    ) -> Report:
        with message.view() as view:
            self.seen.append(bytes(view))
        return scanning.scan(self.seen[-1], declared_type)
