"""Draws pieces into a window: only what is in view, each by the program that its distance calls for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkRenderWindow

from twin.render.actors import to_numpy
from twin.render.camera import CameraRig
from twin.render.choice import Choice, choose, metres_per_px
from twin.render.curtain import Curtain
from twin.render.light import Atmosphere
from twin.render.material import Materials
from twin.render.overlap import Overlap
from twin.render.part import WHOLE
from twin.render.piece import Pieces
from twin.render.shaders.kind import Kind
from twin.render.skipping import Skipping
from twin.render.sky import Sky
from twin.render.window import alone

THINNEST_PX = 1.6
"""No tube is drawn thinner."""

COLD_TRIANGLES = 8_000
"""While the picture moves, so many triangles at most are uploaded with a frame: a millisecond or two."""
CORNER = 1 / 64
"""Part of the picture in which uploads are drawn, unseen: clearing and copying all of it would cost more."""


class Canvas:
    """The renderers of a window: the scene, and what lies over it.

    Parameters
    ----------
    window : vtkRenderWindow
    materials : Materials
    processor : bool
        The processor draws: leave out what the frame before hid, and paint while the rest is worked out.
    """

    def __init__(
        self, window: vtkRenderWindow, materials: Materials, *, processor: bool = False
    ) -> None:
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
        # Half of what its search along edges takes is for ends that nobody sees.
        self._scene.GetFXAAOptions().SetUseHighQualityEndpoints(False)
        self._sky = Sky(materials)
        self._bench = _bench_in(window)
        self._bench.SetActiveCamera(self._scene.GetActiveCamera())
        self._curtain = Curtain(window, self._scene) if processor else None
        self._overlap = Overlap() if processor else None
        self._skipping = Skipping(window) if processor else None
        self._part = WHOLE
        self.drawn = 0
        """Triangles handed to the last frame."""
        self.lacking = False
        """Something in view was left out of the last frame: it is not yet uploaded."""
        self.frame = 0
        self._cold_left = 0.0
        self.programs: set[Kind] = set()
        """Those that were put together; the first piece of each takes some hundredths of a second longer."""

    def aim(
        self,
        rig: CameraRig,
        air: Atmosphere,
        time_s: float,
        *,
        symbol_scale: float = 1.0,
    ) -> None:
        """Take the camera and the light of the next frames; ``symbol_scale`` sizes points and strokes."""
        self._part = rig.part
        near, far = rig.clipping()
        tall = math.tan(math.radians(rig.fov_deg) / 2)
        self._point(rig, near, far)
        self._measure(rig, tall)
        span = max(float(np.ptp(np.asarray(rig.bounds).reshape(2, 3)[:, :2], axis=0).max()), 500.0)
        # What is looked at stays clear; the air thickens behind it.
        clear = max(0.12 * span, 0.8 * rig.pose.distance_m)
        axes = rig.frame_matrix()
        values = self._materials
        values.set("uSunVC", [float(v) for v in axes @ np.asarray(air.sun)])
        values.set("uUpVC", [float(v) for v in axes[:, 2]])
        values.set("uEye", [float(v) for v in rig.position])
        values.set("uNear", near)
        values.set("uSymbol", symbol_scale)
        values.set("uThin", THINNEST_PX * symbol_scale * metres_per_px(rig))
        values.set("uPull", 2 * near * far / (far - near) * 0.0006)
        values.set("uHaze", (0.75 / span, clear, 0.8, metres_per_px(rig)))
        values.set("uMood", (air.night, air.daylight, air.shadow, time_s))
        self._sky.place(rig, tall, air, rig.part)

    def _point(self, rig: CameraRig, near: float, far: float) -> None:
        """Point VTK's camera; :meth:`draw` moves its picture to the part that is drawn."""
        camera = self._scene.GetActiveCamera()
        camera.SetPosition(*rig.position)
        camera.SetFocalPoint(*rig.target)
        camera.SetViewUp(*rig.pose.up)
        narrow = math.tan(math.radians(rig.fov_deg) / 2) * rig.part.share[1]
        whole = rig.part is WHOLE
        camera.SetViewAngle(rig.fov_deg if whole else math.degrees(2 * math.atan(narrow)))
        camera.SetClippingRange(near, far)

    def _measure(self, rig: CameraRig, tall: float) -> None:
        """Tell the programs where a pixel is; ``tall`` is half the height of the picture at 1 m."""
        width, height = rig.size_px
        part = rig.part
        lens = (tall * width / max(height, 1), tall)
        own = (width * part.share[0], height * part.share[1])
        screen = (float(own[0]), float(own[1]), 2.0 / width, 2.0 / height)
        for name in ("u", "uCut"):
            self._materials.set(f"{name}Lens", lens)
            self._materials.set(f"{name}Shift", part.corner)
            self._materials.set(f"{name}Screen", screen)

    def fill(
        self,
        pieces: Pieces,
        over: Pieces,
        *,
        rig: CameraRig,
        quality: str,
        labels: vtkActor | None = None,
    ) -> None:
        """Choose what is drawn by the next frames.

        Parameters
        ----------
        pieces : Pieces
            The scene, in the order of drawing.
        over : Pieces
            Drawn over all of it, with a depth of their own.
        quality : str
            ``moving`` leaves out some of what is not yet uploaded.
        labels : vtkActor or None
            Over everything.
        """
        self.frame += 1
        self.drawn, self.lacking = 0, False
        self._cold_left = COLD_TRIANGLES if quality == "moving" else math.inf
        for renderer, some in ((self._scene, pieces), (self._over, over)):
            props = renderer.GetViewProps()
            props.RemoveAllItems()
            chosen = choose(some, rig, quality)
            if renderer is self._scene and self._curtain is not None:
                chosen = self._in_front(chosen, rig, quality)
            shown = self._ready_now(chosen, quality)
            actors = [self._actor(choice) for choice in shown]
            if renderer is self._scene and self._overlap is not None:
                actors = list(self._overlap.spread(actors, [c.piece.size for c in shown]))
            for actor in actors:
                props.AddItem(actor)
        self._scene.GetViewProps().AddItem(self._sky.actor(quality))
        if labels is not None:
            self._over.GetViewProps().AddItem(labels)

    def _ready_now(self, chosen: Sequence[Choice], quality: str) -> list[Choice]:
        """Return what can be drawn in the next frame, what stands in for what is not uploaded included."""
        found = []
        for choice in chosen:
            shown: Choice | None = choice
            if not choice.ready:
                if self._cold_left <= 0:
                    self.lacking = True
                    shown = choice.while_waiting(quality)
                else:
                    self._cold_left -= choice.piece.weight
            if shown is not None:
                found.append(shown)
        return found

    def _in_front(self, chosen: list[Choice], rig: CameraRig, quality: str) -> list[Choice]:
        """Leave out what the last frame hid; only while the picture moves."""
        assert self._curtain is not None  # noqa: S101 - asked for only then
        if quality != "moving":
            self._curtain.lift()
            return chosen
        self._curtain.aim(rig)
        return self._curtain.before(chosen)

    def warm(self, choices: Sequence[Choice]) -> None:
        """Upload some pieces by drawing them unseen, in a corner; the window holds no picture afterwards."""
        # By a uniform: another property would have VTK put all programs together anew when they are drawn.
        props = self._bench.GetViewProps()
        # A program that was never drawn with is only put together by a draw.
        known = all(choice.kind in self.programs for choice in choices)
        skipping = self._skipping.draws() if known and self._skipping is not None else nullcontext()
        for choice in choices:
            props.AddItem(choice.piece.actor(self._materials, choice.kind))
            self._note(choice)
        self._materials.set("uUnseen", 1.0)
        with alone(self.window, self._bench), skipping:
            self.window.Render()
        self._materials.set("uUnseen", 0.0)
        props.RemoveAllItems()

    def draw(self, shift_px: tuple[float, float] = (0.0, 0.0), *, soften: bool = False) -> None:
        """Draw a frame, shifted by parts of a pixel; ``soften`` smooths its edges (FXAA)."""
        self._scene.SetUseFXAA(soften)
        width, height = self.window.GetSize()
        camera = self._scene.GetActiveCamera()
        x, y = (m / s for m, s in zip(self._part.middle, self._part.share, strict=True))
        camera.SetWindowCenter(x + 2 * shift_px[0] / width, y + 2 * shift_px[1] / height)
        with self._overlap.drawing() if self._overlap is not None else nullcontext():
            self.window.Render()

    def pixels(self) -> NDArray[np.uint8]:
        """Return the last frame, (height, width, 4) uint8, bottom row first."""
        width, height = self.window.GetSize()
        buffer = vtkUnsignedCharArray()
        self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, buffer, 0)
        return np.ascontiguousarray(to_numpy(buffer).reshape(height, width, 4))

    def close(self) -> None:
        """Let go of the window's content."""
        if self._curtain is not None:
            self._curtain.close()
        if self._overlap is not None:
            self._overlap.close()
        for renderer in (self._scene, self._over, self._bench):
            renderer.RemoveAllViewProps()
            self.window.RemoveRenderer(renderer)
        del self._scene, self._over, self._bench, self._sky, self._skipping, self.window

    def _actor(self, choice: Choice) -> vtkActor:
        self.drawn += choice.piece.size
        self._note(choice)
        return choice.piece.actor(self._materials, choice.kind)

    def _note(self, choice: Choice) -> None:
        self.programs.add(choice.kind)
        choice.piece.ready.add(choice.kind)
        choice.piece.used = self.frame


def _bench_in(window: vtkRenderWindow) -> vtkRenderer:
    """Return a renderer of a corner that draws only when it is asked to."""
    bench = vtkRenderer()
    bench.SetUseOIT(False)
    bench.SetAutomaticLightCreation(False)
    bench.GetCullers().RemoveAllItems()
    bench.SetViewport(0.0, 0.0, CORNER, CORNER)
    bench.SetDraw(False)
    window.AddRenderer(bench)
    return bench
