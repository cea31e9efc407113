"""``lazaretto serve``: the gateway itself."""

import asyncio
import os
import signal
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

from gateway import app
from gateway.cli.options import ConfigFile, read_settings
from gateway.cli.terminal import FAILURE, clear_errors
from gateway.config import ConfigError, Settings
from gateway.desk.roles import Role
from gateway.desk.service import serving
from gateway.packs.load import NoBuiltinPackError
from gateway.telemetry.systemd import notify
from gateway.workers.pool import PoolStartError

_UNUSABLE = (ConfigError, NoBuiltinPackError, PoolStartError)


def serve(config: ConfigFile = None) -> None:
    """Take mail in, judge it, and send it on or hold it, until SIGTERM or SIGINT.

    SIGTERM gives every client in flight its answer first; a second one ends at once.
    SIGHUP reads the settings, the rules and the certificate again; broken ones change nothing.

    Example: lazaretto serve --config /etc/lazaretto/lazaretto.toml
    """
    with clear_errors():
        asyncio.run(_serve(config))


async def _serve(config: Path | None) -> None:
    hang_up, stop = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, hang_up.set)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stop)
    settings = read_settings(config)
    async with (
        app.run(settings) as gateway,
        _desk(settings, config, gateway),
        asyncio.TaskGroup() as group,
    ):
        reloading = group.create_task(_reload(gateway, config, hang_up))
        notify("READY=1")
        await stop.wait()
        notify("STOPPING=1")
        reloading.cancel()


def _desk(
    settings: Settings, config: Path | None, gateway: app.Gateway
) -> AbstractAsyncContextManager[None]:
    """Where people work on the quarantine who may not read its key."""
    asked = settings.desk
    if not asked.socket:
        return nullcontext()
    groups = {
        Role.VIEWER: asked.viewers,
        Role.ANALYST: asked.analysts,
        Role.ADMINISTRATOR: asked.administrators,
    }
    # The commands read the settings that we have read.
    environment = {name: os.environ[name] for name in os.environ if name.startswith("LAZARETTO_")}
    if named := config or environment.get("LAZARETTO_CONFIG"):
        environment["LAZARETTO_CONFIG"] = str(Path(named).resolve())
    place = Path(asked.socket)
    return serving(place, groups, environment=environment, events=gateway.events)


def _stop(stop: asyncio.Event) -> None:
    if stop.is_set():
        # The workers end with us, and whoever waits for an answer keeps the mail.
        os._exit(FAILURE)
    stop.set()


async def _reload(gateway: app.Gateway, config: Path | None, hang_up: asyncio.Event) -> None:
    while True:
        await hang_up.wait()
        hang_up.clear()
        notify("RELOADING=1", monotonic=True)
        try:
            await gateway.reload(read_settings(config))
        except _UNUSABLE as error:
            gateway.events.reload_failed(error)
        notify("READY=1")
