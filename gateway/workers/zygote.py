"""The zygote: a process that loads every parser and all rules once, and then only forks workers.

Rule 1. It reads no message. A worker that was forked from it has seen no mail.
Rule 2. It is started before the gateway opens a listener or a key, and ends with the gateway.
Rule 3. It takes the pidfd of a worker before it reaps it: nobody can kill a stranger by mistake.

Run by the pool as ``python -m gateway.workers.zygote DESCRIPTOR``.
"""

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from typing import cast

from gateway.workers import channel, logbook, sandbox, worker
from gateway.workers.frames import (
    ORDER_BYTES,
    SETUP_BYTES,
    Born,
    Ended,
    Fork,
    Layer,
    NotBorn,
    Ready,
    Setup,
    Start,
    decode,
    encode,
)
from gateway.workers.scanner import Built

Factory = Callable[[Setup], Built]


def main() -> None:
    """Serve the gateway that holds the other end of the socket named on the command line."""
    # Only the gateway ends a zygote, by closing the socket: a Ctrl-C in the terminal, or the stop
    # of the service, must not take the workers from under the messages that are being scanned.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as gateway:
        gateway.set_inheritable(False)
        layers = sandbox.enclose_zygote()
        parcel = channel.receive(gateway, SETUP_BYTES)
        if parcel is None:
            return
        start = decode(parcel.body, Start)
        built = _factory(start.factory)(start.setup)
        del parcel
        born_bytes = sandbox.address_space()
        layers = (*layers, sandbox.close_files())
        gc.collect()
        gc.freeze()  # what the collector does not touch stays shared with the workers
        try:
            channel.send(gateway, encode(Ready(built.pack, built.problems)))
        except (BrokenPipeError, ConnectionResetError):
            return  # nobody wants us any more
        _Zygote(gateway, built, start.setup, inherited=layers, born_bytes=born_bytes).run()


def _factory(dotted: str) -> Factory:
    module, _, name = dotted.partition(":")
    return cast(Factory, getattr(importlib.import_module(module), name))


class _Zygote:
    """Forks when asked, and reaps."""

    def __init__(
        self,
        gateway: socket.socket,
        built: Built,
        setup: Setup,
        *,
        inherited: tuple[Layer, ...],
        born_bytes: int,
    ) -> None:
        self._gateway = gateway
        self._built = built
        self._setup = setup
        self._inherited = inherited
        self._born_bytes = born_bytes
        self._selector = selectors.DefaultSelector()
        self._pids: dict[int, tuple[int, int]] = {}
        """pidfd: number and process id of each worker that is not reaped yet."""

    def run(self) -> None:
        """Serve until the gateway closes its end."""
        self._selector.register(self._gateway, selectors.EVENT_READ)
        while self._serve_and_reap():
            pass
        for pidfd in tuple(self._pids):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            self._reap(pidfd)

    def _serve_and_reap(self) -> bool:
        """Wait for something to happen, and see to it. False once the gateway has gone."""
        is_wanted = True
        for key, _ in self._selector.select():
            if key.fd in self._pids:
                self._reap(key.fd)
            else:
                is_wanted = self._serve()
        return is_wanted

    def _serve(self) -> bool:
        parcel = channel.receive(self._gateway, ORDER_BYTES)
        if parcel is None:
            return False
        number = decode(parcel.body, Fork).number
        try:
            self._fork(number)
        except OSError as error:
            self._tell(NotBorn(number, str(error)))
        return True

    def _fork(self, number: int) -> None:
        theirs, ours = socket.socketpair()
        with theirs, ours, _closing(logbook.create()) as book:
            pid = os.fork()
            if pid == 0:
                self._become_worker(ours, book)
            pidfd = os.pidfd_open(pid)
            self._pids[pidfd] = (number, pid)
            self._selector.register(pidfd, selectors.EVENT_READ)
            channel.send(self._gateway, encode(Born(number)), [theirs.fileno(), pidfd, book])

    def _become_worker(self, ours: socket.socket, book: int) -> None:
        """Never returns: what lies above on the stack is the zygote's."""
        status = 1
        try:
            worker.serve(
                ours,
                self._built.scanner,
                self._setup,
                inherited=self._inherited,
                born_bytes=self._born_bytes,
                logbook=book,
            )
            status = 0
        finally:
            os._exit(status)

    def _reap(self, pidfd: int) -> None:
        number, pid = self._pids.pop(pidfd)
        self._selector.unregister(pidfd)
        _, status = os.waitpid(pid, 0)
        os.close(pidfd)
        self._tell(Ended(number, status))

    def _tell(self, told: NotBorn | Ended) -> None:
        # A gateway that is gone needs no news; the next select sees that it is.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            channel.send(self._gateway, encode(told))


@contextlib.contextmanager
def _closing(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    main()
