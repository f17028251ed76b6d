"""CityJSON 1.0, 1.1, 2.0 and its text sequence: a row for each city object, one mesh for all.

Objects are parsed one at a time, so that a large city never stops the window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io.cityjson_crs import crs_text
from twin.io.cityjson_mesh import mesh_of
from twin.io.cityjson_model import Model, Piece, Template
from twin.io.cityjson_objects import add_object, corners_of, take_in
from twin.io.cityjson_textures import textures_of
from twin.io.jsonstream import (
    Document,
    Skip,
    Span,
    batches,
    load_bytes,
    parse,
    scan,
    slices,
    uncollected,
)
from twin.io.loaded import Declared, Loaded, Request
from twin.io.pictures import Pictures
from twin.problems import Problem, Severity

_VERTICES_A_TIME = 20_000
_OBJECTS_A_TIME = 256
_IDENTITY = ((1.0, 1.0, 1.0), (0.0, 0.0, 0.0))

Transform = tuple[tuple[float, float, float], tuple[float, float, float]]


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a city model."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a city model. Options: ``lod`` (``"highest"``, ``"all"`` or a level such as ``"1.2"``), ``first``."""
    data = load_bytes(Path(request.opened), request.progress)
    sequence = request.format == "cityjsonseq"
    first = request.options.get("first")
    skip = None if sequence or first is None else Skip(enough=int(first), key=b"vertices")
    document = scan(data, depth=1 if sequence else 3, progress=request.progress, skip=skip)
    pictures = Pictures(folder=Path(request.opened).parent)
    model = Model(inspecting=request.inspecting, pictures=pictures)
    reader = _Reader(request, document, model)
    roots = document.spans(1)
    if not roots:
        raise ReadError("io.json_damaged", request.where, at=0, reason="{ }")
    if sequence and len(roots) == 1:
        roots = reader.unwrap(scan(data, depth=3, progress=request.progress))
    if not sequence:
        reader.read_document(roots[0])
        roots = roots[1:]
    reader.read_features(roots)
    return reader.loaded()


@dataclass
class _Reader:
    """The state of reading one file."""

    request: Request
    document: Document
    model: Model
    transform: Transform = _IDENTITY
    templates: list[Template] | None = None
    metadata: Any = None
    version: str = ""
    has_header: bool = False
    damaged: int = 0

    # ------------------------------------------------------------------ one document

    def read_document(self, root: Span) -> None:
        """Read a CityJSON document, in pieces."""
        members = self._members(root)
        if members.get("type") != "CityJSON":
            raise ReadError("io.not_read_json", self.request.where, format="JSON")
        self._take_header(
            {key: self._small(value) for key, value in members.items() if key in _HEADER}
        )
        templates = members.get("geometry-templates")
        if isinstance(templates, Span):
            self.templates = _templates(self._small(templates))
        appearance = self._small(members.get("appearance"))
        materials = _materials(appearance)
        textures = textures_of(appearance, self.model.pictures)
        objects = members.get("CityObjects")
        xyz = self._vertices(members.get("vertices"), self._first_corners(objects))
        piece = Piece(
            xyz=xyz, materials=materials, templates=self.templates or [], textures=textures
        )
        first = self.model.add_vertices(xyz)
        if isinstance(objects, Span):
            self._add_objects(objects, piece, first)
        if not self.document.complete:
            self._report("io.json_truncated", count=len(self.model.rows))

    def _members(self, span: Span) -> dict[str, Any]:
        try:
            return self.document.members(span)
        except ReadError as error:
            raise ReadError(
                error.problem.key, self.request.where, **error.problem.values
            ) from error

    def _small(self, value: Any) -> Any:
        """Parse a member that is small by nature."""
        if not isinstance(value, Span):
            return value
        try:
            return parse(self.document.text(value))
        except ValueError:
            self.damaged += 1
            return None

    def _first_corners(self, span: Any) -> set[Any] | None:
        """Return which vertices the first objects have, where only these are wanted; None for all."""
        if "first" not in self.request.options or not isinstance(span, Span):
            return None
        found: set[Any] = set()
        done = 0
        for text, count in batches(self.document, span, _OBJECTS_A_TIME):
            if self._enough(done):
                break
            done += count
            try:
                found.update(corners_of(parse(text)))
            except (ValueError, TypeError, AttributeError):
                return None
        return found

    def _vertices(self, span: Any, wanted: set[Any] | None) -> NDArray[np.float64]:
        """Return (n, 3) of all vertices; those that are not wanted may be NaN."""
        if not isinstance(span, Span):
            return np.empty((0, 3))
        parts = []
        needed = None if wanted is None else {corner // _VERTICES_A_TIME for corner in wanted}
        for number, (text, count) in enumerate(slices(self.document, span, _VERTICES_A_TIME)):
            self.request.progress.check_cancelled()
            if needed is not None and number not in needed:
                parts.append(np.full((count, 3), np.nan))
                continue
            try:
                with uncollected():
                    parts.append(_points(parse(text), self.transform))
            except ValueError:
                parts.append(np.full((count, 3), np.nan))
                self.damaged += 1
        return np.concatenate(parts) if parts else np.empty((0, 3))

    def _add_objects(self, span: Span, piece: Piece, first: int) -> None:
        progress = self.request.progress
        total = len(self.document.places(span)[1])
        done, doubles, lod = 0, 0, self._lod
        names: set[str] = set()
        for text, count in batches(self.document, span, _OBJECTS_A_TIME):
            progress.check_cancelled()
            progress.progress(done, total, "objects")
            if self._enough(done):
                break
            done += count
            with uncollected():
                try:
                    objects = parse(text)
                except ValueError:
                    self._add_one_by_one(span, piece, first)
                    return
                doubles += count - len(objects)
                for name in [] if names.isdisjoint(objects) else names.intersection(objects):
                    del objects[name]  # of a name that comes twice, the first counts
                    doubles += 1
                for name, item in objects.items():
                    add_object(self.model, piece, name, item, first=first, lod=lod)
                names.update(objects)
                take_in(self.model)
        if doubles > 0:
            self._report("io.cityjson_doubles", count=doubles)

    def _add_one_by_one(self, span: Span, piece: Piece, first: int) -> None:
        """Where one object is damaged, the others still are good."""
        objects = self._members(span)
        doubles = len(self.document.children(span)) - len(objects)
        if doubles > 0:
            self._report("io.cityjson_doubles", count=doubles)
        known = set(self.model.names)
        for name, value in objects.items():
            if name in known or (isinstance(value, Span) and not value.closed):
                continue  # read already, or where the file breaks off
            add_object(self.model, piece, name, self._small(value), first=first, lod=self._lod)

    def _enough(self, done: int) -> bool:
        """Whether only the first objects are wanted and are there: what is asked for while the rest is read."""
        first = self.request.options.get("first")
        return first is not None and done >= int(first)

    @property
    def _lod(self) -> str:
        return str(self.request.options.get("lod", "highest"))

    # ------------------------------------------------------------------ a sequence

    def unwrap(self, document: Document) -> list[Span]:
        """Return the values of a sequence that came as one: an array, or the answer of a service (OGC API).

        A service says transform and metadata once, beside its features.
        """
        self.document = document
        root = document.spans(1)[0]
        if document.data[root.start : root.start + 1] == b"[":
            return document.children(root)
        members = self._members(root)
        inner = members.get("features", members.get("feature"))
        if not isinstance(inner, Span) or "CityObjects" in members:
            return [root]
        header = self._small(members.get("metadata"))
        if isinstance(header, Mapping) and "transform" in header:
            self._take_header(header)
        return document.children(inner) if "features" in members else [inner]

    def read_features(self, roots: list[Span]) -> None:
        """Read the values of a sequence: a header, then features with vertices of their own."""
        for number, root in enumerate(roots):
            if number % 16 == 0:
                self.request.progress.check_cancelled()
                self.request.progress.progress(number, len(roots), "features")
                if self._enough(number):
                    break
            value = self._small(root) if root.closed else None
            if not isinstance(value, Mapping):
                self.damaged += not root.closed
                continue
            if value.get("type") == "CityJSON":
                self._take_header(value)
                self.templates = _templates(value.get("geometry-templates")) or self.templates
            if isinstance(value.get("CityObjects"), Mapping):
                self._add_feature(value)

    def _add_feature(self, feature: Mapping[str, Any]) -> None:
        try:
            xyz = _points(feature.get("vertices") or [], self.transform)
        except (TypeError, ValueError):
            xyz = np.empty((0, 3))
            self.damaged += 1
        materials = _materials(feature.get("appearance"))
        textures = textures_of(feature.get("appearance"), self.model.pictures)
        piece = Piece(
            xyz=xyz, materials=materials, templates=self.templates or [], textures=textures
        )
        first = self.model.add_vertices(xyz)
        for name, item in feature["CityObjects"].items():
            add_object(self.model, piece, str(name), item, first=first, lod=self._lod)

    # ------------------------------------------------------------------ both

    def _take_header(self, header: Mapping[str, Any]) -> None:
        self.has_header = True
        self.version = str(header.get("version", ""))
        self.metadata = header.get("metadata")
        given = header.get("transform")
        if given is None:
            if not self.version.startswith(("0", "1.0")):
                self._report("io.cityjson_no_transform")
            return
        try:
            scale = tuple(float(value) for value in given["scale"])
            translate = tuple(float(value) for value in given["translate"])
            self.transform = (
                (scale[0], scale[1], scale[2]),
                (translate[0], translate[1], translate[2]),
            )
        except (TypeError, KeyError, ValueError, IndexError) as error:
            raise ReadError("io.cityjson_bad_transform", self.request.where) from error

    def _report(self, key: str, severity: Severity = Severity.WARNING, **values: object) -> None:
        self.request.progress.report(Problem(key, self.request.where, values, severity))

    def loaded(self) -> Loaded:
        """Return the whole as one layer."""
        take_in(self.model)
        self._report_counts()
        if not self.model.rows and self.damaged:
            raise ReadError("io.json_damaged", self.request.where, at=0, reason="{ }")
        counts = self.model.counts
        details: dict[str, Any] = {
            "version": self.version,
            "types": dict(sorted(counts.types.items())),
            "surfaces": counts.surfaces,
            "vertices": self.model.vertex_count,
        }
        mesh = None
        if self.has_header:
            mesh = mesh_of(self.model, self._lod, self.request)
        else:
            self._report("io.cityjson_no_header")
        return Loaded(
            name=layer_names(self.request)[0],
            count=len(self.model.rows),
            crs=Declared(text=crs_text(self.metadata), metric=True),
            columns=self.model.columns(),
            geometry=_point_geometry(self.model) if self.has_header else None,
            row_names=np.array(self.model.names, dtype=object),
            mesh=mesh,
            lods=tuple(sorted(counts.lods - {"?"}, key=float)),
            kind="mesh",
            details=details,
        )

    def _report_counts(self) -> None:
        counts = self.model.counts
        for key, count in (
            ("io.cityjson_bad_objects", counts.bad_objects + self.damaged),
            ("io.cityjson_bad_geometries", counts.bad_geometries),
            ("io.cityjson_bad_indices", counts.bad_indices),
        ):
            if count:
                self._report(key, count=count)


_HEADER = {"type", "version", "transform", "metadata"}


def _points(rows: Any, transform: Transform) -> NDArray[np.float64]:
    """Return (n, 3) real coordinates; rows that are no three numbers become NaN."""
    raw: Any
    try:
        if set(map(len, rows)) == {3}:
            flat = np.fromiter(chain.from_iterable(rows), np.float64, 3 * len(rows))
            raw = flat.reshape(-1, 3)
        else:
            raw = np.empty(0)
    except (ValueError, TypeError, OverflowError):
        raw = np.empty(0)
    if raw.ndim != 2 or raw.shape[1] != 3:
        raw = np.array([_three(row) for row in rows], dtype=np.float64).reshape(-1, 3)
    return np.asarray(raw * np.array(transform[0]) + np.array(transform[1]))


def _three(row: Any) -> tuple[float, float, float]:
    try:
        x, y, z = (float(value) for value in row)
    except (TypeError, ValueError, OverflowError):
        return (np.nan, np.nan, np.nan)
    return (x, y, z)


def _templates(value: Any) -> list[Template]:
    if not isinstance(value, Mapping) or not isinstance(value.get("templates"), list):
        return []
    xyz = _points(value.get("vertices-templates") or [], _IDENTITY)
    return [
        Template(geometry=geometry if isinstance(geometry, Mapping) else {}, xyz=xyz)
        for geometry in value["templates"]
    ]


def _materials(appearance: Any) -> list[tuple[int, int, int, int]]:
    if not isinstance(appearance, Mapping) or not isinstance(appearance.get("materials"), list):
        return []
    return [_rgba(material) for material in appearance["materials"]]


def _rgba(material: Any) -> tuple[int, int, int, int]:
    """Return the colour of a material; transparent black where it has none."""
    colour = material.get("diffuseColor") if isinstance(material, Mapping) else None
    try:
        red, green, blue = (round(255 * min(max(float(part), 0.0), 1.0)) for part in colour)  # type: ignore[union-attr]
        opacity = 1.0 - min(max(float(material.get("transparency", 0.0)), 0.0), 1.0)
    except (TypeError, ValueError):
        return (0, 0, 0, 0)
    return (red, green, blue, round(255 * opacity))


def _point_geometry(model: Model) -> NDArray[Any] | None:
    """Return points and lines of the objects that have such; None where no object has."""
    if not model.points:
        return None
    geometry = np.full(len(model.rows), None, dtype=object)
    for row, shapes in model.points.items():
        geometry[row] = shapes[0] if len(shapes) == 1 else shapely.geometrycollections(shapes)
    return geometry
