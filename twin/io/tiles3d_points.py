"""The points of a pnts tile: plain, quantised or packed by Draco; colours in all their forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.extras import require
from twin.io import limits
from twin.io.gltf_error import GltfError
from twin.io.gltf_file import extension, natural
from twin.io.gltf_tables import batch_table
from twin.io.tiles3d_instances import Features


@dataclass(frozen=True, eq=False, kw_only=True)
class TilePoints:
    """Points in the coordinates of their tile.

    Parameters
    ----------
    xyz : (n, 3) float64
    rgba : (n, 4) uint8 or None
    features : mapping of str to sequence
        Batch table, by column.
    feature_of_point : (n,) int64 or None
    """

    xyz: NDArray[np.float64]
    rgba: NDArray[np.uint8] | None = None
    features: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    feature_of_point: NDArray[np.int64] | None = None


def points_of(table: Features) -> TilePoints:
    """Return the points of a feature table. Raises GltfError where it has none."""
    count = table.count("POINTS_LENGTH")
    centre = table.centred()[:3, 3]
    packed = extension(table.json, "3DTILES_draco_point_compression")
    if packed is not None:
        return _unpacked(table, packed, centre)
    ids = table.numbers("BATCH_ID", "<u2", 1, count)
    rows = natural(table.json.get("BATCH_LENGTH", 0)) if ids is not None else count
    return TilePoints(
        xyz=table.positions(count) + centre,
        rgba=_colours(table, count),
        features=batch_table(table.batch, table.batch_binary, min(rows, limits.FEATURES)),
        feature_of_point=None if ids is None else ids[:, 0].astype(np.int64),
    )


def _unpacked(
    table: Features, packed: Mapping[str, Any], centre: NDArray[np.float64]
) -> TilePoints:
    from twin.io.draco import unpack

    library = require("models", "DracoPy")
    start, length = natural(packed.get("byteOffset", 0)), natural(packed.get("byteLength", 0))
    wanted = packed.get("properties")
    if start + length > len(table.binary) or not isinstance(wanted, Mapping):
        raise GltfError("packed points break off")
    columns, _ = unpack(library, table.binary[start : start + length], wanted)
    xyz = np.asarray(columns["POSITION"], np.float64) + centre
    colour = columns.get("RGBA", columns.get("RGB"))
    rgba = None
    if colour is not None and colour.ndim == 2 and len(colour) == len(xyz):
        rgba = np.full((len(xyz), 4), 255, np.uint8)
        rgba[:, : colour.shape[1]] = colour
    return TilePoints(xyz=xyz, rgba=_colours(table, len(xyz)) if rgba is None else rgba)


def _colours(table: Features, count: int) -> NDArray[np.uint8] | None:
    rgba = table.numbers("RGBA", "u1", 4, count)
    if rgba is not None:
        return rgba.astype(np.uint8)
    found = np.full((count, 4), 255, np.uint8)
    rgb = table.numbers("RGB", "u1", 3, count)
    if rgb is not None:
        found[:, :3] = rgb
        return found
    packed = table.numbers("RGB565", "<u2", 1, count)
    if packed is not None:
        value = packed[:, 0].astype(np.uint32)
        found[:, 0] = (value >> 11) * 255 // 31
        found[:, 1] = ((value >> 5) & 63) * 255 // 63
        found[:, 2] = (value & 31) * 255 // 31
        return found
    constant = table.numbers("CONSTANT_RGBA", "u1", 4, 1)
    if constant is not None and len(constant):
        found[:] = constant[0]
        return found
    return None
