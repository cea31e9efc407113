from gateway.smtp import replies
from gateway.smtp.replies import Reply


def test_a_reply_is_one_line_of_printable_ascii_whatever_is_in_it() -> None:
    reply = Reply(550, "5.1.1", "no\r\n250 such \x1b[31muser é" + "x" * 1000)

    assert reply.wire.startswith(b"550 5.1.1 no??250 such ?[31muser ?xxx")
    assert len(reply.wire) == 510


def test_every_reply_has_a_status_of_its_class() -> None:
    table = [entry for entry in vars(replies).values() if isinstance(entry, Reply)]

    assert len(table) > 30
    for reply in table:
        assert reply.code == 354 or reply.status[0] == str(reply.code)[0]
        assert reply.wire.decode() == str(reply)
