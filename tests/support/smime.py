"""S/MIME made on the spot: signed by a library, and built by hand where the form matters."""

import datetime as dt
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

_DATA = bytes.fromhex("06092a864886f70d010701")
_SIGNED = bytes.fromhex("06092a864886f70d010702")
ENVELOPED = bytes.fromhex("06092a864886f70d010703")
COMPRESSED = bytes.fromhex("060b2a864886f70d0109100109")


def signed(content: bytes, *, is_detached: bool = False) -> bytes:
    """``content`` signed as a mail program does it, in DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a@partner.example")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    builder = builder.public_key(key.public_key()).serial_number(1)
    certificate = builder.sign(key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary]
    options += [pkcs7.PKCS7Options.DetachedSignature] if is_detached else []
    signature = pkcs7.PKCS7SignatureBuilder().set_data(content)
    signature = signature.add_signer(certificate, key, hashes.SHA256())
    return signature.sign(serialization.Encoding.DER, options)


def item(tag: int, *inside: bytes) -> bytes:
    """An item of definite length."""
    body = b"".join(inside)
    return bytes([tag, 0x84]) + len(body).to_bytes(4, "big") + body


def open_ended(tag: int, *inside: bytes) -> bytes:
    """An item of indefinite length, as mail programs stream it."""
    return bytes([tag, 0x80]) + b"".join(inside) + b"\0\0"


def signed_by_hand(octets: bytes, wrap: Callable[..., bytes] = item) -> bytes:
    """``octets``, an octet string, where the content of a signature stands."""
    encapsulated = wrap(0x30, _DATA, wrap(0xA0, octets))
    body = wrap(0x30, b"\x02\x01\x01", wrap(0x31, item(0x30)), encapsulated, item(0x31))
    return wrap(0x30, _SIGNED, wrap(0xA0, body))


def wrapped(oid: bytes, content: bytes = b"?" * 40) -> bytes:
    """Content that is not in the open: the kind of the wrapping can be seen."""
    encapsulated = item(0x30, _DATA, item(0xA0, item(0x04, content)))
    return item(0x30, oid, item(0xA0, item(0x30, b"\x02\x01\x00", item(0x30), encapsulated)))
