"""A socket for paho that asks the system seldom.

paho reads a message in four calls of the system, a byte at first, and sends each acknowledgement by itself.
Every call lets go of the interpreter and waits for it again: at thousands of messages a second that takes most
of the time of its thread, and the time of whoever draws. Here what came is taken in large pieces, and what is
to be sent waits for :meth:`WideSocket.flush`.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from functools import cache
from threading import Lock
from typing import Any

from twin.extras import require

PIECE = 65_536
LEAVING_S = 1.0
"""How long the last words to a broker may take."""
NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class WideSocket:
    """Wraps a connected socket, plain or TLS, as far as paho uses one."""

    def __init__(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):  # of another family than TCP
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._came = b""
        self._at = 0
        self._out = bytearray()
        self._guard = Lock()  # who stops a feed says so from another thread

    def recv(self, count: int) -> bytes:
        """Return at most so many bytes, as a socket does: none at its end, BlockingIOError where none came."""
        if self._at >= len(self._came):
            self._came, self._at = self._sock.recv(PIECE), 0
        piece = self._came[self._at : self._at + count]
        self._at += len(piece)
        return piece

    def send(self, data: bytes | bytearray) -> int:
        """Take bytes to be sent by and by; return how many."""
        with self._guard:
            self._out += data
        if len(self._out) >= PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send as much as the system takes now. Raises OSError where the connection is lost."""
        with self._guard, contextlib.suppress(*NOT_NOW):
            while self._out:
                del self._out[: self._sock.send(self._out)]

    def pending(self) -> int:
        """Return how many bytes came that the system no longer tells of."""
        inside = self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0
        return len(self._came) - self._at + inside

    @property
    def unsent(self) -> bool:
        """Whether bytes wait to be sent."""
        return bool(self._out)

    def fileno(self) -> int:
        """Return the number by which the system knows it."""
        return self._sock.fileno()

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 - as of a socket
        """See :meth:`socket.socket.setblocking`."""
        self._sock.setblocking(flag)

    def close(self) -> None:
        """Send what waits, a farewell, and close."""
        with contextlib.suppress(OSError):
            self._sock.settimeout(LEAVING_S)
            self.flush()
        self._sock.close()


@cache
def client_class() -> Any:
    """Return paho's client on such sockets."""
    mqtt = require("live", "paho.mqtt.client")

    class WideClient(mqtt.Client):  # type: ignore[name-defined,misc]
        # The one place where paho makes its socket; it wraps that for web sockets in the same way.
        def _create_socket(self) -> WideSocket:
            return WideSocket(super()._create_socket())

    return WideClient
