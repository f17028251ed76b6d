"""The outline of a feature on the screen, for showing what is under the pointer without drawing the scene anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.render.camera import CameraRig
from twin.render.piece import PickMesh, Piece

MOST_TRIANGLES = 1500
"""More than these are outlined by the hull of their corners."""
SLIVER_PX = 0.6
Ring = NDArray[np.float64]


def outline(pieces: Sequence[Piece], row: int, rig: CameraRig) -> tuple[list[Ring], list[Ring]]:
    """Return the outline of a row of a layer.

    What stands before it does not cut it.

    Returns
    -------
    rings : list of (n, 2) float64
        Closed lines around its faces, pixels from the top left.
    strokes : list of (n, 2) float64
        Its lines and points (one place), for what has no faces.
    """
    faces: list[NDArray[np.float64]] = []
    strokes: list[Ring] = []
    for piece in pieces:
        if piece.pick is None:
            continue
        if piece.pick.spread is None:
            faces.append(_faces(piece.pick, row, rig))
        else:
            strokes += _strokes(piece.pick, row, rig)
    corners = np.concatenate(faces) if faces else np.zeros((0, 3, 2))
    return _around(corners), strokes


def _faces(mesh: PickMesh, row: int, rig: CameraRig) -> NDArray[np.float64]:
    """Return the triangles (n, 3, 2) of a row in pixels; what reaches behind the viewer is left out."""
    mine = mesh.triangles[mesh.row_of_vertex[mesh.triangles[:, 0]] == row]
    if not len(mine):
        return np.zeros((0, 3, 2))
    px = rig.project(mesh.xyz[mine].reshape(-1, 3)).reshape(-1, 3, 3)
    return np.asarray(px[(px[:, :, 2] > rig.clipping()[0]).all(axis=1)][:, :, :2])


def _around(corners: NDArray[np.float64]) -> list[Ring]:
    if not len(corners):
        return []
    if len(corners) > MOST_TRIANGLES:
        whole = shapely.convex_hull(shapely.multipoints(corners.reshape(-1, 2)))
    else:
        flat = np.asarray(shapely.polygons(corners))
        flat = flat[shapely.is_valid(flat)]
        whole = shapely.union_all(shapely.buffer(flat, SLIVER_PX, quad_segs=2))
    polygons = shapely.get_parts(whole)
    polygons = polygons[shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON]
    return [shapely.get_coordinates(ring) for ring in shapely.get_exterior_ring(polygons)]


def _strokes(mesh: PickMesh, row: int, rig: CameraRig) -> list[Ring]:
    spread = mesh.spread
    if spread is None:
        return []
    mine = spread.row == row
    a, b = rig.project(spread.start[mine]), rig.project(spread.end[mine])
    near = rig.clipping()[0]
    return [np.array([p[:2], q[:2]]) for p, q in zip(a, b, strict=True) if min(p[2], q[2]) > near]
