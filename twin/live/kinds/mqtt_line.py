"""A connection to an MQTT broker and the thread that serves it.

The thread does nothing but receive and acknowledge. When decoding falls behind, it stops receiving, and the
broker keeps what waits.
"""

from __future__ import annotations

import asyncio
import select
import ssl
import time
from collections import deque
from threading import Event, Thread
from typing import Any

from twin.extras import require
from twin.live.address import MqttAddress, readable_file
from twin.live.feed import FeedContext, FeedError
from twin.live.kinds.wide_socket import client_class
from twin.store.history import Flag

KEEP_ALIVE_S = 20
SESSION_S = 3600
MOST_WAITING = 100_000
CONNECT_WITHIN_S = 10.0
AT_A_TIME = 500
"""So many messages are read before what is to be sent, acknowledgements most of all, goes out together."""
SAME_MOMENT_US = 1_000_000
"""Messages get moments of their own, each a little later than the one before; farther ahead, a clock was set back."""
DUPLICATE, UNTIMED = int(Flag.DUPLICATE), int(Flag.UNTIMED)  # of each message: flags are slow
REFUSED = {4, 5, 134, 135}  # bad user or password, not authorised; 3.1.1 and 5

Message = tuple[int, str, bytes, int]
"""When it came (us since 1970), topic, payload, flags."""


class Line:
    """A connection to a broker and the thread that serves it.

    Parameters
    ----------
    again : bool
        The broker may still have our session, with what came while we were away.
    """

    def __init__(
        self,
        address: MqttAddress,
        client_id: str,
        ctx: FeedContext,
        *,
        version: int,
        again: bool,
    ) -> None:
        self._address = address
        self._client_id = client_id
        self._ctx = ctx
        self._version = version
        self._again = again
        self._messages: deque[Message] = deque()
        self._stop = Event()
        self._gone = Event()
        self._subscribed = Event()
        self.lost = Event()
        self.reason = ""
        self._final = False
        self._last_us = 0
        self._client: Any = None
        self._thread: Thread | None = None

    @property
    def waiting(self) -> int:
        """Number of messages that wait to be decoded."""
        return len(self._messages)

    def take(self, most: int) -> list[Message]:
        """Return messages that came, oldest first."""
        queue = self._messages
        return [queue.popleft() for _ in range(min(most, len(queue)))]

    async def open(self) -> None:
        """Connect and subscribe.

        Raises
        ------
        FeedError
            The broker cannot be reached or refuses.
        """
        self._client = self._made()
        self._thread = Thread(target=self._serve, name="mqtt", daemon=True)
        self._thread.start()
        end = time.monotonic() + CONNECT_WITHIN_S
        while not self._subscribed.is_set():
            if self.lost.is_set() or time.monotonic() > end:
                reason = self.reason or "timed out"
                if self._final:
                    raise FeedError.of("feed.refused", self._ctx.url, reason=reason)
                raise FeedError("feed.unreachable", self._ctx.url, reason=reason)
            await asyncio.sleep(0.005)

    def close(self) -> None:
        """Let go of the connection. A session is left at the broker only where we want to come back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def unsubscribe(self) -> None:
        """Unsubscribe, and wait for what the broker had sent until then."""
        if self.lost.is_set():
            return
        self._client.unsubscribe(self._address.topic)
        self._gone.wait(2.0)

    def _made(self) -> Any:
        mqtt = require("live", "paho.mqtt.client")
        five = self._version == 5
        client = client_class()(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            protocol=mqtt.MQTTv5 if five else mqtt.MQTTv311,
            clean_session=None if five else False,
            reconnect_on_failure=False,
        )
        user, password = self._ctx.secret("user"), self._ctx.secret("password")
        if user or password:
            client.username_pw_set(user, password or None)
        if self._address.secure:
            client.tls_set_context(self._tls())
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_unsubscribe = lambda *_: self._gone.set()
        client.on_message = self._on_message
        return client

    def _tls(self) -> ssl.SSLContext:
        options = self._ctx.options
        authority = str(options.get("ca", ""))
        context = ssl.create_default_context(
            cafile=str(readable_file(authority)) if authority else None
        )
        certificate = str(options.get("certificate", ""))
        if certificate:
            context.load_cert_chain(readable_file(certificate), str(options.get("key", "")) or None)
        return context

    # On the thread of the line.

    def _serve(self) -> None:
        try:
            self._connect()
            self._pump()
        except (OSError, ValueError) as error:
            self._lose(_said(error))
        finally:
            self.lost.set()
            if (sock := self._client.socket()) is not None:
                sock.close()

    def _connect(self) -> None:
        client, address = self._client, self._address
        properties = None
        extra: dict[str, Any] = {}
        if self._version == 5:
            packets = require("live", "paho.mqtt.properties")
            kinds = require("live", "paho.mqtt.packettypes")
            properties = packets.Properties(kinds.PacketTypes.CONNECT)
            properties.SessionExpiryInterval = SESSION_S
            extra = {"clean_start": not self._again, "properties": properties}
        client.connect_timeout = CONNECT_WITHIN_S / 2
        client.connect(address.host, address.port, keepalive=KEEP_ALIVE_S, **extra)

    def _pump(self) -> None:
        """Receive until the end. paho's own loop would hide when it tries again."""
        client = self._client
        while not self._stop.is_set() and not self.lost.is_set():
            sock = client.socket()
            if sock is None:
                return
            if not sock.pending():
                writing = [sock] if client.want_write() or sock.unsent else []
                readable, _, _ = select.select([sock], writing, [], 0.1)
                if not readable:
                    self._idle(client)
                    continue
            if not self._read(client, sock):
                return
            self._idle(client)
            while len(self._messages) > MOST_WAITING and not self._stop.is_set():
                time.sleep(0.01)  # back-pressure: the broker keeps the rest
                client.loop_misc()
        if self._stop.is_set():
            self._leave(client)

    @staticmethod
    def _read(client: Any, sock: Any) -> bool:
        """Read what came, a number of messages at most; return whether the connection stands."""
        for _ in range(AT_A_TIME):
            if client.loop_read() != 0:
                return False
            if not sock.pending():
                break
        return True

    @staticmethod
    def _idle(client: Any) -> None:
        if client.want_write():
            client.loop_write()
        client.loop_misc()
        sock = client.socket()
        if sock is not None:
            sock.flush()

    def _leave(self, client: Any) -> None:
        if client.socket() is None:
            return
        if self._version == 5 and self._ctx.stopping.is_set():
            packets = require("live", "paho.mqtt.properties")
            kinds = require("live", "paho.mqtt.packettypes")
            properties = packets.Properties(kinds.PacketTypes.DISCONNECT)
            properties.SessionExpiryInterval = 0  # nothing is to be kept for us
            client.disconnect(properties=properties)
        else:
            client.disconnect()
        self._idle(client)

    def _lose(self, reason: str) -> None:
        self.reason = self.reason or reason
        self.lost.set()

    def _on_connect(self, client: Any, _data: Any, flags: Any, code: Any, _properties: Any) -> None:
        if code.is_failure:
            self._final = code.value in REFUSED
            self._lose(str(code))
            return
        if flags.session_present:
            self._subscribed.set()  # subscribing again would bring every retained message again
        else:
            client.subscribe(self._address.topic, qos=1)

    def _on_subscribe(self, _c: Any, _d: Any, _mid: int, codes: Any, _properties: Any) -> None:
        if any(code.is_failure for code in codes):
            self._final = True
            self._lose(str(codes[0]))
        else:
            self._subscribed.set()

    def _on_disconnect(self, _c: Any, _d: Any, _flags: Any, code: Any, _properties: Any) -> None:
        self._lose(str(code))

    def _on_message(self, _client: Any, _data: Any, message: Any) -> None:
        now = self._ctx.now_us()
        if 0 <= self._last_us - now < SAME_MOMENT_US:
            now = self._last_us + 1  # no two at one moment, but the clock may be set back
        self._last_us = now
        flags = (UNTIMED if message.retain else 0) | (DUPLICATE if message.dup else 0)
        self._messages.append((now, message.topic, message.payload, flags))


def _said(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)[:200] or type(error).__name__
