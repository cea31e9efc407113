import base64

from gateway.mime import armour


def test_a_block_is_decoded_wherever_it_stands() -> None:
    text = b"Hi\r\n-----BEGIN CERTIFICATE-----\r\n" + base64.encodebytes(b"MZ" * 50)

    (found,) = armour.find(text + b"-----END CERTIFICATE-----\r\n")

    assert found.data == b"MZ" * 50


def test_a_pgp_message_is_handed_on_whole_and_keys_are_left_out() -> None:
    message = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----"
    key = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmQEM\r\n-----END PGP PUBLIC KEY BLOCK-----"

    (found,) = armour.find(key + b"\r\n" + message)

    assert (found.data, found.declared_type) == (message, "application/pgp-encrypted")


def test_a_block_without_end_is_decoded_and_words_are_words() -> None:
    assert [found.data for found in armour.find(b"-----BEGIN X-----\nQUJD")] == [b"ABC"]
    assert list(armour.find(b"-----BEGIN here-----\n-----BEGIN ")) == []
