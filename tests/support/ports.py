"""Ports on loopback that nobody else takes meanwhile, another process of the suite included."""

import random
import socket

_BELOW_WHAT_SYSTEMS_GIVE_AWAY = range(10_000, 32_000)
"""Connections and servers that ask for any port get a higher one: Linux from 32,768 on."""


def free_port() -> int:
    """A port that nobody listens on; by chance, so that two runs side by side do not meet."""
    for port in random.SystemRandom().sample(_BELOW_WHAT_SYSTEMS_GIVE_AWAY, 100):
        with socket.socket() as server:
            try:
                server.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError("a hundred ports are in use")
