import hashlib
import os

import pytest

from gateway.spool import Spool


def test_a_sealed_message_cannot_be_changed_by_whoever_holds_the_descriptor() -> None:
    with Spool() as message:
        message.write(b"Subject: result\r\n\r\n")
        message.seal()

        with pytest.raises(PermissionError):
            os.pwrite(message.fileno(), b"X", 0)
        with pytest.raises(PermissionError):
            os.ftruncate(message.fileno(), 0)


def test_what_was_written_in_pieces_is_seen_whole() -> None:
    with Spool() as message:
        message.write(b"one ")
        message.write(bytearray(b"two"))
        message.seal()

        with message.view() as view:
            assert bytes(view) == b"one two"
        assert message.size == 7
        assert message.sha256 == hashlib.sha256(b"one two").hexdigest()


def test_an_empty_message_is_a_message() -> None:
    with Spool() as message, message.view() as view:
        assert bytes(view) == b""


def test_closing_twice_closes_once() -> None:
    message = Spool()
    descriptor = message.fileno()
    message.close()
    message.close()

    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_a_spool_that_grew_after_a_look_is_seen_whole() -> None:
    with Spool() as spool:
        spool.write(b"first")
        with spool.view() as view:
            assert bytes(view) == b"first"
        spool.write(b" second")
        spool.seal()

        with spool.view() as view:
            assert bytes(view) == b"first second"
