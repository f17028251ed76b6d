"""A real message bus of a test's own, and services of a desktop on it that write down what they are asked."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

Answer = Callable[[tuple[Any, ...]], tuple[str, tuple[Any, ...]]]
"""Given the arguments of a call; returns the signature of what is answered, and the answer."""


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a bus that is the session's while the test lasts."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("dbus-daemon is not installed")
    pytest.importorskip("jeepney")
    process = subprocess.Popen(
        [program, "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield address
    process.terminate()
    process.wait(10)
    process.stdout.close()


class Service:
    """Stands in for a service of a desktop: answers the methods it knows.

    Parameters
    ----------
    address : str
        Of the bus.
    name : str
        Of the service.
    answers : mapping of str to Answer
        By method; a method that is not there is never answered.
    """

    def __init__(self, address: str, name: str, answers: dict[str, Answer]) -> None:
        from jeepney import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        self.asked: list[tuple[str, str, tuple[Any, ...]]] = []
        """Method, signature and arguments of each call."""
        self._answers = answers
        self._bus = open_dbus_connection(bus=address)
        Proxy(message_bus, self._bus).RequestName(name)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        from jeepney import HeaderFields, new_method_return

        while True:
            try:
                message = self._bus.receive()
            except (OSError, EOFError):
                return
            fields = message.header.fields
            answer = self._answers.get(fields.get(HeaderFields.member, ""))
            if answer is not None:
                signature = fields.get(HeaderFields.signature, "")
                self.asked.append((fields[HeaderFields.member], signature, message.body))
                self._bus.send(new_method_return(message, *answer(message.body)))

    def close(self) -> None:
        """Leave the bus."""
        self._bus.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._bus.close()
