"""Tables A, B and E: a release that is killed, disks that fail, and keys that are wrong."""

import contextlib
import os
import resource
import shutil
import smtplib
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.demo.mail import SAMPLES
from gateway.model import Class
from quarantine import create_key
from tests.support.commands import hold, lockbox, run, settings
from tests.support.gateway import RunningGateway, furnish, lazaretto, start
from tests.support.held import ITEM, mail_server
from tests.support.ports import free_port

pytestmark = pytest.mark.slow

CLEAN = next(s.message() for s in SAMPLES if s.expected is Class.CLEAN)
INFECTED = next(s.message() for s in SAMPLES if s.expected is Class.MALICIOUS)
_KILLED = -9
_PATIENT_NOOPS = 80
"""A client that says nothing else is shown the door after a hundred."""
_DIE = """
import os, signal, sys
from gateway import failpoints
from gateway.cli.main import commands
failpoints.arm(sys.argv.pop(1), lambda: os.kill(os.getpid(), signal.SIGKILL))
commands()
"""


@contextmanager
def town(root: Path, *, before: Sequence[str] = ()) -> Iterator[tuple[RunningGateway, object]]:
    """A real gateway in ``root``, and a mail server behind it."""
    with mail_server() as sink:
        port = free_port()
        furnish(root, port=port, next_hop=sink.port)
        running = start(root, port, before=before)
        try:
            yield running, sink
        finally:
            running.process.terminate()
            running.process.wait(timeout=40)


def send(port: int, message: bytes) -> int:
    """The code that a message gets, from MAIL to the reply to its final dot."""
    with smtplib.SMTP("127.0.0.1", port, "out.example", timeout=60) as client:
        try:
            client.sendmail("lab@out.example", ["dr@hospital.example"], message)
        except smtplib.SMTPResponseException as refused:
            return refused.smtp_code
    return 250


def killed_release(tmp_path: Path, port: int, point: str) -> str:
    """An item whose release is killed at this moment."""
    config = settings(tmp_path, port)
    item = hold(tmp_path, ITEM)
    words = ["quarantine", "release", item, "--reason", "x", "--force", "--config", config]
    done = subprocess.run([sys.executable, "-c", _DIE, point, *words], check=False, timeout=60)
    assert done.returncode == _KILLED
    return item


def test_a17_a_release_that_is_killed_before_the_dot_is_held_as_before(tmp_path: Path) -> None:
    with mail_server() as sink:
        item = killed_release(tmp_path, sink.port, "recipient accepted")
        with lockbox(tmp_path) as box:
            assert box.item(item).item.state == "releasing"
            assert box.recover().cut_off == 1
            assert box.item(item).item.state == "held"
            assert "cut off before" in box.item(item).records[-1].why
            assert list(box.fsck()) == []
        assert not sink.deliveries


def test_a18_a_release_that_is_killed_after_the_dot_waits_for_a_person(tmp_path: Path) -> None:
    with mail_server() as sink:
        item = killed_release(tmp_path, sink.port, "dot sent")
        with lockbox(tmp_path) as box:
            assert box.recover().cut_off == 0
            assert box.item(item).item.state == "releasing"
        again = run(
            "quarantine", "release", item, "--reason", "x", "--force",
            "--config", tmp_path / "lazaretto.toml",
        )  # fmt: skip

    assert again.exit_code == 2
    assert "is being released since" in again.stderr
    assert len(sink.deliveries) <= 1


def test_a_release_that_is_alive_is_left_alone(tmp_path: Path) -> None:
    settings(tmp_path)
    item = hold(tmp_path, ITEM)
    with lockbox(tmp_path) as box, box.claim(item):
        box.begin_release(item, who="alice", why="urgent")
        with lockbox(tmp_path) as gateway:
            assert gateway.recover().cut_off == 0

        assert box.item(item).item.state == "releasing"


def _can_mount() -> bool:
    probe = ["unshare", "-Urm", "mount", "-t", "tmpfs", "none", "/tmp"]
    return (
        shutil.which("unshare") is not None
        and subprocess.run(probe, capture_output=True, check=False).returncode == 0
    )


@pytest.mark.skipif(not _can_mount(), reason="this system lets no user mount a small disk")
@pytest.mark.parametrize("is_freed", [False, True], ids=["B2 full", "B13 free again"])
def test_a_full_disk_is_452_and_never_passes_what_is_infected(
    tmp_path: Path, *, is_freed: bool
) -> None:
    small = tmp_path / "quarantine"
    small.mkdir()
    mounted = f'mount -t tmpfs -o size=4m none {small} && chmod 700 {small} && exec "$@"'
    with town(tmp_path, before=["unshare", "-Urm", "sh", "-c", mounted, "sh"]) as (running, sink):
        seen = Path(f"/proc/{running.process.pid}/root{small}")  # its disk, not ours
        assert send(running.port, INFECTED) == 250
        (seen / "of another program").write_bytes(bytes(2_900_000))
        full = send(running.port, INFECTED + b"x\r\n")
        if is_freed:
            (seen / "of another program").unlink()
        again = send(running.port, INFECTED + b"y\r\n")
        left = list(seen.rglob("*.tmp"))

    assert (full, again) == (452, 250 if is_freed else 452)
    assert not left
    assert not sink.deliveries


def test_b12_a_limit_on_the_size_of_files_is_a_refusal_and_no_death(tmp_path: Path) -> None:
    with town(tmp_path) as (running, sink):
        assert send(running.port, INFECTED) == 250
        limits = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (4096, limits[1]))
        refused = send(running.port, INFECTED + os.urandom(20_000).hex().encode() + b"\r\n")
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, limits)
        again = send(running.port, INFECTED + b"x\r\n")

        assert running.process.poll() is None
    assert (refused // 100, again) == (4, 250)
    assert not sink.deliveries


def test_e3_an_index_that_is_locked_by_another_is_a_refusal(tmp_path: Path) -> None:
    with town(tmp_path) as (running, sink):
        assert send(running.port, INFECTED) == 250
        other = sqlite3.connect(tmp_path / "quarantine" / "index.sqlite", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        refused = send(running.port, INFECTED + b"x\r\n")
        waited = time.monotonic() - began
        clean = send(running.port, CLEAN)
        other.execute("ROLLBACK")
        other.close()
        again = send(running.port, INFECTED + b"x\r\n")

    assert (refused, clean, again) == (451, 250, 250)
    assert waited > 4
    assert len(sink.deliveries) == 1


@pytest.mark.parametrize("is_swapped", [False, True], ids=["E6 missing", "E7 of another lockbox"])
def test_a_key_that_does_not_fit_starts_nothing(tmp_path: Path, *, is_swapped: bool) -> None:
    config = settings(tmp_path)
    hold(tmp_path, ITEM)
    (tmp_path / "quarantine.key").rename(tmp_path / "its.key")
    if is_swapped:
        create_key(tmp_path / "quarantine.key")

    done = lazaretto("serve", "--config", str(config))

    said = done.stderr.splitlines()[-1]
    assert done.returncode == 2
    assert ("this key is" if is_swapped else "there is no key file") in said


def test_e8_of_a_message_with_a_flipped_bit_nothing_is_released(tmp_path: Path) -> None:
    with mail_server() as sink:
        config = settings(tmp_path, sink.port)
        item = hold(tmp_path, ITEM)
        file = tmp_path / "quarantine" / "messages" / item
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)

        words = ("--reason", "x", "--force", "--config", config)
        done = run("quarantine", "release", item, *words)

    assert done.exit_code == 1
    assert f"message of item {item} is damaged" in done.stderr
    assert not sink.deliveries
    with lockbox(tmp_path) as box:
        assert box.item(item).item.state == "held"


def test_e12_an_index_of_a_newer_program_starts_nothing(tmp_path: Path) -> None:
    config = settings(tmp_path)
    hold(tmp_path, ITEM)
    with contextlib.closing(sqlite3.connect(tmp_path / "quarantine" / "index.sqlite")) as index:
        index.execute("UPDATE alembic_version SET version_num = '0999'")
        index.commit()

    done = lazaretto("serve", "--config", str(config))

    assert done.returncode == 1
    assert "a newer one made it" in done.stderr


def _can_trace() -> bool:
    probe = ["strace", "-o", "/dev/null", "true"]
    return (
        shutil.which("strace") is not None
        and subprocess.run(probe, capture_output=True, check=False).returncode == 0
    )


@contextmanager
def traced(running: RunningGateway, inject: str) -> Iterator[None]:
    """Every such call of the gateway is made to fail or to take long."""
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={inject}"]
    with subprocess.Popen([*command, "-p", str(running.process.pid)]) as tracer:
        time.sleep(1)
        try:
            yield
        finally:
            tracer.terminate()


@pytest.mark.skipif(not _can_trace(), reason="strace is not here or may not trace")
def test_b9_a_slow_disk_makes_its_own_message_wait_and_nobody_else(tmp_path: Path) -> None:
    with town(tmp_path) as (running, _):
        codes: list[int] = []
        waits: list[float] = []
        sender = threading.Thread(target=lambda: codes.append(send(running.port, INFECTED)))
        with (
            traced(running, "fsync,fdatasync:delay_exit=1500000"),
            smtplib.SMTP("127.0.0.1", running.port, "out.example", timeout=60) as client,
        ):
            sender.start()
            while sender.is_alive() and len(waits) < _PATIENT_NOOPS:
                began = time.monotonic()
                client.noop()
                waits.append(time.monotonic() - began)
                sender.join(0.05)
            sender.join(60)

    assert codes == [250]
    assert len(waits) > 20
    assert sorted(waits)[len(waits) // 2] < 0.5


@pytest.mark.skipif(not _can_trace(), reason="strace is not here or may not trace")
@pytest.mark.parametrize("call", ["fsync", "fdatasync"], ids=["B6 a file", "B7 the index"])
def test_a_disk_that_fails_to_keep_is_a_refusal(tmp_path: Path, call: str) -> None:
    with town(tmp_path) as (running, sink):
        with traced(running, f"{call}:error=EIO"):
            refused = send(running.port, INFECTED)
        assert running.process.poll() is None

    assert refused == 451
    assert not sink.deliveries
    with lockbox(tmp_path) as box:
        box.recover()
        assert list(box.fsck()) == []
