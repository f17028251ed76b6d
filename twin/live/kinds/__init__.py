"""The kinds of feeds: one module each. A kind is imported when its first feed starts."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType

from twin.live.feed import Feed, FeedError
from twin.model.feed import FeedSpec

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "mqtt": "twin.live.kinds.mqtt:MqttFeed",
        "websocket": "twin.live.kinds.streaming:WebSocketFeed",
        "sse": "twin.live.kinds.streaming:EventFeed",
        "csv": "twin.live.kinds.files:CsvTail",
        "simulator": "twin.live.kinds.simulator:SimulatorFeed",
        **dict.fromkeys(
            (
                *("poll", "gbfs", "sensorthings", "ngsi", "onem2m", "opendatasoft", "datafair"),
                *("gtfs_rt", "siri", "irve", "ocpi", "datex", "table"),
            ),
            "twin.live.kinds.poll:PollFeed",
        ),
    }
)
"""Class of every kind."""


def make_feed(spec: FeedSpec) -> Feed:
    """Return the feed of a spec, not yet connected.

    Raises
    ------
    FeedError
        No such kind, or the address makes no sense to it.
    """
    named = KINDS.get(spec.kind)
    if named is None:
        raise FeedError.of("feed.kind_unknown", spec.title or spec.url, kind=spec.kind)
    module, _, name = named.partition(":")
    feed: Feed = getattr(importlib.import_module(module), name)(spec)
    return feed
