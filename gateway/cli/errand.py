"""``lazaretto quarantine`` for people who may not read the key: the gateway does it for them."""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway.cli.options import read_settings
from gateway.cli.terminal import FAILURE, Stopped, clear_errors, stop
from gateway.cli.words import language, retell, say
from gateway.config import Settings
from gateway.config.load import PLACES
from gateway.desk.errand import PACKET_BYTES, SIGNALS, Answer, Errand, decode_answer, encode

USUAL = Path("/run/lazaretto/desk.sock")
"""Where the desk is for who may not read the settings either."""
_HERE = frozenset({"--help", "--config"})
_SCREEN = "review"
"""Runs here all the same, and sends an errand for each thing that is done on it."""


def sent(words: Sequence[str]) -> int | None:
    """Have the gateway run ``lazaretto quarantine WORDS``: its exit code, None to run it here."""
    if not words or words[0] == _SCREEN or _HERE & {*words}:
        return None
    try:
        with clear_errors():
            place = desk()
            return _send(place, words) if place else None
    except Stopped as stopped:  # no command of typer's has begun that would take it
        return stopped.exit_code


def desk() -> Path | None:
    """The socket, if there is one and we could not do it ourselves."""
    named = os.environ.get("LAZARETTO_CONFIG")
    file = Path(named) if named else PLACES[0]
    if _is_locked(file):
        return USUAL if USUAL.exists() else None
    settings = read_settings(None)
    return Path(settings.desk.socket) if settings.desk.socket and _needs(settings) else None


def _needs(settings: Settings) -> bool:
    asked = settings.quarantine
    return _is_locked(asked.reading_key_file or asked.key_file)


def _is_locked(file: Path) -> bool:
    try:
        with file.open("rb"):
            return False
    except PermissionError:
        return True
    except OSError:
        return False  # whoever needs it says what is wrong with it


def ask(place: Path, words: Sequence[str], descriptors: Sequence[int]) -> Answer:
    """Have a command run on these three descriptors, and wait for how it ended; on any thread."""
    with _connected(place) as peer:
        return _exchange(peer, _packet(words), descriptors)


def _send(place: Path, words: Sequence[str]) -> int:
    packet = _packet(words)
    with _connected(place) as peer:
        # Before anything is asked for: a Ctrl-C ends the command there, and we tell how it ended.
        for number, word in SIGNALS.items():
            signal.signal(number, lambda *_, word=word: _tell(peer, word))
        answer = _exchange(peer, packet, (0, 1, 2))
    if answer.problem:
        stop(retell(answer.problem), answer.code)
    return answer.code


@contextmanager
def _connected(place: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as peer:
        try:
            peer.connect(str(place))
        except OSError as error:
            told = say(
                "no gateway answers at {place}: {why}. Does it run?",
                place=place,
                why=error.strerror,
            )
            stop(told, FAILURE)
        yield peer


def _locale() -> str:
    """What the other side speaks then: it gets no LANGUAGE beside it."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, names), "")
    with_it = {**dict.fromkeys(("LC_ALL", "LC_MESSAGES", "LANGUAGE"), ""), "LANG": locale}
    return locale if language(with_it) == language() else f"{language()}.UTF-8"


def _packet(words: Sequence[str]) -> bytes:
    errand = Errand(
        words=tuple(words),
        language=_locale(),
        terminal=os.environ.get("TERM", ""),
        is_coloured=not os.environ.get("NO_COLOR"),
    )
    try:
        packet = encode(errand)
    except UnicodeEncodeError:
        stop(say("the gateway takes words in UTF-8 only"))
    if len(packet) > PACKET_BYTES:
        stop(say("that is too long: {most} bytes are the most", most=PACKET_BYTES))
    return packet


def _exchange(peer: socket.socket, packet: bytes, descriptors: Sequence[int]) -> Answer:
    with suppress(BrokenPipeError, ConnectionResetError):  # turned away, and it has said why
        socket.send_fds(peer, [packet], descriptors)
    told = _heard(peer)
    if not told:
        stop(say("the gateway went away in the middle of it"), FAILURE)
    return decode_answer(told)


def _heard(peer: socket.socket) -> bytes:
    try:
        return peer.recv(PACKET_BYTES)
    except ConnectionResetError:
        # It went without reading all that we sent. The kernel says that first, and then its answer.
        return peer.recv(PACKET_BYTES)


def _tell(peer: socket.socket, word: bytes) -> None:
    try:
        peer.send(word)
    except OSError:
        sys.exit(FAILURE)
