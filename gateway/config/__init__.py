"""What the operator may set, and how it is read."""

from gateway.config.load import ConfigError, load, parse
from gateway.config.sections import Settings

__all__ = ["ConfigError", "Settings", "load", "parse"]
