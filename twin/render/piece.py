"""What a visual is made of: a few thousand triangles, drawn by one of several programs or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkProperty, vtkRenderWindow

from twin.drawables import Role
from twin.render.actors import actor_of, poly_data
from twin.render.material import Materials
from twin.render.parts.part import Box, Part, Spread
from twin.render.shaders.kind import DEPTH, Kind, variant

EDGES_PX = {"moving": 30.0, "still": 4.0, "best": 3.0}
"""Triangles whose edges look smaller than this are lit at their corners."""
STAND_IN_PX = {"moving": 26.0, "still": 16.0, "best": 12.0}
"""Glyphs that look lower than this are drawn by a plainer shape."""
VANISH_PX = {"moving": 2.5, "still": 1.2, "best": 0.8}
"""Glyphs that look lower than this are not drawn."""

APART_PX = 30.0
"""Points nearer to each other than this are drawn as one."""

BYTES_A_TRIANGLE = 60
"""So much of a picture is uploaded in the time of a triangle."""


@dataclass(eq=False, kw_only=True)
class PickMesh:
    """Triangles that a ray can hit, and the row of each vertex."""

    xyz: NDArray[np.float32]
    triangles: NDArray[np.int32]
    row_of_vertex: NDArray[np.int32]
    spread: Spread | None = None
    locator: Any = None


@dataclass(eq=False, kw_only=True)
class Piece:
    """A part of a layer with all that its drawing needs.

    Attributes
    ----------
    box : (6,) float
        x_min, y_min, z_min, x_max, y_max, z_max.
    pick : PickMesh or None
        What a ray meets.
    stand_in : Piece or None
        A plainer shape for far away.
    ready : set of Kind
        The programs that it was drawn by: all that these need is on the graphics card.
    used : int
        Number of the last frame that drew it.
    """

    part: Part
    surface: vtkProperty
    box: Box
    pick: PickMesh | None = None
    stand_in: Piece | None = None
    through: bool = False
    ready: set[Kind] = field(default_factory=set)
    used: int = 0
    _data: vtkPolyData | None = None
    _actors: dict[Kind, vtkActor] = field(default_factory=dict)
    _kinds: dict[tuple[bool, bool], Kind] = field(default_factory=dict)

    @property
    def role(self) -> Role:
        """What it is in the scene."""
        return self.part.role

    @property
    def casts_shadow(self) -> bool:
        """Whether the sun throws its shadow."""
        return self.part.casts_shadow

    @property
    def flow_column(self) -> str | None:
        """Column that its arrows run by."""
        return self.part.flow_column

    @property
    def size(self) -> int:
        """Number of triangles."""
        return len(self.part.triangles)

    @property
    def weight(self) -> int:
        """What its upload costs, in triangles: its picture counts too."""
        picture = self.part.texture
        return self.size + (0 if picture is None else picture.nbytes // BYTES_A_TRIANGLE)

    @property
    def bytes_on_card(self) -> int:
        """What it takes of the graphics card's memory, textures aside: vertices once, indices by program."""
        return (
            self.part.vertex_bytes + len(self.ready) * self.part.triangles.nbytes
            if self.ready
            else 0
        )

    def near_or_far(self, metres_per_px: float, quality: str) -> Piece | None:
        """Return itself, its stand-in where it looks small, None where it looks tiny."""
        if not apart(self.part.from_m, self.part.until_m, metres_per_px):
            return None
        if self.part.vanishes and self.part.detail_m < VANISH_PX[quality] * metres_per_px:
            return None
        far = self.stand_in
        if far is not None and self.part.detail_m < STAND_IN_PX[quality] * metres_per_px:
            return far
        return self

    def kind_at(self, metres_per_px: float, quality: str) -> Kind:
        """Return the program for a size on the screen and a quality."""
        key = (self.part.edge_m < EDGES_PX[quality] * metres_per_px, quality == "moving")
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = variant(self.part.kind, distant=key[0], fast=key[1])
        return kind

    def actor(self, materials: Materials, kind: Kind) -> vtkActor:
        """Return the actor for a program; all share the vertices that are uploaded."""
        actor = self._actors.get(kind)
        if actor is None:
            actor = self._actors[kind] = self._make(materials, kind)
        return actor

    def set_through(self, *, through: bool) -> None:
        """Say whether what lies behind it shines through."""
        if through != self.through:
            self.through = through
            for actor in self._actors.values():
                _blend(actor, through=through)

    def forget(self, window: vtkRenderWindow) -> None:
        """Free what it holds of the graphics card; it comes back when it is drawn again."""
        for actor in self._actors.values():
            actor.GetMapper().ReleaseGraphicsResources(window)
        self._actors.clear()
        self.ready.clear()
        self._data = None

    def _make(self, materials: Materials, kind: Kind) -> vtkActor:
        if self._data is None:
            part = self.part
            self._data = poly_data(part.xyz, part.triangles, part.attributes)
        actor = actor_of(self._data)
        actor.SetShaderProperty(materials.of(kind).shader)
        actor.SetProperty(self.surface)
        _blend(actor, through=self.through and kind != DEPTH)
        return actor


def apart(from_m: Any, until_m: Any, metres_per_px: Any) -> Any:
    """Whether ``from_m`` metres look wide enough to tell what lies so far apart, and ``until_m`` do not.

    Numbers or arrays; 0 is no limit.
    """
    wide = APART_PX * metres_per_px
    return ((from_m <= 0.0) | (from_m >= wide)) & ((until_m <= 0.0) | (until_m < wide))


class Pieces(tuple[Piece, ...]):  # noqa: SLOT001 - keeps its boxes beside
    """Pieces with their boxes side by side."""

    @cached_property
    def boxes(self) -> Box:
        """Boxes (n, 6) of all."""
        return boxes_of(self)


def _blend(actor: vtkActor, *, through: bool) -> None:
    actor.SetForceTranslucent(through)
    actor.SetForceOpaque(not through)


def boxes_of(pieces: Sequence[Piece]) -> Box:
    """Return the boxes (n, 6) of pieces."""
    return np.array([piece.box for piece in pieces]).reshape(-1, 6)
