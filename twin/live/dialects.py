"""What messages of MQTT mean: a dialect is a callable of topic and payload, pure but for its memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twin.live import plain
from twin.live.decoded import Decoded
from twin.live.feed import FeedError

Dialect = Callable[[str, bytes], Decoded]

DIALECTS = (
    *("plain", "json", "ttn", "sparkplug", "homie", "homeassistant", "sensorthings", "ngsi"),
    "homes",
)
"""Names of the dialects, the first without a mapping."""


def dialect_of(name: str, options: Mapping[str, Any]) -> Dialect:
    """Return the dialect of a name; empty: without a mapping.

    Raises
    ------
    FeedError
        No such dialect.
    """
    if not name or name == "plain":
        return plain.decode
    if name not in DIALECTS:
        raise FeedError.of("feed.dialect_unknown", name)
    from twin.live.decoders import mqtt_dialects as spoken
    from twin.live.decoders import ngsi, sensorthings
    from twin.live.homes import HomesDialect

    made: dict[str, Callable[[], Dialect]] = {
        "json": lambda: spoken.JsonPath(options),
        "ttn": lambda: spoken.ttn,
        "sparkplug": spoken.Sparkplug,
        "homie": spoken.Homie,
        "homeassistant": lambda: spoken.HomeAssistant(str(options.get("prefix", "homeassistant"))),
        "sensorthings": lambda: sensorthings.message,
        "ngsi": lambda: ngsi.message,
        "homes": lambda: HomesDialect(options),
    }
    return made[name]()


def dialect_for(topics: Mapping[str, bytes]) -> str:
    """Return the dialect that topics and their first messages speak for."""
    for topic, payload in topics.items():
        levels = topic.split("/")
        if levels[0] == "spBv1.0":
            return "sparkplug"
        if len(levels) > 3 and levels[1] == "5" and levels[3].startswith("$"):
            return "homie"
        if topic.startswith("homeassistant/") and topic.endswith("/config"):
            return "homeassistant"
        if topic.startswith("v3/") and topic.endswith("/up"):
            return "ttn"
        if levels[-1] == "Observations" and "Datastreams(" in topic:
            return "sensorthings"
        if b'"urn:ngsi-ld:' in payload[:2000] or b'"subscriptionId"' in payload[:500]:
            return "ngsi"
    return "plain"
