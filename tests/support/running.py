"""The whole gateway in this process, with real workers and a sink behind it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from io import StringIO
from pathlib import Path

import aiosmtplib

from gateway import app
from gateway.config import Settings, parse
from gateway.smtp.sink import Sink
from quarantine import Item, create_key


@dataclass
class Running:
    """A gateway as it is served, with its mail server behind and its log to read."""

    gateway: app.Gateway
    sink: Sink
    log: StringIO

    @property
    def held(self) -> list[Item]:
        return list(self.gateway.lockbox.items())

    @property
    def events(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def event(self, name: str) -> dict[str, object]:
        """The last event of this name."""
        return [event for event in self.events if event["event"] == name][-1]

    async def send(self, message: EmailMessage) -> str:
        """Send as an independent client does; gives the last reply."""
        host, port = self.gateway.addresses[0]
        async with aiosmtplib.SMTP(hostname=host, port=port, start_tls=False) as client:
            try:
                _, reply = await client.send_message(message)
            except aiosmtplib.SMTPResponseException as refused:
                return f"{refused.code} {refused.message}"
            return f"250 {reply}"


def settings(folder: Path, port: int, **tables: dict[str, object]) -> Settings:
    if not (folder / "key").exists():
        create_key(folder / "key")
    return parse(
        {
            "smtp": {"listen": ["127.0.0.1:0"], "hostname": "gate.example"},
            "next_hop": {"hosts": [f"127.0.0.1:{port}"], "tls": "off"},
            "workers": {"count": 1},
            "quarantine": {
                "folder": folder / "quarantine",
                "key_file": folder / "key",
                "disk_floor": "1 MiB",
            },
            "state": {"folder": folder / "state"},
            "health": {"listen": "127.0.0.1:0"},
            **tables,
        },
        "test",
    )


@asynccontextmanager
async def running(folder: Path, **tables: dict[str, object]) -> AsyncIterator[Running]:
    log = StringIO()
    async with (
        Sink() as sink,
        app.run(settings(folder, sink.port, **tables), log=log) as gateway,
    ):
        yield Running(gateway, sink, log)


def letter(
    name: str = "", data: bytes = b"", kind: str = "application/octet-stream"
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "lab@out.example", "dr@hospital.example"
    message["Subject"] = "result"
    message.set_content("Dear colleague\n")
    if name:
        main, _, sub = kind.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message
