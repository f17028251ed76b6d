"""What the last frame hid: pieces that lie wholly behind it need not be drawn while the picture moves.

After Greene, Kass, Miller, "Hierarchical Z-buffer visibility" (1993), with the depth of the frame before in cells of
a few pixels. What comes out from behind something is a frame late, which nobody sees in motion; a picture that rests
is drawn whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkFloatArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from twin.render.actors import to_numpy
from twin.render.camera import CameraRig
from twin.render.choice import Choice

CELL_PX = 4
"""Side of a cell, which knows the farthest depth in it."""
WORTH = 0.12
"""Of the triangles in view: where less is hidden, looking for it is left for a while."""
PAUSE = 24
"""Frames."""
JUMP_M, JUMP = 3.0, 0.02
"""A viewer who moves farther between two frames, also as a share of the distance looked at, sees something else."""
CORNERS = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)], bool)


class Curtain:
    """The depth of the last moving frame of a renderer.

    Parameters
    ----------
    window : vtkRenderWindow
    renderer : vtkRenderer
        Whose depth counts; those of other layers of the window are drawn over it.
    """

    def __init__(self, window: vtkRenderWindow, renderer: vtkRenderer) -> None:
        self._window, self._renderer = window, renderer
        self._values = vtkFloatArray()
        self._depth: NDArray[np.float32] | None = None
        self._clip_from_scene = np.eye(4)
        self._eye = np.full(3, np.inf)
        self._pause = 0
        self._wanted = False
        observe: Any = renderer.AddObserver  # its stubs know event numbers only
        self._tag: int = observe("EndEvent", lambda *_: self._take())

    def close(self) -> None:
        """Look no more."""
        self._renderer.RemoveObserver(self._tag)
        del self._renderer, self._window

    def aim(self, rig: CameraRig) -> None:
        """Take the camera of the next moving frame, whose depth is taken in turn."""
        moved = float(np.linalg.norm(rig.position - self._eye))
        self._eye = rig.position.copy()
        if moved > JUMP_M + JUMP * rig.pose.distance_m:
            self._depth = None
        self._wanted = self._pause == 0
        self._pause = max(self._pause - 1, 0)
        if not self._wanted:
            self._depth = None

    def lift(self) -> None:
        """Forget the last frame: the next one is drawn whole."""
        self._depth, self._wanted, self._pause = None, False, 0

    def before(self, choices: Sequence[Choice]) -> list[Choice]:
        """Return those that are not hidden."""
        if self._depth is None:
            return list(choices)
        fixed = [not (c.kind.shape or c.kind.moving) for c in choices]
        hidden = self.hides(np.array([c.piece.box for c in choices])) & np.array(fixed, bool)
        weights = np.array([c.piece.size for c in choices])
        if float(weights[hidden].sum()) < WORTH * float(weights.sum()):
            self._pause = PAUSE
        return [c for c, gone in zip(choices, hidden, strict=True) if not gone]

    def hides(self, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return (n,) bool: which boxes (n, 6) lay wholly behind what the last frame showed."""
        hidden = np.zeros(len(boxes), bool)
        if self._depth is None or not len(boxes):
            return hidden
        corners = np.where(CORNERS[None], boxes[:, None, 3:], boxes[:, None, :3])
        clip = corners @ self._clip_from_scene[:, :3].T + self._clip_from_scene[:, 3]
        before = clip[..., 3].min(axis=1) > 1e-6
        with np.errstate(divide="ignore", invalid="ignore"):
            ndc = clip[..., :3] / clip[..., 3:]
        low, high = ndc.min(axis=1), ndc.max(axis=1)
        inside = before & (low[:, :2] > -1).all(axis=1) & (high[:, :2] < 1).all(axis=1)
        cells = np.array(self._depth.shape[::-1])
        # A cell around it, as the picture has moved a little since.
        first = np.maximum(np.floor((low[:, :2] + 1) / 2 * cells) - 1, 0)
        last = np.ceil((high[:, :2] + 1) / 2 * cells) + 1
        for k in np.flatnonzero(inside):
            (x0, y0), (x1, y1) = first[k].astype(int), last[k].astype(int)
            hidden[k] = (low[k, 2] + 1) / 2 > self._depth[y0:y1, x0:x1].max()
        return hidden

    def _take(self) -> None:
        """Read the depth that the renderer has just drawn, before another one clears it."""
        if not self._wanted:
            return
        self._wanted = False
        width, height = self._window.GetSize()
        self._window.GetZbufferData(0, 0, width - 1, height - 1, self._values)
        depth = to_numpy(self._values).reshape(height, width)
        self._depth = farthest(depth)
        camera = self._renderer.GetActiveCamera()
        matrix = camera.GetCompositeProjectionTransformMatrix(width / height, -1.0, 1.0)
        self._clip_from_scene = np.array(
            [[matrix.GetElement(i, j) for j in range(4)] for i in range(4)]
        )


def farthest(depth: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the farthest depth in each cell of a picture."""
    height, width = depth.shape
    rest = ((0, -height % CELL_PX), (0, -width % CELL_PX))
    whole = np.pad(depth, rest, mode="edge") if rest != ((0, 0), (0, 0)) else depth
    # Slice by slice: nine times quicker than the largest of four along an axis.
    rows = reduce(np.maximum, (whole[k::CELL_PX] for k in range(CELL_PX)))
    return reduce(np.maximum, (rows[:, k::CELL_PX] for k in range(CELL_PX)))
