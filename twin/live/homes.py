"""Home automation, only as aggregates: never of fewer than ten homes, never shorter than a quarter hour.

Everything that a feed emits goes through the gate of this module before anybody keeps, watches or shows it.
Values of single homes stay in its memory until their quarter of an hour is over, and go then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from types import MappingProxyType

from twin.live.decoded import NO_TIME, Decoded
from twin.live.decoders.building import Thing
from twin.store.history import UNTRUE, Datastream, is_of_one_home

FEWEST_HOMES = 10
WINDOW_US = 15 * 60 * 1_000_000
MOST_HELD = 500_000
TTL_S = 3600.0


@dataclass(frozen=True, slots=True)
class Measure:
    """What may be told of homes: its name, its unit, and whether it is the stand of a meter."""

    name: str
    unit: str
    meter: bool = False


_ENERGY, _WATER = Measure("energy", "kWh", meter=True), Measure("water", "m³", meter=True)
_POWER, _SHUTTERS, _CO2 = Measure("power", "kW"), Measure("shutters", "%"), Measure("co2", "ppm")
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "energy": _ENERGY,
        "water": _WATER,
        "power": _POWER,
        "temperature": Measure("temperature", "°C"),
        "humidity": Measure("humidity", "%"),
        "co2": _CO2,
        "carbon_dioxide": _CO2,
        "shutters": _SHUTTERS,
        "shutter": _SHUTTERS,
    }
)
"""By the names that platforms use. What is not here, presence first of all, is not taken at all."""

SCALES: Mapping[tuple[str, str], float] = MappingProxyType(
    {
        ("kWh", "Wh"): 1e-3,
        ("kWh", "MWh"): 1e3,
        ("kW", "W"): 1e-3,
        ("m³", "L"): 1e-3,
        ("m³", "l"): 1e-3,
    }
)
"""Factor from a unit that homes use to ours."""


@dataclass(frozen=True, slots=True)
class HomeValue:
    """What one home says, in the unit of the measure. ``building`` is the id of its building (``rnb_id``)."""

    building: str
    home: str
    measure: Measure
    time_us: int
    value: float


@dataclass(slots=True)
class _Home:
    """What one home said within a quarter of an hour."""

    count: int = 0
    total: float = 0.0
    low: float = math.inf
    high: float = -math.inf

    def take(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.low, self.high = min(self.low, value), max(self.high, value)

    @property
    def mean(self) -> float:
        return self.total / self.count

    @property
    def used(self) -> float:
        return self.high - self.low


class Homes:
    """Takes values of homes and gives aggregates of buildings."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, Measure, int], dict[str, _Home]] = {}
        self._held = 0
        self.suppressed = 0

    def take(self, value: HomeValue) -> None:
        """Take a value; beyond :data:`MOST_HELD` homes at once, further ones are dropped."""
        if not math.isfinite(value.value):
            return
        key = value.building, value.measure, value.time_us // WINDOW_US
        homes = self._windows.setdefault(key, {})
        if value.home not in homes:
            if self._held >= MOST_HELD:
                return
            self._held += 1
            homes[value.home] = _Home()
        homes[value.home].take(value.value)

    def finished(self, now_us: int) -> Decoded:
        """Return the aggregates of the quarters of an hour that are over, and forget their homes.

        What a wrong clock says of a time to come is forgotten as well.
        """
        decoded = Decoded()
        current = now_us // WINDOW_US
        for key in [k for k in self._windows if not current <= k[2] <= current + 1]:
            homes = self._windows.pop(key)
            self._held -= len(homes)
            if key[2] > current or len(homes) < FEWEST_HOMES:
                self.suppressed += 1
                continue
            building, measure, window = key
            thing = Thing(decoded, f"homes:{building}", name=building, ttl_s=TTL_S)
            thing.at = window * WINDOW_US
            _put(thing, measure, list(homes.values()))
        return decoded


def _put(thing: Thing, measure: Measure, homes: list[_Home]) -> None:
    if measure.meter:
        thing.put(measure.name, sum(home.used for home in homes), unit=measure.unit)
    else:
        means = [home.mean for home in homes]
        thing.put(f"{measure.name}_mean", fmean(means), unit=measure.unit)
        thing.put(f"{measure.name}_median", median(means), unit=measure.unit)
    thing.put("n_homes", len(homes), unit="1")


class HomesGate:
    """Stands between a feed and everybody: lets by what is of no home, and makes aggregates of the rest.

    Parameters
    ----------
    feed : str
        Stands for the building where none is known.
    """

    def __init__(self, feed: str) -> None:
        self._feed = feed
        self._homes = Homes()
        self._of_home: dict[str, Datastream | None] = {}
        self.held = 0
        """How many values of single homes were held back."""

    def let_by(self, streams: Iterable[Datastream]) -> list[Datastream]:
        """Return the datastreams that are of no home; the others are remembered."""
        known, free = self._of_home, []
        for stream in streams:
            settled = stream.id in known and known[stream.id] is None and not stream.home
            if not settled:
                known[stream.id] = stream if is_of_one_home(stream) else None
            if known[stream.id] is None:
                free.append(stream)
        return free

    def sift(
        self,
        names: Sequence[str],
        times_us: Sequence[int],
        results: Sequence[float],
        qualities: Sequence[int],
        *,
        received_us: int,
    ) -> list[int]:
        """Take the values of homes, and return the indices of the others."""
        known, kept = self._of_home, []
        for index, name in enumerate(names):
            if name not in known:
                self.let_by((Datastream(id=name),))
            stream = known[name]
            if stream is None:
                kept.append(index)
                continue
            self.held += 1
            if not qualities[index] & UNTRUE:
                at = times_us[index]
                self._take(stream, received_us if at == NO_TIME else at, results[index])
        return kept

    def finished(self, now_us: int) -> Decoded:
        """See :meth:`Homes.finished`."""
        return self._homes.finished(now_us)

    def _take(self, stream: Datastream, at_us: int, value: float) -> None:
        measure = MEASURES.get(stream.observed_property.strip().lower().replace(" ", "_"))
        if measure is None:
            return
        same = stream.unit in ("", measure.unit)
        scale = 1.0 if same else SCALES.get((measure.unit, stream.unit))
        if scale is not None:
            building = stream.building or self._feed
            home = stream.home or self._feed
            self._homes.take(HomeValue(building, home, measure, at_us, value * scale))
