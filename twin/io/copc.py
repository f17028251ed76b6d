"""COPC 1.0 node by node: the octree of a LAZ 1.4 file, of which only what is looked at is unpacked.

Hierarchy and chunks as in the COPC specification (copc.io); laspy knows the headers, lazrs unpacks (extra ``points``).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.extras import require
from twin.io import las_header
from twin.io.assemble import assemble
from twin.io.copc_tree import Node, nodes_of
from twin.io.las import check_promise, crs_of, in_metres, numbers_of, said_of
from twin.io.loaded import Loaded, Request
from twin.model.geoframe import GeoFrame
from twin.model.table import PointCloud
from twin.progress import Unattended

_CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float64)


class CopcFile:
    """An open file. Its nodes may be read from several threads.

    Parameters
    ----------
    path : Path
    frame : GeoFrame
        What comes out is in its CRS, heights in metres.
    crs : str
        What the user says of the CRS of the file, whatever it says itself.
    options : mapping
        Those of the source: ``heights``, ``z_unit``, ``place``.

    Raises
    ------
    ReadError
        It is none, or damaged.
    """

    def __init__(
        self,
        path: Path,
        frame: GeoFrame,
        *,
        crs: str = "",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        laspy = require("points", "laspy")
        self._frame, self._crs = frame, crs
        self._lock = threading.Lock()
        self._request = Request(
            path=path,
            opened=str(path),
            progress=Unattended(),
            format="las",
            options={k: v for k, v in (options or {}).items() if k != "points"},
        )
        las_header.check(path, path.name)
        self._file = path.open("rb")
        try:
            self._reader = laspy.CopcReader(self._file)
            check_promise(self._reader.header, path, self._request)
            self._info = self._reader.copc_info
            self._declared = crs_of(self._reader.header, self._request)
            self.nodes = nodes_of(self._reader, path.name)
        except ReadError:
            self.close()
            raise
        except Exception as error:
            self.close()
            raise ReadError("io.damaged", path.name, reason=said_of(error)) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def spacing_m(self) -> float:
        """Between points of the first node, in the unit of the file; each level has half of it."""
        return float(self._info.spacing) or float(self._info.halfsize) / 64

    def corners(self) -> NDArray[np.float64]:
        """Return (nodes, 8, 3): the corners of the cubes in the CRS of the frame."""
        keys = np.array([node.key for node in self.nodes], np.float64).reshape(-1, 4)
        side = 2.0 * self._info.halfsize / 2.0 ** keys[:, :1]
        low = self._info.center - self._info.halfsize + keys[:, 1:] * side
        return self._placed((low[:, None] + _CORNERS * side[:, None]).reshape(-1, 3)).reshape(
            -1, 8, 3
        )

    def points(self, node: Node) -> tuple[NDArray[np.float64], dict[str, NDArray[Any]]]:
        """Return (n, 3) places in the CRS of the frame, and what else is known of each point.

        Raises
        ------
        ReadError
            The node is damaged.
        """
        with self._lock:
            self._file.seek(node.offset)
            packed = self._file.read(node.size)
        try:
            columns = self._unpacked(packed, node)
        except BaseException as error:  # the decoder in Rust panics through Exception
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            raise ReadError("io.damaged", self._request.where, reason=said_of(error)) from error
        xyz = self._placed(np.column_stack([columns.pop(axis) for axis in ("x", "y", "z")]))
        return xyz, columns

    def _unpacked(self, packed: bytes, node: Node) -> dict[str, NDArray[Any]]:
        lazrs = require("points", "lazrs")
        record = require("points", "laspy.point.record")
        header = self._reader.header
        raw = np.zeros(node.points * header.point_format.size, np.uint8)
        lazrs.decompress_points_with_chunk_table(
            packed, self._reader.laszip_vlr.record_data, raw, [(node.points, len(packed))]
        )
        plain = record.PackedPointRecord.from_buffer(raw, header.point_format)
        scaled = record.ScaleAwarePointRecord(
            plain.array, plain.point_format, header.scales, header.offsets
        )
        return numbers_of(scaled)

    def _placed(self, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return places of the file as the reader of whole files gives them; NaN where there is none."""
        in_metres(xyz, self._declared, self._request)
        cloud = PointCloud(xyz_in_crs=xyz, row_of_point=np.arange(len(xyz), dtype=np.int32))
        loaded = Loaded(
            name=self._request.stem, count=0, crs=self._declared, points=cloud, kind="cloud"
        )
        table = assemble(loaded, self._request, given=self._crs, target=self._frame.crs)
        found = np.full(xyz.shape, np.nan)
        if table.points is not None:
            found[table.points.row_of_point] = table.points.xyz_in_crs
        return found
