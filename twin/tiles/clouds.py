"""A COPC point cloud as a tileset that is made while it is looked at: a tile for each node of its octree."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io.copc import CopcFile
from twin.io.copc_tree import Node
from twin.io.las import colours_of
from twin.model.geoframe import GeoFrame


class CloudFiles:
    """Answers what a stream of tiles asks for with nodes of a COPC file; tiles lie in the scene.

    Parameters
    ----------
    address : str
        Path of the file.
    frame : GeoFrame
        Of the scene.
    options : mapping
        ``crs`` and ``source`` as for :class:`~twin.io.copc.CopcFile`; ``lift_m``; ``left_out`` (classes that are not
        shown); ``by`` (``"file"``, ``"class"``, ``"height"``, ``"intensity"``), ``classes`` (colour by class),
        ``ramp`` ((k, 3) colours) with ``low`` and ``high``, the values at its ends.
    """

    remote = False
    in_scene = True

    def __init__(self, address: str, frame: GeoFrame, options: Mapping[str, Any]) -> None:
        self.base = address
        self._options = options
        self._frame = frame
        self._file: CopcFile | None = None
        self._nodes: dict[str, Node] = {}

    def resolved(self, uri: str, beside: str = "") -> str:
        """Return a name as it is: nothing is read but the one file."""
        del beside
        return uri

    def read(self, full: str, stopped: Callable[[], bool] = lambda: False) -> bytes:
        """Return the tileset, or the points of a node.

        Raises
        ------
        ReadError
            The file or the node is damaged, or there is no such node.
        """
        del stopped
        if self._file is None:
            given = self._options
            self._file = CopcFile(
                Path(self.base),
                self._frame,
                crs=str(given.get("crs", "")),
                options=given.get("source"),
            )
            self._nodes = {_name(node): node for node in self._file.nodes}
        if full == Path(self.base).name:
            return json.dumps(self._document(self._file)).encode()
        node = self._nodes.get(full)
        if node is None:
            raise ReadError("tiles.not_loaded", full[:80], reason="no such node")
        return self._tile(self._file, node)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _document(self, file: CopcFile) -> dict[str, Any]:
        corners = file.corners() - self._frame.origin
        corners[..., 2] += float(self._options.get("lift_m", 0.0))
        low, high = corners.min(axis=1), corners.max(axis=1)
        tiles: dict[tuple[int, ...], dict[str, Any]] = {}
        for node, below, above in zip(file.nodes, low, high, strict=True):
            level, x, y, z = node.key
            tile = {
                "boundingVolume": {"box": _box(below, above)},
                "geometricError": file.spacing_m / 2.0**level,
                "refine": "ADD",
                "content": {"uri": _name(node)},
            }
            tiles[node.key] = tile
            over = tiles.get((level - 1, x >> 1, y >> 1, z >> 1))
            if over is not None:
                over.setdefault("children", []).append(tile)
        loose = [
            tile
            for (level, x, y, z), tile in tiles.items()
            if (level - 1, x >> 1, y >> 1, z >> 1) not in tiles
        ]
        for tile in tiles.values():
            if "children" not in tile:
                tile["geometricError"] = 0.0
        whole = {
            "boundingVolume": {"box": _box(low.min(axis=0), high.max(axis=0))},
            "geometricError": 2.0 * file.spacing_m,
            "refine": "ADD",
            "children": loose,
        }
        return {"asset": {"version": "1.0"}, "geometricError": 1e6, "root": whole}

    def _tile(self, file: CopcFile, node: Node) -> bytes:
        xyz, columns = file.points(node)
        xyz = xyz - self._frame.origin
        xyz[:, 2] += float(self._options.get("lift_m", 0.0))
        kept = np.isfinite(xyz).all(axis=1)
        left_out = self._options.get("left_out", ())
        if "classification" in columns and len(left_out):
            kept &= ~np.isin(columns["classification"], list(left_out))
        rgb = self._colours(xyz[:, 2], columns)
        return _pnts(xyz[kept], rgb[kept])

    def _colours(
        self, z_in_scene: NDArray[np.float64], columns: Mapping[str, NDArray[Any]]
    ) -> NDArray[np.uint8]:
        by, count = self._options.get("by", "height"), len(z_in_scene)
        if by == "file" and "red" in columns:
            return np.ascontiguousarray(colours_of(columns)[:, :3])
        if by == "class" and "classification" in columns:
            table = np.full((256, 3), 150, np.uint8)
            for code, colour in dict(self._options.get("classes", {})).items():
                table[int(code)] = colour
            return np.asarray(table[columns["classification"].astype(np.intp) & 255])
        values = z_in_scene
        if by == "intensity" and "intensity" in columns:
            values = columns["intensity"].astype(np.float64)
        ramp = np.asarray(self._options.get("ramp", ((60,) * 3, (240,) * 3)), np.float64)
        low, high = float(self._options.get("low", 0.0)), float(self._options.get("high", 100.0))
        share = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
        steps = np.linspace(0, 1, len(ramp))
        found = np.empty((count, 3), np.uint8)
        for band in range(3):
            found[:, band] = np.rint(np.interp(share, steps, ramp[:, band]))
        return found


def _name(node: Node) -> str:
    return "-".join(map(str, node.key)) + ".pnts"


def _box(low: NDArray[np.float64], high: NDArray[np.float64]) -> list[float]:
    half = np.maximum((high - low) / 2, 0.01)
    return [*((low + high) / 2).tolist(), *np.diag(half).reshape(-1).tolist()]


def _pnts(xyz: NDArray[np.float64], rgb: NDArray[np.uint8]) -> bytes:
    """Return a tile of points (3D Tiles 1.0), exact to less than a millimetre around its own middle."""
    centre = xyz.mean(axis=0) if len(xyz) else np.zeros(3)
    table = {
        "POINTS_LENGTH": len(xyz),
        "RTC_CENTER": centre.tolist(),
        "POSITION": {"byteOffset": 0},
        "RGB": {"byteOffset": 12 * len(xyz)},
    }
    text = json.dumps(table).encode()
    text += b" " * (-(28 + len(text)) % 8)
    binary = (xyz - centre).astype("<f4").tobytes() + rgb.tobytes()
    binary += bytes(-len(binary) % 8)
    total = 28 + len(text) + len(binary)
    return struct.pack("<4s6I", b"pnts", 1, total, len(text), len(binary), 0, 0) + text + binary
