"""Implicit tiling: subtrees say which tiles of a quadtree or octree exist (3D Tiles 1.1, section 7)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.gltf_error import GltfError
from twin.io.gltf_file import natural
from twin.io.jsonstream import parse

_MOST_LEVELS = 24
_MOST_SUBTREES = 20_000


@dataclass(frozen=True)
class ImplicitContent:
    """The content of one tile: its name, its level, and whether a finer one covers the same place."""

    uri: str
    level: int
    has_finer: bool


@dataclass
class Walked:
    """What the subtrees said."""

    tiles: int = 0
    depth: int = 0
    contents: list[ImplicitContent] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    cut_short: bool = False


@dataclass(frozen=True)
class Implicit:
    """The description that stands in a tile."""

    templates: tuple[str, ...]
    octree: bool
    subtree_levels: int
    levels: int
    subtrees: str

    @property
    def children(self) -> int:
        """4 in a quadtree, 8 in an octree."""
        return 8 if self.octree else 4

    def walk(self, fetch: Callable[[str], bytes | None], most_tiles: int) -> Walked:
        """Go through all subtrees, the root's first."""
        found = Walked()
        waiting = [(0, 0, 0, 0)]
        read = 0
        existing: set[tuple[int, int, int, int]] = set()
        shown: dict[tuple[int, ...], list[str]] = {}
        while waiting:
            root = waiting.pop()
            read += 1
            if read > _MOST_SUBTREES or found.tiles > most_tiles:
                found.cut_short = True
                break
            name = self._named(self.subtrees, root)
            data = fetch(name)
            if data is None:
                found.missing.append(name[:120])
                continue
            try:
                waiting += self._subtree(data, root, fetch, found, (existing, shown))
            except (GltfError, ValueError, KeyError, TypeError, IndexError, struct.error) as error:
                found.bad.append(f"{name}: {error}"[:160])
        covered = self._covered(shown)
        for tile, names in shown.items():
            found.contents += [
                ImplicitContent(uri, tile[0], has_finer=tile in covered) for uri in names
            ]
        return found

    def _covered(self, shown: Mapping[tuple[int, ...], Any]) -> set[tuple[int, ...]]:
        """Tiles with content that have a descendant with content."""
        covered: set[tuple[int, ...]] = set()
        for place in shown:
            while place[0]:
                place = (place[0] - 1, *(step >> 1 for step in place[1:]))  # noqa: PLW2901
                if place in covered:
                    break
                covered.add(place)
        return covered

    def _subtree(
        self,
        data: bytes,
        root: tuple[int, int, int, int],
        fetch: Callable[[str], bytes | None],
        found: Walked,
        into: tuple[set[Any], dict[Any, list[str]]],
    ) -> list[tuple[int, int, int, int]]:
        subtree = Subtree(data, fetch)
        count = (self.children**self.subtree_levels - 1) // (self.children - 1)
        tiles = subtree.bits("tileAvailability", count)
        contents = subtree.content_bits(count, len(self.templates))
        for index in np.flatnonzero(tiles).tolist():
            place = self._place(root, index)
            if place[0] >= self.levels:
                continue
            into[0].add(place)
            found.tiles += 1
            found.depth = max(found.depth, place[0])
            names = [
                self._named(template, place)
                for template, available in zip(self.templates, contents, strict=False)
                if available[index]
            ]
            if names:
                into[1][place] = names
        if root[0] + self.subtree_levels >= self.levels:
            return []
        below = subtree.bits("childSubtreeAvailability", self.children**self.subtree_levels)
        return [
            self._below(root, self.subtree_levels, morton)
            for morton in np.flatnonzero(below).tolist()
        ]

    def _place(self, root: tuple[int, int, int, int], index: int) -> tuple[int, int, int, int]:
        level, first = 0, 0
        while index >= first + self.children**level:
            first += self.children**level
            level += 1
        return self._below(root, level, index - first)

    def _below(
        self, root: tuple[int, int, int, int], levels: int, morton: int
    ) -> tuple[int, int, int, int]:
        bits = 3 if self.octree else 2
        step = [0, 0, 0]
        for number in range(levels * bits):
            step[number % bits] |= ((morton >> number) & 1) << (number // bits)
        level, x, y, z = root
        return (
            level + levels,
            (x << levels) + step[0],
            (y << levels) + step[1],
            (z << levels) + step[2],
        )

    @staticmethod
    def _named(template: str, place: tuple[int, int, int, int]) -> str:
        for key, value in zip(("{level}", "{x}", "{y}", "{z}"), place, strict=True):
            template = template.replace(key, str(value))
        return template


def implicit_of(tile: Mapping[str, Any]) -> Implicit | None:
    """Return the implicit tiling of a tile, None where its children are written out."""
    about = tile.get("implicitTiling")
    extensions = tile.get("extensions")
    if about is None and isinstance(extensions, Mapping):
        about = extensions.get("3DTILES_implicit_tiling")
    if not isinstance(about, Mapping):
        return None
    contents = tile.get("contents")
    entries = list(contents) if isinstance(contents, list) else [tile.get("content")]
    several = (
        extensions.get("3DTILES_multiple_contents") if isinstance(extensions, Mapping) else None
    )
    if isinstance(several, Mapping):
        more = several.get("contents", several.get("content"))
        entries = more if isinstance(more, list) else entries
    templates = tuple(
        str(entry["uri"]) for entry in entries if isinstance(entry, Mapping) and "uri" in entry
    )
    subtrees = about.get("subtrees")
    try:
        inside = natural(about.get("subtreeLevels", 0))
        levels = natural(about.get("availableLevels", about.get("maximumLevel", -1) + 1))
    except (GltfError, TypeError):
        return None
    if not isinstance(subtrees, Mapping) or not 0 < inside <= 12 or not 0 < levels <= _MOST_LEVELS:
        return None
    octree = str(about.get("subdivisionScheme")).upper() == "OCTREE"
    if (8 if octree else 4) ** inside > 4_000_000:
        return None
    return Implicit(templates, octree, inside, levels, str(subtrees.get("uri", "")))


class Subtree:
    """A subtree: JSON with its bits in a chunk, in buffers beside it, or said to be all alike.

    Raises
    ------
    GltfError
        From every method: what is asked for is not there.
    """

    def __init__(self, data: bytes, fetch: Callable[[str], bytes | None]) -> None:
        self.binary = b""
        text = data
        if data[:4] == b"subt":
            length, binary = struct.unpack_from("<QQ", data, 8)
            text = data[24 : 24 + length]
            self.binary = data[24 + length : 24 + length + binary]
        found = parse(text.strip(b" \x00"))
        if not isinstance(found, dict):
            raise GltfError("a subtree is no object")
        self.json = found
        self.fetch = fetch

    def bits(self, name: str, count: int) -> NDArray[np.bool_]:
        """Return (count,) whether something is available."""
        return self._bits(self.json.get(name), count)

    def content_bits(self, count: int, contents: int) -> list[NDArray[np.bool_]]:
        """Return (count,) for each content of a tile."""
        found = self.json.get("contentAvailability", [])
        entries = found if isinstance(found, list) else [found]
        several = self.json.get("extensions", {}).get("3DTILES_multiple_contents", {})
        entries = several.get("contentAvailability", entries)
        return [self._bits(entry, count) for entry in entries[: max(contents, 1)]]

    def _bits(self, about: Any, count: int) -> NDArray[np.bool_]:
        if not isinstance(about, Mapping):
            raise GltfError("availability is missing")
        if "constant" in about:
            return np.full(count, bool(about["constant"]))
        number = about.get("bitstream", about.get("bufferView"))
        views = self.json.get("bufferViews", [])
        if type(number) is not int or not 0 <= number < len(views):
            raise GltfError("a bitstream names no view")
        view = views[number]
        data = self._buffer(view.get("buffer"))
        start, length = natural(view.get("byteOffset", 0)), natural(view.get("byteLength", 0))
        part = np.frombuffer(data[start : start + length], np.uint8)
        if 8 * len(part) < count:
            raise GltfError("a bitstream is too short")
        return np.unpackbits(part, bitorder="little")[:count].astype(bool)

    def _buffer(self, number: Any) -> bytes:
        buffers = self.json.get("buffers", [])
        if type(number) is not int or not 0 <= number < len(buffers):
            raise GltfError("a view names no buffer")
        uri = buffers[number].get("uri")
        found = self.binary if uri is None else self.fetch(str(uri))
        if found is None:
            raise GltfError(f"buffer {str(uri)[:80]} is missing")
        return found
