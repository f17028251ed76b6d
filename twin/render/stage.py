"""One scene in one window: what is drawn, from where, under which light."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from twin.render.arrivals import Turn
from twin.render.atmosphere import light_uniforms
from twin.render.canvas import Canvas
from twin.render.cut import uniforms
from twin.render.labels import Placed
from twin.render.lettering import PATIENCE_S, Lettering
from twin.render.light import atmosphere
from twin.render.material import Number
from twin.render.memory import Keeper
from twin.render.pace import Pace
from twin.render.part import WHOLE, cells
from twin.render.picking import Hit
from twin.render.piece import Pieces
from twin.render.refining import FIRST_LOOKS, Refining
from twin.render.shadows import Shadows
from twin.render.shared import shared
from twin.render.text import TextEngine
from twin.render.window import offscreen_window, renderer_name
from twin.tiles.heap import let_go_of_large
from twin.tiles.limits import DRAWN_BY_A_CARD_BYTES

FIRST_PATIENCE_S = 0.1
"""For the texts of the first picture, which is to be drawn once."""
LARGEST_PX = 2_048
"""Side of the parts in which large pictures are drawn: a window of 16,384 pixels takes gigabytes."""


SLANT = 4
"""Looks at pictures along the ground where a graphics card draws."""


class Stage(Refining):
    """A scene and its picture. All methods on one thread.

    Pixels count from the top left of the picture, y down.

    Parameters
    ----------
    size : tuple of 2 int
        Width and height in pixels.
    text : TextEngine or None
        Draws labels; without it there are none.
    render_window : vtkRenderWindow or None
        A window to draw into, else one off screen is made.
    lang : str
        Language of labels.
    turn : callable
        Returns a context in which the window may draw apart from frames: one that is shared with others
        needs to be told.
    """

    def __init__(
        self,
        *,
        size: tuple[int, int] = (1280, 720),
        text: TextEngine | None = None,
        render_window: vtkRenderWindow | None = None,
        lang: str = "en",
        turn: Turn = nullcontext,
    ) -> None:
        let_go_of_large()
        super().__init__(size, shared())
        self.window = render_window or offscreen_window(size)
        self._owns_window = render_window is None
        self._turn = turn
        self.size = size
        self._lettering = Lettering(text, self._shared.materials, lang)
        self._quality = "moving"
        self.pace = Pace(slow=self._owns_window)
        """How fine it is while it moves; whoever times its frames tells it."""
        self.disturbed = True
        """The window does not hold the last frame any more."""
        self._closed = False
        self.patient = False
        """Whether a frame waits until its labels are all looked for; a viewer is spared that."""
        self._shared.window = self.window
        if not self._owns_window:
            self._shared.slant, self._shared.most_drawn_bytes = SLANT, DRAWN_BY_A_CARD_BYTES
        self._make_scene()
        self.set_sun(150.0, 42.0)

    def _make_scene(self) -> None:
        self._materials = self._shared.materials
        self._canvas = Canvas(self.window, self._materials, processor=self._owns_window)
        self._shadows = Shadows(self.window, self._shared)
        self._keeper = Keeper()
        start: dict[str, Number] = {
            "uShadow": (0.0, 0.0, 0.0, 0.0),
            "uHeights": (0.0, 0.0, 0.0),
            "uGhost": 0.0,
            "uPull": 0.0,
            "uUnseen": 0.0,
        }
        for name, value in start.items():
            self._materials.set(name, value)

    # Under which circumstances.

    def set_sun(self, azimuth_deg: float, elevation_deg: float) -> None:
        """Place the sun: azimuth clockwise from north, elevation above the horizon."""
        self._sun = (azimuth_deg, elevation_deg)
        self._air = atmosphere(azimuth_deg, elevation_deg)
        for name, value in light_uniforms(self._air).items():
            self._materials.set(name, value)

    def set_quality(self, quality: str) -> None:
        """``moving``: as fast as can be; ``still``: soft edges and shadows; ``best``: for pictures."""
        self._quality = quality

    def set_keep_out(self, boxes: Sequence[tuple[int, int, int, int]]) -> None:
        """Let no label lie in these boxes (left, top, right, bottom) of pixels: something covers them."""
        self._lettering.keep_out = tuple(boxes)

    def set_labels_visible(self, visible: bool) -> None:  # noqa: FBT001 - a plain setter
        """Show or hide all labels."""
        self._lettering.visible = visible

    @property
    def lang(self) -> str:
        """Language of labels."""
        return self._lettering.lang

    def set_language(self, lang: str) -> None:
        """Word labels in another language."""
        self._lettering.lang = lang

    def set_text_scale(self, scale: float | None) -> None:
        """Set the size of labels and points.

        Parameters
        ----------
        scale : float or None
            Pixels of the picture for each pixel of a window at arm's length; None: by the height of the
            picture, large enough for the back of a room.
        """
        self._lettering.scale = scale

    def set_labels_apart(self, size: tuple[int, int] | None) -> None:
        """Leave the labels to somebody else who draws :attr:`placed` over the stretched picture.

        Parameters
        ----------
        size : tuple of 2 int or None
            Width and height of the stretched picture: the pixels that ``placed`` then counts in. None, or the
            size of the picture itself: labels are part of the picture.
        """
        self._lettering.apart = size

    # The picture.

    @property
    def placed(self) -> tuple[Placed, ...]:
        """The labels of the last frame."""
        return self._lettering.placed

    def render(self) -> None:
        """Draw one frame; in quality ``best`` a fine one, which takes several."""
        self._start_anew()
        self._follow()
        if self._quality == "best":
            self._load_all()
        self._aim()
        self.disturbed = False
        self._refresh_shadows()
        self._letter(PATIENCE_S if self._whole_once else FIRST_PATIENCE_S)
        self._canvas.fill(
            self._shown,
            self._shown_over,
            rig=self.camera,
            quality=self._quality,
            labels=self._lettering.actor,
        )
        if self._quality == "best":
            while self.refine():
                pass
        else:
            # The first picture at rest has smooth edges before there is time for a second look.
            rests = self._quality == "still" and self._whole_once
            self._canvas.draw(soften=rests and self._owns_window)
        self._whole_once = self._whole_once or not self.uploading

    def _letter(self, patience_s: float, *, looking: bool = True) -> None:
        self._lettering.place(
            self._layers.values(),
            self.camera,
            dark=self._air.night > 0.5,
            see=self._sees if looking and not self._xray else None,
            thorough=self._quality != "moving",
            patience_s=math.inf if self.patient else patience_s,
        )

    def _aim(self) -> None:
        self.camera.size_px = size = self._whole or self.size
        self._look_where_we_are()
        symbols = self._lettering.scale or max(size[1] / 675, 0.5)
        self._canvas.aim(self.camera, self._air, self._time_s, symbol_scale=symbols)
        if self._cut is not None:
            for name, value in uniforms(self._cut, self.camera).items():
                self._materials.set(name, value)

    def resize(self, width: int, height: int) -> None:
        """Change the size of the picture in pixels."""
        if (width, height) != self.size:
            self.size = (width, height)
            self.camera.size_px = self.size
            self.window.SetSize(width, height)

    def large_image(
        self, size: tuple[int, int], *, part_px: int = LARGEST_PX, frames: int = 0
    ) -> NDArray[np.uint8]:
        """Return a picture larger than a window may be, (height, width, 3) uint8, top row first.

        It is drawn part by part, so that memory holds little more than the picture. Labels are laid over the
        whole of it.

        Parameters
        ----------
        part_px : int
            Longest side of the parts.
        frames : int
            Frames that are averaged for soft edges; 0: the fewer the larger the picture, eight at most.
        """
        from twin.render.labels import draw

        image = np.empty((size[1], size[0], 3), np.uint8)
        before, quality = self.size, self._quality
        shown, self._lettering.visible = self._lettering.visible, False
        frames = frames or max(1, round(FIRST_LOOKS * min(1.0, LARGEST_PX / max(size))))
        self._quality, self._whole = "best", size
        try:
            self._load_and_light()
            for cell in cells(size, part_px):
                self.camera.part = cell.part
                self.resize(cell.width, cell.height)
                self._draw_part(frames)
                rows = slice(cell.top, cell.top + cell.height)
                image[rows, cell.left : cell.left + cell.width] = self.image()
            self._lettering.visible, self.camera.part = shown, WHOLE
            self.camera.size_px = size
            self._letter(math.inf)
            draw(image, self.placed)
        finally:
            self._lettering.visible, self._quality = shown, quality
            self._whole, self.camera.part = None, WHOLE
            self._start_anew()
            self.resize(*before)
        return image

    def _load_and_light(self) -> None:
        """Load what a large picture shows; the shadows that it throws are those of all parts."""
        self._follow()
        self._load_all()
        self._aim()
        self._refresh_shadows()

    def _draw_part(self, frames: int) -> None:
        """Draw a part of a large picture as :meth:`render` draws a whole one."""
        self._start_anew()
        self._follow()
        self._load_all()
        self._aim()
        self.disturbed = True
        self._canvas.fill(self._shown, self._shown_over, rig=self.camera, quality="best")
        for _ in range(frames):
            self._look_once_more()

    @property
    def renderer(self) -> str:
        """Name of the OpenGL renderer, once a frame was drawn."""
        return renderer_name(self.window)

    # What is under a pixel.

    def pick(self, x_px: float, y_px: float) -> Hit | None:
        """Return what is visible under a pixel and can be picked, its label included."""
        label = self._lettering.at(x_px, y_px)
        if label is not None and label.row >= 0:
            x, y, z = label.xyz_in_scene
            return Hit(layer_id=label.layer_id, row=label.row, xyz_in_scene=(x, y, z))
        return super().pick(x_px, y_px)

    def close(self) -> None:
        """Free everything; the stage is of no use afterwards."""
        if self._closed:
            return
        self._closed = True
        self._shared.workers.shutdown(wait=True, cancel_futures=True)
        self._shadows.close()
        for layer in self._layers.values():
            layer.release()
        self._layers.clear()
        self._shown = self._shown_over = self._casting = Pieces()
        self._canvas.close()
        if self._owns_window:
            self.window.Finalize()
        del self._canvas, self._shared, self._shadows, self._lettering
        del self.window, self._materials

    # Insides.

    def _refresh_shadows(self) -> None:
        if self._xray or self._cut is not None:  # what is cut away would still throw its shadow
            self._shadows.mute()
            return
        self._shadows.refresh(
            self._casting,
            self.camera,
            self._air,
            ground=self._ground,
            version=self._scene_version,
            quality=self._quality,
            later=bool(self.streamed()),
        )
