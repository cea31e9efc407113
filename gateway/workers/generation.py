"""One zygote and the workers that it forked: one set of rules, from start to end."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process

from gateway.model import Reason
from gateway.workers import channel
from gateway.workers.frames import (
    ORDER_BYTES,
    Born,
    Ended,
    Fork,
    FrameError,
    NotBorn,
    Ready,
    Setup,
    Start,
    Told,
    decode,
    decode_told,
    encode,
)
from gateway.workers.lookout import DEADLY_SIGNAL
from gateway.workers.remote import Fate, RemoteWorker

_LOADING_SECONDS = 120.0
_GRACE_SECONDS = 2.0
_SOCKET_PIDFD_LOGBOOK = 3
_ALLOCATOR = {
    # Blocks of a mebibyte and more go back to the kernel as soon as they are free.
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    # Each further arena would take 64 MiB of the address space that a worker may have.
    "MALLOC_ARENA_MAX": "2",
}


_TIMES_UP = frozenset({DEADLY_SIGNAL, signal.SIGXCPU})


class ZygoteError(Exception):
    """The zygote cannot do what was asked of it."""


class Generation:
    """A zygote that is loaded, and its workers. ``start`` makes one."""

    def __init__(self, process: Process, link: socket.socket, setup: Setup, ready: Ready) -> None:
        self.setup = setup
        self.ready = ready
        self.workers: set[RemoteWorker] = set()
        """Those that were not discarded yet."""
        self._process = process
        self._link = link
        self._known: dict[int, RemoteWorker] = {}
        self._births: dict[int, asyncio.Future[RemoteWorker]] = {}
        self._count = 0
        self.ended = asyncio.get_running_loop().create_task(self._listen())
        """Done when the zygote is gone."""

    @classmethod
    async def start(cls, setup: Setup, factory: str) -> "Generation":
        """Start a zygote and wait until it has loaded everything. Raises ZygoteError."""
        link, theirs = socket.socketpair()
        link.setblocking(False)
        process: Process | None = None
        try:
            with theirs:
                process = await _launch(theirs)
            await channel.send_async(link, encode(Start(setup, factory)))
            async with asyncio.timeout(_LOADING_SECONDS):
                ready = await _first_word(process, link)
        except (FrameError, OSError) as error:
            await _end(process, link)
            why = str(error) or "it took too long"
            raise ZygoteError(f"the zygote did not start: {why}") from error
        except BaseException:
            await _end(process, link)
            raise
        return cls(process, link, setup, ready)

    @property
    def is_alive(self) -> bool:
        """False once the zygote is gone."""
        return not self.ended.done()

    async def fork(self) -> RemoteWorker:
        """One more worker. Raises ZygoteError when there is none to be had."""
        if not self.is_alive:
            raise ZygoteError("the zygote is gone")
        self._count += 1
        number = self._count
        birth = asyncio.get_running_loop().create_future()
        self._births[number] = birth
        try:
            await channel.send_async(self._link, encode(Fork(number)))
            worker: RemoteWorker = await birth
        except OSError as error:
            raise ZygoteError(f"the zygote is gone: {error}") from None
        finally:
            self._births.pop(number, None)
        return worker

    def discard(self, worker: RemoteWorker) -> None:
        """Kill a worker; it counts no more."""
        worker.kill()
        self.workers.discard(worker)

    async def close(self) -> None:
        """Kill every worker and end the zygote. May be called again after it was cancelled."""
        for worker in tuple(self.workers):
            self.discard(worker)
        with contextlib.suppress(OSError):  # it may be gone already
            self._link.shutdown(socket.SHUT_RDWR)
        await asyncio.wait([self.ended])  # unlike an await, passes no cancellation on
        await _end(self._process, self._link)

    async def _listen(self) -> None:
        """Take what the zygote tells until it is gone."""
        try:
            while parcel := await channel.receive_async(
                self._link, ORDER_BYTES, descriptors=_SOCKET_PIDFD_LOGBOOK
            ):
                self._take(decode_told(parcel.body), parcel.descriptors)
        finally:
            for birth in self._births.values():
                _fail(birth, "the zygote is gone")
            for worker in self._known.values():
                worker.fate.set_result(Fate("the worker died with its zygote"))

    def _take(self, told: Told, descriptors: list[int]) -> None:
        match told:
            case Born():
                self._bear(told.number, descriptors)
            case NotBorn():
                _fail(self._births.get(told.number), told.problem)
            case Ended():
                self._end(told.number, _fate(told.status))

    def _end(self, number: int, fate: Fate) -> None:
        worker = self._known.pop(number, None)
        if worker:
            worker.fate.set_result(fate)

    def _bear(self, number: int, descriptors: list[int]) -> None:
        birth = self._births.get(number)
        if len(descriptors) != _SOCKET_PIDFD_LOGBOOK:
            for descriptor in descriptors:
                os.close(descriptor)
            _fail(birth, "this process has no descriptor free")  # the worker ends by itself
            return
        link, pidfd, logbook = descriptors
        worker = RemoteWorker(number, socket.socket(fileno=link), pidfd, logbook)
        self._known[number] = worker
        if birth is None or birth.done():
            worker.kill()  # nobody waits for it any more
            return
        self.workers.add(worker)
        birth.set_result(worker)


async def _launch(theirs: socket.socket) -> Process:
    """Start the process with as little of our surroundings as it needs.

    It finds modules where we do, not in the directory that we happen to be in: files of strangers
    may lie there. Environment variables stay here: some of them are secrets.
    """
    path = os.pathsep.join(filter(None, sys.path))
    loader = {k: v for k, v in os.environ.items() if k == "LD_LIBRARY_PATH"}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-s", "-m", "gateway.workers.zygote", str(theirs.fileno())),
        stdin=DEVNULL,
        stdout=DEVNULL,
        pass_fds=(theirs.fileno(),),
        start_new_session=True,
        env={**loader, "PYTHONPATH": path, "PYTHONUTF8": "1", **_ALLOCATOR},
    )


async def _first_word(process: Process, link: socket.socket) -> Ready:
    parcel = await channel.receive_async(link, ORDER_BYTES)
    if parcel is None:
        status = await process.wait()
        raise ZygoteError(f"the zygote ended with status {status}; its standard error says why")
    return decode(parcel.body, Ready)


async def _end(process: Process | None, link: socket.socket) -> None:
    """A zygote ends by itself once its socket is closed; one that does not is killed."""
    link.close()
    if process is None:
        return
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _fail(birth: "asyncio.Future[RemoteWorker] | None", problem: str) -> None:
    if birth is not None and not birth.done():
        birth.set_exception(ZygoteError(problem))


def _fate(status: int) -> Fate:
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return Fate(f"the worker ended with status {code}")
    killer = signal.Signals(-code)
    reason = Reason.TOO_SLOW if killer in _TIMES_UP else Reason.LOST
    return Fate(f"the worker was killed by {killer.name}", reason)
