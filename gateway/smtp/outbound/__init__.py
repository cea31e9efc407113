"""The SMTP client: takes mail to the next hop, and tells exactly what became of it."""

from gateway.newlines import BareNewlineError
from gateway.smtp.outbound.errors import InDoubtError, NextHopError, RefusedError
from gateway.smtp.outbound.hop import NextHop
from gateway.smtp.outbound.settings import HopAddress, Limits, Timeouts, Tls, TlsContext
from gateway.smtp.outbound.transaction import BeforeDot, Transaction

__all__ = [
    "BareNewlineError",
    "BeforeDot",
    "HopAddress",
    "InDoubtError",
    "Limits",
    "NextHop",
    "NextHopError",
    "RefusedError",
    "Timeouts",
    "Tls",
    "TlsContext",
    "Transaction",
]
