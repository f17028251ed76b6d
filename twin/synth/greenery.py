"""Trees and street lamps: alignments, parks, gardens, woods, the orchard of the Fort. None stands in a wall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, STRtree
from shapely.geometry.base import BaseGeometry

from twin.synth import axes, fort, geography, places, streets
from twin.synth.ground import SYNTHETIC
from twin.synth.plane import GRID_M, Float64, chance, minus, points_at, polygons_of, union_of
from twin.synth.streets import Plan

if TYPE_CHECKING:
    import geopandas as gpd

Shapes = NDArray[Any]


@dataclass(frozen=True)
class Species:
    """A group of species: French name, glyph, heights and the width of the crown as a part of it."""

    name_fr: str
    name_en: str
    glyph: str
    height_m: tuple[float, float]
    crown: float


SPECIES = {
    "plane": Species("platane", "plane", "tree.broadleaf", (13, 19), 0.62),
    "lime": Species("tilleul", "lime", "tree.broadleaf", (9, 14), 0.55),
    "maple": Species("érable", "maple", "tree.broadleaf", (7, 12), 0.62),
    "oak": Species("chêne", "oak", "tree.broadleaf", (11, 18), 0.68),
    "chestnut": Species("marronnier", "horse chestnut", "tree.broadleaf", (10, 16), 0.66),
    "cherry": Species("cerisier", "cherry", "tree.orchard", (4, 6), 0.85),
    "apple": Species("pommier", "apple", "tree.orchard", (3, 4.5), 0.95),
    "pine": Species("pin", "pine", "tree.conifer", (10, 18), 0.42),
    "cedar": Species("cèdre", "cedar", "tree.conifer", (12, 20), 0.6),
    "poplar": Species("peuplier", "poplar", "tree.poplar", (15, 23), 0.24),
    "willow": Species("saule", "willow", "tree.broadleaf", (8, 12), 0.95),
}
MIXES: dict[str, tuple[tuple[str, float], ...]] = {
    "park": (
        ("lime", 0.2), ("maple", 0.2), ("oak", 0.15), ("chestnut", 0.2), ("plane", 0.1), ("cedar", 0.08),
        ("cherry", 0.07),
    ),
    "garden": (
        ("cherry", 0.25), ("apple", 0.2), ("maple", 0.2), ("lime", 0.1), ("pine", 0.15), ("chestnut", 0.1),
    ),
    "yard": (("maple", 0.45), ("lime", 0.25), ("cherry", 0.3)),
    "lawn": (("maple", 0.3), ("lime", 0.25), ("pine", 0.2), ("chestnut", 0.15), ("poplar", 0.1)),
    "forest": (("oak", 0.6), ("chestnut", 0.25), ("pine", 0.15)),
    "bank": (("poplar", 0.4), ("willow", 0.4), ("maple", 0.2)),
    "orchard": (("apple", 0.45), ("cherry", 0.55)),
    "cemetery": (("pine", 0.5), ("cedar", 0.15), ("lime", 0.35)),
    "street": (("plane", 0.4), ("lime", 0.35), ("maple", 0.25)),
}  # fmt: skip
SPACING_M = {
    "park": 10.5, "garden": 9.5, "cemetery": 13.0, "sport": 30.0, "heliport": 30.0,
    "forest": 11.5, "square": 30.0, "hospital": 15.0,
}  # fmt: skip
YARD_SPACING_M = {
    "houses": 12.0, "faubourg": 16.0, "perimeter": 16.0, "modern": 12.5, "slabs": 12.5, "offices": 17.0,
}  # fmt: skip
YARD_MIX = {
    "houses": "garden", "faubourg": "yard", "perimeter": "yard", "modern": "lawn", "slabs": "lawn", "offices": "yard",
}  # fmt: skip
FRUIT_TREES = 300
SPARE_FRUIT_TREES = 90
"""Some stand too near a wall or a street and are left out."""
NEAR_M = 420.0


@dataclass(frozen=True, eq=False)
class Planting:
    """Points of one mix of species; ``mix`` is a key of ``MIXES`` or of ``SPECIES``."""

    xy: Float64
    mix: str
    place: str


def scattered(
    shape: BaseGeometry, rng: np.random.Generator, *, step_m: float, clumps: float = 0.0
) -> Float64:
    """Return points inside a shape on a shaken triangular grid; ``clumps`` leaves open lawns (0 to 1)."""
    west, south, east, north = shape.bounds
    row = step_m * 0.87
    ys, xs = np.arange(south, north, row), np.arange(west, east, step_m)
    if not len(ys) or not len(xs):
        return np.empty((0, 2))
    grid = np.stack(np.meshgrid(xs, ys), axis=-1)
    grid[1::2, :, 0] += step_m / 2
    xy = grid.reshape(-1, 2) + rng.uniform(-0.36, 0.36, (grid.size // 2, 2)) * step_m
    if clumps:
        wave = np.sin(xy[:, 0] / 21.0 + 1.3 * np.sin(xy[:, 1] / 33.0)) + np.sin(
            xy[:, 1] / 26.0 + xy[:, 0] / 57.0
        )
        xy = xy[wave > 2.2 * clumps - 1.1]
    shapely.prepare(shape)
    return xy[shapely.contains_xy(shape, xy[:, 0], xy[:, 1])]


def along(line: LineString, *, step_m: float, aside_m: float) -> Float64:
    """Return points every ``step_m`` on both sides of a line."""
    found = []
    for side in (-1.0, 1.0):
        moved = shapely.offset_curve(line, side * aside_m)
        for part in shapely.get_parts(moved):
            stations = np.arange(step_m / 2, part.length, step_m)
            found.append(shapely.get_coordinates(shapely.line_interpolate_point(part, stations)))
    return np.vstack(found) if found else np.empty((0, 2))


def _alignments(plan: Plan) -> Iterator[Planting]:
    """Yield street trees: along boulevards and avenues everywhere, along some side streets."""
    commune = geography.commune().buffer(120.0)
    for number, street in enumerate(plan.streets):
        widths, rng = axes.CLASSES[street.kind], chance("alignment", number)
        step, aside = widths.tree_step_m, widths.carriageway_m / 2 + 2.3
        if street.bridge or street.kind in ("motorway", "path", "lane"):
            continue
        if not commune.intersects(street.line):
            step *= 3.4
        if not step:
            mood = streets.character(street.line)
            planted = (
                mood in ("modern", "offices", "slabs") and rng.random() < 0.7
            ) or rng.random() < 0.07
            if not planted or not commune.intersects(street.line):
                continue
            step, aside = 12.5, widths.carriageway_m / 2 + 1.5
        kind = (
            ("plane", "lime", "chestnut")[int(rng.integers(3))]
            if street.known
            else ("lime", "maple", "cherry")[int(rng.integers(3))]
        )
        yield Planting(along(street.line, step_m=step, aside_m=aside), kind, "street")


def _sites() -> Iterator[Planting]:
    marks = [(geography.absolute([m.at])[0], m.length_m / 2 + 18.0) for m in places.LANDMARKS]
    fronts = union_of(shapely.Point(at).buffer(reach) for at, reach in marks)
    for site, polygon in streets.site_polygons():
        if site.kind not in SPACING_M:
            continue
        rng, inside = chance("trees", site.name_fr), minus(polygon.buffer(-2.5))
        near = polygon.distance(geography.commune()) < 60
        step = SPACING_M[site.kind] * (1.0 if near else 1.45)
        clumps = 0.42 if site.kind == "park" and polygon.area > 9000 else 0.0
        mix = site.kind if site.kind in MIXES else "street" if site.kind == "square" else "park"
        if site.kind in ("sport", "heliport", "square"):
            inside = minus(polygon.buffer(-2.0), polygon.buffer(-9.0))
            step = 11.0 if near else 16.0
        if site.kind == "square":
            inside = minus(inside, fronts)  # what people come to see stays in sight
        yield Planting(scattered(inside, rng, step_m=step, clumps=clumps), mix, site.kind)
        if site.kind == "park":
            edge = LineString(
                max(polygons_of(polygon.buffer(-4.0)), key=lambda p: p.area).exterior.coords
            )
            yield Planting(along(edge, step_m=11.0, aside_m=0.1)[::2], "lime", "park")


def _yards(plan: Plan, walls: Shapes) -> Iterator[Planting]:
    tree = STRtree(walls)
    for block in plan.blocks:
        rng = chance("yard", block.number)
        step = YARD_SPACING_M[block.character] * (2.6 if block.context else 1.0)
        xy = scattered(block.polygon.buffer(-1.2), rng, step_m=step)
        if not len(xy):
            continue
        near = tree.query(shapely.points(xy), predicate="dwithin", distance=2.6)[0]
        xy = np.delete(xy, near, axis=0)
        keep = 0.55 if block.character in ("houses", "faubourg", "perimeter") else 0.75
        yield Planting(xy[rng.random(len(xy)) < keep], YARD_MIX[block.character], "yard")


def _banks() -> Iterator[Planting]:
    first, second = geography.islands()
    ring = LineString(first.buffer(-6.0).exterior.coords)
    yield Planting(along(ring, step_m=10.0, aside_m=0.1)[::2], "bank", "bank")
    ring = LineString(second.buffer(-7.0).exterior.coords)
    yield Planting(along(ring, step_m=18.0, aside_m=0.1)[::2], "bank", "bank")
    for bank, side in ((geography.left_bank(), 8.5), (geography.right_bank(), -8.5)):
        line = shapely.offset_curve(bank, side)
        step = 12.0 if side > 0 else 24.0
        yield Planting(
            shapely.get_coordinates(
                shapely.line_interpolate_point(line, np.arange(4, line.length, step))
            ),
            "plane",
            "bank",
        )


def _fort() -> Iterator[Planting]:
    """Yield the trees of the Fort: 300 fruit trees round the orchard, limes on the ramparts, maples inside."""
    rng, inner = chance("fort trees"), fort.inside()
    fruit = scattered(union_of([fort.orchard().buffer(-1.5), inner.buffer(-4.0)]), rng, step_m=5.2)
    bars = union_of(p.buffer(3.0) for _, _, p, _ in fort.residences())
    paved = union_of(
        [fort.school().buffer(3.0), fort.cherry_time().buffer(3.0), fort.parvis(), bars]
    )
    lanes = union_of(line.buffer(5.0) for _, _, line in fort.streets())
    fruit = fruit[~shapely.contains_xy(paved.union(lanes), fruit[:, 0], fruit[:, 1])]
    near = shapely.distance(shapely.points(fruit), fort.orchard())
    order = np.argsort(near, kind="stable")
    yield Planting(fruit[order[: FRUIT_TREES + SPARE_FRUIT_TREES]], "orchard", "orchard")
    walk = LineString(fort.walls().buffer(-5.0, join_style="mitre").exterior.coords)
    yield Planting(along(walk, step_m=12.0, aside_m=0.1)[::2], "lime", "fort")
    rest = fruit[order[FRUIT_TREES + SPARE_FRUIT_TREES :]]
    yield Planting(rest[::5], "park", "fort")
    slope = fort.precinct().difference(fort.walls().buffer(12.0))
    yield Planting(scattered(slope, rng, step_m=9.0, clumps=0.4), "park", "fort")


def _species(plantings: list[Planting]) -> NDArray[Any]:
    rng, names = chance("species"), []
    for planting in plantings:
        mix = MIXES.get(planting.mix, ((planting.mix, 1.0),))
        weights = np.array([w for _, w in mix])
        picks = rng.choice(len(mix), size=len(planting.xy), p=weights / weights.sum())
        names += [mix[i][0] for i in picks]
    return np.array(names, dtype=object)


def _clear(xy: Float64, *, walls: Shapes, roads: Shapes, wall_m: float) -> NDArray[np.bool_]:
    """Return which points are clear of walls, carriageways, water and rail, and inside the model."""
    points = shapely.points(xy)
    clear = np.ones(len(xy), dtype=bool)
    for shapes, distance in ((walls, wall_m), (roads, 0.7)):
        clear[STRtree(shapes).query(points, predicate="dwithin", distance=distance)[0]] = False
    for shape, distance in ((geography.river(), 4.0), (streets.rail_land(), 1.0)):
        shapely.prepare(shape)
        clear &= ~shapely.dwithin(shape, points, distance)
    return clear & shapely.contains_xy(geography.model_extent().buffer(-4.0), xy[:, 0], xy[:, 1])


def _thinned(xy: Float64, apart_m: float) -> NDArray[np.bool_]:
    """Return which points stay so that no two are nearer than ``apart_m``; the earlier one stays."""
    points = points_at(xy)
    near = STRtree(points).query(points, predicate="dwithin", distance=apart_m)
    stay = np.ones(len(xy), dtype=bool)
    first, second = near[:, near[0] < near[1]]
    for i, j in zip(first[order := np.lexsort((second, first))], second[order], strict=True):
        if stay[i]:
            stay[j] = False
    return stay


def trees(plan: Plan, walls: Shapes, roads: Shapes) -> gpd.GeoDataFrame:
    """Return all trees as points with species group, glyph, height and crown in metres.

    Parameters
    ----------
    walls, roads : (n,) object arrays of Polygon
        Footprints of buildings and structures, and carriageways: kept free.
    """
    import geopandas as gpd

    plantings = [*_fort(), *_alignments(plan), *_sites(), *_banks(), *_yards(plan, walls)]
    xy = np.vstack([p.xy for p in plantings])
    names = _species(plantings)
    place = np.repeat([p.place for p in plantings], [len(p.xy) for p in plantings])
    clear = _clear(xy, walls=walls, roads=roads, wall_m=1.6)
    xy, names, place = xy[clear], names[clear], place[clear]
    stay = _thinned(xy, 2.9)
    stay[np.flatnonzero(stay & (place == "orchard"))[FRUIT_TREES:]] = False
    xy, names, place = np.round(xy[stay] / GRID_M) * GRID_M, names[stay], place[stay]
    rng = chance("growth")
    low, high = np.array([SPECIES[n].height_m for n in names]).T
    height = low + (high - low) * np.clip(rng.normal(0.5, 0.25, len(names)), 0.0, 1.0)
    crown = (
        height * np.array([SPECIES[n].crown for n in names]) * rng.uniform(0.85, 1.15, len(names))
    )
    inside = shapely.contains_xy(geography.commune(), xy[:, 0], xy[:, 1])
    frame = gpd.GeoDataFrame(
        {
            "species_fr": [SPECIES[n].name_fr for n in names],
            "species_en": [SPECIES[n].name_en for n in names],
            "glyph": [SPECIES[n].glyph for n in names],
            "height_m": height.round(1), "crown_m": crown.round(1), "place": place,
            "context": ~inside, "quality": SYNTHETIC,
        },
        geometry=points_at(xy), crs=geography.CRS,
    )  # fmt: skip
    frame = frame.iloc[np.argsort(frame.hilbert_distance(level=12).to_numpy(), kind="stable")]
    frame = frame.reset_index(drop=True)
    frame.insert(0, "feature_id", [f"tree-{i:05d}" for i in range(1, len(frame) + 1)])
    return frame


def seen_in_3d(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the trees that are drawn as such; those farther off are painted on the map alone."""
    near = frame.geometry.distance(geography.commune()).to_numpy() < NEAR_M
    known = frame["place"].isin(["forest", "bank"]).to_numpy() & (np.arange(len(frame)) % 2 == 0)
    return frame[near | known].reset_index(drop=True)


def lamps(plan: Plan, walls: Shapes, roads: Shapes) -> gpd.GeoDataFrame:
    """Return street lamps of the commune as points; heights in metres."""
    import geopandas as gpd

    commune, found, heights = geography.commune(), [], []
    for street in plan.streets:
        big = street.kind in ("boulevard", "avenue")
        if (
            street.bridge
            or street.kind in ("motorway", "path")
            or not commune.intersects(street.line)
        ):
            continue
        xy = along(
            street.line,
            step_m=30.0 if big else 34.0,
            aside_m=axes.CLASSES[street.kind].carriageway_m / 2 + 0.9,
        )
        xy = xy if big else xy[::2]
        found.append(xy)
        heights.append(np.full(len(xy), 8.5 if big else 6.0))
    xy, height = np.vstack(found), np.concatenate(heights)
    keep = _clear(xy, walls=walls, roads=roads, wall_m=0.6) & shapely.contains_xy(
        commune, xy[:, 0], xy[:, 1]
    )
    xy, height = np.round(xy[keep] / GRID_M) * GRID_M, height[keep]
    stay = _thinned(xy, 12.0)
    frame = gpd.GeoDataFrame(
        {"height_m": height[stay], "quality": SYNTHETIC},
        geometry=points_at(xy[stay]),
        crs=geography.CRS,
    )
    frame.insert(0, "feature_id", [f"lamp-{i:04d}" for i in range(1, len(frame) + 1)])
    return frame
