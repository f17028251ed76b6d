"""Implicit tiling written out: the tiles that subtrees promise, as the tree of an explicit tileset has them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from twin.io.gltf_error import GltfError
from twin.io.tiles3d_implicit import Implicit, Subtree, implicit_of

Place = tuple[int, int, int, int]
MOST_TILES = 200_000
MOST_SUBTREES = 2_000
Fetch = Callable[[str], bytes | None]


def written_out(tile: Mapping[str, Any], fetch: Fetch, bad: list[str]) -> Mapping[str, Any]:
    """Return a tile with the children that its implicit tiling stands for; others as they are.

    Parameters
    ----------
    fetch : callable
        Gives subtrees and their buffers by the names that the tileset uses.
    bad : list of str
        Takes what is wrong with them.
    """
    implicit = implicit_of(tile)
    if implicit is None:
        return tile
    tiles, contents = _available(implicit, fetch, bad)
    by_parent: dict[Place, list[Place]] = {}
    for place in sorted(tiles):
        if place[0]:
            up = (place[0] - 1, place[1] >> 1, place[2] >> 1, place[3] >> 1)
            by_parent.setdefault(up, []).append(place)
    return _entry((0, 0, 0, 0), tile, implicit, contents, by_parent)


def _entry(
    place: Place,
    root: Mapping[str, Any],
    implicit: Implicit,
    contents: Mapping[Place, list[str]],
    by_parent: Mapping[Place, list[Place]],
) -> dict[str, Any]:
    error = root.get("geometricError")
    number = float(error) if isinstance(error, int | float) else 0.0
    made: dict[str, Any] = {
        "boundingVolume": _part_of(root.get("boundingVolume"), place, octree=implicit.octree),
        "geometricError": number / 2 ** place[0],
        "refine": root.get("refine", "REPLACE"),
        "contents": [{"uri": uri} for uri in contents.get(place, [])],
        "children": [
            _entry(child, root, implicit, contents, by_parent) for child in by_parent.get(place, [])
        ],
    }
    if place[0] == 0 and "transform" in root:
        made["transform"] = root["transform"]
    return made


def _available(
    implicit: Implicit, fetch: Fetch, bad: list[str]
) -> tuple[set[Place], dict[Place, list[str]]]:
    tiles: set[Place] = {(0, 0, 0, 0)}
    contents: dict[Place, list[str]] = {}
    waiting: list[Place] = [(0, 0, 0, 0)]
    read = 0
    while waiting:
        root = waiting.pop()
        read += 1
        if read > MOST_SUBTREES or len(tiles) > MOST_TILES:
            bad.append("too many subtrees")
            break
        name = _named(implicit.subtrees, root)
        try:
            data = fetch(name)
            if data is None:
                bad.append(name[:120])
                continue
            waiting += _read(Subtree(data, fetch), root, implicit, (tiles, contents))
        except (GltfError, ValueError, KeyError, TypeError, IndexError, struct.error) as error:
            bad.append(f"{name}: {error}"[:160])
    return tiles, contents


def _read(
    subtree: Subtree,
    root: Place,
    implicit: Implicit,
    into: tuple[set[Place], dict[Place, list[str]]],
) -> list[Place]:
    levels, fan = implicit.subtree_levels, implicit.children
    count = (fan**levels - 1) // (fan - 1)
    available = subtree.bits("tileAvailability", count)
    with_content = subtree.content_bits(count, len(implicit.templates))
    for index in np.flatnonzero(available).tolist():
        level, first = 0, 0
        while index >= first + fan**level:
            first += fan**level
            level += 1
        place = _below(root, level, index - first, octree=implicit.octree)
        if place[0] >= implicit.levels:
            continue
        into[0].add(place)
        names = [
            _named(template, place)
            for template, bits in zip(implicit.templates, with_content, strict=False)
            if bits[index]
        ]
        if names:
            into[1][place] = names
    if root[0] + levels >= implicit.levels:
        return []
    below = subtree.bits("childSubtreeAvailability", fan**levels)
    return [
        _below(root, levels, code, octree=implicit.octree)
        for code in np.flatnonzero(below).tolist()
    ]


def _below(root: Place, levels: int, code: int, *, octree: bool) -> Place:
    bits = 3 if octree else 2
    step = [0, 0, 0]
    for number in range(levels * bits):
        step[number % bits] |= ((code >> number) & 1) << (number // bits)
    level, x, y, z = root
    return (
        level + levels,
        (x << levels) + step[0],
        (y << levels) + step[1],
        (z << levels) + step[2],
    )


def _named(template: str, place: Place) -> str:
    for key, value in zip(("{level}", "{x}", "{y}", "{z}"), place, strict=True):
        template = template.replace(key, str(value))
    return template


def _part_of(volume: Any, place: Place, *, octree: bool) -> Any:
    """Return the part of a root's box or region that a tile has."""
    level, x, y, z = place
    if level == 0 or not isinstance(volume, Mapping):
        return volume
    share = 1.0 / 2**level
    try:
        if "region" in volume:
            west, south, east, north, low, high = (float(v) for v in volume["region"])
            dx, dy, dz = (east - west) * share, (north - south) * share, (high - low) * share
            heights = [low + z * dz, low + (z + 1) * dz] if octree else [low, high]
            return {
                "region": [
                    west + x * dx,
                    south + y * dy,
                    west + (x + 1) * dx,
                    south + (y + 1) * dy,
                    *heights,
                ]
            }
        if "box" in volume:
            box = np.asarray(volume["box"], np.float64).reshape(4, 3)
            factors = [share, share, share if octree else 1.0]
            at = [
                (2 * x + 1) * share - 1,
                (2 * y + 1) * share - 1,
                (2 * z + 1) * share - 1 if octree else 0.0,
            ]
            centre = box[0] + sum(a * axis for a, axis in zip(at, box[1:], strict=True))
            axes = [f * axis for f, axis in zip(factors, box[1:], strict=True)]
            return {"box": [float(v) for v in np.concatenate([centre, *axes])]}
    except (ValueError, TypeError):
        pass
    return volume
