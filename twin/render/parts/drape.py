"""A picture laid on the ground, as a mesh that follows it."""

from __future__ import annotations

import numpy as np

from twin.drawables import Drape, Mesh, Role
from twin.model.ground import Ground

MOST_CELLS_A_SIDE = 400
LIFT_M = 0.05


def mesh_of_drape(drape: Drape, ground: Ground) -> Mesh:
    """Return the mesh of a picture, with nodes as close as those of the ground."""
    x_min, y_min, x_max, y_max = drape.extent_in_scene
    cells = [_cells(x_max - x_min, ground.cell_m), _cells(y_max - y_min, ground.cell_m)]
    u, v = np.meshgrid(np.linspace(0, 1, cells[0] + 1), np.linspace(0, 1, cells[1] + 1))
    xy = np.column_stack([x_min + u.ravel() * (x_max - x_min), y_min + v.ravel() * (y_max - y_min)])
    z = ground.height_m(xy) + LIFT_M
    corner = np.arange((cells[0] + 1) * (cells[1] + 1)).reshape(cells[1] + 1, cells[0] + 1)
    a, b = corner[:-1, :-1].ravel(), corner[:-1, 1:].ravel()
    c, d = corner[1:, 1:].ravel(), corner[1:, :-1].ravel()
    triangles = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])])
    image = drape.image
    if drape.opacity < 1.0:
        alpha = (
            np.full((*image.shape[:2], 1), 255, np.uint8) if image.shape[2] == 3 else image[..., 3:]
        )
        image = np.concatenate([image[..., :3], (alpha * drape.opacity).astype(np.uint8)], axis=2)
    return Mesh(
        xyz_in_scene=np.column_stack([xy, z]).astype(np.float32),
        triangles=triangles.astype(np.int32),
        rgba=(1.0, 1.0, 1.0, 1.0),
        uv=np.column_stack([u.ravel(), v.ravel()]).astype(np.float32),
        texture=image,
        styled=False,
        role=Role.DECAL,
        pickable=False,
    )


def _cells(length_m: float, cell_m: float) -> int:
    if not np.isfinite(cell_m) or cell_m <= 0:
        return 1
    return int(np.clip(np.ceil(length_m / cell_m), 1, MOST_CELLS_A_SIDE))
