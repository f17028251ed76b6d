"""The sky as an actor."""

from __future__ import annotations

import numpy as np

from twin.render.actors import actor_of, poly_data
from twin.render.camera import CameraRig
from twin.render.material import Materials
from twin.render.shaders import sky


class Sky:
    """One triangle over the whole picture, behind everything."""

    def __init__(self, materials: Materials) -> None:
        corners = np.array([[-1, -1, 0], [3, -1, 0], [-1, 3, 0]], np.float32)
        self._material = materials.named("sky", sky.VERTEX, sky.FRAGMENT)
        self.actor = actor_of(poly_data(corners, np.array([[0, 1, 2]], np.int32)))
        self.actor.SetShaderProperty(self._material.shader)
        self.actor.ForceOpaqueOn()
        self.actor.PickableOff()
        self.actor.UseBoundsOff()

    def place(self, rig: CameraRig, tall: float) -> None:
        """Take the axes of the view; ``tall`` is half the height of the picture at 1 m."""
        wide = tall * rig.size_px[0] / max(rig.size_px[1], 1)
        pose = rig.pose
        self._material.set("uAhead", [float(v) for v in pose.forward])
        self._material.set("uRight", [float(v) for v in pose.right * wide])
        self._material.set("uUp", [float(v) for v in pose.up * tall])
