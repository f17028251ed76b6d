"""A layer in the scene: its actors, the table of its rows, and what waits to be uploaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkProperty, vtkTexture

from twin.drawables import Drape, Drawable, Glyphs, Labels, Lines, Mesh, Points, Role
from twin.model.ground import Ground
from twin.render.actors import make_texture
from twin.render.material import Materials
from twin.render.parts.drape import mesh_of_drape
from twin.render.parts.glyphs import parts_of_glyphs
from twin.render.parts.lines import parts_of_lines
from twin.render.parts.mesh import parts_of_mesh
from twin.render.parts.part import Part
from twin.render.parts.points import parts_of_points
from twin.render.piece import PickMesh, Piece, box_of
from twin.render.rows import FlowTable, RowTable


@dataclass(eq=False)
class Shared:
    """What all layers of a stage share."""

    materials: Materials
    shadow_map: vtkTexture
    height_map: vtkTexture
    open_map: vtkTexture
    workers: ThreadPoolExecutor


@dataclass(eq=False, kw_only=True)
class Upload:
    """Drawables on their way to the graphics card."""

    parts: Future[list[Part]]
    next: int = 0
    pieces: list[Piece] = field(default_factory=list)
    labels: tuple[Labels, ...] = ()
    replaces: bool = False
    """Something is shown already: it stays until all of the new is there."""


class SceneLayer:
    """Actors of one layer."""

    def __init__(self, layer_id: str, shared: Shared) -> None:
        self.id = layer_id
        self.rows = RowTable()
        self.pieces: list[Piece] = []
        self.labels: tuple[Labels, ...] = ()
        self.order = 0
        self.visible = True
        self.opacity = 1.0
        self.columns: Mapping[str, NDArray[Any]] = {}
        self._shared = shared
        self._flows: dict[str, FlowTable] = {}
        self._textures: dict[int, vtkTexture] = {}
        self._properties: dict[tuple[Role, int, str | None, bool], vtkProperty] = {}
        self.upload: Upload | None = None

    def begin(self, drawables: Sequence[Drawable], ground: Ground) -> None:
        """Start to replace what is drawn; the old stays until all of the new is there."""
        if self.upload is not None:
            self.upload.parts.cancel()
        labels = tuple(d for d in drawables if isinstance(d, Labels))
        work = self._shared.workers.submit(_parts, tuple(drawables), ground)
        self.upload = Upload(parts=work, labels=labels, replaces=bool(self.pieces))
        if not self.upload.replaces:
            self.labels = labels

    def step(self) -> bool:
        """Make one piece of what waits; return whether there was one."""
        upload = self.upload
        if upload is None or not upload.parts.done():
            return False
        parts = upload.parts.result()
        if upload.next >= len(parts):
            return False
        upload.pieces.append(self._piece(parts[upload.next]))
        upload.next += 1
        return True

    def cold(self) -> list[Piece]:
        """Return the pieces that are made but not yet on the graphics card."""
        return [piece for piece in self.upload.pieces if not piece.warm] if self.upload else []

    def settle(self, *, at_once: bool = False) -> bool:
        """Show what is on the graphics card; return whether what is shown has changed.

        Parameters
        ----------
        at_once : bool
            Show all that is made, wherever it is.
        """
        upload = self.upload
        if upload is None or not upload.parts.done():
            return False
        complete = upload.next >= len(upload.parts.result())
        complete &= at_once or all(piece.warm for piece in upload.pieces)
        before = len(self.pieces)
        if complete:
            self.pieces, self.labels, self.upload = upload.pieces, upload.labels, None
            self._forget_unused()
            return True
        if not upload.replaces:
            self.pieces = [piece for piece in upload.pieces if piece.warm]
        return len(self.pieces) != before

    def set_columns(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Take new values of the columns that arrows run by."""
        self.columns = columns
        for name, table in self._flows.items():
            table.set(columns.get(name))

    @property
    def flowing(self) -> bool:
        """Whether anything of it moves."""
        return self.visible and any(table.moves for table in self._flows.values())

    def moving_boxes(self, *, below: bool) -> list[NDArray[np.float64]]:
        """Return the boxes of what moves; ``below`` says whether what lies under the ground counts."""
        if not self.flowing:
            return []
        moving = {name for name, table in self._flows.items() if table.moves}
        return [
            piece.box
            for piece in self.pieces
            if piece.flow_column in moving and (below or piece.role is not Role.UNDERGROUND)
        ]

    def set_opacity(self, of_role: Mapping[Role, float]) -> None:
        """Set how much shows through, the layer's own share and that of each role (x-ray)."""
        for (role, *_), prop in self._properties.items():
            prop.SetOpacity(self.opacity * of_role.get(role, 1.0))
            prop.SetAmbient(min(max(self.order, 0) / 24.0, 1.0))
        for piece in self.pieces:
            through = self.opacity * of_role.get(piece.role, 1.0) < 0.999
            for one in (piece, piece.stand_in):
                if one is not None:
                    one.set_through(through=through)

    def release(self) -> None:
        """Let go of everything."""
        if self.upload is not None:
            self.upload.parts.cancel()
        self.upload = None
        self.pieces.clear()
        self._properties.clear()
        self._textures.clear()
        self._flows.clear()
        self.rows.release()

    def _piece(self, part: Part) -> Piece:
        pick = None
        if part.rows is not None:
            pick = PickMesh(
                xyz=part.xyz,
                triangles=part.triangles,
                row_of_vertex=part.rows,
                spread=part.spread,
            )
        surface = self._property(part)
        box = box_of(part.xyz)
        far = None
        if part.far is not None:
            far = Piece(part=part.far, surface=surface, box=box)
        return Piece(part=part, surface=surface, box=box, pick=pick, stand_in=far)

    def _property(self, part: Part) -> vtkProperty:
        key = (part.role, id(part.texture), part.flow_column, part.cull)
        if key not in self._properties:
            prop = vtkProperty()
            prop.SetBackfaceCulling(part.cull)
            prop.SetTexture("rowTable", self.rows.texture)
            prop.SetTexture("shadowMap", self._shared.shadow_map)
            prop.SetTexture("heightMap", self._shared.height_map)
            prop.SetTexture("openMap", self._shared.open_map)
            if part.texture is not None:
                prop.SetTexture("picture", self._picture(part.texture))
            if part.flow_column is not None:
                prop.SetTexture("flowTable", self._flow(part.flow_column).texture)
            self._properties[key] = prop
        return self._properties[key]

    def _picture(self, values: NDArray[np.uint8]) -> vtkTexture:
        if id(values) not in self._textures:
            self._textures[id(values)] = make_texture(values, mipmaps=True)
        return self._textures[id(values)]

    def _flow(self, column: str) -> FlowTable:
        if column not in self._flows:
            self._flows[column] = FlowTable()
            self._flows[column].set(self.columns.get(column))
        return self._flows[column]

    def _forget_unused(self) -> None:
        used = {id(piece.surface) for piece in self.pieces}
        self._properties = {k: p for k, p in self._properties.items() if id(p) in used}
        columns = {key[2] for key in self._properties}
        self._flows = {name: table for name, table in self._flows.items() if name in columns}


def _parts(drawables: Sequence[Drawable], ground: Ground) -> list[Part]:
    return [part for drawable in drawables for part in _parts_of(drawable, ground)]


def _parts_of(drawable: Drawable, ground: Ground) -> Iterator[Part]:
    if isinstance(drawable, Mesh):
        yield from parts_of_mesh(drawable)
    elif isinstance(drawable, Lines):
        yield from parts_of_lines(drawable)
    elif isinstance(drawable, Points):
        yield from parts_of_points(drawable)
    elif isinstance(drawable, Glyphs):
        yield from parts_of_glyphs(drawable)
    elif isinstance(drawable, Drape):
        yield from parts_of_mesh(mesh_of_drape(drawable, ground))
