import asyncio

import aiosmtplib
import pytest

from gateway.model import Recipient
from gateway.smtp.sink import Sink

MESSAGE = b"Subject: r\xe9sultat\r\n\r\n.\r\n..two\r\nend\r\n"


async def converse(sink: Sink, octets: bytes) -> list[bytes]:
    """All that the sink says to a client that speaks without listening."""
    reader, writer = await asyncio.open_connection("127.0.0.1", sink.port)
    writer.write(octets)
    writer.write_eof()
    said = await reader.read()
    writer.close()
    await writer.wait_closed()
    return said.splitlines()


async def test_it_keeps_what_an_independent_client_sends() -> None:
    async with Sink() as sink:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.port) as client:
            await client.sendmail("a@b.test", ["c@d.test", "e@d.test"], MESSAGE)
            await client.sendmail("a@b.test", "c@d.test", b"another\r\n")

        first, second = sink.deliveries
        assert first.message == MESSAGE
        assert first.envelope.sender == "a@b.test"
        assert first.envelope.recipients == (Recipient("c@d.test"), Recipient("e@d.test"))
        assert second.message == b"another\r\n"


async def test_it_notes_the_parameters_and_the_client() -> None:
    octets = (
        b"EHLO me.test\r\nMAIL FROM:<> SIZE=3 BODY=8BITMIME\r\n"
        b"RCPT TO:<c@d.test> NOTIFY=NEVER\r\nDATA\r\n.\r\nQUIT\r\n"
    )
    async with Sink() as sink:
        await converse(sink, octets)

        envelope = sink.deliveries[0].envelope
        assert sink.deliveries[0].message == b""
        assert envelope.sender == ""
        assert envelope.parameters == ("SIZE=3", "BODY=8BITMIME")
        assert envelope.recipients == (Recipient("c@d.test", ("NOTIFY=NEVER",)),)
        assert (envelope.client, envelope.helo) == ("127.0.0.1", "me.test")


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        (b"RCPT TO:<c@d.test>", b"503"),
        (b"DATA", b"503"),
        (b"MAIL FROM:<>\r\nDATA", b"503"),
        (b"MAIL FROM:<>\r\nMAIL FROM:<>", b"503"),
        (b"MAIL FROM:<>\r\nRSET\r\nRCPT TO:<c@d.test>", b"503"),
        (b"STARTTLS", b"502"),
        (b"BOGUS", b"500"),
        (b"NOOP", b"250"),
        (b"HELO me.test", b"250"),
    ],
)
async def test_commands_out_of_order_are_refused(commands: bytes, code: bytes) -> None:
    async with Sink() as sink:
        said = await converse(sink, commands + b"\r\n")

    assert said[-1].startswith(code)


async def test_a_command_without_end_ends_the_session() -> None:
    async with Sink() as sink:
        said = await converse(sink, b"x" * 9_999)

    assert said == [b"220 sink.invalid ESMTP"]


@pytest.mark.parametrize("start", [b"", b"Subject: half\r\n", b"whole\r\n.\n"])
async def test_a_message_that_stops_in_the_middle_is_not_kept(start: bytes) -> None:
    async with Sink() as sink:
        said = await converse(sink, b"MAIL FROM:<>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n" + start)

        assert said[-1].startswith(b"354")
        assert sink.deliveries == []


async def test_closing_what_was_never_started_is_no_error() -> None:
    await Sink().close()


async def test_closing_ends_sessions_that_say_nothing() -> None:
    async with Sink() as sink:
        reader, writer = await asyncio.open_connection("127.0.0.1", sink.port)
        await reader.readline()

    assert await reader.read() == b""
    writer.close()
