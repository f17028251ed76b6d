"""Streams that are looked at until nothing is missing."""

from __future__ import annotations

from typing import Any

from twin.tiles.select import Look
from twin.tiles.stream import TileStream


def settled(stream: TileStream, look: Look) -> list[Any]:
    """Return what a view shows once all that it needs is loaded; the stream is closed."""
    try:
        stream.look(look)
        while stream.busy:
            stream.wait(0.05)
            stream.look(look)
            for held in stream.fresh():
                held.ready = True
        stream.look(look)
        assert not stream.problems
        return [held.payload for held in stream.drawn]
    finally:
        stream.close()
