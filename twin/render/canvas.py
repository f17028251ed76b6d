"""Draws pieces into a window: only what is in view, each by the program that its distance calls for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkProp,
    vtkProperty,
    vtkRenderer,
    vtkRenderWindow,
)

from twin.drawables import Role
from twin.render.actors import to_numpy
from twin.render.camera import CameraRig
from twin.render.light import Atmosphere
from twin.render.material import Materials
from twin.render.piece import Piece, boxes_of
from twin.render.sky import Sky

JITTER = (
    (0.0, 0.0),
    (-0.25, 0.375),
    (0.375, 0.25),
    (0.25, -0.375),
    (-0.375, -0.25),
    (0.125, 0.125),
    (-0.125, 0.4375),
    (-0.4375, -0.0625),
)
"""Parts of a pixel by which the frames of a fine picture are shifted."""

THINNEST_PX = 1.6
"""No tube is drawn thinner."""

COLD_TRIANGLES = 12_000
"""New triangles that are uploaded with one frame: some 6 ms."""


class Canvas:
    """The renderers of a window: the scene, and what lies over it.

    Parameters
    ----------
    window : vtkRenderWindow
    materials : Materials
    """

    def __init__(self, window: vtkRenderWindow, materials: Materials) -> None:
        self.window = window
        self._materials = materials
        self._scene, self._over = vtkRenderer(), vtkRenderer()
        for layer, renderer in enumerate((self._scene, self._over)):
            renderer.SetLayer(layer)
            # Order-independent transparency needs VTK's own programs.
            renderer.SetUseOIT(False)
            renderer.SetAutomaticLightCreation(False)
            renderer.GetCullers().RemoveAllItems()
            window.AddRenderer(renderer)
        window.SetNumberOfLayers(2)
        self._over.SetActiveCamera(self._scene.GetActiveCamera())
        self._sky = Sky(materials)
        # What is fully transparent is dropped by the vertex program, once it is uploaded.
        self._unseen = vtkProperty()
        self._unseen.SetOpacity(0.0)
        self.drawn = 0
        """Triangles handed to the last frame."""

    def aim(
        self, rig: CameraRig, air: Atmosphere, time_s: float, *, symbol_scale: float = 1.0
    ) -> None:
        """Take the camera and the light of the next frames; ``symbol_scale`` sizes points and strokes."""
        near, far = rig.clipping()
        camera = self._scene.GetActiveCamera()
        camera.SetPosition(*rig.position)
        camera.SetFocalPoint(*rig.target)
        camera.SetViewUp(*rig.pose.up)
        camera.SetViewAngle(rig.fov_deg)
        camera.SetClippingRange(near, far)
        width, height = rig.size_px
        tall = math.tan(math.radians(rig.fov_deg) / 2)
        span = max(float(np.ptp(np.asarray(rig.bounds).reshape(2, 3)[:, :2], axis=0).max()), 500.0)
        # What is looked at stays clear; the air thickens behind it.
        clear = max(0.12 * span, 0.8 * rig.pose.distance_m)
        axes = rig.frame_matrix()
        values = self._materials
        values.set("uLens", (tall * width / max(height, 1), tall))
        values.set("uSunVC", [float(v) for v in axes @ np.asarray(air.sun)])
        values.set("uUpVC", [float(v) for v in axes[:, 2]])
        values.set("uEye", [float(v) for v in rig.position])
        values.set("uScreen", (float(width), float(height), 2.0 / width, 2.0 / height))
        values.set("uNear", near)
        values.set("uSymbol", symbol_scale)
        values.set("uThin", THINNEST_PX * symbol_scale * metres_per_px(rig))
        values.set("uPull", 2 * near * far / (far - near) * 0.0006)
        values.set("uHaze", (0.75 / span, clear, 0.8, metres_per_px(rig)))
        values.set("uMood", (air.night, air.daylight, air.shadow, time_s))
        self._sky.place(rig, tall)

    def fill(
        self,
        pieces: Sequence[Piece],
        over: Sequence[Piece],
        *,
        rig: CameraRig,
        quality: str,
        labels: vtkActor | None = None,
    ) -> None:
        """Choose what is drawn by the next frames.

        Parameters
        ----------
        pieces : sequence of Piece
            The scene, in the order of drawing.
        over : sequence of Piece
            Drawn over all of it, with a depth of their own.
        labels : vtkActor or None
            Over everything.
        """
        self.drawn = 0
        props = self._scene.GetViewProps()
        props.RemoveAllItems()
        for actor in self._actors(pieces, rig, quality):
            props.AddItem(actor)
        props.AddItem(self._sky.actor)
        props = self._over.GetViewProps()
        props.RemoveAllItems()
        for actor in self._actors(over, rig, quality):
            props.AddItem(actor)
        if labels is not None:
            props.AddItem(labels)

    def warm(self, pieces: Sequence[Piece], rig: CameraRig) -> int:
        """Upload some pieces by a frame of nothing else, in which they are not seen.

        The window holds no picture afterwards, until the next frame is drawn.

        Returns
        -------
        int
            How many of ``pieces``, from the first, are warm now; 0 while the window is not ready.
        """
        if not pieces or not _ready(self.window):
            return 0
        chosen = _first(pieces)
        parts = [one for piece in chosen for one in (piece, piece.stand_in) if one is not None]
        # The actor for what a part will look like from here: its program is made ready too.
        sizes = _size_of_pixel(parts, rig)
        actors = [
            part.actor(self._materials, size, "moving")
            for part, size in zip(parts, sizes, strict=True)
        ]
        for actor in actors:
            actor.SetProperty(self._unseen)
            actor.ForceTranslucentOff()
            actor.ForceOpaqueOn()
        held = [_exchange(renderer, ()) for renderer in (self._scene, self._over)]
        _exchange(self._scene, actors)
        self.draw()
        for renderer, props in zip((self._scene, self._over), held, strict=True):
            _exchange(renderer, props)
        for part, actor in zip(parts, actors, strict=True):
            actor.SetProperty(part.surface)
            actor.SetForceTranslucent(part.through)
            actor.SetForceOpaque(not part.through)
        for piece in chosen:
            piece.warm = True
        return len(chosen)

    def draw(self, shift_px: tuple[float, float] = (0.0, 0.0)) -> None:
        """Draw a frame, shifted by parts of a pixel."""
        width, height = self.window.GetSize()
        camera = self._scene.GetActiveCamera()
        camera.SetWindowCenter(2 * shift_px[0] / width, 2 * shift_px[1] / height)
        self.window.Render()

    def pixels(self) -> NDArray[np.uint8]:
        """Return the last frame, (height, width, 4) uint8, bottom row first."""
        width, height = self.window.GetSize()
        buffer = vtkUnsignedCharArray()
        self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, buffer, 0)
        return np.ascontiguousarray(to_numpy(buffer).reshape(height, width, 4))

    def close(self) -> None:
        """Let go of the window's content."""
        for renderer in (self._scene, self._over):
            renderer.RemoveAllViewProps()
            self.window.RemoveRenderer(renderer)
        del self._scene, self._over, self._sky, self._unseen, self.window

    def _actors(self, pieces: Sequence[Piece], rig: CameraRig, quality: str) -> list[vtkActor]:
        if not pieces:
            return []
        inside = rig.sees(boxes_of(pieces))
        chosen = [piece for piece, sees in zip(pieces, inside, strict=True) if sees]
        actors = []
        sized = list(zip(chosen, _size_of_pixel(chosen, rig), strict=True))
        # Houses from the front to the back: what is hidden need not be lit.
        solid = sum(piece.role is Role.SOLID and not piece.through for piece in chosen)
        sized[:solid] = sorted(sized[:solid], key=lambda item: item[1])
        for piece, size in sized:
            one = piece.near_or_far(size, quality)
            if one is not None:
                self.drawn += one.size
                actors.append(one.actor(self._materials, size, quality))
        return actors


def metres_per_px(rig: CameraRig) -> float:
    """Return what a pixel covers at a distance of 1 m."""
    return 2 * math.tan(math.radians(rig.fov_deg) / 2) / max(rig.size_px[1], 1)


def _size_of_pixel(pieces: Sequence[Piece], rig: CameraRig) -> list[float]:
    """Return for each piece the metres that a pixel covers at its nearest point."""
    if not pieces:
        return []
    boxes, at = boxes_of(pieces), rig.position
    away = np.linalg.norm(np.maximum(np.maximum(boxes[:, :3] - at, at - boxes[:, 3:]), 0.0), axis=1)
    return [float(d) for d in away * metres_per_px(rig)]


def _first(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Return as many pieces as may be uploaded at once, at least one."""
    sizes = np.cumsum([piece.size for piece in pieces])
    return pieces[: max(1, int(np.searchsorted(sizes, COLD_TRIANGLES, side="right")))]


def _exchange(renderer: vtkRenderer, props: Sequence[vtkProp]) -> list[vtkProp]:
    """Give a renderer other things to draw; return those it had."""
    held = renderer.GetViewProps()
    before: list[Any] = [held.GetItemAsObject(i) for i in range(held.GetNumberOfItems())]
    held.RemoveAllItems()
    for prop in props:
        held.AddItem(prop)
    return before


def _ready(window: vtkRenderWindow) -> bool:
    """Whether a window can draw: one in a foreign context only once it has that."""
    ready = getattr(window, "GetReadyForRendering", None)
    return ready is None or bool(ready())
