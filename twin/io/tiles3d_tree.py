"""The tree of a tileset: which contents are to be drawn for the finest picture, and where they stand.

Explicit and implicit tilesets, several contents, tilesets in tilesets; bounded in depth and number, never in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.gltf_file import Fetch
from twin.io.jsonstream import parse
from twin.io.tiles3d_implicit import Implicit, implicit_of

_DEEPEST = 64
MOST_TILES = 200_000
MOST_TILESETS = 2_000

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Leaf:
    """A content to be drawn: its name relative to the first tileset, and its transform (4, 4)."""

    uri: str
    transform: Matrix
    depth: int
    up_axis: str = "Y"


@dataclass
class Tree:
    """A tileset as it is walked; ``fetch`` gives files by name, relative to it, ``exists`` looks for them."""

    fetch: Fetch
    exists: Callable[[str], bool]
    tiles: int = 0
    contents: int = 0
    depth: int = 0
    implicit: bool = False
    versions: list[str] = field(default_factory=list)
    extensions: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    cut_short: bool = False
    refers_to_itself: bool = False
    has_region: bool = False
    tilesets: int = 0

    def leaves(self, tileset: Mapping[str, Any], uri: str) -> list[Leaf]:
        """Return the contents of the finest level: all of tiles that add, the last of those that replace."""
        self.tilesets += 1
        asset = tileset.get("asset")
        about: Mapping[str, Any] = asset if isinstance(asset, Mapping) else {}
        self.versions.append(str(about.get("version", ""))[:20])
        used = tileset.get("extensionsUsed")
        if isinstance(used, list):
            self.extensions.update(str(name)[:60] for name in used[:50])
        up_axis = str(about.get("gltfUpAxis", "Y")).upper()[:1]
        base = _Base(uri, up_axis, (uri,))
        return list(self._tile(tileset.get("root"), np.eye(4), base, depth=0, refine="REPLACE"))

    def _tile(
        self, tile: Any, above: Matrix, base: _Base, *, depth: int, refine: str
    ) -> Iterator[Leaf]:
        if not isinstance(tile, Mapping):
            self.bad.append("a tile is no object")
            return
        self.tiles += 1
        self.depth = max(self.depth, depth)
        if depth > _DEEPEST or self.tiles > MOST_TILES:
            self.cut_short = True
            return
        matrix = above @ self._matrix(tile)
        volume = tile.get("boundingVolume")
        self.has_region |= isinstance(volume, Mapping) and "region" in volume
        refine = str(tile.get("refine", refine)).upper()
        implicit = implicit_of(tile)
        if implicit is not None:
            self.implicit = True
            yield from self._implicit(implicit, matrix, base, refine)
            return
        children = tile.get("children")
        below: list[Leaf] = []
        for child in children if isinstance(children, list) else []:
            below += self._tile(child, matrix, base, depth=depth + 1, refine=refine)
        yield from below
        for uri in _contents(tile):
            self.contents += 1
            # A tile that replaces is drawn only where nothing finer can be.
            found = self._content(uri, matrix, base, depth=depth)
            if not (below and refine == "REPLACE"):
                yield from found

    def _matrix(self, tile: Mapping[str, Any]) -> Matrix:
        given = tile.get("transform")
        if given is None:
            return np.eye(4)
        try:
            matrix = np.asarray(given, np.float64).reshape(4, 4).T
        except (ValueError, TypeError):
            matrix = np.full((4, 4), np.nan)
        if not np.isfinite(matrix).all():
            self.bad.append("a transform is none")
            return np.eye(4)
        return matrix

    def _content(self, uri: str, matrix: Matrix, base: _Base, *, depth: int) -> Iterator[Leaf]:
        full = resolved(base.uri, uri)
        if full is None:
            self.missing.append(uri[:120])
            return
        plain = full.partition("?")[0]
        if not plain.lower().endswith(".json"):
            if not self.exists(plain):
                self.missing.append(uri[:120])
                return
            yield Leaf(uri=plain, transform=matrix, depth=depth, up_axis=base.up_axis)
            return
        yield from self._tileset(plain, matrix, base, depth)

    def _tileset(self, uri: str, matrix: Matrix, base: _Base, depth: int) -> Iterator[Leaf]:
        if uri in base.above:
            self.refers_to_itself = True
            return
        data = self.fetch(uri)
        if data is None:
            self.missing.append(uri[:120])
            return
        if self.tilesets >= MOST_TILESETS:
            self.cut_short = True
            return
        self.tilesets += 1
        try:
            inner = parse(data)
        except ValueError as error:
            self.bad.append(f"{uri}: {error}"[:160])
            return
        if not isinstance(inner, Mapping):
            self.bad.append(f"{uri}: no tileset")
            return
        asset = inner.get("asset")
        up = str(asset.get("gltfUpAxis", "Y")).upper()[:1] if isinstance(asset, Mapping) else "Y"
        below = _Base(uri, up, (*base.above, uri))
        yield from self._tile(inner.get("root"), matrix, below, depth=depth + 1, refine="REPLACE")

    def _implicit(
        self, implicit: Implicit, matrix: Matrix, base: _Base, refine: str
    ) -> Iterator[Leaf]:
        def subtree(name: str) -> bytes | None:
            full = resolved(base.uri, name)
            return None if full is None else self.fetch(full)

        walked = implicit.walk(subtree, MOST_TILES - self.tiles)
        self.tiles += max(walked.tiles - 1, 0)
        self.depth = max(self.depth, walked.depth)
        self.missing += walked.missing
        self.bad += walked.bad
        self.cut_short |= walked.cut_short
        self.contents += len(walked.contents)
        for content in walked.contents:
            if content.has_finer and refine == "REPLACE":
                continue
            yield from self._content(content.uri, matrix, base, depth=content.level)


@dataclass(frozen=True)
class _Base:
    """The tileset that a tile belongs to: its name, its up axis, and the tilesets above it with itself."""

    uri: str
    up_axis: str
    above: tuple[str, ...]


def _contents(tile: Mapping[str, Any]) -> Iterator[str]:
    found = tile.get("contents")
    entries = list(found) if isinstance(found, list) else []
    entries.insert(0, tile.get("content"))
    extensions = tile.get("extensions")
    several = (
        extensions.get("3DTILES_multiple_contents") if isinstance(extensions, Mapping) else None
    )
    if isinstance(several, Mapping):
        more = several.get("contents", several.get("content"))
        entries += more if isinstance(more, list) else []
    for entry in entries:
        if isinstance(entry, Mapping):
            uri = entry.get("uri", entry.get("url"))
            if isinstance(uri, str) and uri:
                yield uri


def resolved(base: str, uri: str) -> str | None:
    """Return a name relative to the first tileset, None where it leads elsewhere (another server, above it)."""
    plain = uri.replace("\\", "/").partition("#")[0]
    if "://" in plain or plain.startswith("/") or ":" in plain.split("/")[0]:
        return None
    parts: list[str] = list(PurePosixPath(base).parent.parts) if base else []
    for part in plain.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
