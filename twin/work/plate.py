"""A plain ground under a town where a project has no relief: without one its buildings float in the sky."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from twin.drawables import Drawable, Mesh, Role
from twin.model.ground import Ground
from twin.problems import Problem, Severity
from twin.work.jobs import Job

if TYPE_CHECKING:
    from twin.work.session import Session

Float64 = NDArray[np.float64]
COLOUR = (0.79, 0.80, 0.74, 1.0)
MARGIN, LEAST_MARGIN_M = 0.04, 15.0
CELL_M, MOST_CELLS = 40.0, 96
LEVEL_M = 1.0
"""Feet of buildings that differ by less stand on a level plate."""
ABOVE_M = 0.3
"""Walls reach so far below the ground that they stand on, and a little more."""
LEAST_FEATURES = 2
ENOUGH = 400_000


class Plate:
    """The plate of a session, renewed when what it shows is built.

    Attributes
    ----------
    mesh : Mesh or None
        None where there is a ground already, or nothing that stands.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        self._session = session
        self._under: tuple[int, ...] = ()
        self._layer_id = ""
        self._job: Job | None = None
        self.mesh: Mesh | None = None

    @property
    def problems(self) -> list[tuple[str, Problem]]:
        """(layer id, problem): that there is no relief, of the first layer that stands on the plate."""
        if self.mesh is None:
            return []
        told = Problem("layer.no_relief", self._layer_id, {}, Severity.INFO)
        return [(self._layer_id, told)]

    @property
    def busy(self) -> bool:
        """Whether it is being made."""
        return self._job is not None

    def renew(self) -> None:
        """Lay it again, where other things are shown than before; a worker makes it."""
        session = self._session
        shown = [r for r in session.layers() if r.spec.visible and r.drawables]
        under = (id(session.ground), *(id(r.drawables) for r in shown))
        if under == self._under:
            return
        self._under = under
        standing = [r.spec.id for r in shown if any(map(_is_built, r.drawables))]
        drawables, ground = [d for r in shown for d in r.drawables], session.ground
        if not standing or not wants_plate(drawables, ground):
            self._job = None
            self._take("", None)
            return
        job = self._job = Job("job.build", standing[0])

        def done(mesh: Mesh | None) -> None:
            if self._job is job:
                self._job = None
                self._take(standing[0], mesh)

        session.jobs.run(
            job,
            lambda _job: plate_under(drawables, ground),
            done=done,
            failed=lambda _problem: done(None),
        )

    def _take(self, layer_id: str, mesh: Mesh | None) -> None:
        before, self.mesh, self._layer_id = self.mesh, mesh, layer_id
        if mesh is not None or before is not None:
            self.changed.emit()
            self._session.problems_changed.emit()


def wants_plate(drawables: Sequence[Drawable], ground: Ground) -> bool:
    """Whether there is neither a relief nor a ground that a layer draws."""
    drawn = any(getattr(d, "role", None) is Role.GROUND for d in drawables)
    return not (drawn or np.isfinite(ground.cell_m))


def plate_under(drawables: Sequence[Drawable], ground: Ground) -> Mesh | None:
    """Return a plate that runs through the feet of solids; None where there is a relief, or a ground is drawn.

    A single solid needs none: it is a model, not a town.
    """
    solids = [d for d in drawables if isinstance(d, Mesh) and _is_built(d)]
    if not solids or not wants_plate(drawables, ground):
        return None
    xyz = np.concatenate([_some(mesh.xyz_in_scene) for mesh in solids])
    low, high = xyz[:, :2].min(axis=0), xyz[:, :2].max(axis=0)
    margin = max(MARGIN * float((high - low).max()), LEAST_MARGIN_M)
    low, high = low - margin, high + margin
    cells = np.clip(np.ceil((high - low) / CELL_M), 1, MOST_CELLS).astype(int)
    feet = _feet(xyz, low, (high - low) / cells, cells)
    known = feet[np.isfinite(feet)]
    if np.ptp(known) < LEVEL_M:
        return _sheet(low, high, np.array([1, 1]), np.full((2, 2), known.min() + ABOVE_M))
    return _sheet(low, high, cells, _filled(feet) + ABOVE_M)


def _some(xyz: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return enough vertices to know the feet of a town by, of walls the upper and the lower ones."""
    return xyz[:: max(1, len(xyz) // ENOUGH) | 1]


def _is_built(mesh: Drawable) -> bool:
    """Whether a drawable shows buildings of a table: several features that stand."""
    if not isinstance(mesh, Mesh):
        return False
    rows = mesh.row_of_vertex
    if mesh.role is not Role.SOLID or rows is None or not len(rows):
        return False
    return int(rows.max()) - int(rows.min()) + 1 >= LEAST_FEATURES


def _feet(
    xyz: NDArray[np.float32], low: Float64, cell: Float64, cells: NDArray[np.int_]
) -> Float64:
    """Return (columns + 1, rows + 1) heights of the lowest vertex near each node, ``inf`` where there is none."""
    node = np.clip(np.rint((xyz[:, :2] - low) / cell).astype(int), 0, cells)
    z = np.full(cells + 1, np.inf)
    np.minimum.at(z, (node[:, 0], node[:, 1]), xyz[:, 2])
    return z


def _filled(z: Float64) -> Float64:
    """Return heights with those of the nearest node where there are none, smoothed, never above a foot."""
    from scipy import ndimage

    nearest = ndimage.distance_transform_edt(
        np.isinf(z), return_distances=False, return_indices=True
    )
    filled = z[tuple(nearest)]
    return np.asarray(np.minimum(ndimage.gaussian_filter(filled, 1.0), filled))


def _sheet(low: Float64, high: Float64, cells: NDArray[np.int_], z: Float64) -> Mesh:
    x = np.linspace(low[0], high[0], cells[0] + 1)
    y = np.linspace(low[1], high[1], cells[1] + 1)
    at = np.stack([*np.meshgrid(x, y, indexing="ij"), z], axis=-1)
    corner = np.arange(z.size).reshape(z.shape)
    a, b = corner[:-1, :-1].ravel(), corner[1:, :-1].ravel()
    c, d = corner[1:, 1:].ravel(), corner[:-1, 1:].ravel()
    triangles = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])])
    return Mesh(
        xyz_in_scene=at.reshape(-1, 3).astype(np.float32),
        triangles=triangles.astype(np.int32),
        rgba=COLOUR,
        styled=False,
        role=Role.GROUND,
        pickable=False,
    )
