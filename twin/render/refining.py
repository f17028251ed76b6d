"""A picture that rests gets finer and finer.

Frames that are shifted by parts of a pixel are averaged. Where the view needs more streamed tiles than may be held at
once, and so was drawn coarser, it is then drawn anew part by part, each in full detail.
"""

from __future__ import annotations

import time
from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from twin.render.arrivals import Arrivals
from twin.render.mosaic import Mosaic
from twin.render.part import WHOLE, Cell

FIRST_LOOKS = 8
"""Chosen by hand, as most pictures have no more."""


def _halton(number: int, base: int) -> float:
    """Return an element of the sequence of van der Corput, 0 to 1 (Halton 1960)."""
    share, found = 1.0, 0.0
    while number:
        share /= base
        found += share * (number % base)
        number //= base
    return found


JITTER = (
    (0.0, 0.0),
    (-0.25, 0.375),
    (0.375, 0.25),
    (0.25, -0.375),
    (-0.375, -0.25),
    (0.125, 0.125),
    (-0.125, 0.4375),
    (-0.4375, -0.0625),
    *((_halton(k, 2) - 0.5, _halton(k, 3) - 0.5) for k in range(FIRST_LOOKS, 24)),
)
"""Parts of a pixel by which the frames of a fine picture are shifted."""
STEP_MS = 8.0
MOST_OF_A_PART = 48 << 20
"""Bytes of tiles that a part shows at most: it takes a moment to draw, and memory holds little more than before."""
WAIT_S = 0.012
"""For tiles and shadows that are on their way, before the window is asked again."""


class Refining(Arrivals):
    """A stage whose last frame can be made finer."""

    _sum: NDArray[np.uint16] | None = None
    _count = 0
    _mosaic: Mosaic | None = None

    @abstractmethod
    def resize(self, width: int, height: int) -> None:
        """Change the size of the picture in pixels."""

    @abstractmethod
    def _refresh_shadows(self) -> None:
        """Bring the shadows in step with what is shown."""

    def refine(self) -> bool:
        """Draw the same frame once more, shifted by part of a pixel, and average: softer edges and shadows.

        Returns
        -------
        bool
            Whether more would still help. :meth:`render` starts anew.
        """
        if self._mosaic is not None:
            return self._piece_on(self._mosaic)
        if self._count == 0 and self._quality != "best" and not self.disturbed:
            self._take_look()  # the frame that was drawn at once is the first
        self._look_once_more()
        if self._count < (FIRST_LOOKS if self._quality == "best" else len(JITTER)):
            return True
        if self._falls_short():
            self._mosaic, self.piecing = Mosaic(self._average()), True
            self._sum, self._count = None, 0
            self._let_show(MOST_OF_A_PART)
        return self.piecing

    def image(self) -> NDArray[np.uint8]:
        """Return the last frame, (height, width, 3) uint8, top row first."""
        return np.ascontiguousarray(self.image_rgba()[::-1, :, :3])

    def image_rgba(self) -> NDArray[np.uint8]:
        """Return the last frame, (height, width, 4) uint8, *bottom* row first; quicker than image()."""
        if self._mosaic is not None:
            return self._mosaic.picture
        if self._sum is None:
            return self._canvas.pixels()
        return self._average()

    def _start_anew(self) -> None:
        """Forget what was averaged: another frame begins."""
        self._sum, self._count = None, 0
        self._mosaic = None
        if self.piecing:
            self.piecing = False
            self._let_show(self._shared.most_drawn_bytes)

    def _let_show(self, most_bytes: int) -> None:
        """Let a view have so much of streamed tiles."""
        for layer in self._layers.values():
            for tiles in layer.streams:
                tiles.stream.most_drawn_bytes = most_bytes

    def _average(self) -> NDArray[np.uint8]:
        assert self._sum is not None  # noqa: S101 - asked for only then
        return ((self._sum + self._count // 2) // self._count).astype(np.uint8)

    def _look_once_more(self) -> None:
        """Draw with the next shift, and add it to what is averaged."""
        self._shadows.turn(6.2832 * self._count / FIRST_LOOKS)
        self._canvas.draw(JITTER[self._count % len(JITTER)])
        self._take_look()

    def _take_look(self) -> None:
        """Add the frame that was drawn to what is averaged."""
        frame = self._canvas.pixels()
        if self._sum is None:
            self._sum = frame.astype(np.uint16)
        else:
            self._sum += frame
        self._count += 1

    def _falls_short(self) -> bool:
        """Whether the view got less detail of streamed tiles than it asked for."""
        layers = (layer for layer in self._layers.values() if layer.visible)
        return any(tiles.stream.falls_short for layer in layers for tiles in layer.streams)

    def _piece_on(self, mosaic: Mosaic) -> bool:
        """Bring the parts a step further; return whether more is to come."""
        cell = mosaic.cell
        if cell is None:
            return self._see_all_again()
        self.camera.part = cell.part
        try:
            ready = self._load_some()
            if self._falls_short() and mosaic.split():
                return True
            if ready and self._lit():
                self._look_at(mosaic, cell)
        finally:
            self.camera.part = WHOLE
        return True

    def _see_all_again(self) -> bool:
        """Load what the whole view showed, for picking and tables; return whether more is to come."""
        if self.piecing:
            self._let_show(self._shared.most_drawn_bytes)
            self.piecing = not self._load_some()
        return self.piecing

    def _load_some(self) -> bool:
        """Load and upload some of what the part shows; return whether all of it is there."""
        end = time.perf_counter() + STEP_MS / 1000.0
        self.upload(STEP_MS)
        layers = [layer for layer in self._layers.values() if layer.streaming]
        if self.starved and layers:
            layers[0].streams[0].wait(WAIT_S)
        return not layers and not self._warm(self._cold_in(self._quality), end)

    def _lit(self) -> bool:
        """Bring the shadows in step with what the part shows; return whether they are."""
        if self._count == 0:
            self._shadows.wait(WAIT_S)
            self._aim()
            self._refresh_shadows()
        return not self._shadows.waiting

    def _look_at(self, mosaic: Mosaic, cell: Cell) -> None:
        """Draw a part once more; after the last time it is laid into the picture."""
        before = self._whole = self.size
        self.resize(cell.width, cell.height)
        try:
            self._aim()
            self.disturbed = True
            self._canvas.fill(self._shown, self._shown_over, rig=self.camera, quality=self._quality)
            self._look_once_more()
        finally:
            self._whole = None
            self.resize(*before)
        if self._count == len(JITTER):
            mosaic.lay(self._average(), self._lettering.within(before))
            self._sum, self._count = None, 0
