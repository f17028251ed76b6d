"""Simple things to put on a stage."""

from __future__ import annotations

import numpy as np

from twin.drawables import Mesh, Role
from twin.render.stage import Stage

CUBE = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (0, 2)], np.float32)
FACES = np.array(
    [
        [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
        [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
    ],
    np.int32,
)  # fmt: skip
"""Outward."""

RED, GREEN, BLUE = (220, 40, 30, 255), (40, 200, 60, 255), (40, 60, 220, 255)


def boxes(places: list[tuple[float, float]], size_m: float = 10.0, **more: object) -> Mesh:
    """Return cubes, one a row, twice ``size_m`` wide and high."""
    xyz = [CUBE * size_m + np.array([x, y, 0], np.float32) for x, y in places]
    triangles = [FACES + 8 * i for i in range(len(places))]
    return Mesh(
        xyz_in_scene=np.concatenate(xyz).astype(np.float32),
        triangles=np.concatenate(triangles).astype(np.int32),
        row_of_vertex=np.repeat(np.arange(len(places), dtype=np.int32), 8),
        **({"closed": True} | more),  # type: ignore[arg-type]
    )


def plane(half_m: float = 100.0, z: float = 0.0, role: Role = Role.GROUND) -> Mesh:
    """Return a level square that takes no style."""
    corners = np.array(
        [[-half_m, -half_m, z], [half_m, -half_m, z], [half_m, half_m, z], [-half_m, half_m, z]]
    )
    return Mesh(
        xyz_in_scene=corners.astype(np.float32),
        triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
        rgba=(0.6, 0.6, 0.6, 1.0),
        styled=False,
        role=role,
    )


def colours(*rows: tuple[int, int, int, int]) -> np.ndarray:
    return np.array(rows, np.uint8).reshape(-1, 4)


def put(stage: Stage, layer_id: str, *drawables: object, rgba: np.ndarray | None = None) -> None:
    """Set a layer and upload all of it."""
    rows = colours() if rgba is None else rgba
    visible = np.ones(len(rows), dtype=bool)
    stage.set_layer(layer_id, list(drawables), rgba=rows, rows_visible=visible)  # type: ignore[arg-type]
    finish(stage)


def finish(stage: Stage) -> None:
    """Upload what waits."""
    while stage.upload(float("inf")):
        pass


def share(image: np.ndarray, name: str) -> float:
    """Return how much of a picture is clearly red, green or blue."""
    channel = {"red": 0, "green": 1, "blue": 2}[name]
    others = [i for i in range(3) if i != channel]
    values = image.astype(int)
    clear = (values[:, :, channel] > values[:, :, others[0]] + 45) & (
        values[:, :, channel] > values[:, :, others[1]] + 45
    )
    return float(clear.mean())
