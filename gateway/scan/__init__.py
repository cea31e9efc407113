"""The pure core: bytes in, Report out."""
