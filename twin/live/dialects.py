"""What messages of MQTT mean: a dialect is a callable of topic and payload, pure but for its memory."""

from __future__ import annotations

from collections import Counter
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
    if name and name not in DIALECTS:
        raise FeedError.of("feed.dialect_unknown", name)
    from twin.live.decoders import homes, ngsi, sensorthings
    from twin.live.decoders import mqtt_dialects as spoken

    made: dict[str, Callable[[], Dialect]] = {
        "plain": lambda: homes.Heedful(plain.decode),
        "json": lambda: homes.Heedful(spoken.JsonPath(options)),
        "ttn": lambda: spoken.ttn,
        "sparkplug": spoken.Sparkplug,
        "homie": homes.Homie,
        "homeassistant": lambda: homes.HomeAssistant(str(options.get("prefix", homes.DISCOVERY))),
        "sensorthings": lambda: sensorthings.message,
        "ngsi": lambda: ngsi.message,
        "homes": lambda: homes.ByTopic(options),
    }
    return made[name or "plain"]()


def dialect_for(topics: Mapping[str, bytes]) -> str:
    """Return the dialect that most topics and their first messages speak for."""
    votes = Counter(_spoken(topic, payload) for topic, payload in topics.items())
    devices = tuple(t.rpartition("/")[0] + "/" for t in topics if _is_of_homie(t.split("/")))
    votes["homie"] = sum(topic.startswith(devices) for topic in topics)
    votes["homeassistant"] *= 2  # each configuration speaks for the topic that it announces
    return max(("plain", *DIALECTS), key=lambda name: (votes[name], name != "plain"))


def _is_of_homie(levels: list[str]) -> bool:
    """Whether a topic is that of a device's own attributes: ``homie/5/device/$state``."""
    return levels[-3:-2] == ["5"] and levels[-1].startswith("$")


def _spoken(topic: str, payload: bytes) -> str:
    levels = topic.split("/")
    if levels[0] == "spBv1.0":
        return "sparkplug"
    if "homeassistant" in levels and levels[-1] == "config":
        return "homeassistant"
    if topic.startswith("v3/") and topic.endswith("/up"):
        return "ttn"
    if levels[-1] == "Observations" and "Datastreams(" in topic:
        return "sensorthings"
    if b'"urn:ngsi-ld:' in payload[:2000] or b'"subscriptionId"' in payload[:500]:
        return "ngsi"
    return "plain"
