"""What an administrator knows a message by: sender, recipients, subject, date, identity."""

from gateway.mime import fields, words
from gateway.mime.fields import Header
from gateway.model import Heading

MAX_LENGTH = 500


def heading(text: bytes) -> Heading:
    """The heading of a message, decoded, each field on one line. Any bytes give one."""
    header = fields.read(text, 0)
    return Heading(
        sender=_shown(header, "from"),
        recipients=_shown(header, "to", "cc"),
        subject=_shown(header, "subject"),
        date=_shown(header, "date"),
        message_id=_shown(header, "message-id"),
    )


def _shown(header: Header, *names: str) -> str:
    values = [value[: 4 * MAX_LENGTH] for name in names for value in header.all(name)[:9]]
    text = ", ".join(" ".join(words.decode_words(value).split()) for value in values)
    plain = "".join(letter if letter.isprintable() else "�" for letter in text)
    return plain if len(plain) <= MAX_LENGTH else plain[: MAX_LENGTH - 1] + "…"
