"""The part of a message that stands in the place of a withheld file, and says whom to call."""

import re
from dataclasses import dataclass
from typing import Literal

from gateway.model import Class
from gateway.notices.texts import template

_FILE_NAMES = {"fr": "fichier-retenu-{number}.txt", "en": "withheld-file-{number}.txt"}
_LEFT_AS_IT_IS = re.compile(rb"[A-Za-z0-9 ,.()']")
_MOST_ON_A_LINE = 72
_MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is told of one file. ``name`` is the sender's word for it."""

    name: str
    kind: Class
    area: str
    """The first word of the code of the worst finding, "" where there is only a gap."""
    reasons: tuple[str, ...]
    """For those who are called: rules, codes and reasons, worst first."""


@dataclass(frozen=True, slots=True)
class StandIns:
    """Composes such parts. ``contact`` completes "contact … and give the number"."""

    language: Literal["fr", "en"] = "fr"
    contact: str = "le service informatique"

    def part(self, file: Withheld, item: str, number: int) -> bytes:
        """A whole part, CRLF line ends, in ASCII: it goes wherever the message goes.

        No word of the sender is in its header, and no line of it can begin another part or header.
        """
        text = template(f"withheld.{self.language}.txt.j2").render(
            name=file.name,
            item=item,
            kind=file.kind.word,
            area=file.area,
            reasons=file.reasons[:_MOST_REASONS],
            contact=self.contact,
        )
        name = _FILE_NAMES[self.language].format(number=number)
        header = (
            f'Content-Type: text/plain; charset=utf-8; name="{name}"\r\n'
            f'Content-Disposition: inline; filename="{name}"\r\n'
            "Content-Transfer-Encoding: quoted-printable\r\n"
            f"X-Lazaretto-Withheld: {item}\r\n"
            "\r\n"
        )
        return header.encode("ascii") + b"\r\n".join(map(_quoted, text.splitlines()))


def _quoted(line: str) -> bytes:
    """One line as quoted-printable (RFC 2045 6.7) with hardly a sign left as it is.

    Hyphens and colons least of all: some reader might take them for a delimiter or a field.
    """
    lines = [b""]
    for octet in line.rstrip().encode("utf-8", "replace"):
        sign = bytes([octet])
        if not _LEFT_AS_IT_IS.fullmatch(sign):
            sign = b"=%02X" % octet
        if len(lines[-1]) + len(sign) > _MOST_ON_A_LINE:
            lines.append(b"")
        lines[-1] += sign
    return b"=\r\n".join(lines)
