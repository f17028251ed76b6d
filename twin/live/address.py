"""Addresses of feeds, taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from twin.live.feed import FeedError
from twin.model.feed import split_login

MQTT_PORTS = {"mqtt": 1883, "mqtts": 8883}
SECURE = {"mqtts"}


@dataclass(frozen=True, slots=True)
class MqttAddress:
    """Host, port and topic filter of ``mqtt://host:port/topic/#``."""

    host: str
    port: int
    topic: str
    secure: bool


def mqtt_address(url: str) -> MqttAddress:
    """Take the address of a topic apart.

    Raises
    ------
    FeedError
        It is none: another scheme, no host, a bad port or a topic filter that no broker takes.
    """
    shown, _login = split_login(url)
    scheme, _, rest = shown.partition("://")
    authority, _, topic = rest.partition("/")
    if scheme not in MQTT_PORTS:
        raise FeedError.of("feed.address", shown, reason="mqtt://host:port/topic/#")
    host, port = _host_and_port(authority, MQTT_PORTS[scheme], shown)
    topic = unquote(topic) or "#"
    levels = topic.split("/")
    bad = any(
        ("#" in level and (level != "#" or i < len(levels) - 1)) or ("+" in level and level != "+")
        for i, level in enumerate(levels)
    )
    if bad or "\0" in topic or len(topic.encode()) > 65_535:
        raise FeedError.of("feed.topic", shown, topic=topic[:120])
    return MqttAddress(host, port, topic, scheme in SECURE)


def _host_and_port(authority: str, default: int, shown: str) -> tuple[str, int]:
    if authority.startswith("["):  # IPv6
        host, _, rest = authority[1:].partition("]")
        text = rest.removeprefix(":")
    else:
        host, _, text = authority.partition(":")
    port = default if not text else int(text) if text.isascii() and text.isdigit() else 0
    if not host or not 0 < port < 65_536:
        raise FeedError.of("feed.address", shown, reason="mqtt://host:port/topic/#")
    return host, port


def readable_file(name: str) -> Path:
    """Return a file that a feed names. Raises FeedError where there is none."""
    path = Path(name).expanduser()
    if not path.is_file():
        raise FeedError.of("feed.no_file", name)
    return path
