"""What the desk and who comes to it say to each other: one packet each way.

A packet of a SOCK_SEQPACKET socket arrives whole, with its descriptors, or not at all.
"""

import signal
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

PACKET_BYTES = 64 << 10
DESCRIPTORS = 3
"""Standard input, output and error."""

_Word = Annotated[str, msgspec.Meta(max_length=4096, pattern=r"\A[^\x00]*\Z")]
_Name = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_.@+-]{0,64}\Z")]

SIGNALS: Final[Mapping[int, bytes]] = {signal.SIGINT: b"I", signal.SIGWINCH: b"W"}
"""What is passed on while a command runs."""


class Errand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command that somebody wants to be run."""

    words: Annotated[tuple[_Word, ...], msgspec.Meta(min_length=1, max_length=256)]
    """Those behind ``lazaretto quarantine``."""
    language: _Name
    terminal: _Name
    is_coloured: bool


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it ended. ``problem`` is one line when the command was not run."""

    code: int
    problem: str = ""


_errands = msgspec.json.Decoder(Errand)
_answers = msgspec.json.Decoder(Answer)


def encode(message: Errand | Answer) -> bytes:
    """A packet."""
    return msgspec.json.encode(message)


def decode_errand(packet: bytes) -> Errand:
    """Raises ValueError when it is none."""
    return _errands.decode(packet)


def decode_answer(packet: bytes) -> Answer:
    """Raises ValueError when it is none."""
    return _answers.decode(packet)
