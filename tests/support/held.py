"""Held messages for tests of the command line, and a mail server that takes what is released."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.custody import records
from gateway.custody.holding import searchable
from gateway.model import Envelope, Recipient
from gateway.smtp.sink import Sink, well_behaved
from quarantine import NewItem
from tests.support.house import MALICIOUS, MESSAGE

ENVELOPE = Envelope("lab@out.example", (Recipient("dr@hospital.example"),), client="192.0.2.1")
ITEM = NewItem(
    message=MESSAGE,
    envelope=records.encode(ENVELOPE),
    report=records.encode(MALICIOUS),
    kind="malicious",
    action="quarantine",
    reasons=("macro.dropper",),
    pack="core 2026.11.23",
    summary={
        "sender": "lab@out.example",
        "recipients": "dr@hospital.example",
        "subject": "secret result",
    },
    searchable=searchable(ENVELOPE, MALICIOUS),
)


@contextmanager
def mail_server(conduct: object = well_behaved) -> Iterator[Sink]:
    """A sink on a thread of its own: the command has a loop of its own, too."""
    sink = Sink(conduct=conduct)  # type: ignore[arg-type]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(sink.start(), loop).result(10)
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(sink.close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
