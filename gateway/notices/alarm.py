"""The mail that tells administrators of held messages that nobody has looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal, Protocol

from gateway.notices.texts import template

_SUBJECTS = {
    "fr": "{count} message(s) retenu(s) que personne n'a regardé(s)",
    "en": "{count} held message(s) that nobody has looked at",
}
_MOST_LISTED = 50


class Held(Protocol):
    """What is told of an item: nothing of the sender's."""

    @property
    def id(self) -> str:
        """Its number."""
        ...

    @property
    def kind(self) -> str:
        """Its class."""
        ...

    @property
    def held_at(self) -> datetime:
        """Since when it waits."""
        ...


@dataclass(frozen=True, slots=True)
class Alarm:
    """Composes the mail."""

    language: Literal["fr", "en"]
    sender: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def overdue(self, items: Sequence[Held]) -> bytes:
        """A whole message, CRLF line ends; marked as sent by a machine (RFC 3834)."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self.sender
        mail["To"] = "undisclosed-recipients:;"
        mail["Subject"] = _SUBJECTS[self.language].format(count=len(items))
        mail["Date"] = self.now()
        mail["Auto-Submitted"] = "auto-generated"
        text = template(f"overdue.{self.language}.txt.j2").render(
            items=items[:_MOST_LISTED], more=max(0, len(items) - _MOST_LISTED)
        )
        mail.set_content(text, cte="quoted-printable")
        return mail.as_bytes()
