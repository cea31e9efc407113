import asyncio
import errno
import os
from pathlib import Path

import pytest

from gateway.smtp import durable
from gateway.smtp.durable import DurableLines


class Memory:
    """What the owner of the file knows: every line that it ever asked for."""

    def __init__(self, path: Path, spare_lines: int = 10_000) -> None:
        self.known: list[bytes] = []
        self.lines = DurableLines(path, lambda: self.known, spare_lines=spare_lines)

    async def append(self, line: bytes) -> None:
        self.known.append(line)
        await self.lines.append(line)


async def test_a_line_is_in_the_file_when_append_returns(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "file")
    await memory.append(b"one\n")
    await memory.append(b"two\n")

    assert (tmp_path / "file").read_bytes() == b"one\ntwo\n"
    await memory.lines.close()


async def test_lines_written_at_the_same_moment_share_one_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs: list[int] = []
    monkeypatch.setattr(durable.os, "fdatasync", syncs.append)
    memory = Memory(tmp_path / "file")
    await memory.append(b"first\n")
    await asyncio.gather(*(memory.append(b"%d\n" % number) for number in range(100)))

    assert len(syncs) <= 2
    assert sorted(memory.lines.read()) == sorted(line[:-1] for line in memory.known)
    await memory.lines.close()


async def test_a_line_that_was_only_noted_arrives_as_well(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "file")
    await memory.append(b"one\n")
    memory.lines.note(b"two\n")
    await memory.lines.close()

    assert memory.lines.read() == [b"one", b"two"]


async def test_a_line_that_was_never_finished_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"one\ntwo\nthr")

    assert Memory(tmp_path / "file").lines.read() == [b"one", b"two"]


async def test_a_file_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert Memory(tmp_path / "file").lines.read() == []


async def test_after_a_failed_write_the_file_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(descriptor: int, octets: bytes) -> None:
        os.write(descriptor, octets[:2])
        raise OSError(errno.ENOSPC, "no space left")

    memory = Memory(tmp_path / "file")
    await memory.append(b"one\n")
    with monkeypatch.context() as patch:
        patch.setattr(durable, "_write_all", fill_the_disk)
        with pytest.raises(OSError, match="no space left"):
            await memory.append(b"two\n")
        with pytest.raises(OSError, match="no space left"):
            await memory.append(b"three\n")
    await memory.append(b"four\n")

    assert memory.lines.read() == [b"one", b"two", b"three", b"four"]
    await memory.lines.close()


async def test_everybody_whose_line_was_lost_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(errno.EIO, "the disk is gone")

    memory = Memory(tmp_path / "file")
    await memory.append(b"one\n")
    monkeypatch.setattr(durable.os, "fdatasync", refuse)
    monkeypatch.setattr(durable.os, "fsync", refuse)
    outcomes = await asyncio.gather(
        *(memory.append(b"%d\n" % number) for number in range(5)), return_exceptions=True
    )

    assert all(isinstance(outcome, OSError) for outcome in outcomes)
    await memory.lines.close()


async def test_who_is_cancelled_takes_nothing_from_the_others(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "file")
    async with asyncio.TaskGroup() as group:
        first = group.create_task(memory.append(b"one\n"))
        group.create_task(memory.append(b"two\n"))
        await asyncio.sleep(0)
        first.cancel()

    assert memory.lines.read() == [b"one", b"two"]
    await memory.lines.close()


async def test_the_file_does_not_grow_without_end(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "file", spare_lines=10)
    for number in range(100):
        memory.known = []
        await memory.append(b"%d\n" % number)

    assert len(memory.lines.read()) <= 11
    await memory.lines.close()


async def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "file")
    await memory.append(b"one\n")
    await memory.lines.close()

    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
