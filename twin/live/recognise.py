"""Which kind of feed an address is, by its form."""

from __future__ import annotations

from pathlib import Path

SCHEMES = {"mqtt": "mqtt", "mqtts": "mqtt", "ws": "websocket", "wss": "websocket"}


def kind_of(url: str) -> str:
    """Return the kind that the form of an address speaks for; ``poll`` where only asking can tell."""
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme in SCHEMES:
        return SCHEMES[scheme]
    if not scheme and Path(url).suffix.lower() in (".csv", ".tsv", ".txt"):
        return "csv"
    return "poll"
