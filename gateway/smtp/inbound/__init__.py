"""The SMTP server: aiosmtpd splits the command lines, and everything behind them is ours."""

from gateway.smtp.inbound.contract import Observer, Passage, Pipeline
from gateway.smtp.inbound.server import Server
from gateway.smtp.inbound.settings import InboundSettings, SessionLimits

__all__ = ["InboundSettings", "Observer", "Passage", "Pipeline", "Server", "SessionLimits"]
