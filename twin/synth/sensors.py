"""Simulated sensors of the demo city and one day of what they would have said, every 15 minutes.

Values come from the simulator of :mod:`twin.live`. Some sensors fall silent, some never spoke, some go
over their thresholds, so that every state can be seen. Thresholds are chosen for the demonstration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import LineString, Point, STRtree

from twin.live.properties import PROPERTIES
from twin.live.simulator import simulate_series
from twin.synth import axes, fort, geography, streets
from twin.synth.day import UTC_OFFSET_H, steps
from twin.synth.ground import frame_of, named
from twin.synth.heat import door
from twin.synth.names import abroad
from twin.synth.plane import Float64, chance
from twin.synth.streets import Plan

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

STEP_MIN = 15
NOW_STEP = 66
"""The step of the project's clock, 16:30 local time."""
NOTE = {
    "note_en": "Simulated sensor: it does not exist. Thresholds chosen for the demonstration.",
    "note_fr": "Capteur simulé : il n'existe pas. Seuils choisis pour la démonstration.",
}


@dataclass(frozen=True)
class Kind:
    """Sensors of one property: how many, where, thresholds, and how high they hang."""

    number: int
    where: str
    name_fr: str
    name_en: str
    height_m: float
    stale_s: int = 3600
    warn_above: float | None = None
    alarm_above: float | None = None
    warn_below: float | None = None
    alarm_below: float | None = None


KINDS: dict[str, Kind] = {
    "air_no2": Kind(12, "avenue", "NO₂", "NO₂", 3.5, warn_above=40.0, alarm_above=90.0),
    "air_pm10": Kind(7, "avenue", "PM10", "PM10", 3.5, warn_above=45.0, alarm_above=80.0),
    "air_pm25": Kind(7, "avenue", "PM2,5", "PM2.5", 3.5, warn_above=25.0, alarm_above=50.0),
    "air_o3": Kind(4, "park", "Ozone", "Ozone", 3.5, warn_above=100.0, alarm_above=180.0),
    "noise": Kind(34, "street", "Bruit", "Noise", 4.0, warn_above=65.0, alarm_above=72.0),
    "temperature": Kind(24, "street", "Température", "Temperature", 3.0, warn_above=30.0, alarm_above=35.0),
    "humidity": Kind(6, "park", "Humidité", "Humidity", 3.0),
    "traffic": Kind(46, "axis", "Trafic", "Traffic", 5.5, 1800, warn_above=900.0, alarm_above=1200.0),
    "parking": Kind(56, "kerb", "Stationnement", "Parking", 2.4, 1800, warn_above=90.0, alarm_above=98.0),
    "bikes": Kind(24, "station", "Vélos", "Bikes", 1.6, 1800, warn_below=3.0, alarm_below=1.0),
    "water_level": Kind(4, "river", "Niveau de la Seine", "Level of the Seine", 2.0, 7200, 3.2, 4.3),
    "meter_heat": Kind(18, "fort", "Compteur de chaleur", "Heat meter", 1.6, 7200, warn_above=140.0),
    "meter_power": Kind(36, "building", "Compteur électrique", "Power meter", 1.6, 7200, warn_above=140.0),
    "meter_water": Kind(14, "building", "Compteur d'eau", "Water meter", 1.2, 7200, warn_above=4.5),
    "charging_power": Kind(18, "kerb", "Borne de recharge", "Charging point", 1.5, 3600, warn_above=30.0),
    "waste_fill": Kind(54, "kerb", "Borne de tri", "Recycling container", 1.4, 14400, 80.0, 95.0),
}  # fmt: skip


ABROAD: dict[str, tuple[str, str]] = {
    "air_no2": ("NO₂", "NO₂"),
    "air_pm10": ("PM10", "PM10"),
    "air_pm25": ("PM2.5", "PM2,5"),
    "air_o3": ("오존", "الأوزون"),
    "noise": ("소음", "الضجيج"),
    "temperature": ("기온", "الحرارة"),
    "humidity": ("습도", "الرطوبة"),
    "traffic": ("교통량", "حركة المرور"),
    "parking": ("주차", "مواقف"),
    "bikes": ("자전거", "دراجات"),
    "water_level": ("센강 수위", "منسوب السين"),
    "meter_heat": ("열량계", "عدّاد حرارة"),
    "meter_power": ("전력량계", "عدّاد كهرباء"),
    "meter_water": ("수도 계량기", "عدّاد ماء"),
    "charging_power": ("충전소", "نقطة شحن"),
    "waste_fill": ("분리수거함", "حاوية فرز"),
}
"""What sensors measure, in Korean and Arabic."""


@dataclass(frozen=True, eq=False)
class Spot:
    """A place for a sensor with its name."""

    at: Float64
    name_fr: str
    name_en: str


class Places:
    """Chooses places, never inside a building, never two near each other.

    Parameters
    ----------
    buildings : GeoDataFrame
        Footprints to keep clear of.
    """

    def __init__(self, plan: Plan, buildings: gpd.GeoDataFrame) -> None:
        self._streets = [
            s for s in named(plan) if s.kind not in ("motorway", "path") and not s.bridge
        ]
        self._buildings = buildings[~buildings["context"]]
        self._walls = STRtree(buildings.geometry.to_numpy())
        self._commune = geography.commune()
        self._taken: list[Float64] = []

    def of(self, where: str, number: int, key: str) -> list[Spot]:
        """Return ``number`` places of a kind of place."""
        found: list[Spot] = []
        for spot in self._candidates(where, chance("sensor", key)):
            if len(found) == number:
                break
            if self._fits(spot.at, 4.0 if where in ("fort", "building") else 9.0):
                found.append(spot)
                self._taken.append(spot.at)
        return found

    def _fits(self, at: Float64, apart_m: float) -> bool:
        free = not len(self._walls.query(Point(at), predicate="dwithin", distance=0.35))
        return free and all(np.hypot(*(at - other)) > apart_m for other in self._taken)

    def _candidates(self, where: str, rng: np.random.Generator) -> Iterator[Spot]:
        if where == "fort":
            for fr, en, polygon, _ in fort.residences():
                yield Spot(door(polygon, fort.ring_street()) + np.array([1.5, 1.5]), fr, en)
        elif where == "river":
            yield from self._river()
        elif where == "park":
            yield from self._parks(rng)
        elif where == "building":
            yield from self._meters(rng)
        elif where == "station":
            yield from self._stations(rng)
        yield from self._kerbs(where, rng)

    def _kerbs(self, where: str, rng: np.random.Generator) -> Iterator[Spot]:
        wanted = {"avenue": ("avenue", "boulevard"), "axis": ("avenue", "boulevard", "street")}.get(
            where
        )
        chosen = [
            s
            for s in self._streets
            if (wanted is None or s.kind in wanted) and s.line.intersects(self._commune)
        ]
        chosen = [s for s in chosen if s.known] if where in ("avenue", "axis") else chosen
        weight = np.array([s.line.length for s in chosen])
        aside = -0.9 if where == "kerb" else 1.3
        for i in rng.choice(len(chosen), size=4000, p=weight / weight.sum()):
            street = chosen[int(i)]
            width = axes.CLASSES[street.kind].carriageway_m / 2 + aside
            line = shapely.offset_curve(street.line, width * rng.choice([-1.0, 1.0]))
            if isinstance(line, LineString) and line.length > 12:
                at = shapely.get_coordinates(
                    line.interpolate(rng.uniform(0.05, 0.95), normalized=True)
                )[0]
                if self._commune.contains(Point(at)):
                    yield Spot(at, street.name, street.name)

    def _river(self) -> Iterator[Spot]:
        bank = shapely.offset_curve(geography.left_bank(), 2.5)
        for part in (0.31, 0.42, 0.55, 0.68):
            at = shapely.get_coordinates(bank.interpolate(part, normalized=True))[0]
            yield Spot(at, "quai d'Issy", "quay of Issy")

    def _parks(self, rng: np.random.Generator) -> Iterator[Spot]:
        near = [
            (s, p)
            for s, p in streets.site_polygons()
            if s.kind in ("park", "garden") and p.intersects(self._commune)
        ]
        for site, polygon in near:
            middle = shapely.get_coordinates(polygon.representative_point())[0]
            yield Spot(middle + rng.uniform(-9, 9, 2), site.name_fr, site.name_en)

    def _meters(self, rng: np.random.Generator) -> Iterator[Spot]:
        used = self._buildings[self._buildings["use"].isin(["office", "school", "public"])]
        lines = STRtree([s.line for s in self._streets])
        for i in rng.permutation(len(used)):
            row = used.iloc[int(i)]
            street = self._streets[int(lines.nearest(row.geometry))]
            near = shapely.get_coordinates(shapely.shortest_line(row.geometry, street.line))
            step = near[1] - near[0]
            out = near[0] + step / max(float(np.hypot(*step)), 1e-9) * 0.6
            name = (
                (row["name_fr"], row["name_en"])
                if isinstance(row["name_fr"], str)
                else (street.name, street.name)
            )
            yield Spot(out, *name)

    def _stations(self, rng: np.random.Generator) -> Iterator[Spot]:
        for station in axes.STATIONS:
            at = geography.absolute([station.at])[0] + rng.uniform(-14, 14, 2)
            if self._commune.contains(Point(at)):
                yield Spot(at, station.name_fr, station.name_en)


def table(plan: Plan, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return all sensors as points."""
    places, rows = Places(plan, buildings), list[dict[str, Any]]()
    for name, kind in KINDS.items():
        spots = places.of(kind.where, kind.number, name)
        for number, spot in enumerate(spots, start=1):
            rows.append(_row(name, kind, number, spot))
    return frame_of(rows, "")


def _row(name: str, kind: Kind, number: int, spot: Spot) -> dict[str, Any]:
    limits = {
        limit: getattr(kind, limit)
        for limit in ("warn_above", "alarm_above", "warn_below", "alarm_below")
    }
    measured, places = ABROAD[name], abroad(spot.name_fr)
    # Streets keep the name that stands on their signs.
    ko, ar = (
        f"{what} – {where or spot.name_fr}" for what, where in zip(measured, places, strict=True)
    )
    return {
        "feature_id": f"{name.replace('_', '-')}-{number:03d}",
        "name_fr": f"{kind.name_fr} – {spot.name_fr}", "name_en": f"{kind.name_en} – {spot.name_en}",
        "name_ko": ko, "name_ar": ar,
        "observed_property": name, "unit": PROPERTIES[name].unit,
        **{limit: float("nan") if value is None else value for limit, value in limits.items()},
        "stale_after_s": kind.stale_s, "height_m": kind.height_m, "quality": "simulated", **NOTE,
        "geometry": Point(spot.at),
    }  # fmt: skip


def observations(sensors: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return one day of values: feature_id, phenomenon_time (UTC), result."""
    import pandas as pd

    moments = steps(STEP_MIN)
    times_ms = moments.astype(np.int64)
    fates, parts = _fates(sensors), []
    for feature, name, high in zip(
        sensors["feature_id"], sensors["observed_property"], sensors["warn_above"], strict=True
    ):
        value = simulate_series(feature, name, times_ms, utc_offset_h=UTC_OFFSET_H)
        value, kept = _lived(value, fates.get(feature, ""), high)
        frame = {
            "feature_id": feature,
            "phenomenon_time": moments[kept],
            "result": np.round(value[kept], 1),
        }
        parts.append(pd.DataFrame(frame))
    whole = pd.concat(parts, ignore_index=True)
    whole["phenomenon_time"] = whole["phenomenon_time"].dt.tz_localize("UTC")
    whole["result"] = whole["result"].astype("float32")
    return whole


def _fates(sensors: gpd.GeoDataFrame) -> dict[str, str]:
    """Choose what befalls some sensors: silent since a while, a gap, never heard, over the threshold."""
    rng = chance("fates")
    ids = sensors["feature_id"].to_numpy()[rng.permutation(len(sensors))]
    fates = (
        dict.fromkeys(ids[:9], "silent")
        | dict.fromkeys(ids[9:14], "gap")
        | dict.fromkeys(ids[14:17], "never")
    )
    limited = [
        f
        for f, high in zip(sensors["feature_id"], sensors["warn_above"], strict=True)
        if np.isfinite(high)
    ]
    free = [f for f in limited if f not in fates]
    return fates | {free[int(i)]: "over" for i in rng.permutation(len(free))[:10]}


def _lived(value: Float64, fate: str, warn_above: float) -> tuple[Float64, slice | np.ndarray]:
    """Return values and which of them were recorded."""
    step = np.arange(len(value))
    if fate == "silent":
        return value, step < NOW_STEP - 30
    if fate == "gap":
        return value, (step < 38) | (step > 52)
    if fate == "never":
        return value, step < 0
    if fate == "over":
        lift = np.exp(-0.5 * ((step - NOW_STEP) / 7.0) ** 2)
        return value + lift * np.maximum(warn_above * 1.12 - value[NOW_STEP], 0.0), step >= 0
    return value, step >= 0
