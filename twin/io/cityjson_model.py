"""A city model while its objects come in: rows, surfaces, points and lines; then one mesh for all."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.cityjson_textures import Textures
from twin.io.columns import cell, columns_of_rows
from twin.io.pictures import Pictures
from twin.io.surfaces import SurfaceList

NO_LOD = -1.0
_OWN = frozenset({"type", "parent_id", "address"})
_PLAIN = frozenset({str, int, float, bool, type(None)})

# How deep the surfaces lie in the boundaries of each type.
SURFACE_DEPTH = {
    "MultiSurface": 1,
    "CompositeSurface": 1,
    "Solid": 2,
    "MultiSolid": 3,
    "CompositeSolid": 3,
}
POINT_TYPES = {"MultiPoint", "MultiLineString"}

Matrix = NDArray[np.float64]


@dataclass
class Counts:
    """What was met, for the problems and the description."""

    bad_objects: int = 0
    bad_geometries: int = 0
    bad_indices: int = 0
    degenerate: int = 0
    textures: int = 0
    unread_textures: int = 0
    surfaces: int = 0
    types: dict[str, int] = field(default_factory=dict)
    lods: set[str] = field(default_factory=set)


@dataclass
class Template:
    """A geometry that is placed many times."""

    geometry: Mapping[str, Any]
    xyz: NDArray[np.float64]


@dataclass
class Piece:
    """Surfaces that share one array of vertices: a document, or one feature of a sequence."""

    xyz: NDArray[np.float64]
    materials: list[tuple[int, int, int, int]]
    templates: list[Template]
    textures: Textures = field(default_factory=Textures)


@dataclass(frozen=True, eq=False, slots=True)
class Waiting:
    """A geometry of surfaces without appearance, which is taken in together with others.

    ``first`` is where the vertices of its piece begin among those of the model.
    """

    row: int
    geometry: Mapping[str, Any]
    lod: float
    piece: Piece
    first: int


@dataclass
class Model:
    """All that was read so far."""

    inspecting: bool = False
    names: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    points: dict[int, list[Any]] = field(default_factory=dict)
    surfaces: SurfaceList = field(default_factory=SurfaceList)
    row_of_surface: array[int] = field(default_factory=lambda: array("q"))
    semantic_of_surface: array[int] = field(default_factory=lambda: array("B"))
    lod_of_surface: array[float] = field(default_factory=lambda: array("d"))
    rgba_of_surface: array[int] = field(default_factory=lambda: array("B"))
    semantics: dict[str, int] = field(default_factory=lambda: {"": 0})
    vertices: list[NDArray[np.float64]] = field(default_factory=list)
    vertex_count: int = 0
    pictures: Pictures = field(default_factory=Pictures)
    texture_of_surface: array[int] = field(default_factory=lambda: array("l"))
    uv: list[tuple[int, NDArray[np.float32]]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    levels: set[float] = field(default_factory=set)
    waiting: list[Waiting] = field(default_factory=list)

    def add_vertices(self, xyz: NDArray[np.float64]) -> int:
        """Keep vertices and return the index of the first."""
        first = self.vertex_count
        self.vertices.append(xyz)
        self.vertex_count += len(xyz)
        return first

    def all_vertices(self) -> NDArray[np.float64]:
        """(n, 3) of everything kept."""
        return np.concatenate(self.vertices) if self.vertices else np.empty((0, 3))

    def semantic(self, name: str) -> int:
        """Return the number of a kind of surface; 255 kinds at most, then none."""
        if name not in self.semantics and len(self.semantics) < 255:
            self.semantics[name] = len(self.semantics)
        return self.semantics.get(name, 0)

    def add_row(self, name: str, item: Mapping[str, Any]) -> int:
        """Add the row of a city object and return its number."""
        kind = str(item.get("type", ""))
        self.counts.types[kind] = self.counts.types.get(kind, 0) + 1
        parents = item.get("parents")
        row: dict[str, Any] = {"type": kind}
        if isinstance(parents, list) and parents:
            row["parent_id"] = str(parents[0])
        attributes = item.get("attributes")
        if isinstance(attributes, dict):
            if _OWN.isdisjoint(attributes) and _PLAIN.issuperset(map(type, attributes.values())):
                row |= attributes
            else:
                row |= {_free(key): cell(value) for key, value in attributes.items()}
        if "address" in item:
            row["address"] = cell(item["address"])
        self.names.append(name)
        self.rows.append(row)
        return len(self.rows) - 1

    def set_attribute(self, row: int, name: str, value: Any) -> None:
        """Give a row a value; the columns of the reader come first."""
        self.rows[row][_free(name)] = cell(value)

    def add_lines(self, row: int, lines: Sequence[NDArray[np.float64]]) -> None:
        """Add lines, (k, 3) each, to the geometry of a row."""
        import shapely

        good = [line for line in lines if len(line) >= 2]
        if good:
            self.points.setdefault(row, []).append(shapely.MultiLineString(good))

    def add_points(self, row: int, points: Sequence[NDArray[np.float64]]) -> None:
        """Add points, (k, 3) each, to the geometry of a row."""
        import shapely

        good = [point for point in points if len(point)]
        if good:
            self.points.setdefault(row, []).append(shapely.MultiPoint(np.concatenate(good)))

    def add_surface(
        self, rings: list[list[int]], row: int, *, lod: float, semantic: int, colour: Any
    ) -> None:
        """Add one surface of a row, its indices into all vertices."""
        self.surfaces.add(rings)
        self.row_of_surface.append(row)
        self.lod_of_surface.append(lod)
        self.semantic_of_surface.append(semantic)
        self.rgba_of_surface.extend(colour)
        self.texture_of_surface.append(-1)

    def add_textured(
        self,
        rings: list[NDArray[np.float64]],
        uv: list[NDArray[np.float32]],
        row: int,
        **dress: Any,
    ) -> None:
        """Add one surface with vertices of its own, because each has its place in the texture.

        ``rings`` are (k, 3), ``uv`` (k, 2) beside them; ``dress`` has lod, semantic, colour, texture.
        """
        first = self.add_vertices(np.concatenate(rings))
        self.uv.append((first, np.concatenate(uv).astype(np.float32)))
        numbered = []
        for ring in rings:
            numbered.append(list(range(first, first + len(ring))))
            first += len(ring)
        texture = dress.pop("texture")
        self.add_surface(numbered, row, **dress)
        self.texture_of_surface[-1] = texture

    def all_uv(self) -> NDArray[np.float32] | None:
        """(n, 2) texture coordinates of all vertices, None where no surface has a texture."""
        if not self.uv:
            return None
        found = np.zeros((self.vertex_count, 2), np.float32)
        for first, values in self.uv:
            found[first : first + len(values)] = values
        return found

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the attributes as columns; numbers where all values are numbers."""
        return columns_of_rows(self.rows, ("type", "parent_id"))


def _free(name: str) -> str:
    """The columns of the reader come first: attributes of their names step aside."""
    return f"{name}_" if name in _OWN else name


def lod_number(geometry: Mapping[str, Any], templates: list[Template]) -> float:
    """Return the level of detail of a geometry as a number, ``NO_LOD`` where it has none."""
    if geometry.get("type") == "GeometryInstance":
        index = geometry.get("template")
        if isinstance(index, int) and 0 <= index < len(templates):
            return lod_number(templates[index].geometry, [])
    lod = geometry.get("lod", "")
    try:
        return float(lod if type(lod) is str else str(lod))
    except ValueError:
        return NO_LOD


def lod_text(lod: float) -> str:
    """Return ``"2"``, ``"1.2"``; ``"?"`` for none."""
    return "?" if lod == NO_LOD else f"{lod:g}"


def surfaces_of(geometry: Mapping[str, Any]) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield the place of each surface in the boundaries, and its rings.

    Raises
    ------
    TypeError
        The boundaries are not nested as the type says.
    """
    depth = SURFACE_DEPTH[str(geometry["type"])]
    yield from _walk(geometry.get("boundaries") or [], depth, ())


def _walk(value: Any, depth: int, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    if value is None:
        return
    if not isinstance(value, list):
        raise TypeError("boundaries are nested too little")
    if depth == 0:
        yield path, value
        return
    for index, item in enumerate(value):
        yield from _walk(item, depth - 1, (*path, index))


def value_at(values: Any, path: tuple[int, ...]) -> int | None:
    """Return the number that ``values`` has for a surface.

    Files write one null or number for a whole shell, or fewer values than surfaces: both are taken as
    they are meant.
    """
    for index in path:
        if not isinstance(values, list):
            break
        if index >= len(values):
            return None
        values = values[index]
    return values if isinstance(values, int) and not isinstance(values, bool) else None
