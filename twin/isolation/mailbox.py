"""The one piece of shared memory between the application and a plugin's process: bodies of messages, both ways.

The application makes it, as large as an answer may be, and seals its size. A plugin can make no such memory itself (the
filter of system calls refuses it), so what it holds outside its own address space is bounded, however long it runs.
Messages take turns: whoever is told of a body takes a copy before it answers, and nobody can change a copy.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Sequence

_SIZE_SEALS = 0x0001 | 0x0002 | 0x0004  # no more seals, no shrinking, no growing
_F_ADD_SEALS = 1033


class MailboxError(Exception):
    """A body is empty, or larger than the mailbox.

    Parameters
    ----------
    length, size : int
        Bytes of the body, and of the mailbox.
    """

    def __init__(self, length: int, size: int) -> None:
        super().__init__(f"{length / 1e6:.0f} MB do not fit into {size / 1e6:.0f} MB")
        self.length = length


class Mailbox:
    """Bodies of messages, one at a time.

    Parameters
    ----------
    fd : int
        Of the shared memory; owned by this object.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._size = os.fstat(fd).st_size
        self._put = 0

    @classmethod
    def make(cls, size: int) -> Mailbox:
        """Return a new one of ``size`` bytes; memory is taken only for what is put into it."""
        fd = os.memfd_create("belvedere", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(fd, size)
        fcntl.fcntl(fd, _F_ADD_SEALS, _SIZE_SEALS)
        return cls(fd)

    def fileno(self) -> int:
        """Return the descriptor, to be handed to the other process."""
        return self._fd

    def put(self, parts: Sequence[bytes | memoryview]) -> int:
        """Write a body and return its length.

        Raises
        ------
        MailboxError
            It does not fit.
        """
        total = sum(len(memoryview(part).cast("B")) for part in parts)
        self._require_fits(total)
        at = 0
        for part in parts:
            left = memoryview(part).cast("B")
            while left:
                written = os.pwrite(self._fd, left, at)
                left, at = left[written:], at + written
        self._put = total
        return total

    def take(self, length: int) -> bytearray:
        """Return a copy of the body that the other side put.

        Raises
        ------
        MailboxError
            There is none of this length.
        """
        self._require_fits(length)
        body = bytearray(length)
        left, at = memoryview(body), 0
        while left:
            read = os.preadv(self._fd, [left], at)
            left, at = left[read:], at + read
        return body

    def clear(self, length: int) -> None:
        """Give the memory of the last bodies back."""
        used = max(length, self._put)
        with mmap.mmap(self._fd, used) as pages:
            pages.madvise(mmap.MADV_REMOVE)

    def close(self) -> None:
        """Close it on this side."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _require_fits(self, length: int) -> None:
        if not 0 < length <= self._size:
            raise MailboxError(length, self._size)
