"""The few system calls that Python has no function for; a refusal is an OSError."""

import ctypes
import os
import struct

_LIBC = ctypes.CDLL(None, use_errno=True)
_CAPABILITY_VERSION_3 = 0x20080522


def prctl(option: int, *arguments: int) -> None:
    """Change one thing about this process, see man page prctl."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    _check(_LIBC.prctl(option, *map(ctypes.c_ulong, padded)))


def unshare(flags: int) -> None:
    """Leave the namespaces that ``flags`` name."""
    _check(_LIBC.unshare(ctypes.c_int(flags)))


def drop_capabilities() -> None:
    """Give up every capability."""
    # struct __user_cap_header_struct of version 3, and two empty __user_cap_data_struct.
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    _check(_LIBC.capset(header, bytes(24)))


def syscall(number: int, *arguments: "int | ctypes.Array[ctypes.c_char] | None") -> int:
    """Make the system call ``number``; integers are passed in the width of a register."""
    widened = (ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)
    return _check(_LIBC.syscall(ctypes.c_long(number), *widened))


def address(buffer: "ctypes.Array[ctypes.c_char]") -> int:
    """Where ``buffer`` lies, for a call that takes a pointer as a number."""
    return ctypes.addressof(buffer)


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
