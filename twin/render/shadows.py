"""When the maps of shadows and of open sky are drawn, and what the shaders are told about them."""

from __future__ import annotations

import math
import time
from concurrent.futures import Future, wait

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from twin.model.ground import Ground
from twin.render.actors import image_data
from twin.render.camera import CameraRig
from twin.render.choice import Choice
from twin.render.lamp import Aim, Around, DepthMap, Lamp, around, as_bytes, vtk_matrix
from twin.render.light import Atmosphere
from twin.render.piece import Pieces
from twin.render.shared import Shared

SHADOW_PX = 2048
LOOKS = {"moving": 1, "still": 5, "best": 12}
"""Looks into the shadow map a pixel."""

TURNED_DEG = 0.7
"""A sun that has moved less leaves the shadows of a moving picture as they are."""


class Shadows:
    """The maps of one stage.

    Parameters
    ----------
    window : vtkRenderWindow
        Is lent to the lamp.
    shared : Shared
        Its materials are told about the maps, its textures are filled.
    """

    def __init__(self, window: vtkRenderWindow, shared: Shared) -> None:
        self._materials, self._workers = shared.materials, shared.workers
        self._shadow_texture, self._height_texture = shared.shadow_map, shared.height_map
        self._open_texture = shared.open_map
        self._lamp = Lamp(window, shared.materials, SHADOW_PX)
        self._cast_by: Aim | None = None
        self._key: tuple[object, ...] | None = None
        self._told: tuple[float, float, float] | None = None
        self._heights: Future[Around] | None = None
        self._seen_from_above: DepthMap | None = None
        self._height_version = -1
        self._cost_s, self._cast_at = 0.0, 0.0
        self._put_off = -1
        self.waiting = False
        """Another frame is needed for what is under way."""

    @property
    def works_on(self) -> bool:
        """Whether a worker is at what is under way."""
        return self._heights is not None and not self._heights.done()

    def wait(self, seconds: float) -> None:
        """Give a worker that is at what is under way some time: asking it again and again would only hinder it."""
        if self._heights is not None:
            wait([self._heights], seconds)

    def refresh(
        self,
        pieces: Pieces,
        rig: CameraRig,
        air: Atmosphere,
        *,
        ground: Ground,
        version: int,
        quality: str,
        later: bool = False,
    ) -> None:
        """Draw again what is out of date and tell the shaders.

        Parameters
        ----------
        pieces : Pieces
            What casts shadows.
        version : int
            Changes with the geometry and the visible rows.
        quality : str
            ``moving`` keeps maps that are nearly right; ``best`` waits until all is done.
        later : bool
            A ``still`` picture of other geometry comes with the maps of the one before; its own ones come with the
            next frame.
        """
        self.waiting = False
        if not pieces:
            self.off()
            return
        if later and quality == "still" and self._put_off != version != self._height_version:
            self._put_off, self.waiting = version, True
            self._tell(quality, air)
            return
        aim = _aim_of(rig, air)
        key = (version, aim.half_m, *np.round(aim.centre, 2), *np.round(aim.toward, 5))
        stale = key != self._key and (quality != "moving" or self._may_move(aim, version))
        if self._height_version != version and quality != "moving":
            self._look_from_above(pieces, rig, ground)
            self._height_version = version
        if stale:
            self._cast(pieces, aim)
            self._key = key
        self._take_heights(at_once=quality == "best")
        self._tell(quality, air)

    def lit(self, pieces: Pieces, rig: CameraRig, air: Atmosphere, version: int) -> list[Choice]:
        """Return what the next maps of a resting picture will be drawn of."""
        aim = _aim_of(rig, air)
        found = self._lamp.lit(pieces, aim) if air.shadow > 0.0 else []
        if self._height_version != version:
            found += self._lamp.lit(pieces, _aim_above(rig))
        return found

    def off(self) -> None:
        """Let the sun and the sky reach everywhere."""
        self._told = None
        self._materials.set("uShadow", (0.0, 0.0, 0.0, 0.0))
        self._materials.set("uHeights", (0.0, 0.0, 0.0))
        self._key, self._height_version = None, -1

    def mute(self) -> None:
        """Let the sun reach everywhere, for now."""
        self.waiting, self._told = False, None
        self._materials.set("uShadow", (0.0, 0.0, 0.0, 0.0))

    def turn(self, angle: float) -> None:
        """Turn the looks into the shadow map, so that the average of several frames is smooth."""
        if self._told is not None:
            self._materials.set("uShadow", (*self._told[:3], angle))

    def close(self) -> None:
        """Give the window back."""
        self._lamp.close()

    def _may_move(self, aim: Aim, version: int) -> bool:
        if self._cast_by is None or self._key is None or self._key[0] != version:
            return False
        turned = math.degrees(math.acos(min(1.0, float(aim.toward @ self._cast_by.toward))))
        # A running clock turns the sun all the time: shadows may take a fifth of the time.
        idle = time.perf_counter() - self._cast_at > 5 * self._cost_s
        return turned > TURNED_DEG and idle

    def _cast(self, pieces: Pieces, aim: Aim) -> None:
        start = time.perf_counter()
        found = self._lamp.cast(pieces, aim)
        self._cast_by = found.aim  # the map itself is in the texture: 16 MB that nobody else needs
        self._shadow_texture.SetInputData(image_data(as_bytes(found.depth)))
        self._materials.set("uLamp", vtk_matrix(found.uv_from_scene))
        self._cast_at = time.perf_counter()
        self._cost_s = self._cast_at - start

    def _look_from_above(self, pieces: Pieces, rig: CameraRig, ground: Ground) -> None:
        self._seen_from_above = self._lamp.cast(pieces, _aim_above(rig))
        self._heights = self._workers.submit(around, self._seen_from_above, ground)

    def _take_heights(self, *, at_once: bool) -> None:
        if self._heights is None or self._seen_from_above is None:
            return
        if not at_once and not self._heights.done():
            self.waiting = True
            return
        found = self._heights.result()
        self._height_texture.SetInputData(image_data(found.heights))
        self._open_texture.SetInputData(image_data(found.open_ground))
        aim = self._seen_from_above.aim
        corner = aim.centre[:2] - aim.half_m
        place = (float(corner[0]), float(corner[1]), 1 / (2 * aim.half_m))
        self._materials.set("uHeights", place)
        self._heights = self._seen_from_above = None

    def _tell(self, quality: str, air: Atmosphere) -> None:
        self._told = None
        if self._cast_by is None or air.shadow <= 0.0:
            self._materials.set("uShadow", (0.0, 0.0, 0.0, 0.0))
            return
        texel = 2.0 * self._cast_by.half_m / SHADOW_PX
        soft_m = max(0.35, 1.1 * texel)
        radius = soft_m / (2 * self._cast_by.half_m)
        self._told = (float(LOOKS[quality]), radius, 0.15 + 1.1 * texel)
        self._materials.set("uShadow", (*self._told, 0.0))


def _aim_above(rig: CameraRig) -> Aim:
    low, high = np.asarray(rig.bounds[:3]), np.asarray(rig.bounds[3:])
    return Aim(
        toward=np.array([0.0, 0.0, 1.0]),
        centre=(low + high) / 2,
        half_m=float((high - low)[:2].max()) / 2 * 1.02 + 10.0,
        reach_m=float(high[2] - low[2]) / 2 + 10.0,
    )


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
