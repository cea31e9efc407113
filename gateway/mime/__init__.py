"""Message bytes to parts, under every reading that a mail program may give them."""

from gateway.mime.heading import heading
from gateway.mime.payload import Payload
from gateway.mime.reader import Mail, read
from gateway.mime.removal import removable

__all__ = ["Mail", "Payload", "heading", "read", "removable"]
