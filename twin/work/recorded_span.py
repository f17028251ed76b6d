"""From when to when an open project remembers observations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.work.session import Session

STREAMS = "streams"
"""Companion table of layers that stand on a history."""


def recorded_span(session: Session) -> tuple[datetime, datetime] | None:
    """Return first and last time, UTC, of what the layers of a session remember; None where that is nothing."""
    ends = [
        found
        for runtime in session.layers()
        if runtime.table is not None and STREAMS in runtime.table.tables
        if (found := runtime.layer.time_extent(runtime.table)) is not None
    ]
    if not ends:
        return None
    return min(first for first, _ in ends), max(last for _, last in ends)
