"""What a tileset says of itself, without any of its contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import CrsError, ReadError
from twin.io.guard import sample
from twin.io.jsonstream import parse
from twin.io.sniff import sniff
from twin.model.geoframe import GeoFrame, is_metric
from twin.tiles.fetch import Place, named
from twin.tiles.placing import Placement
from twin.tiles.tree import SceneFrom, Tree, on_the_globe

Bounds = tuple[float, float, float, float, float, float]
_TILES = {".json", ".subtree", ".glb", ".gltf", ".bin", ".b3dm", ".i3dm", ".pnts", ".cmpt"}
CONTENTS = frozenset(_TILES | {".png", ".jpg", ".jpeg", ".webp", ".ktx2"})
"""Suffixes of what tilesets consist of."""


@dataclass(frozen=True, kw_only=True)
class About:
    """A tileset.

    Parameters
    ----------
    address : str
        Full path or address.
    bounds : tuple of 6 float or None
        Box in the scene.
    lonlat : tuple of 2 float or None
        Its middle in degrees; None where it has no place on Earth.
    crs : str
        Projected CRS that it was made from; empty where it does not say.
    notice : mapping
        What it says of its data, by language (ours only).
    """

    address: str
    version: str
    title: str = ""
    tiles: int = 0
    bounds: Bounds | None = None
    lonlat: tuple[float, float] | None = None
    crs: str = ""
    notice: Mapping[str, str] = field(default_factory=dict)


def is_tileset(path: Path) -> bool:
    """Whether a file is the JSON of a tileset, by its beginning."""
    try:
        return (
            path.suffix.lower() == ".json" and path.is_file() and sniff(sample(path)) == "3dtiles"
        )
    except (OSError, ReadError):
        return False


def tiles_beside(tileset: Path) -> list[Path]:
    """Return the files that a tileset on disk may consist of, itself aside, in the order of their names.

    They lie in its folder or below; what a bake keeps for its next run is none of them.
    """
    found = []
    for path in sorted(tileset.parent.rglob("*")):
        inside = path.relative_to(tileset.parent)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.suffix.lower() in CONTENTS and not hidden and path.is_file() and path != tileset:
            found.append(path)
    return [path for path in found if not path.is_symlink() and path.name != "project.json"]


def about(address: str, frame: GeoFrame | None = None) -> About:
    """Read the first JSON of a tileset.

    Parameters
    ----------
    address : str
        Path or http(s) address of a ``tileset.json``.
    frame : GeoFrame or None
        Gives the bounds in its scene.

    Raises
    ------
    ReadError
        It cannot be read, or is no tileset.
    """
    place = Place(address)
    base = place.base if place.remote else place.resolved(named(address))
    try:
        document = parse(place.read(base).removeprefix(b"\xef\xbb\xbf"))
    except ValueError as error:
        raise ReadError("tiles.no_tileset", named(address)) from error
    box = _box_of_root(document, place, lambda xyz: xyz)
    globe = on_the_globe(document)
    middle = (box[:3] + box[3:]) / 2
    bounds = None
    if frame is not None:
        scene_from = Placement.of(frame).scene_from_ecef if globe else (lambda xyz: xyz)
        values = [float(v) for v in _box_of_root(document, place, scene_from)]
        bounds = (values[0], values[1], values[2], values[3], values[4], values[5])
    own = _own(document)
    crs = str(own.get("crs", ""))
    asset = document.get("asset")
    notice = own.get("notice")
    return About(
        address=base,
        version=str(asset.get("version", "")) if isinstance(asset, Mapping) else "",
        title=str(own.get("title", ""))[:200],
        tiles=_count(document["root"]),
        bounds=bounds,
        lonlat=_lonlat(middle) if globe else None,
        crs=crs if _usable(crs) else "",
        notice={str(k): str(v) for k, v in notice.items()} if isinstance(notice, Mapping) else {},
    )


def _box_of_root(document: Any, place: Place, scene_from: SceneFrom) -> NDArray[np.float64]:
    """Return the box (6,) of all tiles: that of the first one."""
    root = document.get("root") if isinstance(document, Mapping) else None
    bare = {**document, "root": {**root, "children": []}} if isinstance(root, Mapping) else document
    tree = Tree(place.resolved, scene_from, _no_subtrees)
    tree.add(bare, place.base)
    return np.asarray(tree.boxes[0])


def _count(root: Any) -> int:
    """Return how many tiles are written out in a tileset."""
    count, stack = 0, [root]
    while stack:
        tile = stack.pop()
        if isinstance(tile, Mapping):
            count += 1
            children = tile.get("children")
            stack += children if isinstance(children, list) else []
    return count


def _no_subtrees(name: str) -> bytes:
    raise ReadError("tiles.not_loaded", named(name), reason="not asked for")


def _own(document: Mapping[str, Any]) -> Mapping[str, Any]:
    asset = document.get("asset")
    extras = asset.get("extras") if isinstance(asset, Mapping) else None
    own = extras.get("belvedere") if isinstance(extras, Mapping) else None
    return own if isinstance(own, Mapping) else {}


def _usable(crs: str) -> bool:
    try:
        return bool(crs) and is_metric(crs)
    except CrsError:
        return False


def _lonlat(xyz: Any) -> tuple[float, float] | None:
    from twin.model.geoframe import transformer

    lon, lat, _ = transformer("EPSG:4978", "EPSG:4979").transform(
        float(xyz[0]), float(xyz[1]), float(xyz[2])
    )
    return (float(lon), float(lat)) if np.isfinite([lon, lat]).all() else None
