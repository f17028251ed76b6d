"""Which kind of feed an address is, by its form."""

from __future__ import annotations

import re
from pathlib import Path

SCHEMES = {"mqtt": "mqtt", "mqtts": "mqtt", "ws": "websocket", "wss": "websocket"}

SENSORTHINGS = re.compile(r"/v1\.[01](/(Things|Datastreams|Observations)(\(.*\))?)?/?$")


def kind_of(url: str) -> str:
    """Return the kind that the form of an address speaks for; ``poll`` where only asking can tell."""
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme in SCHEMES:
        return SCHEMES[scheme]
    if SENSORTHINGS.search(url.partition("?")[0]):
        return "sensorthings"  # some servers have nothing at the root itself
    if not scheme and Path(url).suffix.lower() in (".csv", ".tsv", ".txt"):
        return "csv"
    return "poll"
