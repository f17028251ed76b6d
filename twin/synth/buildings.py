"""All buildings of the demo city: blocks filled, landmarks, schools and the Fort set, one table made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import Polygon, STRtree

from twin.synth import fort, geography, landmarks, streets, terrain
from twin.synth.blocks import FILLS, inset
from twin.synth.craft import Building, build, energy_label, homes, placed
from twin.synth.plane import (
    box_axes,
    chance,
    divide,
    largest,
    polygons_of,
    rectangle,
    snapped,
)
from twin.synth.streets import Block, Plan

if TYPE_CHECKING:
    import geopandas as gpd

PARTY_GAP_M = 0.025
SCHOOLS = 18
SYNTHETIC = "synthetic"
FORT_SOURCE = "18 buildings, 1,623 dwellings: construction21.org, geothermie-perspectives 2013; place synthetic"


def fort_buildings() -> list[Building]:
    """Return the 18 residential buildings of the Fort, its school and Le Temps des Cerises."""
    homes_ = fort.residences()
    found = [
        Building(
            polygon=polygon, use="housing", storeys=floors, height_m=round(floors * 2.85 + 1.0, 1),
            year=2012 + i % 2, wall="concrete" if floors > 6 else "timber", roof="green",
            dwellings=flats, name_fr=fr, name_en=en, district="fort",
            source=FORT_SOURCE,
        )
        for i, ((fr, en, polygon, floors), flats) in enumerate(
            zip(homes_, fort.dwellings(homes_), strict=True)
        )
    ]  # fmt: skip
    school = "École Louise-Michel (bois et paille)", "Louise Michel school (timber and straw)"
    found.append(
        Building(
            polygon=fort.school(), use="school", storeys=3, height_m=11.5, year=2013, wall="straw/timber",
            roof="terrace", name_fr=school[0], name_en=school[1], district="fort",
            source="5,241 m2, R+2, opened 2013: France 3, batiactu, Le Moniteur; place synthetic",
        )
    )  # fmt: skip
    found.append(
        Building(
            polygon=fort.cherry_time(), use="public", storeys=2, height_m=8.5, year=2013, wall="millstone",
            roof_shape="gabled", roof_height_m=3.5, roof="tile", name_fr="Le Temps des Cerises",
            name_en="Le Temps des Cerises", district="fort", source="markess blog 2015; place synthetic",
        )
    )  # fmt: skip
    return found


def _school_blocks(plan: Plan) -> set[int]:
    """Choose blocks for schools: middle size, in the commune, well spread."""
    chosen: list[Block] = []
    for block in sorted(plan.blocks, key=lambda b: abs(b.polygon.area - 5600.0)):
        if len(chosen) == SCHOOLS:
            break
        box = shapely.minimum_rotated_rectangle(block.polygon)
        square = block.polygon.area > 0.78 * box.area and box_axes(block.polygon)[3] > 46
        fits = not block.context and block.character != "offices" and square
        if fits and all(block.polygon.distance(other.polygon) > 330 for other in chosen):
            chosen.append(block)
    return {block.number for block in chosen}


def _school(block: Block, rng: np.random.Generator) -> Iterator[Building]:
    """Fill a block with a school: three wings around a playground that opens to one side."""
    room = inset(block.polygon, 4.0)
    centre, along, long, short = box_axes(room)
    size = {"length_m": min(long, 66.0), "width_m": min(short, 48.0)}
    body = largest(shapely.intersection(room, rectangle(centre, along, **size)))
    court = rectangle(
        centre + along * 22.0, along, length_m=size["length_m"], width_m=size["width_m"] - 24.0
    )
    wings = largest(body.difference(court))
    epoch = "school_old" if rng.random() < 0.45 else "school_new"
    made = build(wings, epoch, rng, use="school")
    yield replace(made, name_fr="École (site synthétique)", name_en="School (synthetic site)")


def _halls(part: Polygon, rng: np.random.Generator) -> Iterator[Building]:
    for lot in divide(inset(part, 8.0), rng, area_m2=9000.0, min_side_m=50.0):
        hall = inset(lot, 5.0)
        if hall.area > 800:
            made = build(hall, "offices_old", rng, use="public", storeys=2)
            yield replace(made, height_m=float(rng.integers(13, 19)), context=True)


def _wards(part: Polygon, rng: np.random.Generator) -> Iterator[Building]:
    for lot in divide(inset(part, 4.0), rng, area_m2=1900.0, min_side_m=18.0):
        _, along, long, short = box_axes(lot)
        size = {"length_m": long - 8, "width_m": min(13.0, short - 6)}
        wing = rectangle(lot.centroid.coords[0], along, **size)
        if lot.contains(wing):
            yield build(wing, "haussmann", rng, use="public", storeys=4)


def _hangars(rng: np.random.Generator) -> Iterator[Building]:
    for x in (6262.0, 6324.0, 6386.0):
        hangar = landmarks.turned((x, 8960.0), 0.0, (50.0, 34.0))
        made = build(hangar, "workshop", rng, use="industry", storeys=2)
        yield replace(made, context=True, year=1956, name_fr="Hangar", name_en="Hangar")


def _site_buildings() -> Iterator[Building]:
    """Yield buildings of the sites: exhibition halls, hospital pavilions, hangars of the heliport."""
    for site, polygon in streets.site_polygons():
        rng = chance("site", site.name_fr)
        for part in polygons_of(polygon):
            if site.kind == "halls":
                yield from _halls(part, rng)
            elif site.kind == "hospital":
                yield from _wards(part, rng)
        if site.kind == "heliport":
            yield from _hangars(rng)


def _free(candidates: Iterable[Building], fixed: list[Building]) -> list[Building]:
    """Keep buildings clear of those that were set by hand: whole, cut, or not at all."""
    kept = list(candidates)
    tree = STRtree([b.polygon for b in kept])
    hit: dict[int, list[Polygon]] = {}
    for mark in fixed:
        room = mark.polygon.buffer(5.0, join_style="mitre")
        for i in tree.query(room, predicate="intersects"):
            hit.setdefault(int(i), []).append(room)
    out = []
    for i, made in enumerate(kept):
        if i not in hit:
            out.append(made)
            continue
        rest = largest(made.polygon.difference(shapely.union_all(hit[i])))
        if rest.area > 0.6 * made.polygon.area and box_axes(rest)[3] > 5:
            floors = homes(rest.area, made.storeys, made.use)
            out.append(
                replace(made, polygon=rest, dwellings=floors, roof_shape="flat", roof_height_m=0.0)
            )
    return out


def _used(made: Building, rng: np.random.Generator, *, near_axis: bool) -> Building:
    """Turn some buildings into shops and public ones, more along main streets."""
    if made.use != "housing" or made.district in ("offices", "houses"):
        return made
    draw = rng.random()
    if near_axis and made.storeys <= 3 and draw < 0.35:
        return replace(made, use="shop", dwellings=0)
    if draw > 0.985:
        return replace(made, use="public", dwellings=0)
    return made


def all_buildings(plan: Plan, *, within: Polygon | None = None) -> list[Building]:
    """Return every building of the model, or of the blocks that meet ``within``."""
    schools = _school_blocks(plan)
    fixed = landmarks.landmarks() + fort_buildings()
    found: list[Building] = []
    axes_tree = STRtree(
        [s.line for s in plan.streets if s.known and s.kind in ("avenue", "boulevard")]
    )
    for block in plan.blocks:
        if within is not None and not block.polygon.intersects(within):
            continue
        rng = chance("block", block.number)
        fill = _school if block.number in schools else FILLS[block.character]
        for made in fill(block, rng):
            here = placed(made, district=block.character, context=block.context)
            near = len(axes_tree.query(here.polygon, predicate="dwithin", distance=17.0)) > 0
            found.append(_used(here, rng, near_axis=near))
    fixed += [placed(b, district="site", context=b.context) for b in _site_buildings()]
    return fixed + _free(found, fixed)


def table(buildings: list[Building]) -> gpd.GeoDataFrame:
    """Return the buildings as a table in EPSG:2154, footprints disjoint, in an order that is near in space."""
    import geopandas as gpd
    import pandas as pd

    # Points on a straight side go first: after the rounding they would be tiny bends.
    outlines = shapely.simplify(np.array([b.polygon for b in buildings], dtype=object), 0.005)
    polygons = snapped(outlines, shrink_m=PARTY_GAP_M)
    polygons = np.array([largest(p) for p in polygons], dtype=object)
    good = [i for i, p in enumerate(polygons) if p.is_valid and p.area > 10.0]
    buildings, polygons = [buildings[i] for i in good], polygons[good]
    relief, rng = terrain.relief(), chance("energy")
    xy, owner = shapely.get_coordinates(polygons, return_index=True)
    ground = np.full(len(polygons), np.inf)
    np.minimum.at(ground, owner, relief.at(xy))
    frame = gpd.GeoDataFrame(
        {
            "name_fr": [b.name_fr or None for b in buildings],
            "name_en": [b.name_en or None for b in buildings],
            "use": [b.use for b in buildings],
            "height_m": np.array([b.height_m + b.roof_height_m for b in buildings]).round(1),
            "roof_shape": [b.roof_shape for b in buildings],
            "roof_height_m": np.array([b.roof_height_m for b in buildings]).round(1),
            "storeys": np.array([b.storeys for b in buildings], dtype=np.int16),
            "year": np.array([b.year for b in buildings], dtype=np.int16),
            "valid_from": np.array([f"{b.year}-01-01" for b in buildings], dtype="datetime64[ms]"),
            "dwellings": np.array([b.dwellings for b in buildings], dtype=np.int16),
            "wall_material": [b.wall for b in buildings],
            "roof_material": [b.roof for b in buildings],
            "ground_m": ground.round(1),
            "energy_label": [energy_label(b.year, rng) for b in buildings],
            "district": [b.district for b in buildings],
            "context": [b.context for b in buildings],
            "quality": SYNTHETIC,
            "source": [b.source or None for b in buildings],
        },
        geometry=list(polygons),
        crs=geography.CRS,
    )
    far = frame.hilbert_distance(level=12).to_numpy()
    frame = frame.iloc[np.lexsort((far, frame["context"]))].reset_index(drop=True)
    outside = frame["context"].to_numpy()
    number = np.where(outside, np.cumsum(outside), np.cumsum(~outside))
    ids = [
        f"{'context' if c else 'building'}-{n:05d}" for c, n in zip(outside, number, strict=True)
    ]
    frame.insert(0, "feature_id", pd.array(ids, dtype=object))
    return frame
