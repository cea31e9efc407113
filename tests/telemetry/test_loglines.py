import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.telemetry.events import open_log
from gateway.telemetry.loglines import LogLines

LINE = "x" * 99 + "\n"
NEVER_READ = """
import sys
from gateway.telemetry.loglines import LogLines
with LogLines(sys.stderr.fileno(), dropped=list, capacity=100) as lines:
    for _ in range(2000):
        lines.write("x" * 99)
"""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe that holds 64 KiB, and nobody reads."""
    reading, writing = os.pipe()
    yield reading, writing
    for descriptor in (reading, writing):
        try:
            os.close(descriptor)
        except OSError:
            continue  # a test has closed it


def read(descriptor: int, size: int) -> str:
    octets = b""
    while len(octets) < size:
        octets += os.read(descriptor, size - len(octets))
    return octets.decode()


def test_lines_arrive_in_their_order_and_the_last_one_too(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as file, LogLines(file.fileno(), dropped=list) as lines:
        log = open_log("json", lines)
        for number in range(1000):
            log.info("event", number=number)

    written = (tmp_path / "log").read_text().splitlines()
    assert [f'"number": {number},' in line for number, line in enumerate(written)] == [True] * 1000


def test_a_reader_that_does_not_read_costs_lines_and_no_time(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    dropped: list[None] = []
    with LogLines(writing, dropped=lambda: dropped.append(None), capacity=100) as lines:
        began = time.monotonic()
        for _ in range(10_000):
            lines.write(LINE)
        spent = time.monotonic() - began
        kept = 10_000 - len(dropped)

        assert spent < 2
        assert kept < 2000
        assert read(reading, kept * len(LINE)) == LINE * kept
        lines.write("after the jam")
        assert read(reading, 13) == "after the jam"


def test_a_reader_that_never_reads_does_not_keep_us_from_ending(pipe: tuple[int, int]) -> None:
    _, writing = pipe
    command = [sys.executable, "-c", NEVER_READ]
    ended = subprocess.run(command, check=False, stderr=writing, timeout=20)

    assert ended.returncode == 0


def test_a_log_that_is_gone_is_counted_and_nothing_else(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    dropped: list[None] = []
    os.close(reading)
    with LogLines(writing, dropped=lambda: dropped.append(None)) as lines:
        lines.write(LINE)
        lines.write(LINE)

    assert len(dropped) == 2
