"""Narrow exceptions for authenticated senders: what they are, where kept, how applied."""
