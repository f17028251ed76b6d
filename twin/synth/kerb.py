"""What gives a street its scale: parked cars, crossings, centre lines. Synthetic, in the commune only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon, STRtree

from twin.synth import axes, geography
from twin.synth.ground import SYNTHETIC, frame_of
from twin.synth.plane import Float64, chance, polygons_of, rectangle
from twin.synth.streets import Plan, Street, site_polygons

if TYPE_CHECKING:
    import geopandas as gpd

CAR_STEP_M = 6.4
PAINTS = ("white", "grey", "silver", "black", "blue", "red", "green")
PAINT_SHARE = (0.2, 0.27, 0.17, 0.18, 0.1, 0.05, 0.03)
OCCUPIED = {"boulevard": 0.12, "avenue": 0.17, "street": 0.14, "lane": 0.04}
STRIPE_M, STRIPE_STEP_M = 0.5, 1.0
DASH_M, DASH_STEP_M = 3.0, 10.0
CLEAR_M = 9.0
BENCHES = {"park": 6.0, "garden": 5.0, "square": 11.0}
"""Kinds of sites with benches, and how far these stand from the edge, metres."""
BENCH_STEP_M = 26.0


def _inside(plan: Plan) -> list[Street]:
    commune = geography.commune()
    kinds = tuple(OCCUPIED)
    return [
        s
        for s in plan.streets
        if s.kind in kinds and not s.bridge and commune.contains(s.line.centroid)
    ]


def _along(line: LineString, station: float) -> tuple[Float64, Float64]:
    """Return the point at a station of a line and the direction there."""
    ahead, behind = (
        line.interpolate(min(station + 0.5, line.length)),
        line.interpolate(max(station - 0.5, 0.0)),
    )
    way = np.array([ahead.x - behind.x, ahead.y - behind.y])
    at = line.interpolate(station)
    return np.array([at.x, at.y]), way / max(float(np.hypot(*way)), 1e-9)


def cars(plan: Plan, walls: NDArray[Any]) -> gpd.GeoDataFrame:
    """Return parked cars as points with paint, height in metres and heading in degrees from north."""
    lines, blocked = STRtree([s.line for s in plan.streets]), STRtree(walls)
    rows: list[dict[str, Any]] = []
    for number, street in enumerate(_inside(plan)):
        rng = chance("cars", number)
        aside = axes.CLASSES[street.kind].carriageway_m / 2 - 1.05
        for station in np.arange(CLEAR_M, street.line.length - CLEAR_M, CAR_STEP_M):
            for side in (-1.0, 1.0):
                if rng.random() > OCCUPIED[street.kind]:
                    continue
                at, way = _along(street.line, float(station))
                at = at + side * aside * np.array([-way[1], way[0]])
                others = lines.query(Point(at), predicate="dwithin", distance=aside + 2.6)
                if len(others) == 1 and not len(
                    blocked.query(Point(at), predicate="dwithin", distance=2.6)
                ):
                    rows.append(_car(at, -side * way, rng))
    return frame_of(rows, "car")


def _car(at: Float64, way: Float64, rng: np.random.Generator) -> dict[str, Any]:
    return {
        "kind": PAINTS[int(rng.choice(len(PAINTS), p=PAINT_SHARE))],
        "heading_deg": round(float(np.rad2deg(np.arctan2(way[0], way[1]))) % 360.0, 1),
        "height_m": round(float(rng.uniform(1.36, 1.62)), 2), "quality": SYNTHETIC, "geometry": Point(at),
    }  # fmt: skip


def benches() -> gpd.GeoDataFrame:
    """Return benches round the squares and parks of the commune, their backs to the edge."""
    commune, rows = geography.commune(), list[dict[str, Any]]()
    for site, polygon in site_polygons():
        if site.kind not in BENCHES or not commune.contains(polygon.representative_point()):
            continue
        for part in polygons_of(polygon.buffer(-BENCHES[site.kind]), min_area_m2=200.0):
            edge = LineString(shapely.orient_polygons(part).exterior.coords)
            for station in np.arange(8.0, edge.length, BENCH_STEP_M):
                at, way = _along(edge, float(station))
                # A bench looks south when it is not turned; inside is on the left of the way.
                heading = np.rad2deg(np.arctan2(-way[1], way[0])) + 180.0
                row = {"heading_deg": round(float(heading) % 360.0, 1), "quality": SYNTHETIC}
                rows.append(row | {"geometry": Point(at)})
    return frame_of(rows, "bench")


def _stripes(street: Street, station: float) -> Iterator[Polygon]:
    """Yield the stripes of a crossing at a station of a street."""
    at, way = _along(street.line, station)
    across = np.array([-way[1], way[0]])
    half = axes.CLASSES[street.kind].carriageway_m / 2 - 0.5
    for shift in np.arange(-half, half + 0.01, STRIPE_STEP_M):
        yield rectangle(at + across * shift, way, length_m=3.2, width_m=STRIPE_M)


def _junctions(street: Street, others: STRtree, lines: list[LineString]) -> list[float]:
    """Return the stations where other streets meet this one, sorted."""
    found = []
    for i in others.query(street.line, predicate="dwithin", distance=1.5):
        if lines[i] is street.line:
            continue
        near = shapely.shortest_line(street.line, lines[i])
        found.append(float(street.line.project(Point(near.coords[0]))))
    return sorted(found)


def markings(plan: Plan) -> gpd.GeoDataFrame:
    """Return crossings and dashed centre lines of boulevards and avenues."""
    lines = [s.line for s in plan.streets]
    tree, rows = STRtree(lines), list[dict[str, Any]]()
    for street in _inside(plan):
        if street.kind not in ("boulevard", "avenue"):
            continue
        meets = _junctions(street, tree, lines)
        gap = 11.0
        stations = [m + gap for m in meets] + [m - gap for m in meets]
        last = -99.0
        for station in sorted(stations):
            free = all(abs(station - m) > gap - 1.0 for m in meets)
            if free and 8.0 < station < street.line.length - 8.0 and station - last > 24.0:
                last = station
                rows += [_mark("crossing", stripe) for stripe in _stripes(street, station)]
        for station in np.arange(6.0, street.line.length - 6.0, DASH_STEP_M):
            if all(abs(station - m) > gap + 3.0 for m in meets):
                at, way = _along(street.line, float(station))
                rows.append(_mark("dash", rectangle(at, way, length_m=DASH_M, width_m=0.18)))
    return frame_of(rows, "mark")


def _mark(kind: str, shape: Polygon) -> dict[str, Any]:
    return {"kind": kind, "quality": SYNTHETIC, "geometry": shape}
