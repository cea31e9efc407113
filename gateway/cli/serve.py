"""``lazaretto serve``: the gateway itself."""

import asyncio
import signal

from gateway import app
from gateway.cli.options import ConfigFile, read_settings
from gateway.cli.terminal import clear_errors
from gateway.config import Settings


def serve(config: ConfigFile = None) -> None:
    """Take mail in, judge it, and send it on or hold it, until SIGTERM or SIGINT."""
    with clear_errors():
        asyncio.run(_serve(read_settings(config)))


async def _serve(settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with app.run(settings):
        await stopped.wait()
