"""Where the rows of a layer that move are now: they glide from each place to the next."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkTexture

from twin.drawables import PLACE, Labels
from twin.model.ground import Ground
from twin.render.actors import image_data
from twin.render.rows import WIDTH

LONGEST_GLIDE_S = 1.0
LEAP_M = 400.0
"""What is farther away than this from where it was did not drive there: it stands there at once."""
ABSENT = -9999.0
"""Heading of what has no place now; the shader draws nothing of it."""
MARGIN_M = 30.0
NOWHERE_M = -1e7

Float64 = NDArray[np.float64]


class PlaceTable:
    """Place and heading of each row, in a small texture that the shader looks up.

    Attributes
    ----------
    now : (n, 4) float64
        x, y, z in the scene and heading in degrees; NaN for rows without a place.
    """

    def __init__(self) -> None:
        self.now = np.zeros((0, 4))
        self._from = self._to = self.now
        self._done_s = self._glide_s = 0.0
        self._told_s = time.monotonic()
        self._shown_moving = False
        self.texture = vtkTexture()
        self.texture.InterpolateOff()
        self.texture.MipmapOff()
        self.texture.SetColorModeToDirectScalars()
        self.texture.SetWrap(vtkTexture.ClampToEdge)
        self._upload()

    @property
    def moves(self) -> bool:
        """Whether something is on its way."""
        return self._done_s < self._glide_s

    @property
    def box(self) -> NDArray[np.float64] | None:
        """Box (6,) around all places, None where there are none."""
        known = self.now[np.isfinite(self.now[:, 0]), :3]
        if not len(known):
            return None
        return np.concatenate([known.min(axis=0) - MARGIN_M, known.max(axis=0) + MARGIN_M])

    def set(self, columns: Mapping[str, NDArray[Any]], ground: Ground) -> None:
        """Take where the rows are to be; they glide there in the time since they were last told.

        Where nobody lets time pass between (single pictures, films), they stand there at once.
        """
        found = [columns.get(name) for name in PLACE]
        if any(values is None for values in found):
            return
        x, y, heading = (np.asarray(values, np.float64) for values in found)
        target = np.column_stack([x, y, np.zeros(len(x)), np.nan_to_num(heading)])
        known = np.isfinite(target[:, :2]).all(axis=1)
        target[~known] = np.nan
        if known.any():
            target[known, 2] = ground.height_m(target[known, :2])
        now_s = time.monotonic()
        since_s, self._told_s = now_s - self._told_s, now_s
        self._glide_s = min(since_s, LONGEST_GLIDE_S) if self._shown_moving else 0.0
        self._done_s, self._shown_moving = 0.0, False
        if len(target) != len(self.now):
            self.now = np.full_like(target, np.nan)
        self._from, self._to = self.now.copy(), target
        with np.errstate(invalid="ignore"):
            near = np.hypot(*(self._to - self._from)[:, :2].T) <= LEAP_M
        self._from[~near] = self._to[~near]
        self._glide()

    def of(self, rows: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Return where some rows are, (k, 3) float32; NaN for those that are nowhere."""
        found = np.full((len(rows), 3), np.nan, np.float32)
        known = (rows >= 0) & (rows < len(self.now))
        found[known] = self.now[rows[known], :3]
        return found

    def over(self, labels: Labels) -> NDArray[np.float32]:
        """Return the anchors of labels above what they name; far below the ground where that is nowhere."""
        rows = labels.row_of_label
        at = self.of(np.zeros(0, np.int32) if rows is None else rows)
        at[:, 2] += labels.xyz_in_scene[:, 2]
        return np.nan_to_num(at, nan=NOWHERE_M)

    def advance(self, seconds: float) -> bool:
        """Let time pass; return whether anything moved."""
        self._shown_moving = True
        if not self.moves:
            return False
        self._done_s += seconds
        self._glide()
        return True

    def _glide(self) -> None:
        share = min(self._done_s / self._glide_s, 1.0) if self._glide_s > 0 else 1.0
        step = self._to - self._from
        step[:, 3] = (step[:, 3] + 180.0) % 360.0 - 180.0  # the short way round
        self.now = self._from + share * step
        self._upload()

    def _upload(self) -> None:
        texels = np.zeros((max(1, -(-len(self.now) // WIDTH)), WIDTH, 4), np.float32)
        texels[..., 3] = ABSENT
        known = np.isfinite(self.now[:, 0])
        texels.reshape(-1, 4)[: len(self.now)][known] = self.now[known]
        self.texture.SetInputData(image_data(texels))
