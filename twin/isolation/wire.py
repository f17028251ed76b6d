"""Messages between the application and a plugin's process: a line of JSON, and sealed shared memory.

A message is a short header, framed by its length, and at most one file descriptor. The descriptor is a
``memfd`` that holds the body. Before the application looks at a body it seals it: from then on nobody, the
plugin included, can change or shrink it, so that it can be mapped without a copy. Nothing is ever
unpickled.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import select
import socket
import struct
from collections.abc import Mapping
from typing import Any

HEADER_BYTES = 64 * 1024
_LENGTH = struct.Struct("=I")
_SEALS = 0x0001 | 0x0002 | 0x0004 | 0x0008  # no more seals, no shrinking, no growing, no writing
_F_ADD_SEALS = 1033


class BrokenWireError(Exception):
    """The other side is gone, or does not speak as agreed."""


class Wire:
    """One end of the connection.

    Parameters
    ----------
    end : socket.socket
        A connected local stream socket; owned by this object.
    """

    def __init__(self, end: socket.socket) -> None:
        self._socket = end

    def fileno(self) -> int:
        """Return the descriptor, for ``select``."""
        return self._socket.fileno()

    def send(self, header: Mapping[str, Any], body_fd: int | None = None) -> None:
        """Send a message; the body's descriptor stays open on this side.

        Raises
        ------
        BrokenWireError
            The other side is gone.
        """
        text = json.dumps(header).encode()
        if len(text) > HEADER_BYTES:
            raise BrokenWireError("the header of a message is too long")
        data = _LENGTH.pack(len(text)) + text
        try:
            sent = socket.send_fds(self._socket, [data], [] if body_fd is None else [body_fd])
            self._socket.sendall(data[sent:])
        except OSError as error:
            raise BrokenWireError(str(error)) from error

    def receive(self, timeout_s: float | None = None) -> tuple[dict[str, Any], int | None] | None:
        """Return the next header and the descriptor of its body, None if nothing comes in time.

        Raises
        ------
        BrokenWireError
            The other side is gone, or its message is none.
        """
        ready, _, _ = select.select([self._socket], [], [], timeout_s)
        if not ready:
            return None
        fds: list[int] = []
        try:
            size = _LENGTH.unpack(self._exactly(_LENGTH.size, fds))[0]
            header = json.loads(self._exactly(_small(size), fds))
            _require_agreed(header, fds)
        except (OSError, ValueError, RecursionError, BrokenWireError) as error:
            for fd in fds:
                os.close(fd)
            raise BrokenWireError(str(error)) from error
        return header, fds[0] if fds else None

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

    def _exactly(self, size: int, fds: list[int]) -> bytes:
        data = b""
        while len(data) < size:
            # A side that stops in the middle of a message holds up nobody.
            ready, _, _ = select.select([self._socket], [], [], 2.0)
            if not ready:
                raise BrokenWireError("a message stops in the middle")
            part, more, _, _ = socket.recv_fds(self._socket, size - len(data), 4)
            fds += more
            if not part:
                raise BrokenWireError("the other side closed the connection")
            data += part
        return data


def _small(size: int) -> int:
    if size > HEADER_BYTES:
        raise BrokenWireError("the header of a message is too long")
    return size


def _require_agreed(header: object, fds: list[int]) -> None:
    if not isinstance(header, dict) or len(fds) > 1:
        raise BrokenWireError("a message is not as agreed")


def new_body(parts: list[bytes | memoryview]) -> int:
    """Return the descriptor of a ``memfd`` that holds some bytes, ready to be sealed."""
    fd = os.memfd_create("belvedere", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        for part in parts:
            left = memoryview(part)
            while left:
                left = left[os.write(fd, left) :]
    except OSError:
        os.close(fd)
        raise
    return fd


def sealed(fd: int, *, limit: int) -> mmap.mmap:
    """Seal a body and return it mapped, copied only where it is written to; closes the descriptor.

    Raises
    ------
    BrokenWireError
        It is not memory that can be sealed, is still mapped for writing, is empty or larger than ``limit`` bytes.
    """
    try:
        fcntl.fcntl(fd, _F_ADD_SEALS, _SEALS)
        size = os.fstat(fd).st_size
        if not 0 < size <= limit:
            raise BrokenWireError(f"an answer of {size / 1e6:.0f} MB exceeds {limit / 1e6:.0f} MB")
        return mmap.mmap(fd, size, access=mmap.ACCESS_COPY)
    except OSError as error:
        raise BrokenWireError("the body of a message cannot be sealed") from error
    finally:
        os.close(fd)
