"""The sky as an actor: fine while the picture rests, cheap while it moves."""

from __future__ import annotations

import math

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from twin.render.actors import actor_of, poly_data
from twin.render.camera import CameraRig
from twin.render.light import Atmosphere
from twin.render.material import Material, Materials
from twin.render.part import WHOLE, Part
from twin.render.shaders import sky

CELLS = (8, 12)
"""Of the cheap sky, across and up: it changes slowly, and each cell costs a moving picture time."""
GLARE_DEG = 12.0
"""Within so much of the picture's edge the sun's glow is too narrow for the cheap sky's grid."""
DARK = 0.02
"""Of the night: from then on there are stars."""


class Sky:
    """What is behind everything: one triangle over the whole picture, or a grid that is lit at its corners.

    The fine one works out every pixel, which costs a moving picture a fifth of its time without a graphics card.
    """

    def __init__(self, materials: Materials) -> None:
        corners = np.array([[-1, -1, 0], [3, -1, 0], [-1, 3, 0]], np.float32)
        self._fine = materials.named("sky", sky.VERTEX, sky.FRAGMENT)
        self._plain = materials.named("plain sky", sky.PLAIN_VERTEX, sky.PLAIN_FRAGMENT)
        whole = np.array([[0, 1, 2]], np.int32)
        self._fine_actor = _behind_all(self._fine, corners, whole)
        self._plain_actor = _behind_all(self._plain, *_grid())
        self._needs_pixels = True

    def actor(self, quality: str) -> vtkActor:
        """Return what is drawn of it in a quality."""
        plain = quality == "moving" and not self._needs_pixels
        return self._plain_actor if plain else self._fine_actor

    def place(self, rig: CameraRig, tall: float, air: Atmosphere, part: Part = WHOLE) -> None:
        """Take the axes of the view; ``tall`` is half the height of the picture at 1 m."""
        wide = tall * rig.size_px[0] / max(rig.size_px[1], 1)
        pose = rig.pose
        right, up = pose.right * wide, pose.up * tall
        (x, y), (share_x, share_y) = part.middle, part.share
        for material in (self._fine, self._plain):
            material.set("uAhead", [float(v) for v in pose.forward + x * right + y * up])
            material.set("uRight", [float(v) for v in right * share_x])
            material.set("uUp", [float(v) for v in up * share_y])
        reach = math.atan(math.hypot(wide, tall)) + math.radians(GLARE_DEG)
        sun_in_sight = float(np.dot(pose.forward, air.sun_in_sky)) > math.cos(reach)
        self._needs_pixels = sun_in_sight or air.night > DARK


def _behind_all(material: Material, xyz: np.ndarray, triangles: np.ndarray) -> vtkActor:
    actor = actor_of(poly_data(xyz, triangles))
    actor.SetShaderProperty(material.shader)
    actor.ForceOpaqueOn()
    actor.PickableOff()
    actor.UseBoundsOff()
    return actor


def _grid() -> tuple[np.ndarray, np.ndarray]:
    """Return the corners and triangles of a grid over the picture."""
    across, up = CELLS
    x, y = np.meshgrid(np.linspace(-1, 1, across + 1), np.linspace(-1, 1, up + 1))
    xyz = np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)]).astype(np.float32)
    first = (np.arange(up)[:, None] * (across + 1) + np.arange(across)).reshape(-1, 1)
    right, above = first + 1, first + across + 1
    cells = np.hstack([first, right, above, above, right, right + across + 1])
    return xyz, cells.reshape(-1, 3).astype(np.int32)
