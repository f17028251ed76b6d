"""Labels of the demo city: districts, stations, parks, public buildings, and names of main streets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from shapely import Point

from twin.synth import axes, fort, geography, places, streets
from twin.synth.ground import SYNTHETIC, frame_of
from twin.synth.names import abroad, station_abroad
from twin.synth.plane import largest

if TYPE_CHECKING:
    import geopandas as gpd

GREEN = ("park", "garden", "forest", "cemetery", "sport")


def _row(
    kind: str,
    names: tuple[str, str],
    at: Any,
    rank: int,
    elsewhere: tuple[str | None, str | None] | None = None,
) -> dict[str, Any]:
    point = Point(at)
    ko, ar = elsewhere or abroad(names[0])
    inside = geography.commune().buffer(40.0).contains(point)
    return {
        "name_fr": names[0], "name_en": names[1], "name_ko": ko, "name_ar": ar, "kind": kind,
        "rank": rank if inside else rank + 2, "quality": SYNTHETIC, "geometry": point,
    }  # fmt: skip


def labels() -> gpd.GeoDataFrame:
    """Return the labels with names in four languages, kind, and rank (0 is the most important)."""
    rows = [
        _row("district", (fr, en), geography.absolute([at])[0], rank)
        for fr, en, at, rank in places.CITY_LABELS
    ]
    for station in axes.STATIONS:
        names = (f"{station.name_fr} ({station.lines})", f"{station.name_en} ({station.lines})")
        names = (names[0].replace("works", "travaux").replace("Line N", "ligne N"), names[1])
        at, there = (
            geography.absolute([station.at])[0],
            station_abroad(station.name_fr, station.lines),
        )
        rows.append(_row("station", names, at, station.rank + 1, there))
    for site, polygon in streets.site_polygons():
        kind = "park" if site.kind in GREEN else "public"
        rows.append(
            _row(
                kind,
                (site.name_fr, site.name_en),
                largest(polygon).representative_point(),
                site.rank,
            )
        )
    rows += [
        _row("public", (mark.name_fr, mark.name_en), geography.absolute([mark.at])[0], mark.rank)
        for mark in places.LANDMARKS
    ]
    school = ("École Louise-Michel", "Louise Michel school")
    rows.append(_row("public", school, fort.plant(), 3))
    rows.append(_row("public", ("Le Temps des Cerises",) * 2, fort.cherry_time().centroid, 4))
    rows.append(_row("park", ("Le Verger", "The orchard"), fort.orchard().centroid, 5))
    for number, tip in enumerate(fort.TIPS_DEG, start=1):
        rows.append(_row("fort", (f"Bastion {number}",) * 2, fort.polar(195.0, tip), 5))
    extent = geography.model_extent()
    return frame_of([row for row in rows if extent.contains(row["geometry"])], "label")


def street_names() -> gpd.GeoDataFrame:
    """Return the known streets of the commune as lines that carry their names."""
    commune, seen, rows = geography.commune(), set[str](), list[dict[str, Any]]()
    rank = {"boulevard": 5, "avenue": 6, "street": 7, "motorway": 5}
    for street in sorted(streets.known_streets(), key=lambda s: -s.line.length):
        inside = shapely.intersection(street.line, commune)
        if street.kind == "path" or street.name in seen or inside.length < 60:
            continue
        seen.add(street.name)
        longest = max(shapely.get_parts(inside), key=lambda part: part.length)
        rows.append(
            {
                "name_fr": street.name, "name_en": street.name, "kind": street.kind,
                "rank": rank.get(street.kind, 7), "quality": SYNTHETIC,
                "geometry": longest.interpolate(0.5, normalized=True),
            }
        )  # fmt: skip
    return frame_of(rows, "name")
