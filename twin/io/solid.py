"""STL, PLY and COLLADA: shapes without a place on Earth, read by trimesh within bounds."""

from __future__ import annotations

import io as bytes_io
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.extras import require
from twin.io import limits
from twin.io.gltf import content_of
from twin.io.gltf_parts import Z_UP, Collected
from twin.io.gltf_scene import Part
from twin.io.loaded import Declared, Loaded, Request
from twin.io.pictures import Pictures

_UP_AXIS = re.compile(rb"<up_axis>\s*([XYZ])_UP")
_UNIT = re.compile(rb"<unit\b[^>]*\bmeter\s*=\s*[\"']([\d.eE+-]{1,30})[\"']")
_ASCII_STL = re.compile(rb"\s+solid\b", re.IGNORECASE)
_X_UP = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])
"""To the right is minus y, towards the eye z (COLLADA 1.4.1, up_axis)."""


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a model."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a model: a row for each of its objects."""
    data = content_of(Path(request.opened), request)
    data = data.lstrip() if request.format == "stl" and _ASCII_STL.match(data) else data
    collected = Collected(Pictures(folder=Path(request.opened).parent))
    turn = _to_z_up(data) if request.format == "dae" else np.eye(3)
    for number, (name, mesh) in enumerate(_meshes(data, request)):
        _add(collected, number, name, mesh, request, turn=turn)
    if not collected.triangles and not collected.rows:
        raise ReadError("io.solid_empty", request.where)
    return Loaded(
        name=layer_names(request)[0],
        count=len(collected.rows),
        crs=Declared(metric=True),
        columns=collected.columns(),
        geometry=collected.geometry(),
        row_names=np.array(collected.names, dtype=object),
        mesh=collected.mesh(request),
        kind="mesh",
        details={"triangles": collected.triangles},
    )


def _to_z_up(data: bytes) -> NDArray[np.float64]:
    """Return the matrix from the axes and the unit of a COLLADA file to metres with z up.

    It has y up and metres where it says nothing; SketchUp writes inches.
    """
    asset = data[:65_536]
    axis, unit = _UP_AXIS.search(asset), _UNIT.search(asset)
    turn = {b"X": _X_UP, b"Z": np.eye(3)}.get(axis[1] if axis else b"Y", Z_UP)
    try:
        metres = float(unit[1]) if unit else 1.0
    except ValueError:
        metres = 1.0
    return turn * (metres if 1e-6 < metres < 1e6 else 1.0)


def _meshes(data: bytes, request: Request) -> list[tuple[str, Any]]:
    """Return name and mesh (trimesh) of every object, placed."""
    import trimesh

    if request.format == "dae":
        require("models", "collada")
    _check_promises(data, request)
    try:
        loaded: Any = trimesh.load_scene(
            bytes_io.BytesIO(data), file_type=request.format, resolver=None, process=False
        )
        placed = loaded.graph.nodes_geometry
    except (RecursionError, MemoryError):
        raise
    except Exception as error:
        raise ReadError("io.damaged", request.where, reason=str(error)[:160]) from error
    found = []
    for node in placed:
        matrix, name = loaded.graph[node]
        mesh = loaded.geometry[name].copy()
        mesh.apply_transform(matrix)
        found.append((str(node if len(placed) > 1 else name), mesh))
    return found


def _check_promises(data: bytes, request: Request) -> None:
    """A binary STL says how many triangles follow; a PLY how many elements: none may promise the moon."""
    if request.format == "stl" and not data[:5].lower().startswith(b"solid"):
        count = int.from_bytes(data[80:84], "little")
        if 84 + 50 * count > len(data):
            raise ReadError("io.damaged", request.where, reason=f"{count} triangles are missing")
    if request.format == "ply":
        for word in data[:4096].split(b"end_header")[0].split():
            if word.isdigit() and int(word) > max(len(data), 1000):
                raise ReadError("io.damaged", request.where, reason=f"{int(word)} elements")


def _add(
    collected: Collected,
    number: int,
    name: str,
    mesh: Any,
    request: Request,
    *,
    turn: NDArray[np.float64],
) -> None:
    xyz = np.asarray(getattr(mesh, "vertices", np.empty((0, 3))), np.float64) @ turn.T
    if len(xyz) > limits.VERTICES:
        raise ReadError("io.too_large_for_memory", request.where)
    faces = getattr(mesh, "faces", None)
    if faces is None or not len(faces):
        cells = np.arange(len(xyz))[:, None]
    else:
        cells = np.asarray(faces, np.int64)
    if not len(cells) or not len(xyz):
        return
    if int(cells.min()) < 0 or int(cells.max()) >= len(xyz):
        raise ReadError(
            "io.damaged", request.where, reason="a face names a vertex that is not there"
        )
    rgba, of_vertex, uv, picture = _dress(mesh, len(xyz), collected.pictures)
    part = Part(
        xyz=xyz,
        cells=cells,
        name=name,
        node=number,
        rgba=rgba,
        rgba_of_vertex=of_vertex,
        uv=uv,
        picture=picture,
    )
    row = collected.row((number, name), name, {"name": name})
    collected.add(part, np.full(len(xyz), row), xyz)


def _dress(
    mesh: Any, count: int, pictures: Pictures
) -> tuple[tuple[int, int, int, int], NDArray[np.uint8] | None, NDArray[np.float32] | None, int]:
    """Return colour, colours of vertices, texture coordinates and picture, as far as the mesh has them."""
    visual = getattr(mesh, "visual", None)
    colours = getattr(visual, "vertex_colors", None) if visual is not None else None
    told = getattr(visual, "kind", None)
    if told == "vertex" and colours is not None and len(colours) == count:
        return (255, 255, 255, 255), np.asarray(colours, np.uint8), None, -1
    material = getattr(visual, "material", None)
    if told != "texture" or material is None:
        return (0, 0, 0, 0), None, None, -1
    colour = np.asarray(getattr(material, "main_color", (0, 0, 0, 0)), np.uint8)
    rgba = (int(colour[0]), int(colour[1]), int(colour[2]), 255)
    uv, image = getattr(visual, "uv", None), getattr(material, "image", None)
    if uv is None or image is None or np.shape(uv) != (count, 2):
        return rgba, None, None, -1
    store = bytes_io.BytesIO()
    image.convert("RGBA").save(store, "PNG")
    number = pictures.add(f"picture {len(pictures.names)}", store.getvalue())
    return rgba, None, np.asarray(uv, np.float32), number
