"""Frames and descriptors over Unix sockets: blocking in a worker, awaited in the gateway."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.workers.frames import HEADER_BYTES, FrameError, body_length

_CHUNK = 1 << 18


@dataclass(slots=True)
class Parcel:
    """The body of a frame, and the descriptors that came with it; they are the receiver's own."""

    body: bytearray
    descriptors: list[int]


def send(channel: socket.socket, frame: bytes, descriptors: Sequence[int] = ()) -> None:
    """Send a frame and wait until the kernel has all of it."""
    sent = socket.send_fds(channel, [frame], descriptors) if descriptors else 0
    if sent < len(frame):
        channel.sendall(memoryview(frame)[sent:])


def receive(channel: socket.socket, most: int, *, descriptors: int = 0) -> Parcel | None:
    """The next frame, or None when the other side has closed. Raises FrameError."""
    first = _read(channel, HEADER_BYTES, descriptors)
    if not first.body:
        return None
    while len(first.body) < HEADER_BYTES:
        first.body += _some(_read(channel, HEADER_BYTES - len(first.body), 0).body)
    length = body_length(first.body, most)
    body = bytearray()
    while len(body) < length:
        body += _some(_read(channel, min(length - len(body), _CHUNK), 0).body)
    return Parcel(body, first.descriptors)


async def send_async(channel: socket.socket, frame: bytes, descriptors: Sequence[int] = ()) -> None:
    """Send a frame over a socket that does not block."""
    sent = socket.send_fds(channel, [frame], descriptors) if descriptors else 0
    # Sending nothing would fail as well if the other side has answered and gone meanwhile.
    if sent < len(frame):
        await asyncio.get_running_loop().sock_sendall(channel, memoryview(frame)[sent:])


async def receive_async(
    channel: socket.socket, most: int, *, descriptors: int = 0
) -> Parcel | None:
    """The next frame of a socket that does not block, or None when the other side has closed.

    Takes memory as bytes arrive, not as the header announces them. Raises FrameError.
    """
    first = await _read_async(channel, HEADER_BYTES, descriptors)
    if not first.body:
        return None
    while len(first.body) < HEADER_BYTES:
        first.body += _some((await _read_async(channel, HEADER_BYTES - len(first.body), 0)).body)
    length = body_length(first.body, most)
    body = bytearray()
    while len(body) < length:
        more = await _read_async(channel, min(length - len(body), _CHUNK), 0)
        body += _some(more.body)
    return Parcel(body, first.descriptors)


def _some(chunk: bytearray) -> bytearray:
    if not chunk:
        raise FrameError("the frame ends early")
    return chunk


def _read(channel: socket.socket, count: int, descriptors: int) -> Parcel:
    try:
        return _receive_some(channel, count, descriptors)
    except ConnectionResetError:
        return Parcel(bytearray(), [])  # it closed without reading all that was sent to it


def _receive_some(channel: socket.socket, count: int, descriptors: int) -> Parcel:
    if not descriptors:
        # Without room for them the kernel drops descriptors that nobody asked for.
        return Parcel(bytearray(channel.recv(count)), [])
    body, received, _, _ = socket.recv_fds(channel, count, descriptors, socket.MSG_CMSG_CLOEXEC)
    return Parcel(bytearray(body), list(received))


async def _read_async(channel: socket.socket, count: int, descriptors: int) -> Parcel:
    while True:
        try:
            return _read(channel, count, descriptors)
        except BlockingIOError:
            await _readable(channel)


async def _readable(channel: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(channel, _fulfil, ready)
    try:
        await ready
    finally:
        loop.remove_reader(channel)


def _fulfil(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)
