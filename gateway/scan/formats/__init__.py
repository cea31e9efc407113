"""Readers of formats that several detectors share, and the adapters of third-party parsers."""
