"""Streamed tiles in a layer: from loaded contents to pieces, and which of them the picture shows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable, Lines, Mesh, Points, Role, Tileset
from twin.model.geoframe import GeoFrame
from twin.problems import Problem
from twin.render.budget import default_budget_bytes
from twin.render.camera import CameraRig
from twin.render.faces import normals
from twin.render.parts.part import Part
from twin.render.piece import Piece
from twin.tiles.decode import TileContent
from twin.tiles.loading import Held
from twin.tiles.select import Look
from twin.tiles.stream import TileStream

ROOF_TONE, WALL_TONE = 0.87, 1.0
GRAZING = 6.0
"""While it moves, tiles seen along the roofs may be so many times coarser still: little of them shows."""
TRIANGLES_A_PART = 6_000
"""Of streamed meshes: tiles are cut already, and looking through many parts takes longer than drawing them."""
AGAIN_S, SOON_S = 0.25, 0.03
"""A view that rests is looked at no more often, and while tiles come: with many tiles it takes milliseconds."""
GRID_M = 0.01
"""Outlines are told as exactly as this: the corners of neighbouring triangles then meet."""
FLAT = 0.35
"""Normals that point up by more than this belong to roofs."""


@dataclass(eq=False)
class TileParts:
    """What a worker has made of a tile, and the pieces that were made of that."""

    parts: list[Part]
    pieces: list[Piece] = field(default_factory=list)
    release: Callable[[Piece], None] | None = None

    @property
    def nbytes(self) -> int:
        """What the parts hold: vertices, triangles, rows, and pictures, which several may share."""
        pictures = {id(p.texture): p.texture.nbytes for p in self.parts if p.texture is not None}
        rows = sum(p.rows.nbytes for p in self.parts if p.rows is not None)
        return (
            rows
            + sum(p.vertex_bytes + p.triangles.nbytes for p in self.parts)
            + sum(pictures.values())
        )

    def drop(self) -> None:
        """Free what the graphics card holds of it."""
        for piece in self.pieces:
            if self.release is not None:
                self.release(piece)
        self.pieces.clear()


class StreamedTiles:
    """A tileset of a layer.

    Parameters
    ----------
    tileset : Tileset
    parts_of : callable
        Turns a drawable into parts.
    make_piece : callable
        Turns a part into a piece of the layer.
    release : callable
        Frees a piece.
    most_drawn_bytes : int
        Of the tiles of one resting picture.
    """

    def __init__(
        self,
        tileset: Tileset,
        *,
        parts_of: Callable[[Drawable], Iterator[Part]],
        make_piece: Callable[[Part], Piece],
        release: Callable[[Piece], None],
        most_drawn_bytes: int,
    ) -> None:
        self._tileset = tileset
        self._parts_of = parts_of
        self._make_piece = make_piece
        self._release = release
        self.stream = TileStream(
            tileset.address,
            GeoFrame(crs=tileset.crs, origin=tileset.origin),
            prepare=self._prepare,
            budget_bytes=tileset.budget_bytes or default_budget_bytes(),
            error_px=tileset.error_px,
            options=tileset.options,
        )
        self.stream.most_drawn_bytes = most_drawn_bytes
        self._point_px = tileset.point_px
        self.wanted_bytes = self.stream.budget_bytes
        self._view: tuple[object, ...] = ()
        self._looked_at = 0.0
        self.bounds = None if tileset.bounds is None else np.array(tileset.bounds, np.float64)

    def shows(self, tileset: Tileset) -> bool:
        """Whether this is what it streams, in the same way."""
        return vars(tileset) == vars(self._tileset)

    @property
    def busy(self) -> bool:
        """Whether something in sight is on its way."""
        return self.stream.busy or bool(self.stream.fresh())

    @property
    def pieces(self) -> list[Piece]:
        """What the picture shows."""
        return [piece for held in self.stream.drawn for piece in held.payload.pieces]

    @property
    def arriving(self) -> list[Piece]:
        """Pieces that are made but not shown before they are uploaded."""
        return [piece for held in self.stream.fresh() for piece in held.payload.pieces]

    @property
    def problems(self) -> list[Problem]:
        """What could not be loaded."""
        return self.stream.problems

    def look(self, camera: CameraRig, *, slack: float) -> bool:
        """Take the view; return whether other pieces are to be shown.

        Parameters
        ----------
        slack : float
            So many times the usual error may be seen: what moves may be coarser.
        """
        now = time.monotonic()
        view = (camera.pose, camera.size_px, camera.part, slack)
        if view == self._view and now - self._looked_at < self._rest_s():
            return False
        self._view, self._looked_at = view, now
        self.stream.slack = slack
        return self.stream.look(_look_of(camera, grazing=GRAZING if slack > 1.0 else 1.0))

    def _rest_s(self) -> float:
        """Return how long the last look at a view that rests is good enough."""
        if not self.stream.stirred:
            return AGAIN_S
        return SOON_S if self.stream.expects else 0.0

    def foresee(self, cameras: Sequence[CameraRig]) -> None:
        """Load in spare time, in this order, what these cameras will need; others than before."""
        self.stream.prefetch([_look_of(camera) for camera in cameras])

    def step(self) -> bool:
        """Make a piece of a part that a worker has made; return whether there was one."""
        for held in self.stream.fresh():
            loaded: TileParts = held.payload
            if len(loaded.pieces) < len(loaded.parts):
                loaded.pieces.append(self._make_piece(loaded.parts[len(loaded.pieces)]))
                return True
        return False

    def settle(self, waiting: Collection[int]) -> bool:
        """Let tiles be shown whose pieces are uploaded as far as they are in sight; return whether there are any."""
        found = False
        for held in self.stream.fresh():
            loaded: TileParts = held.payload
            made = len(loaded.pieces) == len(loaded.parts)
            if made and not any(
                id(p) in waiting or id(p.stand_in) in waiting for p in loaded.pieces
            ):
                held.ready = found = True
        self.stream.stirred |= found
        return found

    def outline(self, row: int) -> Any:
        """Return what a feature in the picture covers, a shapely geometry in the scene; empty where it is not there."""
        import shapely

        found = []
        for held in self.stream.drawn:
            for part in held.payload.parts if row in rows_of(held) else ():
                if part.rows is not None:
                    own = part.triangles[part.rows[part.triangles[:, 0]] == row]
                    found.append(part.xyz[own][:, :, :2].astype(np.float64))
        corners = np.concatenate(found) if found else np.zeros((0, 3, 2))
        flat: Any = shapely.polygons(corners)
        return shapely.union_all(flat[shapely.area(flat) > 0], grid_size=GRID_M)

    def wait(self, seconds: float = 0.01) -> None:
        """Wait for the workers."""
        self.stream.wait(seconds)

    def close(self) -> None:
        """Stop the workers and let go of everything."""
        self.stream.close()
        for held in list(self.stream.held.values()):
            held.payload.drop()
        self.stream.clear()

    def _prepare(self, content: TileContent, first_row: int) -> TileParts:
        parts: list[Part] = []
        for drawable in content.drawables:
            shifted = _shifted(drawable, first_row)
            if isinstance(shifted, Points):
                shifted = replace(shifted, size_px=self._point_px, role=Role.SOLID)
            if isinstance(shifted, Mesh) and shifted.role is Role.SOLID and shifted.styled:
                shifted = _toned(shifted)
            parts += self._parts_of(shifted)
        content.drawables.clear()  # the parts have all that is drawn
        return TileParts(parts=parts, release=self._release)


def _look_of(camera: CameraRig, *, grazing: float = 1.0) -> Look:
    tall = 2 * math.tan(math.radians(camera.fov_deg) / 2)
    return Look(
        position=camera.position,
        px_per_rad=camera.size_px[1] / tall,
        sees=camera.sees,
        grazing=grazing,
    )


def drain(
    tiles: StreamedTiles, look: Callable[[], bool], make: Callable[[], None], seconds: float
) -> None:
    """Load all that the view needs, for pictures; gives up after some seconds."""
    end = time.monotonic() + seconds
    look()
    while tiles.busy and time.monotonic() < end:
        make()
        tiles.wait()
        look()


def _shifted(drawable: Mesh | Lines | Points, first: int) -> Mesh | Lines | Points:
    """Return a drawable whose rows count from those that the tile was given."""

    def moved(rows: NDArray[np.int32] | None) -> NDArray[np.int32] | None:
        return None if rows is None else np.where(rows >= 0, rows + first, -1).astype(np.int32)

    if isinstance(drawable, Mesh):
        return replace(drawable, row_of_vertex=moved(drawable.row_of_vertex))
    if isinstance(drawable, Lines):
        return replace(drawable, row_of_line=moved(drawable.row_of_line))
    return replace(drawable, row_of_point=moved(drawable.row_of_point))


def _toned(mesh: Mesh) -> Mesh:
    """Return solids whose roofs are a little darker than their walls, as the layer of buildings has them."""
    up = normals(mesh.xyz_in_scene, mesh.triangles)[2] > FLAT
    shade = np.full(len(mesh.xyz_in_scene), WALL_TONE, np.float32)
    shade[mesh.triangles[up].ravel()] = ROOF_TONE
    return replace(mesh, shade_of_vertex=shade, facades=True)


def rows_of(held: Held) -> range:
    """Return the rows that a tile was given."""
    return range(held.first_row, held.first_row + held.rows)
