"""Tells systemd how the service is, where systemd asks for it (sd_notify(3), Type=notify)."""

import os
import socket
import time


def notify(state: str, *, monotonic: bool = False) -> None:
    """Send ``state``, such as READY=1, to the socket in NOTIFY_SOCKET; without one do nothing.

    ``monotonic`` adds the time that Type=notify-reload asks for.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if monotonic:
        state += f"\nMONOTONIC_USEC={time.monotonic_ns() // 1000}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        # A leading @ stands for the NUL of an abstract socket.
        told.connect(address.replace("@", "\0", 1) if address.startswith("@") else address)
        told.send(state.encode())
