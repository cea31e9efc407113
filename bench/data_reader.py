"""Megabytes a second of the DATA reader, memory to memory: python -m bench.data_reader."""

import os
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from gateway.smtp.data import DataReader, DataRules
from gateway.spool import Spool

_CHUNK = 32 << 10
_RULES = DataRules(message_bytes=64 << 20)


def _ignore(_: bytes) -> None:
    """A sink that keeps nothing: what is left is the reader itself."""


def _seconds(message: bytes, write: Callable[[bytes], object]) -> float:
    wire = message + b".\r\n"
    chunks = [wire[place : place + _CHUNK] for place in range(0, len(wire), _CHUNK)]
    reader = DataReader(write, _RULES)
    began = perf_counter()
    ended = [reader.feed(chunk) for chunk in chunks][-1]
    took = perf_counter() - began
    if not ended or reader.fault or reader.size > len(message) * 2:
        sys.exit("the reader did not take the message as it should")
    return took


def _into_spool(message: bytes) -> float:
    with Spool() as spool:
        return _seconds(message, spool.write)


def main() -> None:
    """Print one line for each kind of message: median of five runs."""
    columns = os.urandom(57).hex()[:76].encode() + b"\r\n"
    messages = {
        "76-column lines": columns * ((10 << 20) // len(columns)),
        "lines that begin with a dot": b"..dot\r\n" * ((10 << 20) // 7),
        "empty lines": b"\r\n" * (16 << 20),
        "bare LF": b"x" * 75 + (b"\n" + b"y" * 75) * ((10 << 20) // 76) + b"\r\n",
        "NULs": (b"x" * 75 + b"\0\r\n") * ((10 << 20) // 78),
    }
    for name, message in messages.items():
        alone = median(_seconds(message, _ignore) for _ in range(5))
        spooled = median(_into_spool(message) for _ in range(5))
        sys.stdout.write(
            f"{name:28} {len(message) / 1e6:6.1f} MB  reader {len(message) / alone / 1e6:6.0f} MB/s"
            f"  with digest and memfd {len(message) / spooled / 1e6:6.0f} MB/s\n"
        )


if __name__ == "__main__":
    main()
