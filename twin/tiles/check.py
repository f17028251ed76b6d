"""Whether the JSON of a tileset keeps to 3D Tiles 1.1 (OGC 22-025r4): types, required members, ranges, order of errors.

Not the contents, metadata classes or extensions, which other programs check.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

import numpy as np

VERSIONS = frozenset({"0.0", "1.0", "1.1"})
VOLUMES = {"box": 12, "region": 6, "sphere": 4}
MOST_TILES = 2_000_000
LEVELS = ("subtreeLevels", "availableLevels")


def findings(document: Any) -> list[str]:
    """Return what is wrong with a tileset, each with its place; nothing where it keeps to the standard."""
    if not isinstance(document, Mapping):
        return ["$: no object"]
    found = [*_asset(document.get("asset")), *_error(document, "$"), *_lists(document)]
    found += _properties(document.get("properties"))
    found += _groups(document)
    if "schema" in document and "schemaUri" in document:
        found.append("$: schema and schemaUri")
    if "schemaUri" in document and not isinstance(document["schemaUri"], str):
        found.append("$.schemaUri: no text")
    root = document.get("root")
    if not isinstance(root, Mapping):
        return [*found, "$.root: missing"]
    groups = document.get("groups")
    return found + list(_tiles(root, len(groups) if isinstance(groups, list) else 0))


def _asset(asset: Any) -> Iterator[str]:
    if not isinstance(asset, Mapping):
        yield "$.asset: missing"
        return
    if not isinstance(asset.get("version"), str):
        yield "$.asset.version: no text"
    elif asset["version"] not in VERSIONS:
        yield "$.asset.version: unknown"
    if "tilesetVersion" in asset and not isinstance(asset["tilesetVersion"], str):
        yield "$.asset.tilesetVersion: no text"


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _error(owner: Mapping[str, Any], where: str) -> Iterator[str]:
    error = owner.get("geometricError")
    if not _number(error):
        yield f"{where}.geometricError: no number"
    elif error < 0:
        yield f"{where}.geometricError: negative"


def _lists(document: Mapping[str, Any]) -> Iterator[str]:
    named: dict[str, set[str]] = {}
    for name in ("extensionsUsed", "extensionsRequired"):
        if name not in document:
            continue
        value = document[name]
        if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
            yield f"$.{name}: no list of names"
            continue
        named[name] = set(value)
        if len(named[name]) != len(value):
            yield f"$.{name}: a name twice"
    if not named.get("extensionsRequired", set()) <= named.get("extensionsUsed", set()):
        yield "$.extensionsRequired: not used"
    yield from _extensions(document.get("extensions"), named.get("extensionsUsed", set()))


def _extensions(extensions: Any, used: set[str]) -> Iterator[str]:
    if extensions is None:
        return
    if not isinstance(extensions, Mapping):
        yield "$.extensions: no object"
        return
    for name, value in extensions.items():
        if not isinstance(value, Mapping):
            yield f"$.extensions.{name}: no object"
        if name not in used:
            yield f"$.extensions.{name}: not declared as used"


def _properties(properties: Any) -> Iterator[str]:
    if properties is None:
        return
    if not isinstance(properties, Mapping):
        yield "$.properties: no object"
        return
    for name, one in properties.items():
        ends = (
            [one.get(end) for end in ("minimum", "maximum")] if isinstance(one, Mapping) else [None]
        )
        if not all(_number(end) for end in ends):
            yield f"$.properties.{name}: no minimum or maximum"
        elif float(ends[0] or 0) > float(ends[1] or 0):
            yield f"$.properties.{name}: the minimum is above the maximum"


def _groups(document: Mapping[str, Any]) -> Iterator[str]:
    groups = document.get("groups")
    if groups is None:
        return
    if not isinstance(groups, list) or not all(isinstance(g, Mapping) for g in groups):
        yield "$.groups: no list of objects"
    elif not all(isinstance(g.get("class"), str) for g in groups):
        yield "$.groups: a class is no name"
    elif "schema" not in document and "schemaUri" not in document:
        yield "$.groups: there is no schema"


def _tiles(root: Mapping[str, Any], groups: int) -> Iterator[str]:
    stack: list[tuple[Any, str, float]] = [(root, "$.root", math.inf)]
    count = 0
    while stack and count < MOST_TILES:
        tile, where, above = stack.pop()
        count += 1
        if not isinstance(tile, Mapping):
            yield f"{where}: no object"
            continue
        yield from _error(tile, where)
        error = tile.get("geometricError")
        if _number(error) and error > above:
            yield f"{where}.geometricError: larger than that of its parent"
        yield from _volume(tile.get("boundingVolume"), f"{where}.boundingVolume")
        yield from _tile(tile, where, groups)
        children = tile.get("children")
        if children is None:
            continue
        if not isinstance(children, list) or not children:
            yield f"{where}.children: no list of tiles"
            continue
        limit = float(error) if _number(error) else above
        stack += [(c, f"{where}.children[{k}]", limit) for k, c in enumerate(children)]


def _tile(tile: Mapping[str, Any], where: str, groups: int) -> Iterator[str]:
    if "refine" in tile and tile["refine"] not in {"ADD", "REPLACE"}:
        yield f"{where}.refine: neither ADD nor REPLACE"
    yield from _transform(tile.get("transform"), f"{where}.transform")
    if "viewerRequestVolume" in tile:
        yield from _volume(tile["viewerRequestVolume"], f"{where}.viewerRequestVolume")
    if "content" in tile and "contents" in tile:
        yield f"{where}: content and contents"
    if "content" in tile:
        yield from _content(tile["content"], f"{where}.content", groups)
    if "contents" in tile:
        several = tile["contents"]
        if not isinstance(several, list) or not several:
            yield f"{where}.contents: no list of contents"
        else:
            for k, one in enumerate(several):
                yield from _content(one, f"{where}.contents[{k}]", groups)
    if "implicitTiling" in tile:
        yield from _implicit(tile, where)


def _content(content: Any, where: str, groups: int) -> Iterator[str]:
    if not isinstance(content, Mapping):
        yield f"{where}: no object"
        return
    if not isinstance(content.get("uri", content.get("url")), str):
        yield f"{where}.uri: no text"
    if "boundingVolume" in content:
        yield from _volume(content["boundingVolume"], f"{where}.boundingVolume")
    if "group" in content:
        group = content["group"]
        if not isinstance(group, int) or isinstance(group, bool) or not 0 <= group < groups:
            yield f"{where}.group: no such group"


def _volume(volume: Any, where: str) -> Iterator[str]:
    if not isinstance(volume, Mapping):
        yield f"{where}: missing"
        return
    known = [name for name in VOLUMES if name in volume]
    if not known and not volume.get("extensions"):
        yield f"{where}: neither box, region nor sphere"
    for name in known:
        values = volume[name]
        if (
            not isinstance(values, list)
            or len(values) != VOLUMES[name]
            or not all(map(_number, values))
        ):
            yield f"{where}.{name}: not {VOLUMES[name]} numbers"
        elif name == "sphere" and values[3] < 0:
            yield f"{where}.sphere: negative radius"
        elif name == "region" and not _region(values):
            yield f"{where}.region: out of range"


def _region(values: list[float]) -> bool:
    west, south, east, north, low, high = values
    turn, pole = math.pi + 1e-6, math.pi / 2 + 1e-6
    in_range = abs(west) <= turn and abs(east) <= turn and abs(south) <= pole and abs(north) <= pole
    return in_range and south <= north and low <= high


def _transform(values: Any, where: str) -> Iterator[str]:
    if values is None:
        return
    if not isinstance(values, list) or len(values) != 16 or not all(map(_number, values)):
        yield f"{where}: not 16 numbers"
        return
    matrix = np.array(values, np.float64).reshape(4, 4).T
    if not np.allclose(matrix[3], [0, 0, 0, 1]):
        yield f"{where}: not affine"
    elif abs(np.linalg.det(matrix[:3, :3])) < 1e-12:
        yield f"{where}: cannot be inverted"


def _implicit(tile: Mapping[str, Any], where: str) -> Iterator[str]:
    about, where = tile["implicitTiling"], f"{where}.implicitTiling"
    if not isinstance(about, Mapping):
        yield f"{where}: no object"
        return
    if about.get("subdivisionScheme") not in {"QUADTREE", "OCTREE"}:
        yield f"{where}.subdivisionScheme: neither QUADTREE nor OCTREE"
    if "sphere" in (tile.get("boundingVolume") or {}):
        yield f"{where}: a sphere cannot be divided"
    for name in LEVELS:
        value = about.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            yield f"{where}.{name}: no number of levels"
    for name in ("children", "metadata"):
        if name in tile:
            yield f"{where}: the root has {name}"
    wanted = ["level", "x", "y"] + (["z"] if about.get("subdivisionScheme") == "OCTREE" else [])
    subtrees = about.get("subtrees")
    uri = subtrees.get("uri") if isinstance(subtrees, Mapping) else None
    if not isinstance(uri, str) or not _template(uri, wanted):
        yield f"{where}.subtrees.uri: no template"
    yield from _templates(tile, wanted, where)


def _templates(tile: Mapping[str, Any], wanted: list[str], where: str) -> Iterator[str]:
    content = tile.get("content")
    several = tile.get("contents")
    for one in [content, *(several if isinstance(several, list) else [])]:
        if not isinstance(one, Mapping):
            continue
        if "boundingVolume" in one:
            yield f"{where}: a content of the root has a volume"
        if isinstance(one.get("uri"), str) and not _template(one["uri"], wanted):
            yield f"{where}: {one['uri'][:40]} is no template"


def _template(uri: str, wanted: list[str]) -> bool:
    return set(re.findall(r"\{(\w*)\}", uri)) == set(wanted)
