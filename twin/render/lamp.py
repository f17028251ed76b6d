"""Depth maps of the scene: from the sun, for shadows; from above, for how much sky a point sees.

They are drawn in the window of the stage between two frames, so that what casts shadows is uploaded only once,
and only when sun, geometry or place have changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkFloatArray
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from twin.model.ground import Ground
from twin.render.actors import to_numpy
from twin.render.choice import Choice
from twin.render.material import Materials
from twin.render.piece import Pieces
from twin.render.shaders.kind import DEPTH
from twin.render.window import alone

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Aim:
    """Parallel rays of a lamp.

    Parameters
    ----------
    toward : (3,) float64
        Unit vector from the scene to the lamp.
    centre : (3,) float64
        Middle of the map.
    half_m : float
        Half the side of the map.
    reach_m : float
        How far before and behind the centre depth reaches.
    """

    toward: Vector
    centre: Vector
    half_m: float
    reach_m: float


@dataclass(frozen=True, eq=False, kw_only=True)
class DepthMap:
    """What a lamp saw.

    Parameters
    ----------
    depth : (size, size) float32
        0 nearest to the lamp, 1 farthest or nothing; row 0 is the lowest.
    uv_from_scene : (4, 4) float64
        Scene to texture coordinates and depth, all 0 to 1.
    """

    depth: NDArray[np.float32]
    uv_from_scene: NDArray[np.float64]
    aim: Aim

    @property
    def texel_m(self) -> float:
        """Metres a texel covers."""
        return 2.0 * self.aim.half_m / len(self.depth)


class Lamp:
    """Draws depth maps of pieces.

    Parameters
    ----------
    window : vtkRenderWindow
        Is lent for each map; holds no picture afterwards.
    materials : Materials
    size_px : int
        Side of the maps.
    """

    def __init__(self, window: vtkRenderWindow, materials: Materials, size_px: int) -> None:
        self._window, self._materials, self._size = window, materials, size_px
        self._renderer = vtkRenderer()
        self._renderer.SetUseOIT(False)
        self._renderer.GetCullers().RemoveAllItems()
        self._renderer.SetAutomaticLightCreation(False)
        self._renderer.GetActiveCamera().ParallelProjectionOn()
        self._renderer.SetDraw(False)
        window.AddRenderer(self._renderer)

    def cast(self, pieces: Pieces, aim: Aim) -> DepthMap:
        """Draw pieces as seen from the lamp; those outside its beam are left out."""
        choices = self.lit(pieces, aim)
        props = self._renderer.GetViewProps()
        for choice in choices:
            props.AddItem(choice.piece.actor(self._materials, DEPTH))
            choice.piece.ready.add(DEPTH)
        try:
            depth = self._drawn()
        finally:
            props.RemoveAllItems()
        return DepthMap(depth=depth, uv_from_scene=self._matrix(), aim=aim)

    def lit(self, pieces: Pieces, aim: Aim) -> list[Choice]:
        """Return what stands in the beam, or what stands in for it at the size of a texel."""
        self._aim(aim)
        texel_m = 2 * aim.half_m / self._size
        found = []
        for i in np.flatnonzero(_in_beam(pieces.boxes, self._matrix())):
            one = pieces[i].near_or_far(texel_m, "moving")
            if one is not None:
                found.append(Choice(one, DEPTH, None, texel_m))
        return found

    def close(self) -> None:
        """Give the window back."""
        self._renderer.RemoveAllViewProps()
        self._window.RemoveRenderer(self._renderer)
        del self._renderer, self._window

    def _drawn(self) -> NDArray[np.float32]:
        window, last = self._window, self._size - 1
        before = window.GetSize()
        values = vtkFloatArray()
        with alone(window, self._renderer):
            window.SetSize(self._size, self._size)
            window.Render()
            window.GetZbufferData(0, 0, last, last, values)
        window.SetSize(*before)
        return to_numpy(values).reshape(self._size, self._size)

    def _aim(self, aim: Aim) -> None:
        camera = self._renderer.GetActiveCamera()
        camera.SetParallelScale(aim.half_m)
        camera.SetFocalPoint(*aim.centre)
        camera.SetPosition(*(aim.centre + aim.toward * aim.reach_m))
        steep = abs(aim.toward[2]) > 0.99
        camera.SetViewUp(0.0, 1.0 if steep else 0.0, 0.0 if steep else 1.0)
        camera.SetClippingRange(0.0, 2.0 * aim.reach_m)

    def _matrix(self) -> NDArray[np.float64]:
        camera = self._renderer.GetActiveCamera()
        matrix = camera.GetCompositeProjectionTransformMatrix(1.0, -1.0, 1.0)
        clip = np.array([[matrix.GetElement(i, j) for j in range(4)] for i in range(4)])
        half = np.array([[0.5, 0, 0, 0.5], [0, 0.5, 0, 0.5], [0, 0, 0.5, 0.5], [0, 0, 0, 1.0]])
        return np.asarray(half @ clip)


def _in_beam(boxes: Vector, uv_from_scene: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return (n,) bool: which boxes (n, 6) reach into the map."""
    pick = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)], bool)
    corners = np.where(pick[None], boxes[:, None, 3:], boxes[:, None, :3])
    uv = corners @ uv_from_scene[:2, :3].T + uv_from_scene[:2, 3]
    return np.asarray(((uv.max(axis=1) >= 0) & (uv.min(axis=1) <= 1)).all(axis=1))


def as_bytes(depth: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return (n, n, 4) uint8: depths in three bytes, lowest first, as VTK keeps floats of one channel in one byte.

    Works in the memory of ``depth``, which holds nothing of use afterwards: maps are large.
    """
    whole = np.multiply(depth, np.float32(2**24 - 1), out=depth).astype(np.uint32)
    return whole.view(np.uint8).reshape(*depth.shape, 4)


@dataclass(frozen=True, eq=False)
class Around:
    """What stands around each place.

    Parameters
    ----------
    heights : (n, n, 3) float32
        Heights seen from above, around about 4, 15 and 50 m wide.
    open_ground : (n, n) uint8
        Share of the sky that the ground sees, 255 all of it.
    """

    heights: NDArray[np.float32]
    open_ground: NDArray[np.uint8]


def around(above: DepthMap, ground: Ground) -> Around:
    """Work out what stands around each place of a map that was drawn straight down; takes some 200 ms."""
    depth = np.minimum(above.depth[::2, ::2], above.depth[1::2, 1::2])
    under = _ground_below(above, ground, len(depth))
    top = above.aim.centre[2] + above.aim.reach_m
    z = np.where(depth < 1.0, top - depth * np.float32(2.0 * above.aim.reach_m), under)
    layers = []
    seen = np.ones(z.shape, np.float32)
    for width_m, reach_m, weight in ((4.0, 7.0, 0.34), (15.0, 12.0, 0.36), (50.0, 26.0, 0.22)):
        z = box_blur(z.astype(np.float32), max(1, round(width_m / above.texel_m / 4)))
        layers.append(z)
        seen -= np.float32(weight) * np.clip((z - under) / reach_m, 0.0, 1.0)
    open_ground = (np.clip(seen, 0.25, 1.0) * 255).astype(np.uint8)
    return Around(np.stack(layers, axis=-1), open_ground)


def _ground_below(above: DepthMap, ground: Ground, size: int) -> NDArray[np.float32]:
    """Return (size, size): heights of the ground, worked out at each fourth place as it is smooth."""
    some = -(-size // 4)
    at = (np.arange(some) * 4 + 2) / size * 2 * above.aim.half_m - above.aim.half_m
    x, y = np.meshgrid(at + above.aim.centre[0], at + above.aim.centre[1])
    z = ground.height_m(np.column_stack([x.ravel(), y.ravel()])).astype(np.float32)
    whole = np.repeat(np.repeat(z.reshape(some, some), 4, axis=0), 4, axis=1)
    return whole[:size, :size]


def box_blur(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Return the mean over squares of ``2 * reach + 1`` cells, the edge continued."""
    for axis in (0, 1):
        width = [(0, 0), (0, 0)]
        width[axis] = (reach + 1, reach)
        run = np.cumsum(np.pad(values, width, mode="edge"), axis=axis, dtype=np.float64)
        n = 2 * reach + 1
        high = run[n:] if axis == 0 else run[:, n:]
        low = run[:-n] if axis == 0 else run[:, :-n]
        values = ((high - low) / n).astype(np.float32)
    return values


def vtk_matrix(rows: NDArray[np.float64]) -> vtkMatrix4x4:
    """Return a VTK matrix."""
    matrix = vtkMatrix4x4()
    matrix.DeepCopy([float(v) for v in rows.reshape(-1)])
    return matrix
