"""Every reply that the gateway gives, in one table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """One SMTP reply: ``code`` 250, ``status`` "2.0.0" (RFC 3463, or ""), ``text`` ASCII."""

    code: int
    status: str
    text: str

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.code), self.status, self.text)))

    @property
    def is_positive(self) -> bool:
        """2xx: done."""
        return 200 <= self.code < 300

    @property
    def is_transient(self) -> bool:
        """4xx: not done, and the client should try again."""
        return 400 <= self.code < 500
