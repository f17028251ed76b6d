"""Messages between the application and a plugin's process: a line of JSON, framed by its length.

The body of a message lies in a :class:`~twin.isolation.mailbox.Mailbox`; the header says how long it is. Nothing is
ever unpickled, and no descriptor goes through the wall.
"""

from __future__ import annotations

import json
import select
import socket
import struct
from collections.abc import Mapping
from typing import Any

HEADER_BYTES = 64 * 1024
_LENGTH = struct.Struct("=I")


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

    def send(self, header: Mapping[str, Any]) -> None:
        """Send a message.

        Raises
        ------
        BrokenWireError
            The other side is gone.
        """
        text = json.dumps(header).encode()
        if len(text) > HEADER_BYTES:
            raise BrokenWireError("the header of a message is too long")
        try:
            self._socket.sendall(_LENGTH.pack(len(text)) + text)
        except OSError as error:
            raise BrokenWireError(str(error)) from error

    def receive(self, timeout_s: float | None = None) -> dict[str, Any] | None:
        """Return the next header, None if nothing comes in time.

        Raises
        ------
        BrokenWireError
            The other side is gone, or its message is none.
        """
        ready, _, _ = select.select([self._socket], [], [], timeout_s)
        if not ready:
            return None
        try:
            size = _LENGTH.unpack(self._exactly(_LENGTH.size))[0]
            header = json.loads(self._exactly(_small(size)))
        except (OSError, ValueError, RecursionError) as error:
            raise BrokenWireError(str(error)) from error
        if not isinstance(header, dict):
            raise BrokenWireError("a message is not as agreed")
        return header

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            # A side that stops in the middle of a message holds up nobody.
            ready, _, _ = select.select([self._socket], [], [], 2.0)
            if not ready:
                raise BrokenWireError("a message stops in the middle")
            part = self._socket.recv(size - len(data))
            if not part:
                raise BrokenWireError("the other side closed the connection")
            data += part
        return data


def _small(size: int) -> int:
    if size > HEADER_BYTES:
        raise BrokenWireError("the header of a message is too long")
    return size
