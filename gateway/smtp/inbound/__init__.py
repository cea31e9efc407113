"""The SMTP server: aiosmtpd splits the command lines, and everything behind them is ours.

The server itself is in ``server``: settings are read without it.
"""

from gateway.smtp.inbound.contract import Answered, Observer, Passage, Pipeline
from gateway.smtp.inbound.settings import InboundSettings, SessionLimits

__all__ = [
    "Answered",
    "InboundSettings",
    "Observer",
    "Passage",
    "Pipeline",
    "SessionLimits",
]
