"""Home automation, only as aggregates: never of fewer than ten homes, never shorter than a quarter hour.

Values of single homes stay in this module's memory until their quarter of an hour is over, and go then.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, median
from types import MappingProxyType

from twin.live.decoded import Decoded
from twin.live.decoders.building import Thing

FEWEST_HOMES = 10
WINDOW_US = 15 * 60 * 1_000_000
NEVER = frozenset({"presence", "occupancy", "motion", "occupied", "home", "away"})
"""What says whether somebody is at home is not taken at all."""

SUMS: Mapping[str, str] = MappingProxyType({"energy": "kWh", "water": "m³"})
MEANS: Mapping[str, str] = MappingProxyType(
    {"temperature": "°C", "humidity": "%", "shutters": "%", "co2": "ppm", "power": "kW"}
)


@dataclass(frozen=True, slots=True)
class HomeValue:
    """What one home says. ``building`` is the id of its building (``rnb_id``)."""

    building: str
    home: str
    observed_property: str
    time_us: int
    value: float


class Homes:
    """Takes values of homes and gives aggregates of buildings."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str, int], dict[str, list[float]]] = {}
        self.suppressed = 0

    def take(self, value: HomeValue) -> None:
        """Take a value; what tells of presence, or is no known property, is dropped unseen."""
        name = value.observed_property.lower()
        if name in NEVER or name not in {*SUMS, *MEANS} or not math.isfinite(value.value):
            return
        window = value.time_us // WINDOW_US
        homes = self._windows.setdefault((value.building, name, window), {})
        homes.setdefault(value.home, []).append(value.value)

    def finished(self, now_us: int) -> Decoded:
        """Return the aggregates of the quarters of an hour that are over, and forget their homes."""
        decoded = Decoded()
        current = now_us // WINDOW_US
        for key in [k for k in self._windows if k[2] < current]:
            homes = self._windows.pop(key)
            if len(homes) < FEWEST_HOMES:
                self.suppressed += 1
                continue
            building, name, window = key
            thing = Thing(decoded, f"homes:{building}", name=building, ttl_s=3600.0)
            thing.at = window * WINDOW_US
            if name in SUMS:
                total = sum(max(values) - min(values) for values in homes.values())
                thing.put(name, total, unit=SUMS[name])
            else:
                means = [fmean(values) for values in homes.values()]
                thing.put(f"{name}_mean", fmean(means), unit=MEANS[name])
                thing.put(f"{name}_median", median(means), unit=MEANS[name])
            thing.put("n_homes", len(homes), unit="1")
        return decoded
