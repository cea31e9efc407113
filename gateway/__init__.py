"""Lazaretto: an SMTP relay that opens every attachment and holds what is suspicious."""

__version__ = "0.1.0"
