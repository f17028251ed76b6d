"""Streams that are looked at until nothing is missing."""

from __future__ import annotations

import time
from typing import Any

from twin.tiles.select import Look
from twin.tiles.stream import TileStream


def settle(stream: TileStream, look: Look, seconds: float = 20.0) -> None:
    """Follow a view until all that it needs is there and ready."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stream.look(look)
        for held in stream.fresh():
            held.ready = True
        if not stream.busy and not stream.fresh():
            stream.look(look)
            return
        stream.wait(0.01)
    raise AssertionError("the view was never complete")


def settled(stream: TileStream, look: Look) -> list[Any]:
    """Return what a view shows once all that it needs is loaded; the stream is closed."""
    try:
        settle(stream, look, 120.0)
        assert not stream.problems
        return [held.payload for held in stream.drawn]
    finally:
        stream.close()
