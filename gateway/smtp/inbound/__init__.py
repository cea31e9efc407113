"""The SMTP server: aiosmtpd splits the command lines, and everything behind them is ours."""

from gateway.smtp.inbound.contract import Answered, Observer, Passage, Pipeline
from gateway.smtp.inbound.server import Server
from gateway.smtp.inbound.settings import InboundSettings, SessionLimits

__all__ = [
    "Answered",
    "InboundSettings",
    "Observer",
    "Passage",
    "Pipeline",
    "Server",
    "SessionLimits",
]
