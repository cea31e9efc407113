"""Formats of hospitals: medical images, laboratory messages."""
