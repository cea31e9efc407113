"""The system calls that a worker may make; every other one fails with EPERM, or is death.

Rule 1. The list says what is allowed. A call that the kernel gets next year is refused.
Rule 2. Nothing on it opens a file, names a process, makes a socket or starts a program.
Rule 3. Numbers differ between architectures: a call under another one than ours is death.
Rule 4. So is what no parser has a reason for. A worker that was taken over shows itself by it, and
    its message is held; a library that only asks in vain goes on.
"""

import ctypes
import errno
import platform
import struct

from gateway.workers import kernel

# name: (number on x86_64, number on aarch64)
ALLOWED = {
    # talking to the gateway, reading the message, leaving
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "lseek": (8, 62),
    "pread64": (17, 67),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "exit": (60, 93),
    "exit_group": (231, 94),
    # memory; never executable, see _MEMORY
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "madvise": (28, 233),
    # threads of this process: decompressors have them; see _CLONE
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "membarrier": (324, 283),
    # signals to oneself
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "setitimer": (38, 103),
    # clocks, chance, and what one knows of oneself
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "restart_syscall": (219, 128),
    "getrandom": (318, 278),
    "getrusage": (98, 165),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "sysinfo": (99, 179),
}
DEADLY = {
    "connect": (42, 203),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
_MEMORY = {"mmap": (9, 222), "mprotect": (10, 226)}
_CLONE = (56, 220)
_CLONE3 = (435, 435)

# column of the tables above, and AUDIT_ARCH of linux/audit.h
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2

_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_KILL_PROCESS, _ALLOW = 0x80000000, 0x7FFF0000
_REFUSE = 0x00050000 | errno.EPERM
_UNKNOWN = 0x00050000 | errno.ENOSYS

# Offsets in struct seccomp_data. Both architectures are little endian: the low half comes first.
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _THIRD_ARGUMENT = 0, 4, 16, 32
_PROT_EXEC = 4
_CLONE_THREAD = 0x10000

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand: struct sock_filter."""


def confine() -> None:
    """Refuse every other system call to this process, for good. Raises OSError.

    Needs no_new_privs.
    """
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    code = b"".join(struct.pack("<HBBI", *step) for step in program(machine))
    instructions = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: a count, padding, and a pointer.
    head = struct.pack("@HP", len(code) // 8, kernel.address(instructions))
    header = ctypes.create_string_buffer(head, len(head))
    kernel.prctl(_PR_SET_SECCOMP, _MODE_FILTER, kernel.address(header))


def program(machine: str) -> list[Instruction]:
    """The filter for ``machine``, as classic BPF."""
    column, architecture = _ARCHITECTURES[machine]
    steps: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for numbers in ALLOWED.values():
        steps += [(_JUMP_IF_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _ALLOW)]
    for numbers in DEADLY.values():
        steps += [(_JUMP_IF_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _KILL_PROCESS)]
    for numbers in _MEMORY.values():
        steps += _if_bit(numbers[column], _THIRD_ARGUMENT, _PROT_EXEC, _REFUSE, _ALLOW)
    steps += _if_bit(_CLONE[column], _FIRST_ARGUMENT, _CLONE_THREAD, _ALLOW, _REFUSE)
    # The flags of clone3 lie in memory, out of sight: libc falls back to clone on ENOSYS.
    steps += [(_JUMP_IF_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, _UNKNOWN)]
    return [*steps, (_RETURN, 0, 0, _REFUSE)]


def _if_bit(number: int, argument: int, bit: int, then: int, otherwise: int) -> list[Instruction]:
    """For the call ``number``: ``then`` when ``bit`` of ``argument`` is set, or ``otherwise``."""
    return [
        (_JUMP_IF_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, argument),
        (_JUMP_IF_ANY_BIT, 0, 1, bit),
        (_RETURN, 0, 0, then),
        (_RETURN, 0, 0, otherwise),
    ]
