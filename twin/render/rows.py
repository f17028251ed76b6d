"""One colour and state for each row of a layer, in a small texture that the shaders look up.

Changing the colours, the visible rows or the highlighted ones of 100,000 features uploads 400 kB and
touches no geometry.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkTexture

from twin.render.actors import image_data

WIDTH = 2048
HIDDEN, SHOWN, GLOWING = 0, 255, 128


class RowTable:
    """Colour (rgb) and state (alpha) of the rows of one layer."""

    def __init__(self) -> None:
        self._texels = np.full((1, WIDTH, 4), 255, np.uint8)
        self.rgb = np.zeros((0, 3), np.uint8)
        self.visible = np.zeros(0, bool)
        self.glowing = np.zeros(0, bool)
        self.version = 0
        self.texture = vtkTexture()
        self.texture.SetColorModeToDirectScalars()
        self.texture.InterpolateOff()
        self.texture.MipmapOff()
        self.texture.SetWrap(vtkTexture.ClampToEdge)
        self._upload()

    def set_colours(self, rgba: NDArray[np.uint8]) -> None:
        """Take the colours (n, 4) uint8 of all rows; their alpha is not used."""
        if len(rgba) != len(self.rgb):
            self._resize(len(rgba))
        self.rgb = np.ascontiguousarray(rgba[:, :3])
        self._flat()[: len(rgba), :3] = self.rgb
        self._upload()

    def grow(self, rgba: NDArray[np.uint8]) -> None:
        """Take the colours (n, 4) uint8 of rows that come and go; there is room for more of them."""
        self._reserve(len(rgba))
        self.rgb[: len(rgba)] = rgba[:, :3]
        self._flat()[: len(rgba), :3] = rgba[:, :3]
        self._upload()

    def put(self, stretches: Iterable[tuple[int, NDArray[np.uint8]]]) -> None:
        """Take the colours of some stretches of rows: the first row of each, and (n, 4) uint8."""
        stretches = list(stretches)
        if not stretches:
            return
        for start, rgba in stretches:
            end = start + len(rgba)
            self._reserve(end)
            self.rgb[start:end] = rgba[:, :3]
            self._flat()[start:end, :3] = rgba[:, :3]
            self.visible[start:end] = True
            self._flat()[start:end, 3] = SHOWN
            self.glowing[start:end] = False
        self._upload()

    def hide(self, stretches: Iterable[tuple[int, NDArray[np.bool_]]]) -> None:
        """Hide some rows of stretches: the first row of each, and which of it (n,)."""
        visible = self.visible.copy()
        for start, hidden in stretches:
            visible[start : start + len(hidden)] &= ~hidden
        self.set_visible(visible)

    def _reserve(self, rows: int) -> None:
        if rows > len(self.rgb):
            self._resize(max(WIDTH, 1 << max(rows - 1, 0).bit_length()))

    def set_visible(self, visible: NDArray[np.bool_]) -> None:
        """Show and hide rows, (n,) bool."""
        if len(visible) != len(self.rgb):
            self._resize(len(visible))
        if np.array_equal(visible, self.visible):
            return
        self.visible = np.array(visible, bool)
        self.version += 1
        self._write_state()

    def set_glowing(self, rows: NDArray[np.integer] | list[int]) -> None:
        """Highlight exactly these rows."""
        glowing = np.zeros(len(self.rgb), bool)
        chosen = np.asarray(rows, np.int64)
        glowing[chosen[(chosen >= 0) & (chosen < len(glowing))]] = True
        if not np.array_equal(glowing, self.glowing):
            self.glowing = glowing
            self._write_state()

    def shown(self, rows: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Return which of these rows are visible; -1 and unknown rows are."""
        known = (rows >= 0) & (rows < len(self.visible))
        result = np.ones(len(rows), bool)
        result[known] = self.visible[rows[known]]
        return result

    def release(self) -> None:
        """Let go of the pictures."""
        self.texture.SetInputData(None)

    def _resize(self, rows: int) -> None:
        kept = min(rows, len(self.rgb))
        rgb, visible, glowing = self.rgb, self.visible, self.glowing
        self._texels = np.full((max(1, -(-rows // WIDTH)), WIDTH, 4), 255, np.uint8)
        self.rgb = np.full((rows, 3), 255, np.uint8)
        self.visible, self.glowing = np.ones(rows, bool), np.zeros(rows, bool)
        self.rgb[:kept], self.visible[:kept] = rgb[:kept], visible[:kept]
        self.glowing[:kept] = glowing[:kept]
        self._flat()[:rows, :3] = self.rgb
        self._write_state()

    def _write_state(self) -> None:
        state = np.where(self.visible, np.where(self.glowing, GLOWING, SHOWN), HIDDEN)
        self._flat()[: len(state), 3] = state
        self._upload()

    def _flat(self) -> NDArray[np.uint8]:
        return self._texels.reshape(-1, 4)

    def _upload(self) -> None:
        self.texture.SetInputData(image_data(self._texels))


class FlowTable:
    """A speed for each row, in metres a second along its line."""

    def __init__(self) -> None:
        self.moves = False
        self.texture = vtkTexture()
        self.texture.InterpolateOff()
        self.texture.MipmapOff()
        self.texture.SetColorModeToDirectScalars()
        self.texture.SetWrap(vtkTexture.ClampToEdge)
        self.set(None)

    def set(self, speeds: NDArray[Any] | None) -> None:
        """Take the speeds (n,) of all rows; None and NaN stand still."""
        values = np.zeros(1) if speeds is None else np.asarray(speeds, np.float64)
        # Three channels, of which one is used: VTK keeps floats of one channel in a byte.
        texels = np.zeros((max(1, -(-len(values) // WIDTH)), WIDTH, 3), np.float32)
        texels.reshape(-1, 3)[: len(values), 0] = np.nan_to_num(values)
        self.moves = bool(np.any(texels))
        self.texture.SetInputData(image_data(texels))
