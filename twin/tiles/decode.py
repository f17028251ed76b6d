"""A content of a tile as drawables in the scene and columns by feature. Runs on a worker."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import GREY, Lines, Mesh, Points, Role
from twin.errors import ReadError
from twin.io.gltf_error import GltfError
from twin.io.gltf_scene import Part
from twin.io.gltf_tables import property_table
from twin.io.tiles3d_content import TileModel, decode
from twin.io.tiles3d_points import TilePoints
from twin.tiles.metadata import NO_NUMBER
from twin.tiles.placing import smooth

Float64 = NDArray[np.float64]
TURNS = {
    "Y": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]),
    "Z": np.eye(3),
    "X": np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
}
LINE_PX = 2.0
MOST_PIXELS = 64_000_000
ROLES = {role.value: role for role in Role}


@dataclass(eq=False, kw_only=True)
class TileContent:
    """What a tile shows.

    Attributes
    ----------
    drawables : list of Mesh and Points
        In the scene; rows count from 0 in ``columns``.
    columns : dict of str to (count,) array
    rgba : (count, 4) uint8
        Colour of each feature in the file; alpha 0 where it has none of its own.
    """

    drawables: list[Mesh | Lines | Points] = field(default_factory=list)
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    count: int = 0
    rgba: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 4), np.uint8))
    bad: list[str] = field(default_factory=list)

    @property
    def nbytes(self) -> int:
        """What it takes, textures and attributes included."""
        total = self.rgba.nbytes
        for drawable in self.drawables:
            for value in vars(drawable).values():
                total += value.nbytes if isinstance(value, np.ndarray) else 0
        for values in self.columns.values():
            total += values.nbytes + (60 * len(values) if values.dtype == object else 0)
        return total


def content_in_scene(
    data: bytes,
    matrix: Float64,
    *,
    up_axis: str,
    scene_from: Callable[[Float64], Float64],
    fetch: Callable[[str], bytes | None],
    where: str,
) -> TileContent:
    """Return a content, placed.

    Parameters
    ----------
    matrix : (4, 4) float64
        The tile's.
    scene_from : callable
        From the tileset's frame to the scene.
    fetch : callable
        Gives what the content names.

    Raises
    ------
    ReadError
        It is damaged.
    """
    found = TileContent()
    for one in decode(data, fetch=fetch, where=where):
        if isinstance(one, TileModel):
            _add_model(found, one, matrix, TURNS.get(up_axis, TURNS["Y"]), scene_from)
        else:
            _add_points(found, one, matrix, scene_from)
    if not found.drawables and found.bad:
        raise ReadError("io.tile_damaged", where, reason=found.bad[0])
    return found


def _add_model(
    found: TileContent,
    model: TileModel,
    matrix: Float64,
    turn: Float64,
    scene_from: Callable[[Float64], Float64],
) -> None:
    found.bad += model.scene.bad
    start, count = _add_columns(found, model)
    pictures = _Pictures(model)
    for number, instance in enumerate(model.matrices):
        whole = matrix @ instance
        feature = None if model.feature_of_matrix is None else int(model.feature_of_matrix[number])
        for part in model.scene.parts:
            xyz = _placed(part.xyz @ turn.T, whole, scene_from)
            rows = _rows(part, feature, start, count)
            drawable = _drawable(part, xyz, rows, pictures)
            if drawable is not None:
                found.drawables.append(drawable)
            _colour(found, part, rows)


def _placed(
    local: Float64, matrix: Float64, scene_from: Callable[[Float64], Float64]
) -> NDArray[np.float32]:
    """Move points to the scene: over a tile the way there is smooth in a frame whose axes lie as the scene's."""
    xyz = local @ matrix[:3, :3].T + matrix[:3, 3]
    if not len(xyz):
        return xyz.astype(np.float32)
    middle = (xyz.min(axis=0) + xyz.max(axis=0)) / 2
    # Rows of the Jacobian: along which directions of the tileset's frame the scene's axes run.
    steps = np.vstack([np.zeros(3), np.eye(3)]) * 10.0 + middle
    there = scene_from(steps)
    jacobian = ((there[1:] - there[0]) / 10.0).T
    if not np.isfinite(jacobian).all() or abs(np.linalg.det(jacobian)) < 1e-6:
        return np.asarray(scene_from(xyz), np.float32)
    inverse = np.linalg.inv(jacobian)
    level = (xyz - middle) @ jacobian.T
    return smooth(lambda at: scene_from(at @ inverse.T + middle), level).astype(np.float32)


def _add_columns(found: TileContent, model: TileModel) -> tuple[int, int]:
    """Add the features of a model; return the first one's number and how many there are."""
    columns: dict[str, Any] = dict(model.features)
    tables = {p.feature_table for p in model.scene.parts if p.feature_table >= 0}
    if not columns and tables:
        try:
            columns = property_table(model.gltf, min(tables))
        except (GltfError, ValueError, KeyError, TypeError, IndexError) as error:
            found.bad.append(str(error)[:160])
    highest = -1
    for part in model.scene.parts:
        if part.feature_of_vertex is not None and len(part.feature_of_vertex):
            highest = max(highest, int(part.feature_of_vertex.max()))
    if model.feature_of_matrix is not None and len(model.feature_of_matrix):
        highest = max(highest, int(model.feature_of_matrix.max()))
    lengths = [len(v) for v in columns.values()]
    count = min(lengths) if lengths else min(highest + 1, 1_000_000)
    start = found.count
    for name, values in columns.items():
        array = _array(values, count)
        before = found.columns.get(name)
        if before is None:
            before = _nothing(array, start)
        found.columns[name] = _joined(before, array)
    found.count = start + count
    for name, values in found.columns.items():
        if len(values) < found.count:
            found.columns[name] = _joined(values, _nothing(values, found.count - len(values)))
    found.rgba = np.concatenate([found.rgba, np.zeros((count, 4), np.uint8)])
    return start, count


def _array(values: Any, count: int) -> NDArray[Any]:
    listed = list(values[:count])
    if all(isinstance(v, bool) for v in listed):
        return np.array(listed, bool)
    if all(isinstance(v, int | float) or v is None for v in listed) and listed:
        numbers = np.array([np.nan if v is None else v for v in listed], np.float64)
        numbers[np.abs(numbers) >= -NO_NUMBER] = np.nan
        whole = np.isfinite(numbers).all() and (numbers == np.round(numbers)).all()
        if whole and all(isinstance(v, int) for v in listed):
            return numbers.astype(np.int64)
        return numbers
    return np.array(
        [v if v is None or isinstance(v, str) else str(v) for v in listed], dtype=object
    )


def _nothing(like: NDArray[Any], count: int) -> NDArray[Any]:
    if like.dtype == object:
        return np.full(count, None, dtype=object)
    return np.full(count, np.nan)


def _joined(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    if not len(first):
        return second
    if "O" in {first.dtype.kind, second.dtype.kind}:
        return np.concatenate([first.astype(object), second.astype(object)])
    return np.concatenate([first, second])


def _rows(part: Part, feature: int | None, start: int, count: int) -> NDArray[np.int32]:
    if feature is not None:
        return np.full(len(part.xyz), start + feature if feature < count else -1, np.int32)
    ids = part.feature_of_vertex
    if ids is None:
        return np.full(len(part.xyz), -1, np.int32)
    return np.where((ids >= 0) & (ids < count), ids + start, -1).astype(np.int32)


def _colours(part: Part) -> NDArray[np.uint8] | None:
    base = np.array(part.rgba, np.float64) / 255.0 if part.rgba[3] else np.ones(4)
    if part.rgba_of_vertex is not None:
        return np.round(part.rgba_of_vertex * base).astype(np.uint8)
    if part.rgba[3]:
        return np.tile(np.array(part.rgba, np.uint8), (len(part.xyz), 1))
    return None


def _colour(found: TileContent, part: Part, rows: NDArray[np.int32]) -> None:
    """Remember the colour of each feature: that of its first vertex, in our tiles that of a wall."""
    own = _colours(part)
    known = rows >= 0
    if own is not None and known.any() and part.picture < 0:
        found.rgba[rows[known][::-1]] = own[known][::-1]


def _drawable(
    part: Part, xyz: NDArray[np.float32], rows: NDArray[np.int32], pictures: _Pictures
) -> Mesh | Lines | Points | None:
    cells = part.cells
    if not len(cells) or not np.isfinite(xyz).all():
        return None
    named = bool((rows >= 0).any())
    own = _colours(part)
    if cells.shape[1] == 1:
        index = cells[:, 0]
        return Points(
            xyz_in_scene=xyz[index],
            row_of_point=rows[index] if named else None,
            rgba_of_point=None if own is None else own[index],
            size_px=6.0,
            styled=named,
        )
    role = ROLES.get(part.material, Role.SOLID if named else Role.GROUND)
    if cells.shape[1] == 2:
        return Lines(
            xyz_in_scene=xyz[cells].reshape(-1, 3),
            offsets=np.arange(0, 2 * len(cells) + 1, 2, dtype=np.int32),
            row_of_line=rows[cells[:, 0]] if named else None,
            rgba=GREY if own is None else tuple(float(v) / 255 for v in own[cells[0, 0]]),  # type: ignore[arg-type]
            width_px=LINE_PX,
            styled=named,
            role=role,
        )
    texture = pictures.get(part.picture) if part.uv is not None and part.picture >= 0 else None
    return Mesh(
        xyz_in_scene=xyz,
        triangles=cells.astype(np.int32),
        row_of_vertex=rows if named else None,
        rgba_of_vertex=None if (texture is not None or bool((rows >= 0).all())) else own,
        uv=part.uv if texture is not None else None,
        texture=texture,
        styled=named and texture is None,
        role=role,
        closed=role is Role.SOLID and named and part.material == Role.SOLID.value,
    )


class _Pictures:
    """The images of a model, decoded once each."""

    def __init__(self, model: TileModel) -> None:
        from twin.io.gltf import pictures_of

        self._source = pictures_of(model.gltf, None)
        self._decoded: dict[int, NDArray[np.uint8] | None] = {}

    def get(self, number: int) -> NDArray[np.uint8] | None:
        """Return an image (h, w, 3 or 4) top row first, None where it cannot be decoded."""
        if number not in self._decoded:
            held: Mapping[int, bytes] = self._source.held
            self._decoded[number] = _decoded(held.get(number, b""))
        return self._decoded[number]


def _decoded(data: bytes) -> NDArray[np.uint8] | None:
    """Return a JPEG or PNG, None for anything else. PIL alone: its formats are named, no other code is reached."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            clear = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
            return np.ascontiguousarray(image.convert("RGBA" if clear else "RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _add_points(
    found: TileContent,
    points: TilePoints,
    matrix: Float64,
    scene_from: Callable[[Float64], Float64],
) -> None:
    xyz = _placed(points.xyz, matrix, scene_from)
    found.drawables.append(
        Points(
            xyz_in_scene=xyz, rgba_of_point=points.rgba, size_px=3.0, styled=False, pickable=False
        )
    )
