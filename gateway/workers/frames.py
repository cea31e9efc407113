"""What the gateway, its zygote and its workers say to each other: typed, small, strictly decoded.

A frame is four bytes of length, big endian, and that many bytes of MessagePack.
Descriptors travel beside a frame, never inside it.
"""

import struct
from typing import Annotated, TypeVar

import msgspec

from gateway.model import Pack, Report
from gateway.packs.format import RulePack
from gateway.scan.budget import Limits

ANSWER_BYTES = 4 << 20
"""No answer of a worker is longer."""
ORDER_BYTES = 64 << 10
SETUP_BYTES = 256 << 20
"""Rule sources are ours, but a length is checked all the same."""
HEADER_BYTES = 4

TEXT_CHARACTERS = 500
"""A summary, a detail or a piece of evidence is not longer."""
NAME_CHARACTERS = 1_000
"""The name of a file, and each step of a lineage, is not longer."""

_LENGTH = struct.Struct(">I")


class FrameError(Exception):
    """The other side did not keep to the form."""


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a zygote needs to know; sent to it once."""

    packs: tuple[RulePack, ...] = ()
    limits: Limits = Limits()
    passwords: tuple[str, ...] = ()
    """What a site opens locked files with, beside what their messages say."""
    memory_bytes: int = 1536 << 20
    """Address space that a worker may add to what it was born with."""
    cpu_seconds: int = 360
    """Processor time of one worker in all its life: a net below the pool's own deadline."""
    known: int = 4_000
    """Files of which a worker remembers what was seen in them; 0 for none."""


class Layer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One layer of the sandbox; ``problem`` is "" when it holds."""

    name: str
    problem: str = ""

    @property
    def holds(self) -> bool:
        """True when the kernel has confirmed it."""
        return not self.problem


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To the zygote: the first frame, with the dotted name of the function that builds the engine.

    The name is an argument of the code that starts the pool; no setting reaches it.
    """

    setup: Setup
    factory: str


class Fork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To the zygote: fork one worker and call it ``number``."""

    number: int


class Ready(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """From the zygote: everything is loaded. ``pack`` sums up the rules that judge from here on.

    ``problems`` say which rule files were left out, and why.
    """

    pack: Pack
    problems: tuple[str, ...]


class Born(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """From the zygote: a worker lives. Its socket, pidfd and logbook come with the frame."""

    number: int


class NotBorn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """From the zygote: the kernel refused to fork."""

    number: int
    problem: str


class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """From the zygote: a worker is gone. ``status`` is as waitpid gives it."""

    number: int
    status: int


Told = Ready | Born | NotBorn | Ended
"""Whatever a zygote may say."""


class Armed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a worker, before its first order: how it is confined."""

    layers: tuple[Layer, ...]


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To a worker: scan the message whose sealed memfd comes with the frame."""

    nonce: str
    name: str
    declared_type: str
    sender_domain: str
    size: int


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a worker, and to be believed only after ``answers.believe``: hostile bytes ran there."""

    nonce: str
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    report: Report | None
    error: str = ""
    """What went wrong outside of any detector, when there is no report."""
    is_worn: bool = False
    """The worker has used so much memory or time that it asks to be replaced."""


Value = TypeVar("Value")


def encode(value: msgspec.Struct) -> bytes:
    """A whole frame, header included."""
    body = msgspec.msgpack.encode(value)
    return _LENGTH.pack(len(body)) + body


def decode(body: bytes | bytearray, expected: type[Value]) -> Value:
    """The body of a frame as ``expected``, or FrameError."""
    try:
        return msgspec.msgpack.decode(body, type=expected)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise FrameError(f"not a valid frame: {error}") from None


def decode_told(body: bytes | bytearray) -> Told:
    """The body of a frame from a zygote, or FrameError."""
    try:
        told: Told = msgspec.msgpack.decode(body, type=Told)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise FrameError(f"not a valid frame: {error}") from None
    return told


def body_length(header: bytes | bytearray, most: int) -> int:
    """How many bytes follow ``header``, or FrameError when there are more than ``most``."""
    length: int = _LENGTH.unpack(header)[0]
    if length > most:
        raise FrameError(f"a frame of {length} bytes, where {most} are the most")
    return length
