"""The tree of a tileset as far as it is known: boxes in the scene, errors, contents; grows while it is walked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.tiles.implicit import written_out

Float64 = NDArray[np.float64]
SceneFrom = Callable[[Float64], Float64]
MOST_TILES = 2_000_000
DEEPEST = 64
EARTH_M = (5_200_000.0, 7_500_000.0)
"""Distances from the Earth's centre at which a tileset stands on it."""
TILE_BYTES = 700
"""About what a tile costs before anything of it is loaded."""
CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)


@dataclass(eq=False, slots=True)
class Tile:
    """A tile.

    Attributes
    ----------
    matrix : (4, 4) float64
        From the tile's frame to that of the tileset.
    level : int
        How many tiles above it have something to show.
    uris : tuple of str
        Full names of contents.
    outer : bool
        Its content is another tileset, which takes its place in the tree once it is loaded.
    """

    number: int
    parent: Tile | None
    depth: int
    level: int
    error_m: float
    replaces: bool
    matrix: Float64
    uris: tuple[str, ...] = ()
    outer: bool = False
    up_axis: str = "Y"
    children: list[Tile] = field(default_factory=list)

    @property
    def shows(self) -> bool:
        """Whether it has something to show itself."""
        return bool(self.uris) and not self.outer


class Tree:
    """All tiles that are known, their boxes side by side.

    Parameters
    ----------
    resolved : callable
        Given a name and the file that names it, returns the full name.
    scene_from : callable
        From the tileset's frame to the scene, (n, 3) to (n, 3).
    read : callable
        Given a full name, returns a file: subtrees of implicit tilings.
    """

    def __init__(
        self,
        resolved: Callable[[str, str], str],
        scene_from: SceneFrom,
        read: Callable[[str], bytes],
    ) -> None:
        self._resolved = resolved
        self._read = read
        self.scene_from = scene_from
        self.tiles: list[Tile] = []
        self.boxes: Float64 = np.zeros((0, 6))
        self.errors: Float64 = np.zeros(0)
        self.parents: NDArray[np.intp] = np.zeros(0, np.intp)
        """Number of the tile above each, its own for the root."""
        self.last: NDArray[np.bool_] = np.zeros(0, bool)
        """Whether nothing finer is known below a tile."""
        self.bad: list[str] = []
        self.above: dict[int, tuple[str, ...]] = {}

    @property
    def root(self) -> Tile:
        """The first tile."""
        return self.tiles[0]

    @property
    def nbytes(self) -> int:
        """About what the tree takes."""
        return len(self.tiles) * TILE_BYTES

    def add(self, document: Any, name: str, parent: Tile | None = None) -> None:
        """Add a tileset, the first one or that of an outer tile.

        Raises
        ------
        ReadError
            It is no tileset.
        """
        if not isinstance(document, Mapping) or not isinstance(document.get("root"), Mapping):
            raise ReadError("tiles.no_tileset", name[:120])
        above = () if parent is None else self.above.get(parent.number, ())
        if name in above:
            raise ReadError("tiles.circle", name[:120])
        asset = document.get("asset")
        up = str(asset.get("gltfUpAxis", "Y")).upper()[:1] if isinstance(asset, Mapping) else "Y"
        first = len(self.tiles)
        volumes: list[Float64] = []
        stack: list[tuple[Any, Tile | None]] = [(document["root"], parent)]
        while stack:
            entry, over = stack.pop()
            if isinstance(entry, Mapping):
                entry = written_out(entry, partial(self._file, name), self.bad)
            tile = self._tile(entry, over, name, up)
            if tile is None:
                continue
            if over is not None:
                over.children.append(tile)
            self.tiles.append(tile)
            volumes.append(_corners(entry.get("boundingVolume"), tile.matrix, self.scene_from))
            self.above[tile.number] = (*above, name)
            children = entry.get("children")
            if isinstance(children, list):
                stack += [(child, tile) for child in reversed(children)]
        for tile in self.tiles[first:]:
            tile.children.sort(key=lambda t: t.number)
        self._place(volumes, first)

    def _file(self, beside: str, uri: str) -> bytes | None:
        try:
            return self._read(self._resolved(uri, beside))
        except ReadError:
            return None

    def _tile(self, entry: Any, over: Tile | None, name: str, up: str) -> Tile | None:
        if not isinstance(entry, Mapping):
            self.bad.append("a tile is no object")
            return None
        depth = 0 if over is None else over.depth + 1
        if depth > DEEPEST or len(self.tiles) >= MOST_TILES:
            self.bad.append("the tree is too deep or too large")
            return None
        matrix = np.eye(4) if over is None else over.matrix
        refine = entry.get("refine")
        replaces = (
            (over.replaces if over is not None else True)
            if refine is None
            else str(refine).upper() != "ADD"
        )
        error = entry.get("geometricError")
        error_m = float(error) if isinstance(error, int | float) and 0 <= error < 1e12 else 0.0
        found, outer = [], False
        for uri in _uris(entry):
            try:
                full = self._resolved(uri, name)
            except ReadError as problem:
                self.bad.append(problem.problem.where)
                continue
            outer |= full.partition("?")[0].lower().endswith(".json")
            found.append(full)
        return Tile(
            number=len(self.tiles),
            parent=over,
            depth=depth,
            level=0 if over is None else over.level + over.shows,
            error_m=error_m,
            replaces=replaces,
            matrix=matrix @ _matrix(entry, self.bad),
            uris=tuple(found),
            outer=outer,
            up_axis=up,
        )

    def _place(self, corners: list[Float64], first: int) -> None:
        if not corners:
            return
        size = [len(c) for c in corners]
        flat = self.scene_from(np.concatenate(corners))
        starts = np.cumsum([0, *size[:-1]])
        with np.errstate(invalid="ignore"):
            low = np.minimum.reduceat(flat, starts)
            high = np.maximum.reduceat(flat, starts)
        boxes = np.column_stack([low, high])
        # A volume that cannot be placed is taken to be everywhere: its tile is drawn, never lost.
        broken = ~np.isfinite(boxes).all(axis=1)
        boxes[broken] = (-1e6, -1e6, -1e4, 1e6, 1e6, 1e4)
        # Column by column in memory: views ask for one axis after the other.
        self.boxes = np.asfortranarray(np.concatenate([self.boxes[:first], boxes]))
        self.errors = np.array([tile.error_m for tile in self.tiles])
        over = [tile.number if tile.parent is None else tile.parent.number for tile in self.tiles]
        self.parents = np.array(over, np.intp)
        self.last = np.array([not tile.children for tile in self.tiles])


def _matrix(entry: Mapping[str, Any], bad: list[str]) -> Float64:
    given = entry.get("transform")
    if given is None:
        return np.eye(4)
    try:
        matrix = np.asarray(given, np.float64).reshape(4, 4).T
    except (ValueError, TypeError):
        matrix = np.full((4, 4), np.nan)
    if not np.isfinite(matrix).all():
        bad.append("a transform is none")
        return np.eye(4)
    return matrix


def _uris(entry: Mapping[str, Any]) -> list[str]:
    entries = [entry.get("content")]
    several = entry.get("contents")
    if isinstance(several, list):
        entries += several
    extensions = entry.get("extensions")
    old = extensions.get("3DTILES_multiple_contents") if isinstance(extensions, Mapping) else None
    if isinstance(old, Mapping):
        more = old.get("contents", old.get("content"))
        entries += more if isinstance(more, list) else []
    found = []
    for one in entries:
        uri = one.get("uri", one.get("url")) if isinstance(one, Mapping) else None
        if isinstance(uri, str) and uri:
            found.append(uri)
    return found


def _corners(volume: Any, matrix: Float64, scene_from: SceneFrom) -> Float64:
    """Return (n, 3) points around a bounding volume, in the tileset's frame."""
    del scene_from
    given = volume if isinstance(volume, Mapping) else {}
    try:
        if "region" in given:
            return _region(np.asarray(given["region"], np.float64).reshape(6))
        if "box" in given:
            box = np.asarray(given["box"], np.float64).reshape(4, 3)
            local = box[0] + CORNERS @ box[1:]
        elif "sphere" in given:
            *centre, radius = np.asarray(given["sphere"], np.float64).reshape(4)
            local = np.asarray(centre) + CORNERS * radius
        else:
            return np.full((1, 3), np.nan)
    except (ValueError, TypeError):
        return np.full((1, 3), np.nan)
    return np.asarray(local @ matrix[:3, :3].T + matrix[:3, 3])


def _region(values: Float64) -> Float64:
    """Return points of a region (west, south, east, north in radians, lowest, highest); no transform applies."""
    from twin.model.geoframe import transformer

    west, south, east, north, low, high = values
    if east < west:
        east += 2 * np.pi
    share = np.linspace(0, 1, 5)
    lon, lat, height = np.meshgrid(
        np.degrees(west + share * (east - west)),
        np.degrees(south + share * (north - south)),
        [low, high],
    )
    found = transformer("EPSG:4979", "EPSG:4978").transform(
        lon.ravel(), lat.ravel(), height.ravel()
    )
    return np.column_stack(found)


def on_the_globe(document: Any) -> bool:
    """Whether a tileset stands at the surface of the Earth."""
    root = document.get("root") if isinstance(document, Mapping) else None
    if not isinstance(root, Mapping):
        return True
    matrix = _matrix(root, [])
    corners = _corners(root.get("boundingVolume"), matrix, lambda xyz: xyz)
    distance = float(np.linalg.norm(corners.mean(axis=0)))
    return not np.isfinite(distance) or EARTH_M[0] < distance < EARTH_M[1]
