"""When the maps of shadows and of open sky are drawn, and what the shaders are told about them."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
from vtkmodules.vtkRenderingCore import vtkTexture

from twin.render.actors import image_data
from twin.render.camera import CameraRig
from twin.render.lamp import Aim, DepthMap, Lamp, as_bytes, heights_around, vtk_matrix
from twin.render.light import Atmosphere
from twin.render.material import Materials
from twin.render.piece import Piece

SHADOW_PX, HEIGHT_PX = 2048, 1024
LOOKS = {"moving": 1, "still": 5, "best": 12}
"""Looks into the shadow map a pixel."""

TURNED_DEG = 0.7
"""A sun that has moved less leaves the shadows of a moving picture as they are."""


class Shadows:
    """The maps of one stage."""

    def __init__(
        self, materials: Materials, shadow_map: vtkTexture, height_map: vtkTexture
    ) -> None:
        self._materials = materials
        self._shadow_texture, self._height_texture = shadow_map, height_map
        self._lamp: Lamp | None = None
        self._above: Lamp | None = None
        self._map: DepthMap | None = None
        self._told: tuple[float, float, float] | None = None
        self._key: tuple[object, ...] | None = None
        self._height_version = -1
        self._cost_s, self._cast_at = 0.0, 0.0

    def refresh(
        self,
        pieces: Sequence[Piece],
        rig: CameraRig,
        air: Atmosphere,
        *,
        version: int,
        quality: str,
    ) -> None:
        """Draw again what is out of date and tell the shaders.

        Parameters
        ----------
        pieces : sequence of Piece
            What casts shadows.
        version : int
            Changes with the geometry and the visible rows.
        quality : str
            ``moving`` keeps maps that are nearly right.
        """
        if not pieces:
            self._materials.set("uShadow", (0.0, 0.0, 0.0, 0.0))
            self._materials.set("uHeights", (0.0, 0.0, 0.0))
            self._key, self._height_version = None, -1
            return
        resting = quality != "moving"
        if self._height_version != version and (resting or self._height_version < 0):
            self._height_version = version
            self._look_from_above(pieces, rig)
        aim = _aim_of(rig, air)
        key = (version, aim.half_m, *np.round(aim.centre, 2), *np.round(aim.toward, 5))
        if key != self._key and (resting or self._may_move(aim, version)):
            self._cast(pieces, aim)
            self._key = key
        self._tell(quality, air)

    def turn(self, angle: float) -> None:
        """Turn the looks into the shadow map, so that the average of several frames is smooth."""
        if self._told is not None:
            self._materials.set("uShadow", (*self._told[:3], angle))

    def forget(self, piece: Piece) -> None:
        """Free what was uploaded of a piece."""
        for lamp in (self._lamp, self._above):
            if lamp is not None:
                lamp.forget(piece)

    def close(self) -> None:
        """Free the windows."""
        for lamp in (self._lamp, self._above):
            if lamp is not None:
                lamp.close()
        self._lamp = self._above = None

    def _may_move(self, aim: Aim, version: int) -> bool:
        if self._map is None:
            return True
        if self._key is not None and self._key[0] != version:
            return False
        turned = math.degrees(math.acos(min(1.0, float(aim.toward @ self._map.aim.toward))))
        # A running clock turns the sun all the time: shadows may take a fifth of the time.
        idle = time.perf_counter() - self._cast_at > 5 * self._cost_s
        return turned > TURNED_DEG and idle

    def _cast(self, pieces: Sequence[Piece], aim: Aim) -> None:
        start = time.perf_counter()
        if self._lamp is None:
            self._lamp = Lamp(SHADOW_PX)
        self._map = self._lamp.cast(pieces, aim)
        self._shadow_texture.SetInputData(image_data(as_bytes(self._map.depth)))
        self._materials.set("uLamp", vtk_matrix(self._map.uv_from_scene))
        self._cast_at = time.perf_counter()
        self._cost_s = self._cast_at - start

    def _look_from_above(self, pieces: Sequence[Piece], rig: CameraRig) -> None:
        low, high = np.asarray(rig.bounds[:3]), np.asarray(rig.bounds[3:])
        half = float((high - low)[:2].max()) / 2 * 1.02 + 10.0
        reach = float(high[2] - low[2]) / 2 + 10.0
        centre = (low + high) / 2
        aim = Aim(toward=np.array([0.0, 0.0, 1.0]), centre=centre, half_m=half, reach_m=reach)
        if self._above is None:
            self._above = Lamp(HEIGHT_PX)
        seen = self._above.cast(pieces, aim)
        self._height_texture.SetInputData(image_data(heights_around(seen)))
        corner = centre[:2] - half
        self._materials.set("uHeights", (float(corner[0]), float(corner[1]), 1 / (2 * half)))
        # Once is enough for long: free its copy of the geometry.
        self._above.close()
        self._above = None

    def _tell(self, quality: str, air: Atmosphere) -> None:
        self._told = None
        if self._map is None or air.shadow <= 0.0:
            self._materials.set("uShadow", (0.0, 0.0, 0.0, 0.0))
            return
        texel = self._map.texel_m
        soft_m = max(0.35, 1.1 * texel)
        radius = soft_m / (2 * self._map.aim.half_m)
        self._told = (float(LOOKS[quality]), radius, 0.15 + 1.1 * texel)
        self._materials.set("uShadow", (*self._told, 0.0))


def _aim_of(rig: CameraRig, air: Atmosphere) -> Aim:
    """Return the beam that covers what the viewer looks at, in steps so that it seldom changes."""
    low, high = np.asarray(rig.bounds[:3]), np.asarray(rig.bounds[3:])
    whole = float(np.linalg.norm((high - low)[:2])) / 2 + 20.0
    wanted = max(rig.pose.distance_m * 1.25, 120.0)
    half = min(whole, 120.0 * 2 ** (math.ceil(2 * math.log2(wanted / 120.0)) / 2))
    at = rig.target if half < whole else (low + high) / 2
    at = np.clip(at, low, high)
    grid = half / 6
    centre = np.round(at / grid) * grid if half < whole else at
    reach = float(np.linalg.norm(high - low)) / 2 + half
    return Aim(toward=np.asarray(air.sun), centre=centre, half_m=half, reach_m=reach)
