"""Drawables on their way to the picture: made into parts on a worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from twin.drawables import Drape, Drawable, Glyphs, Labels, Lines, Mesh, Points
from twin.model.ground import Ground
from twin.render.parts.drape import mesh_of_drape
from twin.render.parts.glyphs import parts_of_glyphs
from twin.render.parts.lines import parts_of_lines
from twin.render.parts.mesh import parts_of_mesh
from twin.render.parts.part import Part, lies_below
from twin.render.parts.points import parts_of_points
from twin.render.piece import Piece
from twin.render.tiles import TRIANGLES_A_TILE


@dataclass(eq=False, kw_only=True)
class Upload:
    """Drawables on their way to the picture."""

    labels: tuple[Labels, ...] = ()
    replaces: bool = False
    """Something is shown already: it stays until all of the new is there."""
    parts: list[Part] = field(default_factory=list)
    """Grows while a worker makes them."""
    pieces: list[Piece] = field(default_factory=list)
    work: Future[None] | None = None
    stopped: bool = False

    @property
    def made(self) -> bool:
        """Whether all of it is made. Raises what went wrong on the worker."""
        if self.work is None or not self.work.done():
            return False
        self.work.result()
        return len(self.pieces) == len(self.parts)

    def stop(self) -> None:
        """Make no more of it."""
        self.stopped = True
        if self.work is not None:
            self.work.cancel()

    def make(self, drawables: Sequence[Drawable], ground: Ground) -> None:
        """Make the parts, on a worker."""
        for drawable in drawables:
            for part in parts_of(drawable, ground):
                if self.stopped:
                    return
                buried = lies_below(part, ground)
                self.parts.append(replace(part, buried=True) if buried else part)


def parts_of(
    drawable: Drawable, ground: Ground, triangles_a_part: int = TRIANGLES_A_TILE
) -> Iterator[Part]:
    """Yield the parts of a drawable; about so many triangles each of a mesh. Pure arrays."""
    if isinstance(drawable, Mesh):
        yield from parts_of_mesh(drawable, triangles_a_part=triangles_a_part)
    elif isinstance(drawable, Lines):
        yield from parts_of_lines(drawable)
    elif isinstance(drawable, Points):
        yield from parts_of_points(drawable)
    elif isinstance(drawable, Glyphs):
        yield from parts_of_glyphs(drawable)
    elif isinstance(drawable, Drape):
        yield from parts_of_mesh(mesh_of_drape(drawable, ground))
