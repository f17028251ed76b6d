"""A filter of system calls for plugins in a sandbox: no new processes, no sockets but local ones.

Namespaces already hide files, processes and the network. The filter adds what they cannot: code that
cannot fork needs no limit on the number of processes (which the system does not apply to root), and
kernel interfaces that no plugin needs are out of reach. It is a classic BPF program (``man 2 seccomp``),
handed to bubblewrap, which installs it.
"""

from __future__ import annotations

import errno
import platform
import struct

CLONE_THREAD = 0x10000
AF_UNIX = 1
X32_BIT = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16

# Columns: x86_64, aarch64. From the kernel's tables of system calls; -1: does not exist there.
_DENIED = {
    "fork": (57, -1),
    "vfork": (58, -1),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "mount": (165, 40),
    "umount2": (166, 39),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "quotactl": (179, 60),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "personality": (135, 92),
    # Memory that no limit of a process counts: shared segments, queues, and files that are memory.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "io_setup": (206, 0),
}
_CLONE, _CLONE3, _SOCKET = (56, 220), (435, 435), (41, 198)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def program(machine: str = "") -> bytes | None:
    """Return the filter for a machine (default: this one), None for one that it does not know."""
    known = _MACHINES.get(machine or platform.machine())
    if known is None:
        return None
    column, audit = known
    code = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, audit, yes=1),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
    ]
    if column == 0:  # the x32 numbering would lead past the list
        code += [_step(_AT_LEAST, X32_BIT, no=1), _deny(errno.EPERM)]
    for numbers in _DENIED.values():
        if numbers[column] >= 0:
            code += [_step(_EQUAL, numbers[column], no=1), _deny(errno.EPERM)]
    # clone3 hides its flags from filters; without it the C library falls back to clone.
    code += [_step(_EQUAL, _CLONE3[column], no=1), _deny(errno.ENOSYS)]
    code += [
        _step(_EQUAL, _CLONE[column], no=4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_HAS_BITS, CLONE_THREAD, no=1),
        _step(_RETURN, _ALLOW),
        _deny(errno.EPERM),
    ]
    code += [
        _step(_EQUAL, _SOCKET[column], no=4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_EQUAL, AF_UNIX, no=1),
        _step(_RETURN, _ALLOW),
        _deny(errno.EACCES),
    ]
    return b"".join([*code, _step(_RETURN, _ALLOW)])


def _deny(number: int) -> bytes:
    return _step(_RETURN, _ERRNO | number)


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """Return one instruction; ``yes`` and ``no`` are how many to skip after a test."""
    return struct.pack("=HBBI", code, yes, no, value)
