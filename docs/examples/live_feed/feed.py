"""Asks an address for levels every half minute and hands them over as observations."""

from __future__ import annotations

import json
from datetime import datetime

from twin import api

EVERY_S = 30.0


class RiverLevels:
    """``run`` connects and emits until it is told to stop; when it raises, it is started again later."""

    polled = True

    async def run(self, ctx: api.FeedContext) -> None:
        """Ask, decode, emit, wait."""
        while not ctx.stopping.is_set():
            rows = json.loads(await ctx.get(ctx.url))["stations"]
            ctx.connected()
            streams = [
                api.Datastream(
                    id=f"{row['id']}/level",
                    name=row["name"],
                    thing=row["id"],
                    observed_property="water_level",
                    unit="m",
                    lon=row["longitude"],
                    lat=row["latitude"],
                    ttl_s=10 * EVERY_S,
                )
                for row in rows
            ]
            times = [_microseconds(row["time"]) for row in rows]
            values = [float(row["level_m"]) for row in rows]
            ctx.emit(api.batch_of([s.id for s in streams], times, values), streams, messages=1)
            if await ctx.pause(EVERY_S):
                return


def _microseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1_000_000)
