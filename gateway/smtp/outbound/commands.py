"""Writes the commands of a transaction, with nothing in them that the next hop did not offer."""

import ipaddress
import re
from collections.abc import Iterable, Mapping

from gateway.model import Envelope, Recipient
from gateway.smtp.outbound.errors import RefusedError
from gateway.smtp.replies import Reply

_EXTENSION_OF = {
    "SIZE": "SIZE",
    "BODY": "8BITMIME",
    "SMTPUTF8": "SMTPUTF8",
    "RET": "DSN",
    "ENVID": "DSN",
    "NOTIFY": "DSN",
    "ORCPT": "DSN",
}
"""Parameter of MAIL or RCPT, and the keyword under which a server offers it."""

# Inbound has parsed these already. They are looked at again because a space, an angle bracket or
# line end that slips through here becomes a command of the sender's own. Surrogates stand for
# octets that are not UTF-8.
_MAILBOX = re.compile(
    r'(?:"(?:[^"\\\x00-\x1f\x7f\ud800-\udfff]|\\[\x20-\x7e])*"|[^\x00-\x20\x7f<>"\\\ud800-\udfff]+)'
    r'(?:@[^\x00-\x20\x7f<>"\\\ud800-\udfff]+)?'
)
_PARAMETER = re.compile(r"[A-Za-z0-9-]+(?:=[^\x00-\x20\x7f=\ud800-\udfff]+)?")
_NOT_XTEXT = re.compile(rb"[^!-*,-<>-~]")

_UTF8_UNSUPPORTED = Reply(553, "5.6.7", "the next hop does not take internationalised mail")


def mail(envelope: Envelope, offered: Mapping[str, str]) -> bytes:
    """The MAIL command. Raises RefusedError when the next hop cannot take this envelope at all."""
    if envelope.sender and not _MAILBOX.fullmatch(envelope.sender):
        raise RefusedError(Reply(553, "5.1.7", "the sender is not a mailbox"))
    # RFC 6531 3.1: mail that asks for SMTPUTF8 may not go where it is not offered.
    asks_for_utf8 = "SMTPUTF8" in _names(envelope.parameters)
    if asks_for_utf8 and "SMTPUTF8" not in offered:
        raise RefusedError(_UTF8_UNSUPPORTED)
    return _command("MAIL FROM:", envelope.sender, envelope.parameters, offered)


def rcpt(recipient: Recipient, offered: Mapping[str, str]) -> bytes:
    """The RCPT command. Raises RefusedError for what is not a mailbox."""
    if not _MAILBOX.fullmatch(recipient.address):
        raise RefusedError(Reply(553, "5.1.3", "the recipient is not a mailbox"))
    return _command("RCPT TO:", recipient.address, recipient.parameters, offered)


def xforward(envelope: Envelope, attributes: str) -> bytes:
    """Tell a trusting Postfix who our client is; ``attributes`` are those that it offered."""
    known = {"ADDR": _address_literal(envelope.client), "HELO": envelope.helo[:128]}
    told = [
        f"{name}={_xtext(known[name])}" for name in attributes.upper().split() if known.get(name)
    ]
    return f"XFORWARD {' '.join(told)}\r\n".encode("ascii") if told else b""


def _command(
    verb: str, address: str, parameters: Iterable[str], offered: Mapping[str, str]
) -> bytes:
    if not address.isascii() and "SMTPUTF8" not in offered:
        raise RefusedError(_UTF8_UNSUPPORTED)
    taken = [parameter for parameter in parameters if _is_taken(parameter, offered)]
    line = " ".join([f"{verb}<{address}>", *taken])
    return line.encode("utf-8") + b"\r\n"


def _is_taken(parameter: str, offered: Mapping[str, str]) -> bool:
    name = parameter.partition("=")[0].upper()
    return _EXTENSION_OF.get(name) in offered and bool(_PARAMETER.fullmatch(parameter))


def _names(parameters: Iterable[str]) -> set[str]:
    return {parameter.partition("=")[0].upper() for parameter in parameters}


def _address_literal(client: str) -> str:
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return ""
    return f"IPV6:{address}" if address.version == 6 else str(address)


def _xtext(text: str) -> str:
    octets = text.encode("utf-8", "surrogateescape")
    return _NOT_XTEXT.sub(lambda match: b"+%02X" % match[0][0], octets).decode("ascii")
