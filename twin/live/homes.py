"""Home automation, only as aggregates: never of fewer than ten homes, never shorter than a quarter hour.

Values of single homes stay in this module's memory until their quarter of an hour is over, and go then.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean, median
from types import MappingProxyType

from twin.live import plain
from twin.live.decoded import NO_TIME, Decoded
from twin.live.decoders.building import Thing
from twin.live.presence import NEVER

FEWEST_HOMES = 10
WINDOW_US = 15 * 60 * 1_000_000
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


class HomesDialect:
    """Messages of homes: ``.../<building>/<home>/<property>``, a bare number or a numeric ``value``.

    What comes out are aggregates of buildings; a message of one home never passes.

    Options: ``building`` and ``home``, the places of these levels counted from the end (2 and 1 by default,
    the property being 0).
    """

    def __init__(
        self,
        options: Mapping[str, object],
        now_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._homes = Homes()
        self._now_us = now_us
        building, home = options.get("building", 2), options.get("home", 1)
        self._building = building if isinstance(building, int) else 2
        self._home = home if isinstance(home, int) else 1

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Take a message; return the aggregates that are finished by now."""
        now = self._now_us()
        levels = topic.split("/")
        said = plain.decode(topic, payload)
        value = next((r for r in said.readings if r.stream == topic and not r.quality), None)
        if value is None or len(levels) <= max(self._building, self._home):
            return self._homes.finished(now).puzzled(levels[-1])
        at = now if value.time_us == NO_TIME else value.time_us
        building, home = levels[-1 - self._building], levels[-1 - self._home]
        self._homes.take(HomeValue(building, home, levels[-1], at, value.result))
        return self._homes.finished(now)


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
