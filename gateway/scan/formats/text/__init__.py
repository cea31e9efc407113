"""Texts that programs read: markup, scripts, and what is written into them."""
