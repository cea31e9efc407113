"""Who is at the other end of a Unix socket, by the kernel's word."""

import grp
import os
import pwd
import socket
import struct
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from gateway.desk.roles import RefusedError

_CREDENTIALS = struct.Struct("=iII")


@dataclass(frozen=True, slots=True)
class Account:
    """A person, as the machine knows them."""

    name: str
    groups: AbstractSet[str]


def account_of(peer: socket.socket) -> Account:
    """The account that connected, with its groups of now. May block. Raises RefusedError."""
    told = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    uid = _CREDENTIALS.unpack(told)[1]
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise RefusedError(f"user number {uid} has no account on this machine") from None
    # Not those that the process has: who was taken out of a group may still be logged in.
    numbers = os.getgrouplist(entry.pw_name, entry.pw_gid)
    return Account(entry.pw_name, frozenset(filter(None, map(_group, numbers))))


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return ""
