"""Made-up observations as a feed: for places where there is none, and always called simulated."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from twin.live.feed import FeedContext, FeedState
from twin.live.properties import PROPERTIES
from twin.live.simulator import simulate
from twin.model.feed import FeedSpec
from twin.store.history import Datastream, Flag, batch_of

EVERY_S = 1.0


class SimulatorFeed:
    """Observations of sensors of known properties, all of them every so often.

    Options: ``sensors``, rows of id, property, name, longitude and latitude; ``every_s``.
    """

    fresh = FeedState.SIMULATED
    ttl_s = math.inf

    def __init__(self, spec: FeedSpec) -> None:
        rows: Any = spec.options.get("sensors", ())
        self._rows = [row for row in rows if len(row) == 5 and row[1] in PROPERTIES]
        self._every_s = max(0.05, float(spec.options.get("every_s", EVERY_S)))

    async def run(self, ctx: FeedContext) -> None:
        """Emit until the feed is stopped."""
        ids = [str(row[0]) for row in self._rows]
        properties = [str(row[1]) for row in self._rows]
        streams = [_stream(row) for row in self._rows]
        ctx.connected()
        while True:
            now = datetime.now(UTC)
            values = simulate(ids, properties, now)
            at = [int(now.timestamp() * 1e6)] * len(ids)
            flags = [int(Flag.SIMULATED)] * len(ids)
            ctx.emit(batch_of(ids, at, values, flags), streams, messages=1)
            streams = []
            if await ctx.pause(self._every_s):
                return


def _stream(row: Any) -> Datastream:
    name, observed, title, lon, lat = row
    return Datastream(
        id=str(name),
        name=str(title or name),
        thing=str(name),
        thing_name=str(title or name),
        observed_property=str(observed),
        unit=PROPERTIES[str(observed)].unit,
        lon=math.nan if lon is None else float(lon),
        lat=math.nan if lat is None else float(lat),
    )
