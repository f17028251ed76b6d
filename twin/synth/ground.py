"""What lies on the ground: water, green and paved land, pavements and carriageways, rail, the outline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from twin.synth import axes, fort, geography, landmarks, parks, streets
from twin.synth.names import abroad
from twin.synth.plane import FLAT, chance, largest, minus, polygons_of, snapped, union_of
from twin.synth.streets import Plan, Street

if TYPE_CHECKING:
    import geopandas as gpd

YARDS = {
    "perimeter": "yard", "faubourg": "yard", "houses": "garden", "modern": "lawn", "slabs": "lawn",
    "offices": "forecourt",
}  # fmt: skip
RANK = ("motorway", "boulevard", "avenue", "street", "lane", "path")
SYNTHETIC = "synthetic"
SIDE_STREETS = (
    "Lilas", "Tilleuls", "Acacias", "Cerisiers", "Vignes", "Carrières", "Blanchisseurs", "Jardiniers",
    "Moulins", "Lavoirs", "Tonneliers", "Bateliers", "Passeurs", "Charpentiers", "Peupliers", "Noyers",
    "Glycines", "Coteaux", "Sablons", "Cressonnières", "Maraîchers", "Hirondelles", "Mésanges", "Roses",
)  # fmt: skip
WAYS = ("Rue des", "Passage des", "Impasse des", "Allée des", "Villa des", "Sentier des")


def frame_of(rows: list[dict[str, Any]], prefix: str) -> gpd.GeoDataFrame:
    """Return rows as a table in EPSG:2154 with ids ``prefix-0001`` (own ids if empty) and rounded coordinates."""
    import geopandas as gpd

    rows = [row for row in rows if not row["geometry"].is_empty]
    shapes = snapped(np.array([row.pop("geometry") for row in rows], dtype=object))
    for i in np.flatnonzero(~shapely.is_valid(shapes)):
        shapes[i] = largest(shapely.buffer(shapes[i], 0.0))
    frame = gpd.GeoDataFrame(rows, geometry=list(shapes), crs=geography.CRS)
    _name_abroad(frame)
    if prefix:
        frame.insert(0, "feature_id", [f"{prefix}-{i:04d}" for i in range(1, len(rows) + 1)])
    return frame


def _name_abroad(frame: gpd.GeoDataFrame) -> None:
    """Add Korean and Arabic names where any is known; tables that bring their own keep them."""
    if "name_fr" not in frame or "name_ko" in frame:
        return
    named = [abroad(name) if isinstance(name, str) else (None, None) for name in frame["name_fr"]]
    if any(ko for ko, _ in named):
        place = frame.columns.get_loc("name_en") + 1
        frame.insert(place, "name_ko", [ko for ko, _ in named])
        frame.insert(place + 1, "name_ar", [ar for _, ar in named])


def water() -> gpd.GeoDataFrame:
    """Return the water with its level; the polygons reach a little under the banks."""
    wet = geography.river().buffer(1.5).intersection(geography.model_extent())
    rows = [
        {
            "name_fr": "La Seine", "name_en": "The Seine", "kind": "river",
            "water_level_m": geography.RIVER_LEVEL_M, "quality": SYNTHETIC,
            "source": "usual level above the lock of Suresnes, rounded", "geometry": part,
        }
        for part in polygons_of(wet)
    ]  # fmt: skip
    return frame_of(rows, "water")


def _fort_land() -> Iterator[tuple[str, str, str, BaseGeometry]]:
    inner, outline = fort.inside(), fort.walls()
    centre = union_of([fort.orchard(), fort.parvis()])
    yield "glacis", "Fossés du Fort", "Ditch of the Fort", fort.precinct().difference(outline)
    yield "rampart", "Remparts du Fort", "Ramparts of the Fort", outline.difference(inner)
    yield "park", "Jardins du Fort", "Gardens of the Fort", inner.difference(centre)
    yield "orchard", "Le Verger", "The orchard", fort.orchard().difference(fort.parvis())
    yield "square", "Parvis du Fort", "Square of the Fort", fort.parvis()


def land(plan: Plan) -> gpd.GeoDataFrame:
    """Return the use of the ground beside streets: parks, gardens, yards, rail, banks."""
    rows: list[dict[str, Any]] = []

    def add(kind: str, fr: str, en: str, shape: BaseGeometry) -> None:
        for part in polygons_of(shape, min_area_m2=12.0):
            entry = {"kind": kind, "name_fr": fr or None, "name_en": en or None}
            rows.append({**entry, "quality": SYNTHETIC, "geometry": shapely.simplify(part, 0.2)})

    for site, polygon in streets.site_polygons():
        over = dict(parks.features(site.kind, polygon))
        add(site.kind, site.name_fr, site.name_en, polygon.difference(union_of(over.values())))
        for kind, shape in over.items():
            add(kind, site.name_fr, site.name_en, shape)
    sites = union_of(polygon for _, polygon in streets.site_polygons())
    around = minus(landmarks.plots(), sites, *(s.corridor for s in streets.known_streets()))
    add("plot", "", "", minus(around, streets.rail_land()))
    for kind, fr, en, shape in _fort_land():
        add(kind, fr, en, shape)
    for island in geography.islands():
        strip = island.intersection(geography.model_extent()).difference(
            island.buffer(-streets.PROMENADE_M)
        )
        taken = union_of(
            [p for _, p in streets.site_polygons()]
            + [s.corridor for s in plan.streets if not s.known]
        )
        add("bank", "", "", strip.difference(taken))
    for piece in plan.leftovers:
        add("verge", "", "", piece)
    for block in plan.blocks:
        add(YARDS[block.character], "", "", block.polygon)
    add("rail", "", "", streets.rail_land().intersection(geography.model_extent()))
    return frame_of(rows, "land")


def named(plan: Plan) -> list[Street]:
    """Return the streets, the generated ones with invented names."""
    found, rng = [], chance("names")
    for street in plan.streets:
        if street.known:
            found.append(street)
            continue
        kinds = WAYS[:2] if street.kind == "street" else WAYS
        name = f"{kinds[int(rng.integers(len(kinds)))]} {SIDE_STREETS[int(rng.integers(len(SIDE_STREETS)))]}"
        found.append(Street(name, street.kind, street.line, known=False))
    return found


def _disjoint(shapes: list[Polygon]) -> list[BaseGeometry]:
    """Take from each shape what the earlier ones cover."""
    tree, out = STRtree(shapes), []
    for i, shape in enumerate(shapes):
        earlier = [shapes[j] for j in tree.query(shape, predicate="intersects") if j < i]
        out.append(shape.difference(union_of(earlier)) if earlier else shape)
    return out


def _off_blocks(plan: Plan, shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Take from street ground what reaches into blocks: rounded ends, and ways that were lengthened."""
    blocks = np.array([b.polygon for b in plan.blocks], dtype=object)
    tree, out = STRtree(blocks), list(shapes)
    for i, shape in enumerate(shapes):
        near = tree.query(shape, predicate="intersects")
        if len(near):
            out[i] = minus(shape, *blocks[near])
    return out


def _street_row(street: Street, geometry: BaseGeometry) -> dict[str, Any]:
    return {
        "name": street.name, "kind": street.kind,
        "quality": SYNTHETIC, "source": "rounded course, name known" if street.known else "generated",
        "geometry": geometry,
    }  # fmt: skip


def carriageways(plan: Plan) -> gpd.GeoDataFrame:
    """Return the carriageways as disjoint polygons, one or more a street."""
    ordered = sorted((s for s in named(plan) if not s.bridge), key=lambda s: RANK.index(s.kind))
    free = _off_blocks(plan, _disjoint([s.carriageway for s in ordered]))
    blocked = _not_road()
    shapely.prepare(blocked)
    rows: list[dict[str, Any]] = []
    for street, shape in zip(ordered, free, strict=True):
        rest = shape.difference(blocked) if shape.intersects(blocked) else shape
        parts = polygons_of(rest, min_area_m2=4.0)
        rows += [_street_row(street, shapely.simplify(part, 0.12)) for part in parts]
    return frame_of(rows, "road")


def _not_road() -> Polygon | MultiPolygon:
    """Return water, and rail that passes over streets, and what lies outside the model."""
    over = [
        line.buffer(rail.width_m / 2, cap_style=FLAT)
        for rail, line in streets.rails()
        if rail.level == "ground" and rail.kind == "rail"
    ]
    around = geography.model_extent().buffer(200.0).difference(geography.model_extent())
    return union_of([geography.river(), around, *over])


def pavements(plan: Plan) -> gpd.GeoDataFrame:
    """Return the street space from front to front as disjoint polygons, to lie below the carriageways."""
    ordered = sorted(
        (s for s in named(plan) if not s.bridge and s.kind != "path"),
        key=lambda s: RANK.index(s.kind),
    )
    taken = union_of(
        [geography.river(), streets.rail_land(), *(p for _, p in streets.site_polygons())]
    )
    shapely.prepare(taken)
    free = _off_blocks(plan, _disjoint([s.corridor for s in ordered]))
    rows = []
    for street, shape in zip(ordered, free, strict=True):
        rest = shape.difference(taken) if shape.intersects(taken) else shape
        inside = rest.intersection(geography.model_extent())
        for part in polygons_of(inside, min_area_m2=6.0):
            row = _street_row(street, shapely.simplify(part, 0.12))
            rows.append(row | {"kind": "talus" if street.kind == "motorway" else "pavement"})
    return frame_of(rows, "pavement")


def centre_lines(plan: Plan) -> gpd.GeoDataFrame:
    """Return the centre lines of all streets with name, class and widths."""
    rows = []
    for street in named(plan):
        widths = axes.CLASSES[street.kind]
        row = _street_row(street, shapely.simplify(street.line, 0.3))
        extra = {
            "width_m": widths.carriageway_m,
            "corridor_m": widths.corridor_m,
            "bridge": street.bridge,
        }
        rows.append(row | extra)
    return frame_of(rows, "street")


def rail_lines() -> gpd.GeoDataFrame:
    """Return the tracks, two or four for each line, and the courses of tunnels."""
    rows = []
    for rail, line in streets.rails():
        inside = shapely.intersection(line, geography.model_extent())
        for part in shapely.get_parts(inside):
            shifts = (-1.9, 1.9) if rail.width_m < 20 else (-6.0, -2.2, 2.2, 6.0)
            for track, shift in enumerate(shifts, start=1):
                moved = shapely.offset_curve(part, shift)
                if isinstance(moved, LineString):
                    label = {
                        "name": rail.name,
                        "kind": rail.kind,
                        "level": rail.level,
                        "track": track,
                    }
                    extra = {"quality": SYNTHETIC, "geometry": shapely.simplify(moved, 0.2)}
                    rows.append(label | extra)
    return frame_of(rows, "rail")


def outline() -> gpd.GeoDataFrame:
    """Return the limit of the commune as a line."""
    row = {
        "name_fr": "Issy-les-Moulineaux", "name_en": "Issy-les-Moulineaux", "kind": "commune",
        "quality": SYNTHETIC, "geometry": LineString(geography.commune().exterior.coords),
    }  # fmt: skip
    return frame_of([row], "limit")
