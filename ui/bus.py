"""The message bus of a desktop session (D-Bus): how services of the system are asked, where there are any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

WITHIN_S = 2.0
"""A service that has not answered by then is taken for absent."""
Ask = Callable[..., tuple[Any, ...]]
"""Given the service, the method, the signature of its arguments and the arguments; returns what it answers."""


@contextmanager
def session_bus() -> Iterator[Ask]:
    """Connect to the bus, and yield what asks its services; the services forget what was asked when it is left.

    A service stands at the path and under the interface of its own name, as those of freedesktop.org do.

    Raises
    ------
    OSError
        There is no bus; or, when asked, nobody answers or the answer is an error.
    """
    try:
        from jeepney import DBusAddress, MessageType, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        bus = open_dbus_connection(bus="SESSION")
    except (ImportError, KeyError, ValueError, RuntimeError) as error:  # not on Linux, no address
        raise OSError(f"no message bus: {error}") from error

    def ask(service: str, method: str, signature: str, *words: object) -> tuple[Any, ...]:
        path = f"/{service.replace('.', '/')}"
        place = DBusAddress(path, bus_name=service, interface=service)
        call = new_method_call(place, method, signature, words)
        reply = bus.send_and_get_reply(call, timeout=WITHIN_S)
        if reply.header.message_type is not MessageType.method_return:
            raise OSError(f"{service}: {reply.body}")
        return tuple(reply.body)

    with bus:
        yield ask
