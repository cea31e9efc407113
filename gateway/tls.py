"""Certificates on disk: ours and those of authorities, and what exactly is wrong with them."""

import ssl
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.config import ConfigError

_CERTIFICATE = "smtp.tls_certificate"
_KEY = "smtp.tls_key"
_AUTHORITIES = "next_hop.tls_authorities"


@dataclass(frozen=True, slots=True)
class ServerTls:
    """What STARTTLS is offered with, and until when it is good."""

    context: ssl.SSLContext
    expires: datetime


def of_server(certificate: Path, key: Path) -> ServerTls:
    """Read our chain and its key. Raises ConfigError that names the file at fault."""
    leaf = _certificates(_CERTIFICATE, certificate)[0]
    secret = _private_key(key)
    if secret != leaf.public_key():
        raise ConfigError(_KEY, [f"{key} is not the key of {certificate}"])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(_CERTIFICATE, [f"{certificate}, {key}: {error}"]) from None
    return ServerTls(context, leaf.not_valid_after_utc)


def of_authorities(path: Path) -> ssl.SSLContext:
    """Trust the authorities in ``path`` and no others. Raises ConfigError."""
    _certificates(_AUTHORITIES, path)
    try:
        return ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(_AUTHORITIES, [f"{path}: {error}"]) from None


def _certificates(setting: str, path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_read(setting, path))
    except ValueError:
        raise ConfigError(setting, [f"{path} holds no certificate in PEM"]) from None


def _private_key(path: Path) -> object:
    """The public half of the key in ``path``."""
    octets = _read(_KEY, path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & stat.S_IROTH:
        problem = f"{path} has mode {mode:04o}, everybody can read it: run 'chmod 640 {path}'"
        raise ConfigError(_KEY, [problem])
    try:
        return load_pem_private_key(octets, password=None).public_key()
    except TypeError:
        raise ConfigError(_KEY, [f"{path} needs a password: give a key without one"]) from None
    except ValueError:
        raise ConfigError(_KEY, [f"{path} holds no private key in PEM"]) from None


def _read(setting: str, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(1 << 20)
    except OSError as error:
        raise ConfigError(setting, [f"{path} cannot be read: {error.strerror}"]) from None
