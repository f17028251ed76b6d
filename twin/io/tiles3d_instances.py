"""Feature tables of 3D Tiles 1.0, and where the instances of an i3dm stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io import limits
from twin.io.gltf_error import GltfError
from twin.io.gltf_file import natural

Float64 = NDArray[np.float64]
_DTYPES = {"UNSIGNED_BYTE": "u1", "UNSIGNED_SHORT": "<u2", "UNSIGNED_INT": "<u4"}


@dataclass(frozen=True, eq=False, kw_only=True)
class Features:
    """The tables before the body of a tile."""

    json: Mapping[str, Any]
    binary: bytes
    batch: Mapping[str, Any] = field(default_factory=dict)
    batch_binary: bytes = b""

    def count(self, name: str) -> int:
        """Return a number of elements that is bounded. Raises GltfError for what is none."""
        found = natural(self.json.get(name, 0))
        if found > limits.VERTICES:
            raise GltfError(f"{name} promises {found}")
        return found

    def numbers(self, name: str, dtype: str, width: int, count: int) -> NDArray[Any] | None:
        """Return (count, width) numbers of a semantic, None where the tile has none."""
        value = self.json.get(name)
        if isinstance(value, list):
            return np.array(value, dtype).reshape(-1, width)[:count]
        if not isinstance(value, Mapping):
            return None
        start = natural(value.get("byteOffset", 0))
        kind = _DTYPES.get(str(value.get("componentType")), dtype) if name == "BATCH_ID" else dtype
        numbers = np.frombuffer(self.binary, np.dtype(kind), count * width, start)
        return numbers.reshape(count, width)

    def three(self, name: str) -> Float64 | None:
        """Return three numbers of a semantic of the whole tile."""
        value = self.json.get(name)
        if isinstance(value, Mapping):
            found = self.numbers(name, "<f4", 3, 1)
            return None if found is None else found[0].astype(np.float64)
        if isinstance(value, list) and len(value) == 3:
            return np.nan_to_num(np.array(value, np.float64))
        return None

    def centred(self) -> Float64:
        """Return the matrix that moves to ``RTC_CENTER``."""
        matrix = np.eye(4)
        centre = self.three("RTC_CENTER")
        if centre is not None:
            matrix[:3, 3] = centre
        return matrix

    def positions(self, count: int) -> Float64:
        """Return (count, 3) positions, plain or quantised, without the centre."""
        plain = self.numbers("POSITION", "<f4", 3, count)
        if plain is not None:
            return np.asarray(plain, np.float64)
        packed = self.numbers("POSITION_QUANTIZED", "<u2", 3, count)
        offset = self.three("QUANTIZED_VOLUME_OFFSET")
        scale = self.three("QUANTIZED_VOLUME_SCALE")
        if packed is None or offset is None or scale is None:
            raise GltfError("no positions")
        return np.asarray(packed.astype(np.float64) / 65535.0 * scale + offset)


def instance_matrices(table: Features) -> tuple[list[Float64], NDArray[np.int64] | None]:
    """Return the matrix of every instance of an i3dm, and their features."""
    count = table.count("INSTANCES_LENGTH")
    if count > limits.INSTANCES:
        raise GltfError(f"{count} instances")
    places = table.positions(count) + table.centred()[:3, 3]
    turns = _turns(table, count, places)
    scale = table.numbers("SCALE_NON_UNIFORM", "<f4", 3, count)
    one = table.numbers("SCALE", "<f4", 1, count)
    factors = np.ones((count, 3)) if scale is None else scale.astype(np.float64)
    if one is not None:
        factors = factors * one
    matrices = np.tile(np.eye(4), (count, 1, 1))
    matrices[:, :3, :3] = turns * factors[:, None, :]
    matrices[:, :3, 3] = places
    good = np.isfinite(matrices).all(axis=(1, 2))
    ids = table.numbers("BATCH_ID", "<u2", 1, count)
    features = np.arange(count) if ids is None else ids[:, 0].astype(np.int64)
    return list(matrices[good]), features[good]


def _turns(table: Features, count: int, places: Float64) -> Float64:
    up = table.numbers("NORMAL_UP", "<f4", 3, count)
    right = table.numbers("NORMAL_RIGHT", "<f4", 3, count)
    if up is None:
        packed_up = table.numbers("NORMAL_UP_OCT32P", "<u2", 2, count)
        packed_right = table.numbers("NORMAL_RIGHT_OCT32P", "<u2", 2, count)
        if packed_up is not None and packed_right is not None:
            up, right = (
                unit_of_octahedral(packed_up, 65535),
                unit_of_octahedral(packed_right, 65535),
            )
    if up is not None and right is not None:
        return frames(np.asarray(right, np.float64), np.asarray(up, np.float64))
    if table.json.get("EAST_NORTH_UP"):
        return _east_north_up(places)
    return np.tile(np.eye(3), (count, 1, 1))


def frames(right: Float64, up: Float64) -> Float64:
    """Return (n, 3, 3) whose columns are right, up and forward: where x, y and z of an instance point."""
    forward = np.cross(right, up)
    return np.stack([right, up, forward], axis=2)


def _east_north_up(places: Float64) -> Float64:
    """Axes along east, north and up on the ellipsoid WGS 84 (normal by the squared radii)."""
    normal = places / (np.array([6378137.0, 6378137.0, 6356752.314245]) ** 2)
    up = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-300)
    east = np.column_stack([-places[:, 1], places[:, 0], np.zeros(len(places))])
    east /= np.maximum(np.linalg.norm(east, axis=1, keepdims=True), 1e-300)
    return np.stack([east, np.cross(up, east), up], axis=2)


def unit_of_octahedral(packed: NDArray[Any], most: int) -> Float64:
    """Return unit vectors of octahedral codes (Cigolle and others, 2014)."""
    xy = packed.astype(np.float64) / most * 2.0 - 1.0
    z = 1.0 - np.abs(xy).sum(axis=1)
    under = np.maximum(-z, 0.0)[:, None]
    xy = xy - np.where(xy >= 0, under, -under)
    found = np.column_stack([xy, z])
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-300))
