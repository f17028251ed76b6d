"""CityJSON 2.0 and its text sequences: tables with surfaces, written so that others and we read the same model."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.io.write_appearance import Appearance, write_pictures
from twin.io.write_solids import closed_rows
from twin.io.write_strokes import strokes_of
from twin.model.table import FEATURE_ID, FeatureMesh, FeatureTable

SCALE_M = 0.001
TYPES = frozenset((
    "Bridge", "Building", "CityFurniture", "CityObjectGroup", "GenericCityObject", "LandUse", "OtherConstruction",
    "PlantCover", "SolitaryVegetationObject", "TINRelief", "TransportSquare", "Railway", "Road", "Tunnel", "WaterBody",
    "Waterway",
))  # fmt: skip
PARTS = frozenset((
    "BridgePart", "BridgeInstallation", "BridgeConstructiveElement", "BridgeRoom", "BridgeFurniture", "BuildingPart",
    "BuildingInstallation", "BuildingConstructiveElement", "BuildingFurniture", "BuildingStorey", "BuildingRoom",
    "BuildingUnit", "TunnelPart", "TunnelInstallation", "TunnelConstructiveElement", "TunnelHollowSpace",
    "TunnelFurniture",
))  # fmt: skip
"""City objects that must have a parent."""
_NAMES_NOW = {
    "Room": "BuildingRoom", "IntBuildingInstallation": "BuildingInstallation", "Storey": "BuildingStorey",
    "Track": "Road", "Square": "TransportSquare", "ReliefFeature": "GenericCityObject",
    "HollowSpace": "TunnelHollowSpace",
}  # fmt: skip
"""What CityGML calls otherwise."""

SURFACES = frozenset((
    "RoofSurface", "GroundSurface", "WallSurface", "ClosureSurface", "OuterCeilingSurface", "OuterFloorSurface",
    "Window", "Door", "InteriorWallSurface", "CeilingSurface", "FloorSurface", "WaterSurface", "WaterGroundSurface",
    "WaterClosureSurface", "TrafficArea", "AuxiliaryTrafficArea", "TransportationMarking", "TransportationHole",
))  # fmt: skip
IN_SPACE = {
    "EPSG:2154": 5698,
    "EPSG:28992": 7415,
    "EPSG:25831": 5554,
    "EPSG:25832": 5555,
    "EPSG:25833": 5556,
}
"""The CRS with heights that belongs to a plane one: CityJSON wants three dimensions."""
_OWN = {FEATURE_ID, "geometry", "parent_id"}


def write_cityjson(table: FeatureTable, path: Path) -> None:
    """Write one CityJSON document."""
    model = _Model(table)
    model.pictures = write_pictures(model.mesh, path)
    looks = model.looks()
    objects = model.objects(looks)
    document = {**model.header(), "CityObjects": objects, "vertices": model.vertices(None)}
    path.write_bytes(orjson.dumps(_with(document, looks)))


def write_sequence(table: FeatureTable, path: Path) -> None:
    """Write a header and one feature a line, each with its parts and vertices of its own."""
    model = _Model(table)
    model.pictures = write_pictures(model.mesh, path)
    with path.open("wb") as file:
        file.write(orjson.dumps({**model.header(), "CityObjects": {}, "vertices": []}) + b"\n")
        for feature in model.features():
            file.write(orjson.dumps(feature) + b"\n")


def _with(document: dict[str, Any], looks: Appearance) -> dict[str, Any]:
    section = looks.section()
    return {**document, "appearance": section} if section else document


class _Model:
    """A table on its way to CityJSON; ``pictures`` are the names of its textures once they are written."""

    pictures: tuple[str, ...] = ()

    def __init__(self, table: FeatureTable) -> None:
        self.table = table
        self.ids = [str(name) for name in self.table.feature_ids]
        self.mesh = self.table.mesh
        self.strokes = strokes_of(self.table)
        self.translate = _origin(self.mesh, self.strokes.xyz)
        self.grid, self.triangles = _on_grid(self.mesh, self.translate)
        self.first_stroke = len(self.grid)
        self.grid = np.concatenate([self.grid, _millimetres(self.strokes.xyz, self.translate)])
        self.closed = closed_rows(self.triangles, self.mesh, len(self.ids))
        self.parent = self._parents()
        self.children: dict[str, list[str]] = defaultdict(list)
        for child, parent in self.parent.items():
            self.children[parent].append(child)
        self.order, self.first = _by_row(self.mesh, len(self.ids))
        self.attributes = _attributes(self.table)

    def header(self) -> dict[str, Any]:
        """Return the root without objects."""
        low, high = self._extent()
        metadata: dict[str, Any] = {"geographicalExtent": [*low, *high]} if low else {}
        code = _code(self.table.crs)
        if code:
            metadata["referenceSystem"] = f"https://www.opengis.net/def/crs/EPSG/0/{code}"
        if self.table.name:
            metadata["title"] = self.table.name
        return {
            "type": "CityJSON",
            "version": "2.0",
            "transform": {"scale": [SCALE_M] * 3, "translate": self.translate.tolist()},
            "metadata": metadata,
        }

    def _extent(self) -> tuple[list[float], list[float]]:
        if not len(self.grid):
            return [], []
        low, high = self.grid.min(axis=0), self.grid.max(axis=0)
        return [
            [round(float(v), 3) for v in corner * SCALE_M + self.translate]
            for corner in (low, high)
        ]  # type: ignore[return-value]

    def looks(self) -> Appearance:
        """Return an empty collection of materials and textures."""
        return Appearance(self.mesh, self.pictures)

    def objects(self, looks: Appearance) -> dict[str, Any]:
        """Return all city objects, with indices into all vertices."""
        return {name: self._object(row, None, looks) for row, name in enumerate(self.ids)}

    def vertices(self, used: NDArray[np.int64] | None) -> list[list[int]]:
        """Return the vertices on the grid: all, or some."""
        chosen = self.grid if used is None else self.grid[used]
        return [list(map(int, row)) for row in chosen.tolist()]

    def features(self) -> Iterator[dict[str, Any]]:
        """Yield one feature for every object that is nobody's part."""
        row_of = {name: row for row, name in enumerate(self.ids)}
        for name in self.ids:
            if name in self.parent:
                continue
            members = [name]
            for member in members:  # grows while it is walked: parts of parts
                members += self.children.get(member, [])
            rows = [row_of[member] for member in members]
            used = np.unique(np.concatenate([self._vertices_of(row) for row in rows]))
            number = np.zeros(int(used.max()) + 1 if len(used) else 0, np.int64)
            number[used] = np.arange(len(used))
            looks = self.looks()
            objects = {self.ids[row]: self._object(row, number, looks) for row in rows}
            feature = {
                "type": "CityJSONFeature",
                "id": name,
                "CityObjects": objects,
                "vertices": self.vertices(used),
            }
            yield _with(feature, looks)

    def _object(
        self, row: int, number: NDArray[np.int64] | None, looks: Appearance
    ) -> dict[str, Any]:
        name = self.ids[row]
        found: dict[str, Any] = {"type": self._type(row)}
        attributes = self.attributes(row)
        if attributes:
            found["attributes"] = attributes
        if name in self.parent:
            found["parents"] = [self.parent[name]]
        if self.children.get(name):
            found["children"] = self.children[name]
        geometry = self._geometry(row, number, looks)
        if geometry:
            found["geometry"] = geometry
        return found

    def _type(self, row: int) -> str:
        kind = str(self.table.frame["type"].iloc[row]) if "type" in self.table.frame.columns else ""
        kind = _NAMES_NOW.get(kind, kind)
        if kind in TYPES or kind.startswith("+"):
            return kind
        if kind in PARTS:
            return kind if self.ids[row] in self.parent else "GenericCityObject"
        stroke = row in self.strokes.lines_of_row
        return "GenericCityObject" if kind or stroke else "Building"

    def _parents(self) -> dict[str, str]:
        frame = self.table.frame
        if "parent_id" not in frame.columns:
            return {}
        known = set(self.ids)
        pairs = zip(self.ids, frame["parent_id"], strict=True)
        found = {child: str(parent) for child, parent in pairs if str(parent) in known}
        if "type" in frame.columns:  # only parts have parents
            kinds = dict(zip(self.ids, frame["type"], strict=True))
            found = {
                child: parent
                for child, parent in found.items()
                if _NAMES_NOW.get(str(kinds[child]), str(kinds[child])) in PARTS
            }
        for child in list(found):  # a circle of parents is none
            seen, at = {child}, child
            while at in found:
                at = found[at]
                if at in seen:
                    del found[child]
                    break
                seen.add(at)
        return found

    def _vertices_of(self, row: int) -> NDArray[np.int64]:
        corners = self.triangles[self._of_row(row)].reshape(-1)
        return np.concatenate([corners, self.first_stroke + self.strokes.vertices(row)])

    def _of_row(self, row: int) -> NDArray[np.int64]:
        return self.order[self.first[row] : self.first[row + 1]]

    def _geometry(
        self, row: int, number: NDArray[np.int64] | None, looks: Appearance
    ) -> list[dict[str, Any]]:
        mesh = self.mesh
        mine = self._of_row(row)
        if mesh is None or not len(mine):
            stroke = self.strokes.geometry(row, self.first_stroke, number)
            return [stroke] if stroke else []
        levels = np.zeros(len(mine)) if mesh.lod_of_triangle is None else mesh.lod_of_triangle[mine]
        made = []
        for level in np.unique(levels):
            chosen = mine[levels == level]
            one = self._one(chosen, float(level), row, number)
            looks.dress(one, chosen)
            made.append(one)
        return made

    def _surface_type(self, row: int) -> str:
        return "CompositeSurface" if self._type(row) == "TINRelief" else "MultiSurface"

    def _one(
        self, mine: NDArray[np.int64], level: float, row: int, number: NDArray[np.int64] | None
    ) -> dict[str, Any]:
        assert self.mesh is not None  # noqa: S101 - asked before
        corners = self.triangles[mine]
        if number is not None:
            corners = number[corners]
        surfaces: list[Any] = [[triangle] for triangle in corners.tolist()]
        kinds = self.mesh.surface_of_triangle[mine]
        solid = bool(self.closed[row]) and self._type(row) != "TINRelief"
        found: dict[str, Any] = {
            "type": "Solid" if solid else self._surface_type(row),
            "lod": lod_text(level),
            "boundaries": [surfaces] if solid else surfaces,
        }
        names = [self.mesh.surface_names[kind] for kind in np.unique(kinds)]
        if any(names):
            place = {int(kind): at for at, kind in enumerate(np.unique(kinds))}
            values: list[Any] = [
                place[int(kind)] if self.mesh.surface_names[kind] else None for kind in kinds
            ]
            found["semantics"] = {
                "surfaces": [{"type": _surface(name)} for name in names],
                "values": [values] if solid else values,
            }
        return found


def lod_text(level: float) -> str:
    """Return ``"2"``, ``"1.2"``; what has none is 0, and the level 4 of CityGML is 3, as the standard has it."""
    return f"{min(max(level, 0.0), 3.3) if level < 4 else 3.0:.2g}"


def _surface(name: str) -> str:
    if name in SURFACES or name.startswith("+"):
        return name
    return f"+{name}" if name else "ClosureSurface"


def _code(crs: str) -> int | None:
    if not crs.startswith("EPSG:"):
        return None
    return IN_SPACE.get(crs, int(crs.removeprefix("EPSG:").partition("+")[0]))


def _origin(mesh: FeatureMesh | None, strokes: NDArray[np.float64]) -> NDArray[np.float64]:
    corners = strokes if mesh is None else np.concatenate([mesh.xyz_in_crs, strokes])
    return np.asarray(np.floor(corners.min(axis=0))) if len(corners) else np.zeros(3)


def _millimetres(xyz: NDArray[np.float64], origin: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.rint((xyz - origin) / SCALE_M).astype(np.int64))


def _on_grid(
    mesh: FeatureMesh | None, origin: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct vertices in whole millimetres, and the triangles on them."""
    if mesh is None or not len(mesh.triangles):
        return np.empty((0, 3), np.int64), np.empty((0, 3), np.int64)
    grid = _millimetres(mesh.xyz_in_crs, origin)
    distinct, index = np.unique(grid, axis=0, return_inverse=True)
    return distinct, index.reshape(-1)[mesh.triangles.astype(np.int64)]


def _by_row(mesh: FeatureMesh | None, rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if mesh is None:
        return np.empty(0, np.int64), np.zeros(rows + 1, np.int64)
    order = np.argsort(mesh.row_of_triangle, kind="stable").astype(np.int64)
    return order, np.searchsorted(mesh.row_of_triangle[order], np.arange(rows + 1)).astype(np.int64)


def _attributes(table: FeatureTable) -> Any:
    """Return a function from row to the attributes that have a value there."""
    frame = table.frame
    kept_type = "type" in frame.columns and not set(frame["type"]) <= (TYPES | PARTS)
    names = [
        str(name)
        for name in frame.columns
        if str(name) not in _OWN and (name != "type" or kept_type)
    ]
    columns: Mapping[str, list[Any]] = {name: frame[name].tolist() for name in names}

    def of(row: int) -> dict[str, Any]:
        found = {}
        for name, values in columns.items():
            value = _plain(values[row])
            if value is not None:
                found[name] = value
        return found

    return of


def _plain(value: Any) -> Any:
    if value is None or value != value:  # noqa: PLR0124 - NaN, NaT
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | bool | int | float):
        return value
    return value.item() if hasattr(value, "item") else str(value)
