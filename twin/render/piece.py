"""What a visual is made of: small actors with their box, shown only when in view."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor

from twin.drawables import Role


@dataclass(frozen=True, eq=False, kw_only=True)
class Spread:
    """What is spread on the screen: segments (points have equal ends) and their reach in pixels."""

    start: NDArray[np.float32]
    end: NDArray[np.float32]
    row: NDArray[np.int32]
    reach_px: float


@dataclass(eq=False, kw_only=True)
class PickMesh:
    """Triangles that a ray can hit, and the row of each vertex."""

    xyz: NDArray[np.float32]
    triangles: NDArray[np.int32]
    row_of_vertex: NDArray[np.int32]
    spread: Spread | None = None
    locator: Any = None


@dataclass(eq=False, kw_only=True)
class Piece:
    """An actor and what the stage must know about it.

    Attributes
    ----------
    box : (6,) float
        x_min, y_min, z_min, x_max, y_max, z_max.
    pick : PickMesh or None
        What a ray meets.
    """

    actor: vtkActor
    box: NDArray[np.float64]
    role: Role
    pick: PickMesh | None = None
    casts_shadow: bool = False
    flow_column: str | None = None
    keep: tuple[object, ...] = field(default=(), repr=False)


def box_of(xyz: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the box (6,) around points."""
    return np.concatenate([xyz.min(axis=0), xyz.max(axis=0)]).astype(np.float64)
