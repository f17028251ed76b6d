"""The labels of a stage: which are shown, in which size and language, in the picture or apart from it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from vtkmodules.vtkRenderingCore import vtkActor

from twin.render.camera import CameraRig
from twin.render.label_actor import LabelActor
from twin.render.label_pictures import Writing
from twin.render.labels import SIGHT_S, LabelLayout, Placed, See
from twin.render.material import Materials
from twin.render.scene_layer import SceneLayer
from twin.render.text import TextEngine

Box = tuple[int, int, int, int]
PATIENCE_S = 0.012
"""New texts of a moving picture are drawn for so long a frame."""


class Lettering:
    """Places labels for each frame.

    Attributes
    ----------
    placed : tuple of Placed
        What the last frame shows.
    apart : tuple of 2 int or None
        Size of the picture over which somebody else draws ``placed``; None, or the size of the stage's own
        picture: they are part of it.
    scale : float or None
        Pixels of the stage's picture for each pixel of a window at arm's length; None: by its height.
    """

    def __init__(self, text: TextEngine | None, materials: Materials, lang: str) -> None:
        self._layout = LabelLayout(text) if text is not None else None
        self._actor = LabelActor(materials)
        self.lang = lang
        self.visible = True
        self.keep_out: tuple[Box, ...] = ()
        self.scale: float | None = None
        self.apart: tuple[int, int] | None = None
        self.placed: tuple[Placed, ...] = ()
        self._enlarged = 1.0

    @property
    def lacking(self) -> bool:
        """Whether there was no time to draw all texts of the last frame."""
        return self._layout is not None and self.visible and self._layout.lacking

    def within(self, size: tuple[int, int]) -> tuple[Placed, ...]:
        """Return the labels of the last frame that are part of a picture of this size."""
        return self.placed if self.apart in (None, size) else ()

    @property
    def actor(self) -> vtkActor | None:
        """What draws them within the picture, if anything."""
        return self._actor.actor

    def place(
        self,
        layers: Iterable[SceneLayer],
        rig: CameraRig,
        *,
        dark: bool,
        see: See | None,
        thorough: bool,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Choose the labels of the next frame; see :meth:`LabelLayout.place`."""
        own = rig.size_px
        k = self._enlarged = self.apart[0] / own[0] if self.apart is not None else 1.0
        self.placed = ()
        if self._layout is not None and self.visible:
            groups = [(x, labels) for x in layers if x.visible for labels in x.labels]
            rig.size_px = self.apart or own
            self._layout.sight_s = math.inf if math.isinf(patience_s) else SIGHT_S
            self.placed = self._layout.place(
                [(layer.id, labels) for layer, labels in groups],
                rig,
                writing=Writing(
                    lang=self.lang, dark=dark, scale=None if self.scale is None else self.scale * k
                ),
                rows_visible=[layer.rows.visible for layer, _ in groups],
                see=see,
                keep_out=_enlarged(self.keep_out, k),
                thorough=thorough,
                patience_s=math.inf if thorough else patience_s,
            )
            rig.size_px = own
        within = self.apart is None or self.apart == own
        self._actor.show(self.placed if within else (), own[1])

    def at(self, x_px: float, y_px: float) -> Placed | None:
        """Return the label under a pixel of the stage's picture."""
        if self._layout is None or not self.visible:
            return None
        return self._layout.at(x_px * self._enlarged, y_px * self._enlarged)


def _enlarged(boxes: Sequence[Box], k: float) -> list[Box]:
    return [(round(a * k), round(b * k), round(c * k), round(d * k)) for a, b, c, d in boxes]
