"""``lazaretto quarantine`` for people who may not read the key: the gateway does it for them."""

import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from gateway.cli.options import read_settings
from gateway.cli.terminal import FAILURE, Stopped, clear_errors, stop
from gateway.cli.words import say
from gateway.config import Settings
from gateway.config.load import PLACES
from gateway.desk.errand import PACKET_BYTES, SIGNALS, Errand, decode_answer, encode

USUAL = Path("/run/lazaretto/desk.sock")
"""Where the desk is for who may not read the settings either."""
_HERE = frozenset({"--help", "--config"})


def sent(words: Sequence[str]) -> int | None:
    """Have the gateway run ``lazaretto quarantine WORDS``: its exit code, None to run it here."""
    if not words or _HERE & {*words}:
        return None
    try:
        with clear_errors():
            place = _desk()
            return _send(place, words) if place else None
    except Stopped as stopped:  # no command of typer's has begun that would take it
        return stopped.exit_code


def _desk() -> Path | None:
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


def _send(place: Path, words: Sequence[str]) -> int:
    errand = Errand(
        words=tuple(words),
        language=_locale(),
        terminal=os.environ.get("TERM", ""),
        is_coloured=not os.environ.get("NO_COLOR"),
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as desk:
        try:
            desk.connect(str(place))
        except OSError as error:
            told = say(
                "no gateway answers at {place}: {why}. Does it run?",
                place=place,
                why=error.strerror,
            )
            stop(told, FAILURE)
        return _exchange(desk, _packet(errand))


def _locale() -> str:
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, names), "")


def _packet(errand: Errand) -> bytes:
    try:
        packet = encode(errand)
    except UnicodeEncodeError:
        stop(say("the gateway takes words in UTF-8 only"))
    if len(packet) > PACKET_BYTES:
        stop(say("that is too long: {most} bytes are the most", most=PACKET_BYTES))
    return packet


def _exchange(desk: socket.socket, packet: bytes) -> int:
    # Before anything is asked for: a Ctrl-C ends the command there, and we tell how it ended.
    for number, word in SIGNALS.items():
        signal.signal(number, lambda *_, word=word: _tell(desk, word))
    with suppress(BrokenPipeError, ConnectionResetError):  # turned away, and it has said why
        socket.send_fds(desk, [packet], [0, 1, 2])
    told = _heard(desk)
    if not told:
        stop(say("the gateway went away in the middle of it"), FAILURE)
    answer = decode_answer(told)
    if answer.problem:
        stop(answer.problem, answer.code)
    return answer.code


def _heard(desk: socket.socket) -> bytes:
    try:
        return desk.recv(PACKET_BYTES)
    except ConnectionResetError:
        # It went without reading all that we sent. The kernel says that first, and then its answer.
        return desk.recv(PACKET_BYTES)


def _tell(desk: socket.socket, word: bytes) -> None:
    try:
        desk.send(word)
    except OSError:
        sys.exit(FAILURE)
