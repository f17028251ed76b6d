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
from twin.io import ktx2
from twin.io.gltf_error import GltfError
from twin.io.gltf_parts import rtc_centre
from twin.io.gltf_scene import Part
from twin.io.gltf_tables import is_arrow, property_table
from twin.io.tiles3d_content import TileModel, decode
from twin.io.tiles3d_points import TilePoints
from twin.tiles.columns import Columns
from twin.tiles.metadata import NO_NUMBER
from twin.tiles.placing import TOLERANCE_M, extent, moved, smooth

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
    columns : Columns
        ``count`` values each.
    rgba : (count, 4) uint8
        Colour of each feature in the file; alpha 0 where it has none of its own.
    """

    drawables: list[Mesh | Lines | Points] = field(default_factory=list)
    columns: Columns = field(default_factory=Columns)
    count: int = 0
    rgba: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 4), np.uint8))
    bad: list[str] = field(default_factory=list)

    @property
    def drawn_bytes(self) -> int:
        """What its drawables take, with their textures."""
        arrays = (value for drawable in self.drawables for value in vars(drawable).values())
        return sum(value.nbytes for value in arrays if isinstance(value, np.ndarray))


def add_content(
    found: TileContent,
    data: bytes,
    matrix: Float64,
    *,
    up_axis: str,
    scene_from: Callable[[Float64], Float64],
    fetch: Callable[[str], bytes | None],
    where: str,
    tolerance_m: float = TOLERANCE_M,
) -> None:
    """Add a content of a tile, placed; its features come after those that are there.

    Parameters
    ----------
    matrix : (4, 4) float64
        The tile's.
    scene_from : callable
        From the tileset's frame to the scene.
    fetch : callable
        Gives what the content names.
    tolerance_m : float
        So far off may its places be: what is coarse need not be exact.

    Raises
    ------
    ReadError
        It is damaged.
    """
    place = _Place(scene_from, tolerance_m)
    for one in decode(data, fetch=fetch, where=where):
        if isinstance(one, TileModel):
            _add_model(found, one, matrix, TURNS.get(up_axis, TURNS["Y"]), place)
        else:
            found.drawables.append(_points(one, place.of(one.xyz, matrix)))
    if not found.drawables and found.bad:
        raise ReadError("io.tile_damaged", where, reason=found.bad[0])


@dataclass(frozen=True)
class _Place:
    """The way from the tileset's frame to the scene, and how far off it may be."""

    scene_from: Callable[[Float64], Float64]
    tolerance_m: float

    def of(self, local: Float64, matrix: Float64) -> NDArray[np.float32]:
        """Move points to the scene: over a tile the way there is smooth in a frame whose axes lie as the scene's."""
        if not len(local):
            return local.astype(np.float32)
        low, high = extent(local)
        middle = matrix[:3, :3] @ ((low + high) / 2) + matrix[:3, 3]
        # Rows of the Jacobian: along which directions of the tileset's frame the scene's axes run.
        steps = np.vstack([np.zeros(3), np.eye(3)]) * 10.0 + middle
        there = self.scene_from(steps)
        jacobian = ((there[1:] - there[0]) / 10.0).T
        if not np.isfinite(jacobian).all() or abs(np.linalg.det(jacobian)) < 1e-6:
            return np.asarray(self.scene_from(moved(matrix, local)), np.float32)
        inverse = np.linalg.inv(jacobian)
        level = (local - (low + high) / 2) @ (jacobian @ matrix[:3, :3]).T
        found = smooth(lambda at: self.scene_from(at @ inverse.T + middle), level, self.tolerance_m)
        return found.astype(np.float32)


def _add_model(
    found: TileContent, model: TileModel, matrix: Float64, turn: Float64, place: _Place
) -> None:
    found.bad += model.scene.bad
    start, count = _add_columns(found, model)
    pictures = _Pictures(model)
    for number, instance in enumerate(model.matrices):
        whole = matrix @ instance @ _turned(turn, rtc_centre(model.gltf))
        feature = None if model.feature_of_matrix is None else int(model.feature_of_matrix[number])
        for part in model.scene.parts:
            xyz = place.of(part.xyz, whole)
            rows = _rows(part, feature, start, count)
            drawable = _drawable(part, xyz, rows, pictures)
            if drawable is not None:
                found.drawables.append(drawable)
            _colour(found, part, rows)


def _turned(turn: Float64, centre: Float64) -> Float64:
    """Return (4, 4): the axes of glTF turned to those of the tile, and the asset's own centre."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn, centre
    return matrix


def _add_columns(found: TileContent, model: TileModel) -> tuple[int, int]:
    """Add the features of a model; return the first one's number and how many there are."""
    columns: dict[str, Any] = dict(model.features)
    tables = {p.feature_table for p in model.scene.parts if p.feature_table >= 0}
    if not columns and tables:
        try:
            columns = property_table(model.gltf, min(tables), arrow=True)
        except (GltfError, ValueError, KeyError, TypeError, IndexError) as error:
            found.bad.append(str(error)[:160])
    lengths = [len(v) for v in columns.values()]
    count = min(lengths) if lengths else min(_highest(model) + 1, 1_000_000)
    start = found.count
    for name, values in columns.items():
        _append(found.columns, name, values[:count], start)
    found.count = start + count
    for name in found.columns:
        missing = found.count - found.columns.count(name)
        if missing > 0:
            own = found.columns[name]
            found.columns.put(name, _joined(own, _nothing(own, missing)))
    found.rgba = np.concatenate([found.rgba, np.zeros((count, 4), np.uint8)])
    return start, count


def _highest(model: TileModel) -> int:
    """Return the highest number of a feature, -1 where there is none."""
    numbers = [p.feature_of_vertex for p in model.scene.parts] + [model.feature_of_matrix]
    return max((int(n.max()) for n in numbers if n is not None and len(n)), default=-1)


def _append(columns: Columns, name: str, values: Any, start: int) -> None:
    """Put the values of a model behind the ``start`` ones that are there."""
    if is_arrow(values) and not start:
        columns.put(name, values)  # the usual case: no object is made of any text
        return
    array = _array(values)
    before = columns.get(name)
    columns.put(name, _joined(_nothing(array, start) if before is None else before, array))


def _array(values: Any) -> NDArray[Any]:
    if is_arrow(values):
        return np.asarray(values.to_numpy(zero_copy_only=False), object)
    if isinstance(values, np.ndarray):
        return _numbers(values) if values.dtype != object else values
    listed = list(values)
    if all(isinstance(v, bool) for v in listed):
        return np.array(listed, bool)
    if all(isinstance(v, int | float) or v is None for v in listed) and listed:
        numbers = _numbers(np.array([np.nan if v is None else v for v in listed], np.float64))
        whole = np.isfinite(numbers).all() and (numbers == np.round(numbers)).all()
        if whole and all(isinstance(v, int) for v in listed):
            return numbers.astype(np.int64)
        return numbers
    return np.array(
        [v if v is None or isinstance(v, str) else str(v) for v in listed], dtype=object
    )


def _numbers(values: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers as int64, others as float64 with NaN for what says "unknown"."""
    if values.dtype.kind in "iu":
        return values.astype(np.int64)
    return np.where(np.abs(values) >= -NO_NUMBER, np.nan, values).astype(np.float64)


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
    if part.rgba_of_vertex is not None:
        return part.rgba_of_vertex
    if part.rgba[3]:
        return np.tile(np.array(part.rgba, np.uint8), (len(part.xyz), 1))
    return None


def _colour(found: TileContent, part: Part, rows: NDArray[np.int32]) -> None:
    """Remember the colour of each feature: that of its first vertex, in our tiles that of a wall."""
    own = _colours(part)
    known = np.flatnonzero(rows >= 0)
    if own is not None and len(known) and part.picture < 0:
        # As whole numbers of four bytes: many times quicker than rows of four.
        words = np.ascontiguousarray(own).view(np.uint32)[:, 0]
        found.rgba.view(np.uint32)[rows[known][::-1], 0] = words[known][::-1]


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
    """Return a JPEG, PNG, WebP or KTX 2, None for anything else. The formats are named: no other code is reached."""
    from PIL import Image

    if data.startswith(ktx2.SIGNATURE):
        return ktx2.pixels(data, MOST_PIXELS)
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            clear = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
            return np.ascontiguousarray(image.convert("RGBA" if clear else "RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _points(points: TilePoints, xyz: NDArray[np.float32]) -> Points:
    return Points(
        xyz_in_scene=xyz, rgba_of_point=points.rgba, size_px=3.0, styled=False, pickable=False
    )
