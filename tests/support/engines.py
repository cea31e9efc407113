"""Engines that crash, hang, lie, eat memory and try to break out: what hostile bytes could do."""

import ctypes
import errno
import itertools
import mmap
import os
import resource
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgspec

from gateway.model import Finding, Gap, Level, Listed, Pack, Reason, Report
from gateway.scan.api import Context
from gateway.scan.watch import Unwatched, Watch
from gateway.spool import Spool
from gateway.workers import landlock
from gateway.workers.frames import Answer, Order, Setup, encode
from gateway.workers.scanner import Built

PACK = Pack("test", "1")

Behaviour = Callable[[bytes, Report], Report]


class _Engine:
    """Gives an honest report to ``behave``, which returns what the worker shall answer."""

    def __init__(self, behave: Behaviour) -> None:
        self._behave = behave

    def scan(
        self,
        data: bytes,
        name: str,
        *,
        declared_type: str = "",
        context: Context = Context(),
        watch: Watch = Unwatched(),
    ) -> Report:
        digest = sha256(data).hexdigest()
        root = Listed((name,), name, (name,), "data", declared_type, len(data), digest)
        note = Finding("test.worker", Level.NOTE, "Who looked", str(os.getpid()), (name,))
        return self._behave(data, Report((note,), (), (root,), PACK))


def build(behave: Behaviour) -> Built:
    return Built(_Engine(behave), PACK)


def spooled(data: bytes) -> Spool:
    """``data``, sealed, as the SMTP server hands it over."""
    spool = Spool()
    spool.write(data)
    spool.seal()
    return spool


# Honest engines: the message says what to find in it.


def by_word(_setup: Setup) -> Built:
    """What the message asks for: an ordinary report, trouble, or both one after the other."""
    return build(lambda data, report: _WORDS[data.partition(b" ")[0]](data, report))


def _find(level: Level) -> Behaviour:
    def behave(_data: bytes, report: Report) -> Report:
        finding = Finding("test.found", level, "Found", "evidence", report.artifacts[0].lineage)
        return replace(report, findings=(*report.findings, finding))

    return behave


def _gap(_data: bytes, report: Report) -> Report:
    return replace(report, gaps=(Gap(Reason.ENCRYPTED, "x", report.artifacts[0].lineage),))


def _raise(_data: bytes, _report: Report) -> Report:
    message = "the engine has a bug"
    raise RuntimeError(message)


def _sleep(data: bytes, report: Report) -> Report:
    time.sleep(float(data.split()[1]))
    return report


def crash() -> None:
    ctypes.string_at(0)


def _exit(_data: bytes, report: Report) -> Report:
    os._exit(3)


def hang_in_c() -> None:
    deque(itertools.repeat(0), maxlen=0)  # keeps the GIL for ever, and looks at no signal


def eat_memory() -> None:
    eaten = []
    while True:
        eaten.append(bytes(64 << 20))


def _first(trouble: Callable[[], None]) -> Behaviour:
    def behave(_data: bytes, report: Report) -> Report:
        trouble()
        return report

    return behave


_LEAK: list[bytearray] = []


def _leak(_data: bytes, report: Report) -> Report:
    _LEAK.append(bytearray(os.urandom(1 << 20) * 40))
    return report


# Liars: they speak on the worker's own socket.


def _say(frame: bytes) -> None:
    os.write(_channel(), frame)


def _channel() -> int:
    """The one descriptor that a worker holds: its socket to the gateway."""
    for descriptor in range(3, 1024):
        try:
            os.lseek(descriptor, 0, os.SEEK_CUR)
        except OSError as error:
            if error.errno == errno.ESPIPE:
                return descriptor
    message = "no socket"
    raise LookupError(message)


def _order() -> Order:
    """The order that is being served: code that took over a worker can read all its memory."""
    frame = sys._getframe()
    while frame.f_back:
        frame = frame.f_back
        if isinstance(order := frame.f_locals.get("order"), Order):
            return order
    message = "no order"
    raise LookupError(message)


def _lie(make: Callable[[Order, Report], bytes]) -> Behaviour:
    def behave(_data: bytes, report: Report) -> Report:
        _say(make(_order(), report))
        time.sleep(3600)
        return report

    return behave


def _leave(make: Callable[[Order, Report], bytes]) -> Behaviour:
    def behave(_data: bytes, report: Report) -> Report:
        _say(make(_order(), report))
        os._exit(0)

    return behave


def _digest(report: Report) -> str:
    return report.artifacts[0].sha256


def _with_level(level: int) -> Callable[[Order, Report], bytes]:
    def make(order: Order, report: Report) -> bytes:
        body = encode(Answer(order.nonce, _digest(report), report))[4:]
        value = msgspec.msgpack.decode(body)
        value["report"]["findings"][0]["level"] = level
        body = msgspec.msgpack.encode(value)
        return struct.pack(">I", len(body)) + body

    return make


def _of_other_pack(order: Order, report: Report) -> bytes:
    other = replace(report, pack=Pack("other", "1"))
    return encode(Answer(order.nonce, _digest(report), other))


def _of_other_digest(order: Order, report: Report) -> bytes:
    return encode(Answer(order.nonce, "0" * 64, report))


def _of_other_order(_order: Order, report: Report) -> bytes:
    return encode(Answer("other", _digest(report), report))


def _pickled(_order: Order, _report: Report) -> bytes:
    body = b"cos\nsystem\n(S'true'\ntR."
    return struct.pack(">I", len(body)) + body


# Outlaws: each tries one thing that a worker may not do.


def _map_code() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


def _outgrow() -> None:
    try:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except ValueError as error:  # as which Python shows EPERM here
        raise PermissionError(errno.EPERM, str(error)) from error


OUTLAWS: dict[str, Callable[[], object]] = {
    "open": lambda: Path("/etc/passwd").read_bytes(),
    "list": lambda: list(Path("/").iterdir()),
    "look": lambda: Path("/etc/passwd").stat(),
    "write": lambda: Path("/tmp/lazaretto-outlaw").write_bytes(b"x"),
    "memfd": lambda: os.memfd_create("outlaw"),
    "socket": socket.socket,
    "socketpair": socket.socketpair,
    "fork": os.fork,
    "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "kill": lambda: os.kill(os.getppid(), 9),
    "code": _map_code,
    "limits": _outgrow,
    "priority": lambda: os.nice(1),
    "user": lambda: os.setuid(0),
}


DEADLY_ATTEMPTS: dict[str, Callable[[], object]] = {
    "connect": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, _channel()).connect(
        "/run/x"
    ),
    "exec": lambda: os.execv("/bin/true", ["true"]),
}


def desperadoes(_setup: Setup) -> Built:
    """Tries what the message names, and calls it clean."""

    def behave(data: bytes, report: Report) -> Report:
        _attempt(DEADLY_ATTEMPTS[data.decode()])
        return report

    return build(behave)


def outlaws(_setup: Setup) -> Built:
    """Tries all of it, and reports as a note how each attempt ended."""

    def behave(_data: bytes, report: Report) -> Report:
        root = report.artifacts[0].lineage
        notes = [
            Finding(f"test.{name}", Level.NOTE, "Tried", _attempt(attempt), root)
            for name, attempt in OUTLAWS.items()
        ]
        return replace(report, findings=tuple(notes))

    return build(behave)


def _attempt(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


def threads(_setup: Setup) -> Built:
    """Decompresses with threads, as libraries do."""

    def behave(_data: bytes, report: Report) -> Report:
        done: list[int] = []
        crew = [threading.Thread(target=done.append, args=(n,)) for n in range(4)]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
        root = report.artifacts[0].lineage
        note = Finding("test.threads", Level.NOTE, "Ran", str(len(done)), root)
        return replace(report, findings=(note,))

    return build(behave)


def too_much_to_say(_setup: Setup) -> Built:
    """Lists so many files that no frame holds them, and finds something bad in the last."""

    def behave(_data: bytes, report: Report) -> Report:
        root = report.artifacts[0]
        lineages = [(root.name, *["\N{PILL}" * 990] * 9, f"{n}") for n in range(1_000)]
        members = tuple(replace(root, lineage=lineage) for lineage in lineages)
        notes = [Finding("test.note", Level.NOTE, "", "", lineage) for lineage in lineages[:400]]
        bad = Finding("test.found", Level.MALICIOUS, "Found", "evidence", lineages[-1])
        return replace(report, artifacts=(root, *members), findings=(*notes, bad))

    return build(behave)


def cannot_start(_setup: Setup) -> Built:
    """A zygote that does not get ready."""
    sys.exit(7)


def without_landlock(setup: Setup) -> Built:
    """Runs on a kernel that has no Landlock."""

    def missing() -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    landlock.confine = missing
    return by_word(setup)


def without_room_to_fork(setup: Setup) -> Built:
    """The kernel lets the first fork pass, refuses three, and then has room again."""
    return _forking(setup, [True, False, False, False])


def never_room_to_fork(setup: Setup) -> Built:
    """The kernel lets the first fork pass, and none after it for a long time."""
    return _forking(setup, [True, *[False] * 1_000])


def _forking(setup: Setup, allowed: list[bool]) -> Built:
    fork, outcomes = os.fork, iter(allowed)

    def scarce() -> int:
        if next(outcomes, True):
            return fork()
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    os.fork = scarce
    return by_word(setup)


def with_problems(_setup: Setup) -> Built:
    """Had to leave a rule file out."""
    return Built(_Engine(lambda _data, report: report), PACK, ("x.yar:12: undefined identifier",))


def named_by_rules(setup: Setup) -> Built:
    """Its pack is the first of the setup."""
    pack = Pack(setup.packs[0].name, setup.packs[0].version)
    return Built(_Engine(lambda _data, report: replace(report, pack=pack)), pack)


def deadly_by_rules(setup: Setup) -> Built:
    """Rules that kill their worker when one of their files says so."""
    pack = Pack(setup.packs[0].name, setup.packs[0].version)
    is_deadly = any("crash" in file.text for file in setup.packs[0].files)

    def behave(data: bytes, report: Report) -> Report:
        if is_deadly and data != b"clean":
            crash()
        return replace(report, pack=pack)

    return Built(_Engine(behave), pack)


def deadly_and_old_rules_load_once(setup: Setup) -> Built:
    """The same, but rules without a file load only once."""
    if not setup.packs[0].files:
        _only_once(setup)
    return deadly_by_rules(setup)


def starts_once(setup: Setup) -> Built:
    """A zygote that cannot be had a second time."""
    _only_once(setup)
    return by_word(setup)


def _only_once(setup: Setup) -> None:
    mark = Path(setup.packs[0].description)
    if mark.exists():
        sys.exit(7)
    mark.touch()


def names_the_patient(_setup: Setup) -> Built:
    """Fails, and says at which file."""

    def behave(_data: bytes, report: Report) -> Report:
        raise RuntimeError(report.artifacts[0].name)

    return build(behave)


_WORDS: dict[bytes, Behaviour] = {
    b"clean": lambda _data, report: report,
    b"note": _find(Level.NOTE),
    b"bad": _find(Level.MALICIOUS),
    b"gap": _gap,
    b"bug": _raise,
    b"sleep": _sleep,
    b"crash": _first(crash),
    b"exit": _exit,
    b"hang": _first(hang_in_c),
    b"eat": _first(eat_memory),
    b"leak": _leak,
    b"garbage": _lie(lambda *_: struct.pack(">I", 5) + b"\xc1\xff\x00ab"),
    b"pickle": _lie(_pickled),
    b"huge": _lie(lambda *_: struct.pack(">I", 1 << 30)),
    b"truncated": _leave(lambda *_: struct.pack(">I", 1000) + b"abc"),
    b"cut-header": _leave(lambda *_: b"\x00\x00"),
    b"empty": _lie(lambda *_: struct.pack(">I", 0)),
    b"other-order": _lie(_of_other_order),
    b"other-digest": _lie(_of_other_digest),
    b"other-pack": _lie(_of_other_pack),
    b"level-0": _lie(_with_level(0)),
    b"level-99": _lie(_with_level(99)),
}
