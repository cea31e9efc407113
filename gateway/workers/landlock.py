"""Landlock: from here on this process and its children open no file and no TCP connection."""

import ctypes
import os
import struct

from gateway.workers import kernel

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION = 1

# What each version of the interface added to what can be forbidden, see linux/landlock.h.
_FILES = {1: 0x1FFF, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_NETWORK = {4: 0b11}
_SCOPES = {6: 0b11}


def confine() -> None:
    """Forbid everything that this kernel's Landlock knows of. Raises OSError without Landlock.

    Needs no_new_privs. Descriptors that are open already stay usable.
    """
    version = kernel.syscall(_CREATE_RULESET, None, 0, _VERSION)
    attributes = ruleset(version)
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    descriptor = kernel.syscall(_CREATE_RULESET, buffer, len(attributes), 0)
    try:
        kernel.syscall(_RESTRICT_SELF, descriptor, 0)
    finally:
        os.close(descriptor)


def ruleset(version: int) -> bytes:
    """``struct landlock_ruleset_attr`` for one version: everything is handled, nothing allowed."""
    fields = [_up_to(version, table) for table in (_FILES, _NETWORK, _SCOPES)]
    while fields[-1] == 0:
        fields.pop()  # an older kernel refuses fields that it does not know
    return struct.pack(f"={len(fields)}Q", *fields)


def _up_to(version: int, table: dict[int, int]) -> int:
    return sum(bits for since, bits in table.items() if since <= version)
