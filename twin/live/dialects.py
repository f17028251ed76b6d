"""What messages of MQTT mean: a dialect is a callable of topic and payload, pure but for its memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twin.live import plain
from twin.live.decoded import Decoded
from twin.live.feed import FeedError

Dialect = Callable[[str, bytes], Decoded]


def dialect_of(name: str, _options: Mapping[str, Any]) -> Dialect:
    """Return the dialect of a name; empty: without a mapping.

    Raises
    ------
    FeedError
        No such dialect.
    """
    if not name or name == "plain":
        return plain.decode
    raise FeedError.of("feed.dialect_unknown", name)
