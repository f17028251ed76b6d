"""Wavefront OBJ and OFF: objects and groups become rows; faces of any number of corners, materials and textures.

Read here and not by trimesh, because models of cities have coordinates that need all their digits, hollow polygons and
many groups. Coordinates are taken as those of a map, z up; option ``up`` = ``"y"`` turns models of other programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.cityjson_mesh import mesh_of
from twin.io.cityjson_model import NO_LOD, Model
from twin.io.gltf import content_of
from twin.io.loaded import Declared, Loaded, Request
from twin.io.pictures import Pictures, beside
from twin.problems import Problem

Rgba = tuple[int, int, int, int]
PLAIN: Rgba = (0, 0, 0, 0)
_CHECK_LINES = 20_000
_MATERIAL_BYTES = 16 * limits.MEGABYTE


@dataclass
class _Material:
    rgba: Rgba = PLAIN
    picture: int = -1


@dataclass
class _Reader:
    """The state while lines come in. Faces are kept as numbers until all vertices are known."""

    request: Request
    model: Model
    folder: Path
    xyz: list[tuple[float, float, float]] = field(default_factory=list)
    uv: list[tuple[float, float]] = field(default_factory=list)
    materials: dict[str, _Material] = field(default_factory=dict)
    material: _Material = field(default_factory=_Material)
    faces: list[tuple[list[int], list[int], int, _Material]] = field(default_factory=list)
    row: int = -1
    rows: dict[str, int] = field(default_factory=dict)
    bad: int = 0

    def read(self, text: str) -> None:
        for number, line in enumerate(_lines(text)):
            if number % _CHECK_LINES == 0:
                self.request.progress.check_cancelled()
            words = line.split()
            if not words:
                continue
            try:
                self._take(words[0], words[1:], line)
            except (ValueError, IndexError, OverflowError):
                self.bad += 1

    def read_off(self, text: str) -> None:
        """Object File Format: counts, vertices, then faces with the number of their corners."""
        rows = [line.split() for line in _lines(text) if line.strip()]
        if rows and rows[0][0].upper().endswith("OFF"):
            rows[0] = rows[0][1:]
            rows = rows if rows[0] else rows[1:]
        try:
            vertices, faces = int(rows[0][0]), int(rows[0][1])
            self.xyz = [(float(r[0]), float(r[1]), float(r[2])) for r in rows[1 : vertices + 1]]
        except (ValueError, IndexError) as error:
            raise ReadError("io.damaged", self.request.where, reason=str(error)[:120]) from error
        self._group(self.request.stem)
        for row in rows[vertices + 1 : vertices + 1 + faces]:
            try:
                count = int(row[0])
                corners = [int(word) for word in row[1 : count + 1]]
            except ValueError:
                self.bad += 1
                continue
            if len(corners) >= 3:
                self.faces.append((corners, [], self.row, self.material))

    def _take(self, kind: str, words: list[str], line: str) -> None:
        if kind == "v":
            self.xyz.append((float(words[0]), float(words[1]), float(words[2])))
        elif kind == "f":
            self._face(words)
        elif kind == "vt":
            self.uv.append((float(words[0]), float(words[1]) if len(words) > 1 else 0.0))
        elif kind in {"o", "g"}:
            self._group(" ".join(words) or "default")
        elif kind == "usemtl":
            self.material = self.materials.get(" ".join(words), _Material())
        elif kind == "mtllib":
            self._library(line.partition("mtllib")[2].strip())

    def _group(self, name: str) -> None:
        if name not in self.rows:
            self.rows[name] = self.model.add_row(name, {"type": "Object"})
        self.row = self.rows[name]

    def _face(self, words: list[str]) -> None:
        if self.row < 0:
            self._group(self.request.stem)
        corners, places = [], []
        for word in words:
            parts = word.split("/")
            corners.append(_absolute(int(parts[0]), len(self.xyz)))
            if len(parts) > 1 and parts[1]:
                places.append(_absolute(int(parts[1]), len(self.uv)))
        if len(corners) >= 3:
            self.faces.append((corners, places, self.row, self.material))

    def _library(self, name: str) -> None:
        data = beside(self.folder, name, _MATERIAL_BYTES)
        if data is None:
            values = {"names": name[:80], "count": 1}
            self.request.progress.report(
                Problem("io.materials_missing", self.request.where, values)
            )
            return
        current = _Material()
        for line in _lines(data.decode("utf-8", "replace")):
            words = line.split()
            try:
                if words[:1] == ["newmtl"]:
                    current = self.materials.setdefault(" ".join(words[1:]), _Material())
                elif words[:1] == ["Kd"]:
                    current.rgba = _rgba(words[1:4])
                elif words[:1] == ["map_Kd"]:
                    current.picture = self.model.pictures.add(words[-1])
            except (ValueError, IndexError):
                self.bad += 1

    def place(self) -> None:
        """Put the faces into the model, now that all vertices are there."""
        xyz = np.array(self.xyz, np.float64).reshape(-1, 3)
        if self.request.options.get("up") == "y":
            xyz = np.column_stack([xyz[:, 0], -xyz[:, 2], xyz[:, 1]])
        uv = np.array(self.uv, np.float32).reshape(-1, 2)
        first = self.model.add_vertices(xyz)
        for corners, places, row, material in self.faces:
            if min(corners) < 0 or max(corners) >= len(xyz):
                self.model.counts.bad_indices += 1
                continue
            ring = [c for i, c in enumerate(corners) if c != corners[i - 1]]
            if len(ring) < 3:
                continue
            textured = material.picture >= 0 and len(places) == len(corners) == len(ring)
            if textured and min(places) >= 0 and max(places) < len(uv):
                self.model.counts.textures += 1
                self.model.add_textured(
                    [xyz[ring]], [uv[places]], row, texture=material.picture, lod=NO_LOD, semantic=0,
                    colour=material.rgba,
                )  # fmt: skip
            else:
                numbered = [corner + first for corner in ring]
                self.model.add_surface(
                    [numbered], row, lod=NO_LOD, semantic=0, colour=material.rgba
                )


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a model."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a model."""
    path = Path(request.opened)
    pictures = Pictures(folder=path.parent)
    model = Model(inspecting=request.inspecting, pictures=pictures)
    reader = _Reader(request, model, path.parent)
    text = content_of(path, request).decode("utf-8", "replace")
    if request.format == "off":
        reader.read_off(text)
    else:
        reader.read(text)
    reader.place()
    if not reader.faces:
        raise ReadError("io.solid_empty", request.where)
    for key, count in (
        ("io.obj_bad_lines", reader.bad),
        ("io.cityjson_bad_indices", model.counts.bad_indices),
    ):
        if count:
            request.progress.report(Problem(key, request.where, {"count": count}))
    mesh = mesh_of(model, "all", request)
    return Loaded(
        name=layer_names(request)[0],
        count=len(model.rows),
        crs=Declared(text=_own_crs(text), metric=True),
        columns={"name": np.array(model.names, dtype=object)},
        row_names=np.array(model.names, dtype=object),
        mesh=mesh,
        kind="mesh",
        details={
            "vertices": len(reader.xyz),
            "surfaces": len(reader.faces),
            "materials": len(reader.materials),
        },
    )


def _own_crs(text: str) -> str:
    """The CRS that Belvedere notes in the first line of what it writes; OBJ itself knows none."""
    first = text[:20_000].partition("\n")[0]
    noted = re.match(r"# .*  CRS: (.+)  z up, metres$", first)
    return noted[1] if noted else ""


def _lines(text: str) -> Iterator[str]:
    """Yield the lines; one that ends in a backslash goes on."""
    waiting = ""
    for line in text.splitlines():
        bare = line.partition("#")[0]
        if bare.endswith("\\"):
            waiting += bare[:-1] + " "
            continue
        yield waiting + bare
        waiting = ""
    if waiting:
        yield waiting


def _absolute(index: int, count: int) -> int:
    """Indices begin at 1; negative ones count back from the last."""
    return index - 1 if index > 0 else count + index if index < 0 else -1


def _rgba(words: list[str]) -> Rgba:
    colour: NDArray[np.float64] = np.clip(np.array(words, np.float64), 0, 1)
    red, green, blue = (round(255 * float(part)) for part in colour)
    return (red, green, blue, 255)
