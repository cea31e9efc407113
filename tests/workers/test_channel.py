import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.workers import channel
from gateway.workers.frames import FrameError

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    left, right = socket.socketpair()
    with left, right:
        yield left, right


def frame(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


def test_a_frame_arrives_with_its_descriptor(pair: Pair) -> None:
    left, right = pair
    reader, writer = os.pipe()
    channel.send(left, frame(b"take this"), [reader])
    os.write(writer, b"through it")

    parcel = channel.receive(right, 100, descriptors=1)

    assert parcel is not None
    assert parcel.body == b"take this"
    assert os.read(parcel.descriptors[0], 100) == b"through it"
    for descriptor in (reader, writer, *parcel.descriptors):
        os.close(descriptor)


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_descriptors_that_nobody_asked_for_are_dropped(pair: Pair) -> None:
    left, right = pair
    before = open_descriptors()
    channel.send(left, frame(b"x"), [0, 1, 2])

    parcel = channel.receive(right, 100)

    assert parcel == channel.Parcel(bytearray(b"x"), [])
    assert open_descriptors() == before


def test_the_end_of_the_conversation_is_none(pair: Pair) -> None:
    left, right = pair
    left.close()

    assert channel.receive(right, 100) is None


@pytest.mark.parametrize("sent", [b"\x00", b"\x00\x00\x00\x05", b"\x00\x00\x00\x05abc"])
def test_a_frame_that_ends_early_is_refused(pair: Pair, sent: bytes) -> None:
    left, right = pair
    left.sendall(sent)
    left.close()

    with pytest.raises(FrameError, match="ends early"):
        channel.receive(right, 100)


async def test_a_frame_that_dribbles_in_is_put_together(pair: Pair) -> None:
    left, right = pair
    right.setblocking(False)
    waiting = asyncio.ensure_future(channel.receive_async(right, 100))
    for byte in frame(b"slowly"):
        left.send(bytes([byte]))
        await asyncio.sleep(0)

    parcel = await waiting

    assert parcel is not None
    assert parcel.body == b"slowly"


async def test_large_frames_go_both_ways_at_once(pair: Pair) -> None:
    body = os.urandom(3 << 20)
    for end in pair:
        end.setblocking(False)
    left, right = pair

    async with asyncio.TaskGroup() as group:
        parcels = [group.create_task(channel.receive_async(end, 4 << 20)) for end in pair]
        group.create_task(channel.send_async(left, frame(body)))
        group.create_task(channel.send_async(right, frame(body)))

    assert [task.result().body == body for task in parcels if task.result()] == [True, True]


async def test_an_early_end_is_refused_when_awaited_too(pair: Pair) -> None:
    left, right = pair
    right.setblocking(False)
    left.sendall(b"\x00\x00\x00\x05abc")
    left.close()

    with pytest.raises(FrameError, match="ends early"):
        await channel.receive_async(right, 100)
