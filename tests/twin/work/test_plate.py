"""The plain ground that is drawn under a town without a relief."""

from __future__ import annotations

import numpy as np
import pytest

from twin.drawables import Mesh, Role
from twin.model.ground import FlatGround, GridGround
from twin.work.plate import ABOVE_M, plate_under

BOX = np.array([[x, y, z] for x in (0, 10) for y in (0, 10) for z in (0, 8)], np.float32)


def town(*feet: tuple[float, float, float], role: Role = Role.SOLID) -> Mesh:
    """Boxes at the given places; their triangles do not matter here."""
    xyz = np.concatenate([BOX + np.float32(foot) for foot in feet])
    rows = np.repeat(np.arange(len(feet), dtype=np.int32), len(BOX))
    return Mesh(
        xyz_in_scene=xyz, triangles=np.array([[0, 1, 2]], np.int32), row_of_vertex=rows, role=role
    )


def test_a_level_town_stands_on_two_triangles() -> None:
    plate = plate_under([town((0, 0, 5), (200, 100, 5.2))], FlatGround())
    assert plate is not None
    assert plate.role is Role.GROUND
    assert len(plate.triangles) == 2
    assert plate.xyz_in_scene[:, 2] == pytest.approx(5 + ABOVE_M)
    low, high = plate.xyz_in_scene.min(axis=0), plate.xyz_in_scene.max(axis=0)
    assert (low[:2] <= -15).all()
    assert (high[:2] >= [225, 125]).all()


def test_the_plate_runs_through_the_feet_of_a_town_on_a_slope() -> None:
    feet = [(x, y, 0.1 * x) for x in range(0, 600, 30) for y in range(0, 300, 30)]
    plate = plate_under([town(*feet)], FlatGround())
    assert plate is not None
    x, z = plate.xyz_in_scene[:, 0], plate.xyz_in_scene[:, 2]
    inside = (x > 40) & (x < 560)
    assert np.abs(z[inside] - (0.1 * x[inside] + ABOVE_M)).max() < 6.0
    normal = np.cross(
        *(
            plate.xyz_in_scene[plate.triangles[0, k]] - plate.xyz_in_scene[plate.triangles[0, 0]]
            for k in (1, 2)
        )
    )
    assert normal[2] > 0


def test_a_relief_a_ground_of_their_own_and_a_single_model_need_no_plate() -> None:
    hills = GridGround(
        z_in_scene=np.zeros((3, 3), np.float32), x_first=0, y_first=20, cell_m=10, cell_y_m=10
    )
    two = town((0, 0, 0), (50, 0, 0))
    assert plate_under([two], hills) is None
    assert plate_under([two, town((0, 0, 0), role=Role.GROUND)], FlatGround()) is None
    assert plate_under([two, town((0, 0, 0), role=Role.DECAL)], FlatGround()) is not None
    assert plate_under([town((0, 0, 0))], FlatGround()) is None
    assert plate_under([], FlatGround()) is None
