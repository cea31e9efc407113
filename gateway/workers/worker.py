"""A worker: takes one message at a time, looks at it, and answers, until nobody asks any more.

Rule 1. It is confined before its first order, and says how.
Rule 2. Whatever goes wrong with one message is an answer that says so.
Rule 3. It holds one socket, and a source of chance. What it says there is not believed unchecked.
"""

import hashlib
import os
import resource
import socket
import time

from gateway.scan.api import Context
from gateway.workers import channel, sandbox
from gateway.workers.frames import (
    ANSWER_BYTES,
    HEADER_BYTES,
    ORDER_BYTES,
    Answer,
    Armed,
    Layer,
    Order,
    Setup,
    decode,
    encode,
)
from gateway.workers.logbook import Logbook
from gateway.workers.lookout import Lookout
from gateway.workers.scanner import Scanner
from gateway.workers.tidy import shorten, tidy, tidy_text

_STDOUT, _STDERR = 1, 2
_RANDOM_DEVICE = os.makedev(1, 9)
_FIRST_DESCRIPTORS = 64
"""What the zygote opened before it forked is among these."""
_KEPT = (200, 20, 2)
"""How much of an endless report is kept, until it fits; the last always does."""


def serve(
    gateway: socket.socket,
    scanner: Scanner,
    setup: Setup,
    *,
    inherited: tuple[Layer, ...],
    born_bytes: int,
    logbook: int,
) -> None:
    """Confine this process, then answer orders until the gateway closes the socket."""
    lookout = Lookout(Logbook(logbook), setup.limits.engine_seconds)
    _keep_only(gateway)
    layers = (*inherited, *sandbox.enclose_worker(setup, born_bytes))
    channel.send(gateway, encode(Armed(layers)))
    wear = _Wear(setup)
    while parcel := channel.receive(gateway, ORDER_BYTES, descriptors=1):
        order = decode(parcel.body, Order)
        data = _take(parcel.descriptors[0], order.size)
        channel.send(gateway, _answer(order, data, scanner, lookout, wear))
        del data


class _Wear:
    """How much of its allowance this worker has used since it was born."""

    def __init__(self, setup: Setup) -> None:
        self._most_bytes = _peak_bytes() + setup.memory_bytes // 4
        self._most_seconds = setup.cpu_seconds / 2

    @property
    def is_much(self) -> bool:
        return _peak_bytes() > self._most_bytes or time.process_time() > self._most_seconds


def _keep_only(gateway: socket.socket) -> None:
    """Close what was open in the zygote, and silence what libraries print."""
    os.dup2(_STDOUT, _STDERR)  # standard output of a zygote is /dev/null
    start = _STDERR + 1
    for kept in sorted({gateway.fileno(), *filter(_is_chance, range(start, _FIRST_DESCRIPTORS))}):
        os.closerange(start, kept)
        start = kept + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))


def _is_chance(descriptor: int) -> bool:
    """Whether it is /dev/urandom: qpdf reads from it to open AES-256, and could not open it."""
    try:
        return os.fstat(descriptor).st_rdev == _RANDOM_DEVICE
    except OSError:
        return False


def _take(descriptor: int, size: int) -> bytes:
    """The sealed bytes of a message."""
    try:
        data = os.pread(descriptor, size, 0)
    finally:
        os.close(descriptor)
    return data


def _answer(order: Order, data: bytes, scanner: Scanner, lookout: Lookout, wear: _Wear) -> bytes:
    digest = hashlib.sha256(data).hexdigest()
    lookout.open(order.nonce)
    try:
        report = scanner.scan(
            data,
            order.name,
            declared_type=order.declared_type,
            context=Context(sender_domain=order.sender_domain),
            watch=lookout,
        )
        return _fitting(Answer(order.nonce, digest, tidy(report), is_worn=wear.is_much))
    except Exception as error:  # noqa: BLE001 - Rule 2
        problem = tidy_text(f"{type(error).__name__}: {error}")
        return encode(Answer(order.nonce, digest, None, problem, is_worn=True))
    finally:
        lookout.close()


def _fitting(answer: Answer) -> bytes:
    """The answer as a frame, shortened as far as it must be."""
    frame = encode(answer)
    for kept in _KEPT:
        if len(frame) <= HEADER_BYTES + ANSWER_BYTES or answer.report is None:
            break
        report = shorten(answer.report, kept)
        frame = encode(Answer(answer.nonce, answer.sha256, report, is_worn=answer.is_worn))
    return frame


def _peak_bytes() -> int:
    # In kibibytes on Linux, see getrusage(2).
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
