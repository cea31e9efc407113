"""Harmless samples for the demo and for tests, made at run time: nothing of the kind is in git."""
