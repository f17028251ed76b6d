"""Streets of the demo city: the known axes, and side streets generated so that blocks have a human size.

The land left by water, rail, sites and main streets falls into large pieces; each is split across its
longer side by a side street, again and again, until its blocks are as large as the district likes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from twin.synth import axes, fort, geography, landmarks, places
from twin.synth.plane import (
    FLAT,
    Float64,
    beside,
    box_axes,
    chaikin,
    chance,
    chord,
    halves,
    lines_of,
    points_at,
    polygons_of,
    stretch,
    union_of,
)

BLOCK_AREA_M2 = {
    "perimeter": 6_200.0,
    "faubourg": 6_800.0,
    "houses": 6_400.0,
    "modern": 7_600.0,
    "slabs": 13_000.0,
    "offices": 9_500.0,
}
LEAST_SIDE_M = {"perimeter": 34.0, "faubourg": 34.0, "houses": 34.0, "modern": 38.0, "slabs": 48.0}
PROMENADE_M = 14.0


@dataclass(frozen=True, eq=False)
class Street:
    """A street by its centre line. ``known`` tells the facts from what was generated."""

    name: str
    kind: str
    line: LineString
    known: bool = True
    bridge: bool = False

    @property
    def corridor(self) -> Polygon:
        """The ground between the buildings of both sides."""
        return self.line.buffer(axes.CLASSES[self.kind].corridor_m / 2, cap_style=FLAT)

    @property
    def carriageway(self) -> Polygon:
        """The ground that wheels use."""
        return self.line.buffer(axes.CLASSES[self.kind].carriageway_m / 2, quad_segs=4)


@dataclass(frozen=True, eq=False)
class Block:
    """A block between streets with the character of its district; ``context``: outside the commune."""

    number: int
    polygon: Polygon
    character: str
    context: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """The plan of the city: streets, blocks, and land that nobody builds on."""

    streets: tuple[Street, ...]
    blocks: tuple[Block, ...]
    leftovers: tuple[Polygon, ...]


def _quays() -> Iterator[Street]:
    for name, side, inland, first, last in axes.QUAYS:
        bank = geography.left_bank() if side == "left" else geography.right_bank()
        shifted = beside(bank, inland if side == "left" else -inland)
        ends = [bank.interpolate(f, normalized=True) for f in (first, last)]
        low, high = sorted(shifted.project(end) for end in ends)
        course = shapely.get_coordinates(stretch(shifted, low, high).simplify(0.5))
        yield Street(name, "boulevard", LineString(course))


@cache
def known_streets() -> tuple[Street, ...]:
    """Return the streets that are facts, cut to the model."""
    found = list(_quays())
    for axis in axes.AXES:
        line = LineString(chaikin(geography.absolute(axis.course), rounds=2))
        found.append(Street(axis.name, axis.kind, line, bridge=axis.bridge))
    found += [Street(name, kind, line) for name, kind, line in fort.streets()]
    extent, cut = geography.model_extent(), []
    for street in found:
        cut += [
            Street(street.name, street.kind, part, bridge=street.bridge)
            for part in lines_of(shapely.intersection(street.line, extent))
            if part.length > 20
        ]
    return tuple(cut)


@cache
def rails() -> tuple[tuple[axes.Rail, LineString], ...]:
    """Return the rail lines with their courses in EPSG:2154."""
    return tuple(
        (rail, LineString(chaikin(geography.absolute(rail.course), rounds=3)))
        for rail in axes.RAILS
    )


@cache
def rail_land() -> Polygon | MultiPolygon:
    """Return the ground that rails on the surface use."""
    return union_of(
        line.buffer(rail.width_m / 2, cap_style=FLAT)
        for rail, line in rails()
        if rail.level == "ground"
    )


@cache
def site_polygons() -> tuple[tuple[places.Site, Polygon | MultiPolygon], ...]:
    """Return the sites cut free of water, streets, rail and one another; the first one wins."""
    taken = union_of(
        [geography.river(), rail_land(), fort.precinct(), *(s.corridor for s in known_streets())]
    )
    found = []
    for site in places.SITES:
        rounds = 2 if site.kind == "forest" else 0
        ring = chaikin(geography.absolute(site.outline), rounds=rounds, closed=True)
        outline = shapely.make_valid(Polygon(ring))
        free = shapely.intersection(outline, geography.model_extent()).difference(taken)
        parts = polygons_of(free, min_area_m2=150.0)
        least = 0.3 * max((part.area for part in parts), default=0.0)
        free = union_of(part for part in parts if part.area >= least)
        if not free.is_empty:
            found.append((site, free))
            taken = union_of([taken, outline])
    return tuple(found)


@cache
def _seeds() -> tuple[STRtree, tuple[str, ...]]:
    points = [(at, kind) for kind, ats in places.DISTRICTS for at in ats]
    tree = STRtree(points_at(geography.absolute([at for at, _ in points])))
    return tree, tuple(kind for _, kind in points)


def character(polygon: BaseGeometry) -> str:
    """Return the character of the district around the middle of a polygon."""
    tree, kinds = _seeds()
    return kinds[int(tree.nearest(polygon.representative_point()))]


def _cut_direction(polygon: Polygon, along: Float64) -> Float64:
    """Return the direction of the side nearest to a cut across ``along``, or the square cut itself."""
    across = np.array([-along[1], along[0]])
    ring = shapely.get_coordinates(polygon.exterior)
    step = np.diff(ring, axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    unit = step / np.maximum(length, 1e-9)[:, None]
    turn = unit @ across
    good = (np.abs(turn) > np.cos(np.deg2rad(16.0))) & (length > 25.0)
    if not good.any():
        return across
    best = int(np.argmax(np.where(good, length, 0.0)))
    return np.asarray(unit[best] * np.sign(turn[best]))


def _split(
    piece: Polygon, kind: str, rng: np.random.Generator
) -> tuple[LineString, str, list[Polygon]] | None:
    """Cut a piece in two by a side street; None if no cut leaves halves of a useful shape."""
    centre, along, long, short = box_axes(piece)
    big = piece.area > 5 * BLOCK_AREA_M2[kind]
    name = "street" if big or kind != "houses" or rng.random() < 0.45 else "lane"
    square = short > 0.7 * long
    for attempt in range(8):
        way = along if attempt % 2 == 0 or not square else np.array([-along[1], along[0]])
        reach = long if attempt % 2 == 0 or not square else short
        at = centre + way * reach * rng.uniform(-0.1, 0.1) * (1 + attempt / 2)
        direction = _cut_direction(piece, way)
        line = chord(piece, at, direction)
        if line is None or line.length < 18.0:
            continue
        sides = halves(piece, at, direction, gap_m=axes.CLASSES[name].corridor_m)
        good = [side for side in sides if _is_leftover(side) or _side_m(side) >= _least_m(kind)]
        if len(sides) >= 2 and len(good) == len(sides):
            return line, name, sides
    return None


def _side_m(piece: Polygon) -> float:
    return box_axes(piece)[3]


def _least_m(kind: str) -> float:
    return LEAST_SIDE_M.get(kind, 40.0)


def _joined(line: LineString, lines: list[LineString]) -> LineString:
    """Extend both ends of a side street to the centre lines it meets, at most 26 metres away."""
    xy = shapely.get_coordinates(line)
    unit = (xy[-1] - xy[0]) / np.hypot(*(xy[-1] - xy[0]))
    tree, ends = STRtree(lines), []
    for end, way in ((xy[0], -unit), (xy[-1], unit)):
        ray = LineString([end, end + way * 26.0])
        hits = [
            shapely.intersection(ray, lines[i]) for i in tree.query(ray, predicate="intersects")
        ]
        points = [p for hit in hits for p in shapely.get_parts(hit) if p.geom_type == "Point"]
        start = shapely.Point(end)
        near = min(points, key=start.distance, default=start)
        ends.append((near.x, near.y))
    return LineString(ends)


def _superblocks() -> list[Polygon]:
    islands = union_of(island.boundary.buffer(PROMENADE_M) for island in geography.islands())
    roads = union_of(s.corridor for s in known_streets())
    taken = [geography.river(), islands, roads, rail_land(), fort.precinct(), landmarks.plots()]
    taken += [polygon for _, polygon in site_polygons()]
    free = geography.model_extent().difference(union_of(taken))
    return sorted(polygons_of(free), key=lambda p: (round(p.centroid.x), round(p.centroid.y)))


def _is_leftover(piece: Polygon) -> bool:
    return piece.area < 260.0 or piece.buffer(-7.0).area < 60.0


@cache
def plan() -> Plan:
    """Return streets and blocks of the whole model."""
    streets, lines = list(known_streets()), [s.line for s in known_streets()]
    blocks: list[Block] = []
    leftovers: list[Polygon] = []
    commune = geography.commune()
    shapely.prepare(commune)
    for number, superblock in enumerate(_superblocks()):
        rng, stack = chance("streets", number), [superblock]
        kind = character(superblock) if superblock.area < 60_000 else ""
        while stack:
            piece = stack.pop()
            if _is_leftover(piece):
                leftovers.append(piece)
                continue
            its = kind or character(piece)
            context = not commune.contains(piece.representative_point())
            target = BLOCK_AREA_M2[its] * (1.15 if context else 1.0) * rng.uniform(0.85, 1.6)
            cut = _split(piece, its, rng) if piece.area > target else None
            if cut is None:
                blocks.append(Block(len(blocks), piece, character(piece), context))
                continue
            line, name, sides = cut
            street = Street("", name, _joined(line, lines), known=False)
            streets.append(street)
            lines.append(street.line)
            stack += sides
    return Plan(tuple(streets), tuple(blocks), tuple(leftovers))
