"""Bridges, ramparts and moored barges: solids with exact levels, drawn like buildings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from twin.synth import axes, fort, geography, streets, terrain
from twin.synth.ground import SYNTHETIC, frame_of
from twin.synth.plane import FLAT, beside, chance, largest, polygons_of, stretch, union_of
from twin.synth.streets import Street

if TYPE_CHECKING:
    import geopandas as gpd

DECK_STEP_M = 2.5
DECK_M = 1.3
CLEARANCE_M = 5.6
BARGES = 34


def _row(
    kind: str,
    name: tuple[str, str],
    shape: BaseGeometry,
    *,
    low_m: float,
    base_m: float,
    top_m: float,
) -> dict[str, Any]:
    """Return a solid from ``base_m`` to ``top_m`` NGF; ``low_m`` is the ground that heights refer to."""
    return {
        "kind": kind, "name_fr": name[0], "name_en": name[1], "ground_m": round(low_m, 2),
        "min_height_m": round(max(base_m - low_m, 0.0), 2), "height_m": round(top_m - low_m, 2),
        "roof_shape": "flat", "quality": SYNTHETIC, "geometry": shape,
    }  # fmt: skip


def deck_profile_m(line: LineString, stations: np.ndarray) -> np.ndarray:
    """Return levels of a bridge deck along its line: an arc between the levels of both ends."""
    ends = terrain.relief().at(shapely.get_coordinates(line)[[0, -1]])
    part = stations / line.length
    rise = max(geography.RIVER_LEVEL_M + CLEARANCE_M + DECK_M - ends.mean(), 0.8)
    return np.asarray(
        ends[0] * (1 - part) + ends[1] * part + rise * (1 - (2 * part - 1) ** 2) + 0.25
    )


def _bridge(street: Street) -> Iterator[dict[str, Any]]:
    """Yield deck, parapets and piers of a bridge."""
    line, width = street.line, axes.CLASSES[street.kind].corridor_m
    name = (street.name, street.name)
    cuts = np.linspace(0.0, line.length, max(2, round(line.length / DECK_STEP_M)) + 1)
    levels = deck_profile_m(line, (cuts[:-1] + cuts[1:]) / 2)
    low = terrain.BED_M
    for start, end, top in zip(cuts[:-1], cuts[1:], levels, strict=True):
        piece = stretch(line, start, end)
        deck = piece.buffer(width / 2 - 1.0, cap_style=FLAT)
        yield _row("deck", name, deck, low_m=low, base_m=top - DECK_M, top_m=top)
        for side in (-1.0, 1.0):
            edge = beside(piece, side * (width / 2 - 0.7))
            rail = edge.buffer(0.28, cap_style=FLAT)
            yield _row("parapet", name, rail, low_m=low, base_m=top - DECK_M, top_m=top + 1.0)
    wet = shapely.intersection(line, geography.river().buffer(-8.0))
    for span in shapely.get_parts(wet):
        if span.length < 30:
            continue
        number = max(1, round(span.length / 48.0))
        for i in range(1, number + 1):
            along = line.project(span.interpolate((i - 0.5) / number, normalized=True))
            pier = stretch(line, along - 1.6, along + 1.6).buffer(width / 2 - 2.5, cap_style=FLAT)
            top = float(deck_profile_m(line, np.array([along]))[0]) - DECK_M
            yield _row("pier", name, pier, low_m=low, base_m=low, top_m=top)


def _ramparts() -> Iterator[dict[str, Any]]:
    """Yield the walls of the five bastions and the curtains between them, open at the gates."""
    outline = fort.walls()
    ring = outline.buffer(3.0, join_style="mitre").difference(
        outline.buffer(-0.6, join_style="mitre")
    )
    ring = ring.difference(union_of(line.buffer(7.5) for line in fort.entries()))
    for number, tip in enumerate(fort.TIPS_DEG, start=1):
        for kind, at, wide in (("Bastion", tip, 20.2), ("Courtine", tip + 36.0, 15.8)):
            arc = [fort.polar(300.0, at + turn) for turn in np.linspace(-wide, wide, 5)]
            part = ring.intersection(Polygon([fort.centre(), *arc]))
            for piece in polygons_of(part, min_area_m2=10.0):
                xy = shapely.get_coordinates(piece)
                low = float(terrain.relief().at(xy).min()) - 1.0
                inner = shapely.get_coordinates(
                    piece.buffer(-0.5).buffer(9.0).intersection(outline)
                )
                top = float(np.median(terrain.relief().at(inner))) + 1.3
                english = "Bastion" if kind == "Bastion" else "Curtain wall"
                name = (f"{kind} {number}", f"{english} {number}")
                yield _row("rampart", name, piece, low_m=low, base_m=low, top_m=max(top, low + 4.0))


def _barges() -> Iterator[dict[str, Any]]:
    """Yield barges moored along the quays and the island."""
    rng = chance("barges")
    island = LineString(geography.islands()[0].exterior.coords)
    lanes = [
        beside(geography.left_bank(), -9.0),
        beside(geography.right_bank(), 9.0),
    ]
    lanes.append(LineString(geography.islands()[0].buffer(9.0).exterior.coords))
    decks = union_of(s.corridor for s in streets.known_streets() if s.bridge).buffer(20.0)
    water = geography.river().buffer(-4.5)
    taken: list[Polygon] = []
    for _ in range(400):
        if len(taken) == BARGES:
            break
        lane = lanes[int(rng.integers(len(lanes)))]
        start, long = rng.uniform(0, lane.length - 45), rng.uniform(24, 38.5)
        mooring = stretch(lane, start, start + long).simplify(3.0)
        hull = largest(mooring.buffer(2.55, cap_style=FLAT))
        near = hull.distance(geography.commune()) < 150 and hull.distance(island) < 160
        clear = not hull.intersects(decks) and all(hull.distance(other) > 6 for other in taken)
        if near and clear and water.contains(hull):
            taken.append(hull)
    level = geography.RIVER_LEVEL_M
    for hull in taken:
        yield _row(
            "barge",
            ("Péniche", "Barge"),
            hull,
            low_m=level - 0.6,
            base_m=level - 0.6,
            top_m=level + 1.4,
        )
        cabin = hull.buffer(-0.9, join_style="mitre")
        _, cabin_low = level, level + 1.4
        yield _row(
            "cabin",
            ("Péniche", "Barge"),
            cabin,
            low_m=level - 0.6,
            base_m=cabin_low,
            top_m=level + 3.1,
        )


def table() -> gpd.GeoDataFrame:
    """Return all structures; columns as the layer of buildings reads them."""
    rows = [row for street in streets.known_streets() if street.bridge for row in _bridge(street)]
    rows += [*_ramparts(), *_barges()]
    return frame_of(rows, "structure")
