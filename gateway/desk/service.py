"""Listens on a Unix socket, and runs the command line for accounts whose groups give them a role.

1. Who comes is what the kernel says (``peer.py``); nothing that they send is asked about that.
2. What is run is ``lazaretto quarantine`` with their words, as a list, in an environment that is
   made here from scratch. It gets their three descriptors and none of ours.
3. Every descriptor that arrives is closed here, whatever comes of it.
4. The command ends when they go, and when the gateway does.
"""

import asyncio
import os
import signal
import socket
import stat
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from gateway.desk.errand import (
    DESCRIPTORS,
    PACKET_BYTES,
    SIGNALS,
    Answer,
    Errand,
    decode_errand,
    encode,
)
from gateway.desk.peer import Account, account_of
from gateway.desk.roles import Groups, RefusedError, Role, check, role_of
from gateway.telemetry.events import Events
from gateway.trouble import Trouble

_AT_ONCE = 4
"""Commands of one account."""
_AT_ALL = 16
"""Commands of everybody, and connections that wait to be let in."""
_ASKING_SECONDS = 5.0
_PARTING_SECONDS = 5.0
_PAUSE_SECONDS = 1.0
_REFUSED = 2
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PROGRAM = "import sys; sys.argv[0] = 'lazaretto'; from gateway.cli.main import main; main()"
"""What ``-m gateway.cli`` does, with the name that people know in its messages."""
_COMMAND = (sys.executable, "-I", "-c", _PROGRAM, "quarantine")
_NUMBERS = {word: number for number, word in SIGNALS.items()}


class DeskError(Trouble):
    """The socket of the settings cannot be listened on."""


@asynccontextmanager
async def serving(
    place: Path, groups: Groups, *, environment: Mapping[str, str], events: Events
) -> AsyncIterator[None]:
    """Listen on ``place`` while the block lasts; commands get ``environment``. Raises DeskError."""
    desk = _Desk(groups, environment, events)
    with _listener(place) as listener:
        accepting = asyncio.ensure_future(desk.accept(listener))
        try:
            yield
        finally:
            await desk.close(accepting)


@contextmanager
def _listener(place: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK) as listener:
        try:
            if place.exists() and stat.S_ISSOCK(place.lstat().st_mode):
                # Left over: that no other gateway runs on this quarantine is known by now.
                place.unlink()
            listener.bind(str(place))
            # Everybody may knock: who gets in is decided by who they are.
            place.chmod(0o666)
            listener.listen(_AT_ALL)
        except OSError as error:
            raise DeskError(f"desk.socket: {place}: {error.strerror or error}") from None
        try:
            yield listener
        finally:
            place.unlink(missing_ok=True)


class _Desk:
    """Everybody who is at the desk."""

    def __init__(self, groups: Groups, environment: Mapping[str, str], events: Events) -> None:
        self._groups = groups
        self._environment = environment
        self._events = events
        self._busy = Counter[str]()
        self._visits: set[asyncio.Task[None]] = set()
        # Of its own: a directory service that hangs must not keep mail waiting for a thread.
        self._directory = ThreadPoolExecutor(1, "directory")

    async def accept(self, listener: socket.socket) -> None:
        """Let people in, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                peer, _ = await loop.sock_accept(listener)
            except OSError as error:
                # No descriptor is free: some will be.
                self._events.desk_failed(error)
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            visit = asyncio.ensure_future(self._visit(peer))
            self._visits.add(visit)
            visit.add_done_callback(self._gone)

    async def close(self, accepting: asyncio.Future[None]) -> None:
        """End every command."""
        tasks = [accepting, *self._visits]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._directory.shutdown(wait=False, cancel_futures=True)

    def _gone(self, visit: asyncio.Task[None]) -> None:
        self._visits.discard(visit)
        if not visit.cancelled() and (error := visit.exception()):
            self._events.desk_failed(error)

    async def _visit(self, peer: socket.socket) -> None:
        with peer:
            account = Account("", frozenset())
            try:
                account = await self._look_up(peer)
                answer = Answer(await self._serve(peer, account))
            except (RefusedError, OSError, TimeoutError) as error:
                problem = str(error) or "that took too long: try again"
                self._events.desk_refused(account.name, problem)
                answer = Answer(_REFUSED, problem)
            with suppress(OSError):  # they have gone, and need no answer
                peer.send(encode(answer))

    async def _serve(self, peer: socket.socket, account: Account) -> int:
        role = self._role(account)
        if self._busy[account.name] >= _AT_ONCE:
            raise RefusedError(f"you have {_AT_ONCE} commands running: let one end first")
        self._busy[account.name] += 1
        try:
            return await self._run(peer, account, role)
        finally:
            self._busy[account.name] -= 1

    async def _look_up(self, peer: socket.socket) -> Account:
        if len(self._visits) > _AT_ALL:
            raise RefusedError("too many are here: try again in a moment")
        async with asyncio.timeout(_ASKING_SECONDS):
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._directory, account_of, peer)

    def _role(self, account: Account) -> Role:
        role = role_of(account.groups, self._groups)
        if role is None:
            names = [name for known in self._groups.values() for name in known]
            raise RefusedError(
                f"{account.name} has no role here: ask for the group {' / '.join(names)}"
                if names
                else "no group has a role yet: see [desk] in the settings"
            )
        return role

    async def _run(self, peer: socket.socket, account: Account, role: Role) -> int:
        async with asyncio.timeout(_ASKING_SECONDS):
            packet, descriptors = await _packet(peer)
        try:
            errand = _read(packet, descriptors)
            name = check(errand.words, role, self._groups)
            process = await asyncio.create_subprocess_exec(
                *_COMMAND,
                *errand.words,
                stdin=descriptors[0],
                stdout=descriptors[1],
                stderr=descriptors[2],
                env=self._surroundings(account, errand),
                cwd="/",
                start_new_session=True,
            )
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        code = await _attend(peer, process)
        self._events.desk_used(account.name, role.word, name, code)
        return code

    def _surroundings(self, account: Account, errand: Errand) -> dict[str, str]:
        # To them the desk is what sudo is to others: the commands look through both.
        colour = {} if errand.is_coloured else {"NO_COLOR": "1"}
        return {
            **self._environment,
            **colour,
            "PATH": _PATH,
            "LANG": errand.language or "C.UTF-8",
            "TERM": errand.terminal or "dumb",
            "SUDO_USER": account.name,
            "LAZARETTO_GUEST": "1",
            # What we cannot open they do not ask us for again.
            "LAZARETTO_DESK__SOCKET": "",
        }


async def _packet(peer: socket.socket) -> tuple[bytes, list[int]]:
    """The first packet, with its descriptors. Raises RefusedError if it is too large."""
    loop = asyncio.get_running_loop()
    peer.setblocking(False)
    while True:
        try:
            packet, descriptors, flags, _ = socket.recv_fds(
                peer, PACKET_BYTES, DESCRIPTORS, socket.MSG_CMSG_CLOEXEC
            )
        except BlockingIOError:
            ready = asyncio.Event()
            loop.add_reader(peer, ready.set)
            try:
                await ready.wait()
            finally:
                loop.remove_reader(peer)
            continue
        if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
            # The kernel has closed the descriptors that found no room.
            _close(descriptors)
            raise RefusedError("that is too much for an errand")
        return packet, list(descriptors)


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _read(packet: bytes, descriptors: list[int]) -> Errand:
    if len(descriptors) != DESCRIPTORS:
        raise RefusedError(f"{DESCRIPTORS} descriptors belong to an errand")
    try:
        return decode_errand(packet)
    except ValueError as error:
        raise RefusedError(f"that is no errand: {error}") from None


async def _attend(peer: socket.socket, process: asyncio.subprocess.Process) -> int:
    """Pass their signals on, until the command ends or they go; its exit code as shells say it."""
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()

    def heed() -> None:
        try:
            word = peer.recv(1)
        except BlockingIOError:
            return
        except OSError:
            word = b""
        if word in _NUMBERS:
            with suppress(ProcessLookupError):
                process.send_signal(_NUMBERS[word])
            return
        loop.remove_reader(peer)
        gone.set()

    loop.add_reader(peer, heed)
    waits = [asyncio.ensure_future(process.wait()), asyncio.ensure_future(gone.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        loop.remove_reader(peer)
        for wait in waits:
            wait.cancel()
        code = await _ended(process)
    return code if code >= 0 else 128 - code


async def _ended(process: asyncio.subprocess.Process) -> int:
    """End it if it has not: first as Ctrl-C does, then for good, with all that it has started."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(_PARTING_SECONDS):
                return await process.wait()
        except (TimeoutError, asyncio.CancelledError):
            # Cancelled, we still see it end: the gateway may be stopping, and waits for us.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return await process.wait()
