"""A sink and a gateway, each to be run as a process of its own; each prints its port.

python -m bench.servers sink
python -m bench.servers gateway SETTINGS
"""

import asyncio
import os
import sys
from pathlib import Path

from gateway import app
from gateway.config import load
from gateway.smtp.sink import Sink

_NOWHERE = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open as long as we are


async def _sink() -> None:
    """A next hop that forgets at once what it took."""
    async with Sink() as sink:
        print(sink.port, flush=True)
        while True:
            await asyncio.sleep(0.5)
            sink.deliveries.clear()


async def _gateway(settings: Path) -> None:
    """The gateway, its log thrown away."""
    async with app.run(load(settings), log=_NOWHERE) as gateway:
        print(gateway.addresses[0][1], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_sink() if sys.argv[1] == "sink" else _gateway(Path(sys.argv[2])))
