"""The notice that tells recipients of a held message, in their language, whom to call."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal

from gateway.model import Class, Heading
from gateway.notices.texts import template

_SUBJECTS = {
    "fr": "Message retenu : n° {item}",
    "en": "Message held: no. {item}",
}


@dataclass(frozen=True, slots=True)
class Notices:
    """Composes notices. ``contact`` completes "contact … and give the number"."""

    language: Literal["fr", "en"]
    sender: str
    contact: str

    def held(self, item: str, heading: Heading, kind: Class, *, now: datetime) -> bytes:
        """A whole message, CRLF line ends, for the recipients of the held one.

        It is marked as sent by a machine (RFC 3834), and goes out with the null sender: nobody
        answers it, and no two gateways can answer each other.
        """
        notice = EmailMessage(policy=SMTP)
        notice["From"] = self.sender
        notice["To"] = "undisclosed-recipients:;"
        notice["Subject"] = _SUBJECTS[self.language].format(item=item)
        notice["Date"] = now
        notice["Auto-Submitted"] = "auto-generated"
        notice.set_content(
            template(f"held.{self.language}.txt.j2").render(
                sender=heading.sender,
                subject=heading.subject,
                item=item,
                kind=kind.word,
                contact=self.contact,
            ),
            cte="quoted-printable",
        )
        return notice.as_bytes()
