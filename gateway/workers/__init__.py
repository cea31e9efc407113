"""Hostile bytes are parsed here, in processes that can be killed."""
