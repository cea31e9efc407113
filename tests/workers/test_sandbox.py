"""Each layer is tried from inside, in a process of its own, with no other layer to help it."""

import signal
import subprocess
import sys
import textwrap

import pytest

_PRELUDE = """
import ctypes, errno, os, resource, signal, socket, sys
from gateway.spool import Spool
from gateway.workers import kernel, landlock, sandbox, seccomp
from gateway.workers.frames import Setup

def refused(attempt):
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"

NO_NEW_PRIVS = 38
"""


def inside(code: str) -> str:
    """What ``code`` prints, or how it died."""
    script = _PRELUDE + textwrap.dedent(code)
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    return ran.stdout.strip() or f"{ran.returncode} {ran.stderr}"


SECCOMP = "kernel.prctl(NO_NEW_PRIVS, 1); seccomp.confine()\n"


ATTEMPTS = """
    lambda: open("/etc/passwd"),
    lambda: open("/tmp/lazaretto-outlaw", "w"),
    lambda: os.listdir("/"),
    lambda: os.mkdir("/tmp/lazaretto-outlaw"),
    lambda: os.symlink("/etc/passwd", "/tmp/lazaretto-outlaw"),
"""
EXECUTE = 'lambda: os.execv("/bin/true", ["true"])'

MORE_ATTEMPTS = """
    lambda: os.memfd_create("outlaw"),
    lambda: socket.socket(),
    lambda: socket.socketpair(),
    lambda: os.fork(),
    lambda: os.pipe(),
    lambda: os.kill(os.getppid(), 0),
    lambda: os.pidfd_open(os.getppid()),
    lambda: os.setuid(0),
"""


def test_seccomp_alone_refuses_every_attempt() -> None:
    attempts = f"[{ATTEMPTS}{MORE_ATTEMPTS}]"

    assert inside(f"{SECCOMP}print({{*map(refused, {attempts})}}, flush=True)") == "{'EPERM'}"


@pytest.mark.parametrize(
    "attempt",
    [
        EXECUTE,
        'lambda: socket.socket(1, 1, 0, first.fileno()).connect("/run/x")',
        "lambda: kernel.syscall(425, 8, 0)",  # io_uring_setup
        "lambda: kernel.unshare(0x10000000)",
    ],
    ids=["execute", "connect", "io_uring", "unshare"],
)
def test_seccomp_kills_who_tries_what_no_parser_needs(attempt: str) -> None:
    code = f"first, second = socket.socketpair()\n{SECCOMP}print(refused({attempt}))"

    assert inside(code).split() == [str(-signal.SIGSYS)]


def test_seccomp_refuses_memory_that_can_be_executed() -> None:
    code = "import mmap\n" + SECCOMP + "print(refused(lambda: mmap.mmap(-1, 4096, prot=7)))"

    assert inside(code) == "EPERM"


def test_seccomp_lets_threads_be() -> None:
    code = """
    thread = threading.Thread(target=lambda: print("ran", flush=True))
    thread.start()
    thread.join()
    """

    assert inside("import threading\n" + SECCOMP + textwrap.dedent(code)) == "ran"


def test_seccomp_holds_for_the_calls_of_32_bit_programs() -> None:
    # int 0x80 with getpid of i386: the same process, another table of numbers.
    code = """
    import ctypes, mmap, platform
    if platform.machine() != "x86_64":
        print("killed"), sys.exit()
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(bytes.fromhex("b814000000cd80c3"))
    call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    child = os.fork()
    if child == 0:
        kernel.prctl(NO_NEW_PRIVS, 1)
        seccomp.confine()
        call()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print("killed" if os.WIFSIGNALED(status) else "lived")
    """

    assert inside(code) == "killed"


def test_landlock_alone_refuses_every_attempt() -> None:
    code = "kernel.prctl(NO_NEW_PRIVS, 1)\nlandlock.confine()\n"

    assert inside(code + f"print({{*map(refused, [{ATTEMPTS} {EXECUTE}])}})") == "{'EACCES'}"


def test_namespaces_alone_leave_no_network() -> None:
    code = """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        layers = sandbox.enclose_zygote()
        print(layers[0], refused(lambda: socket.create_connection(address)))
    """

    assert inside(code) == "Layer(name='namespaces', problem='') ENETUNREACH"


def test_privileges_are_gone_for_good() -> None:
    code = """
    sandbox.enclose_zygote()
    status = open("/proc/thread-self/status").read()
    fields = dict(line.split(":\\t") for line in status.splitlines())
    print(fields["CapEff"], fields["CapPrm"], fields["NoNewPrivs"])
    """

    assert inside(code) == "0000000000000000 0000000000000000 1"


def test_nobody_looks_into_the_memory_and_no_core_is_written() -> None:
    code = """
    sandbox.enclose_zygote()
    GET_DUMPABLE = 3
    print(ctypes.CDLL(None).prctl(GET_DUMPABLE), resource.getrlimit(resource.RLIMIT_CORE))
    """

    assert inside(code) == "0 (0, 0)"


def test_a_child_dies_with_its_parent() -> None:
    code = """
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:
        if os.fork() == 0:
            sandbox.die_with_parent()
            os.write(writer, b"x")
            signal.pause()
        os.read(reader, 1)
        os._exit(0)
    os.waitpid(parent, 0)
    os.close(writer)
    print("dead" if os.read(reader, 1) == b"" else "alive")
    """

    assert inside(code) == "dead"


def test_memory_is_limited_from_what_a_worker_was_born_with() -> None:
    code = """
    sandbox.enclose_worker(Setup(memory_bytes=64 << 20), sandbox.address_space())
    bytes(32 << 20)
    try:
        bytes(128 << 20)
    except MemoryError:
        print("MemoryError")
    """

    assert inside(code) == "MemoryError"


def test_the_message_cannot_be_changed_by_the_worker_that_reads_it() -> None:
    code = """
    import mmap
    message = Spool()
    message.write(b"as it came")
    message.seal()
    sandbox.enclose_worker(Setup(), sandbox.address_space())
    print(
        refused(lambda: os.write(message.fileno(), b"changed")),
        refused(lambda: os.ftruncate(message.fileno(), 0)),
        refused(lambda: mmap.mmap(message.fileno(), 10)),
        os.pread(message.fileno(), 99, 0),
    )
    """

    # RLIMIT_FSIZE speaks before the seal does.
    assert inside(code) == "EFBIG EPERM EPERM b'as it came'"


def test_a_layer_that_does_not_hold_says_why() -> None:
    code = """
    def missing():
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    landlock.confine = missing
    print(sandbox.close_files())
    """

    said = "Layer(name='landlock', problem='[Errno 38] Function not implemented')"
    assert inside(code) == said
