from tests.support.smtp import serving


async def test_an_ordinary_message_arrives_as_it_was_sent() -> None:
    async with serving() as house:
        client = await house.client()
        await client.begin_message()
        reply = await client.ask(b"Subject: x\r\n\r\n..dot\r\n.")

        [delivered] = house.pipeline.delivered
        assert delivered.message == b"Subject: x\r\n\r\n.dot\r\n"
        assert delivered.envelope.sender == "a@example.org"
        assert [to.address for to in delivered.envelope.recipients] == ["u@y.test"]
        assert reply == f"250 2.0.0 accepted as {delivered.identifier}"
        assert await client.ask(b"QUIT") == "221 2.0.0 bye"
        assert await client.reply() == ""
