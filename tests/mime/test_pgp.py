import base64

import pytest

from gateway.mime.pgp import Content, content_of


@pytest.mark.parametrize(
    ("first", "content"),
    [
        (0xC1, Content.FOR_A_KEY),
        (0x85, Content.FOR_A_KEY),
        (0x8C, Content.FOR_A_PASSWORD),
        (0xA3, Content.PACKED),
        (0x90, Content.PACKED),
        (0x99, Content.NONE),
        (0x00, Content.PACKED),
    ],
)
def test_the_first_packet_tells(first: int, content: Content) -> None:
    packet = bytes([first, 0, 0])
    armoured = (
        b"-----BEGIN PGP MESSAGE-----\r\nVersion: 1\r\n\r\n"
        + base64.encodebytes(packet)
        + b"=aaaa\r\n-----END PGP MESSAGE-----\r\n"
    )

    assert content_of(packet) is content
    assert content_of(armoured) is content


@pytest.mark.parametrize("label", [b"PUBLIC KEY BLOCK", b"SIGNATURE", b"SIGNED MESSAGE"])
def test_keys_and_signatures_hold_nothing(label: bytes) -> None:
    assert content_of(b"-----BEGIN PGP " + label + b"-----\r\n\r\nmQEM\r\n") is Content.NONE
