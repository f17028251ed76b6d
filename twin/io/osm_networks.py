"""Networks of OpenStreetMap: power lines, pipelines, and what stands at them; a layer for each commodity.

Ids are those of OpenStreetMap: ``way/123``, ``node/5``, ``relation/7``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.io import osm_tags, vector
from twin.io.loaded import Declared, Loaded, Request

CONFIG = Path(__file__).with_name("osm_networks.ini")
PREFIX = "network."
ALL = "networks"
"""Name of what is read when all commodities are wanted in one table."""
LINES = "man_made = 'pipeline' OR power IN ('line', 'minor_line', 'cable')"
_AREAS = (
    "power IN ('substation', 'transformer', 'converter', 'plant', 'generator')"
    " OR pipeline IS NOT NULL OR man_made = 'pumping_station'"
)
_MASTS = ", ".join(f"'{word}'" for word in ("switch", *osm_tags.MASTS))
_WHERE = {
    "lines": LINES,
    "points": f"{_AREAS} OR power IN ({_MASTS}) OR amenity = 'charging_station'",
    "multipolygons": _AREAS,
}
SAME_DEG = 2e-7
"""Ways that share a node have it at one place; seven decimals are all that OpenStreetMap keeps."""
TEXTS = ("name", "ref", "operator", "location", "usage", "cables", "circuits", "rating")
NUMBERS = ("voltage_kv", "diameter_mm")


def layer_names(request: Request) -> list[str]:
    """Return the layers of networks, that with most lines first; none where there is no line."""
    lines = _part(request, "lines")
    kinds, count = np.unique(_carried(lines).astype(str), return_counts=True)
    return [PREFIX + str(kinds[i]) for i in np.argsort(-count, kind="stable")]


def load(request: Request, wanted: str) -> Loaded:
    """Read the network of one commodity (``network.heat``), or of all (``networks``).

    Points and areas belong to what their tags say, else to what the nearest line carries.
    """
    lines = _part(request, "lines")
    carried = _carried(lines)
    rows = [_line(lines, i, str(kind)) for i, kind in enumerate(carried)]
    shapes = [_shapes(lines)]
    for name in ("points", "multipolygons"):
        part = _part(request, name)
        rows += _standing(part, lines, carried)
        shapes.append(_shapes(part))
    commodity = wanted.removeprefix(PREFIX)
    kept = [i for i, r in enumerate(rows) if r["kind"] and commodity in {ALL, r["network_kind"]}]
    rows = [rows[i] for i in kept]
    return Loaded(
        name=wanted,
        count=len(rows),
        crs=Declared(text="EPSG:4326"),
        columns=_columns(rows),
        geometry=np.concatenate(shapes)[kept],
        row_names=np.array([row["id"] for row in rows], dtype=object),
        details={"network": commodity},
    )


def _part(request: Request, layer: str) -> Loaded:
    options = {"CONFIG_FILE": str(CONFIG), "where": _WHERE[layer]}
    return vector.load_one(request, layer, options)


def _shapes(part: Loaded) -> NDArray[Any]:
    return part.geometry if part.geometry is not None else np.empty(0, dtype=object)


def _tags(part: Loaded, row: int) -> Callable[[str], str]:
    def tag(name: str) -> str:
        value = part.columns[name][row] if name in part.columns else None
        return "" if value is None else str(value)

    return tag


def _carried(lines: Loaded) -> NDArray[Any]:
    """Return what each line carries, (n,) object."""
    made = np.empty(lines.count, dtype=object)
    made[:] = [osm_tags.carried(_tags(lines, i)) for i in range(lines.count)]
    return made


def _line(lines: Loaded, row: int, carried: str) -> dict[str, Any]:
    tag = _tags(lines, row)
    kind = "line" if carried == osm_tags.ELECTRICITY else "pipe"
    return {"id": f"way/{tag('osm_id')}", "kind": kind, "network_kind": carried, **_said(tag)}


def _standing(part: Loaded, lines: Loaded, carried: NDArray[Any]) -> list[dict[str, Any]]:
    """Return the rows of points or areas; those that are no part of a network have no kind."""
    if not part.count:
        return []
    at = shapely.centroid(_shapes(part))
    tags = [_tags(part, row) for row in range(part.count)]
    belongs = _belonging([osm_tags.serves(tag) for tag in tags], at, _shapes(lines), carried)
    end = _at_ends(at, _shapes(lines))
    rows = []
    for row, tag in enumerate(tags):
        kind = osm_tags.kind(tag)
        within = tag("power") in osm_tags.MASTS and not end[row]
        said = {"kind": "" if within else kind, "network_kind": belongs[row], **_said(tag)}
        rows.append({"id": _id(part.name, tag), **said})
    return rows


def _id(layer: str, tag: Callable[[str], str]) -> str:
    if layer == "points":
        return f"node/{tag('osm_id')}"
    return f"relation/{tag('osm_id')}" if tag("osm_id") else f"way/{tag('osm_way_id')}"


def _said(tag: Callable[[str], str]) -> dict[str, Any]:
    texts = {name: tag(name) for name in TEXTS if tag(name)}
    number = tag("osm_id") or tag("osm_way_id")
    return {"osm_id": number, **texts, **osm_tags.sizes(tag)}


def _belonging(
    serves: list[frozenset[str]], at: NDArray[Any], lines: NDArray[Any], carried: NDArray[Any]
) -> list[str]:
    """Return the commodity of each place: of those that it may serve, that of the nearest line."""
    pipes = frozenset(carried) - {osm_tags.ELECTRICITY}
    found = [min(words) if words else osm_tags.UNSAID for words in serves]
    for words in set(serves):
        rows = [i for i, own in enumerate(serves) if own == words]
        able = np.flatnonzero(np.isin(carried.astype(str), list(words or pipes)))
        if len(words) == 1 or not len(able):
            continue
        place, line = shapely.STRtree(lines[able]).query_nearest(at[rows], all_matches=False)
        for i, j in zip(place.tolist(), line.tolist(), strict=True):
            found[rows[i]] = str(carried[able[j]])
    return found


def _at_ends(at: NDArray[Any], lines: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which places are the end of a line, (n,) bool."""
    there = np.zeros(len(at), bool)
    if len(lines):
        ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
        found = shapely.STRtree(ends).query(at, predicate="dwithin", distance=SAME_DEG)
        there[found[0]] = True
    return there


def _columns(rows: list[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    names = dict.fromkeys(name for row in rows for name in row if name != "id")
    return {
        name: np.array([row.get(name) for row in rows], np.float64 if name in NUMBERS else object)
        for name in names
    }
