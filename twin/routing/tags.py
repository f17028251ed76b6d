"""What OpenStreetMap would say of a line, from the columns that surveys have.

Keys: https://wiki.openstreetmap.org/wiki/Key:highway. BD TOPO ``troncon_de_route``: https://geoservices.ign.fr/bdtopo
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

AS_WRITTEN = (
    "highway", "oneway", "bridge", "tunnel", "layer", "surface", "foot", "bicycle", "access", "maxspeed", "sidewalk",
    "cycleway", "junction", "oneway:bicycle", "tracktype", "incline",
)  # fmt: skip
LONGEST = 255
USUAL = "residential"
HIGHWAYS = {
    "motorway": "motorway",
    "boulevard": "secondary",
    "avenue": "tertiary",
    "street": "residential",
    "lane": "living_street",
    "path": "path",
    "footway": "footway",
    "steps": "steps",
    "cycleway": "cycleway",
    "type autoroutier": "motorway",
    "bretelle": "motorway_link",
    "route à 2 chaussées": "secondary",
    "rond-point": "residential",
    "chemin": "track",
    "route empierrée": "track",
    "sentier": "path",
    "escalier": "steps",
    "piste cyclable": "cycleway",
}
"""By ``kind`` or ``nature``."""
DIRECTIONS = {"sens direct": "yes", "sens inverse": "-1"}
NO = frozenset({"", "no", "non", "false", "0", "0.0", "nan", "none", "<na>"})


def tags_of(columns: Mapping[str, Any], count: int) -> tuple[Mapping[str, str], ...]:
    """Return the tags of each of ``count`` lines; every one has a ``highway``."""
    texts = {
        name: _texts(columns[name])
        for name in (*AS_WRITTEN, "kind", "nature", "sens_de_circulation")
        if name in columns
    }
    return tuple(_tags({name: values[i] for name, values in texts.items()}) for i in range(count))


def levels_of(tags: tuple[Mapping[str, str], ...]) -> NDArray[np.int64]:
    """Return on which level each line lies, (n,): 0 on the ground, above it a bridge, below it a tunnel."""
    return np.array([_level(tag) for tag in tags], dtype=np.int64)


def _tags(row: Mapping[str, str]) -> dict[str, str]:
    found = {name: row[name] for name in AS_WRITTEN if row.get(name, "").lower() not in NO}
    for name in ("bridge", "tunnel"):
        if name in found:
            found[name] = "yes"
    kind = row.get("kind", "").lower() or row.get("nature", "").lower()
    found.setdefault("highway", HIGHWAYS.get(kind, USUAL))
    way = DIRECTIONS.get(row.get("sens_de_circulation", "").lower())
    if way:
        found.setdefault("oneway", way)
    return found


def _level(tag: Mapping[str, str]) -> int:
    written = tag.get("layer", "").split(".")[0]
    if written.lstrip("-").isdigit():
        return int(written[:3])
    return ("bridge" in tag) - ("tunnel" in tag)


def _texts(values: Any) -> list[str]:
    return ["" if value is None else str(value).strip()[:LONGEST] for value in values]
