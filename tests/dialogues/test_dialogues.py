import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields, replace
from fnmatch import translate
from pathlib import Path

import pytest

from gateway.model import Envelope
from gateway.smtp.inbound import InboundSettings, SessionLimits
from tests.support.smtp import EVERYTHING, Client, House, MemoryPipeline, serving

TEXTS = {path.stem: path.read_text() for path in sorted(Path(__file__).parent.glob("*.txt"))}


@dataclass(frozen=True)
class Script:
    pipeline: MemoryPipeline
    settings: InboundSettings
    lines: list[str] = field(default_factory=list)


def read(text: str) -> Script:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    offers, size, limits, domains = EVERYTHING, None, SessionLimits(), ()
    for line in lines:
        match line.split(": ", 1) if line.startswith("= ") else ():
            case ["= next hop", words]:
                offers = frozenset(words.split()) - {"none"}
            case ["= next hop takes", words]:
                size = int(words)
            case ["= limit", words]:
                name, number = words.split()
                kind = next(f.type for f in fields(limits) if f.name == name)
                limits = replace(limits, **{name: float(number) if kind is float else int(number)})
            case ["= domains", words]:
                domains = tuple(words.split())
    networks = () if domains else ("127.0.0.0/8",)
    settings = InboundSettings("mx.example.org", domains, networks, limits=limits)
    return Script(
        MemoryPipeline(offers, size), settings, [ln for ln in lines if not ln.startswith("= ")]
    )


def unescaped(text: str) -> bytes:
    return text.encode().decode("unicode_escape").encode("latin-1")


def written(envelope: Envelope) -> str:
    people = [f"<{to.address}> {' '.join(to.parameters)}".strip() for to in envelope.recipients]
    sender = f"<{envelope.sender}> {' '.join(envelope.parameters)}".strip()
    return f"{sender} -> {', '.join(people)}"


async def play(script: Script, house: House) -> None:
    client = await house.client()
    for line in script.lines:
        word, _, rest = line.partition(" ")
        await STEPS[word](house, client, rest)


async def says(house: House, client: Client, expected: str) -> None:
    line = await client.line()
    assert re.match(translate(expected), line), f"{line!r} is not {expected!r}"


async def closes(house: House, client: Client, expected: str) -> None:
    assert await client.line() == ""


async def sends_line(house: House, client: Client, text: str) -> None:
    await client.send(unescaped(text) + b"\r\n")


async def sends(house: House, client: Client, text: str) -> None:
    await client.send(unescaped(text))


async def has_delivered(house: House, client: Client, count: str) -> None:
    assert len(house.pipeline.delivered) == int(count)


async def has_envelope(house: House, client: Client, expected: str) -> None:
    assert written(house.pipeline.delivered[-1].envelope) == expected


async def has_message(house: House, client: Client, text: str) -> None:
    assert house.pipeline.delivered[-1].message == unescaped(text)


async def has_counted(house: House, client: Client, causes: str) -> None:
    assert " ".join(sorted(house.notebook.causes)) == causes


STEPS: dict[str, Callable[[House, Client, str], Awaitable[None]]] = {
    "S:": says,
    "C:": sends_line,
    "c:": sends,
    "closed": closes,
    "delivered:": has_delivered,
    "envelope:": has_envelope,
    "message:": has_message,
    "counted:": has_counted,
}


@pytest.mark.parametrize("script", [*map(read, TEXTS.values())], ids=TEXTS)
async def test_the_dialogue_goes_as_written(script: Script) -> None:
    async with serving(script.pipeline, settings=script.settings) as house, asyncio.timeout(20):
        await play(script, house)

        assert not house.notebook.failures
