"""What is drawn from a place: the pieces in view, near or far, each by the program that its distance calls for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Role
from twin.render.camera import CameraRig
from twin.render.piece import Piece, Pieces
from twin.render.shaders.kind import Kind


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """A piece, or what stands in for it, and its program.

    Attributes
    ----------
    other : Piece or None
        The same thing in the other detail: may be drawn for as long as ``piece`` is not ready.
    metres_per_px : float
        What a pixel covers at its nearest point.
    """

    piece: Piece
    kind: Kind
    other: Piece | None
    metres_per_px: float

    @property
    def ready(self) -> bool:
        """Whether all that its drawing needs is on the graphics card."""
        return self.kind in self.piece.ready

    def while_waiting(self, quality: str) -> Choice | None:
        """Return what can be drawn at once in its place."""
        if self.other is None:
            return None
        kind = self.other.kind_at(self.metres_per_px, quality)
        return (
            Choice(self.other, kind, None, self.metres_per_px) if kind in self.other.ready else None
        )


def choose(
    pieces: Pieces, rig: CameraRig, quality: str, *, all_around: bool = False
) -> list[Choice]:
    """Return what of some pieces is drawn, opaque solids from the front to the back, else in their order.

    Parameters
    ----------
    all_around : bool
        Wherever the viewer turns.
    """
    if not pieces:
        return []
    inside = np.ones(len(pieces), bool) if all_around else rig.sees(pieces.boxes)
    sizes = size_of_pixel(pieces.boxes, rig)
    order = np.flatnonzero(inside)
    # Houses from the front to the back: what is hidden need not be lit.
    solid = [i for i in order if pieces[i].role is Role.SOLID and not pieces[i].through]
    rest = [i for i in order if not (pieces[i].role is Role.SOLID and not pieces[i].through)]
    solid.sort(key=lambda i: float(sizes[i]))
    found = (chosen(pieces[i], float(sizes[i]), quality) for i in [*solid, *rest])
    return [choice for choice in found if choice is not None]


def chosen(piece: Piece, metres_per_px: float, quality: str) -> Choice | None:
    """Return what is drawn of a piece where a pixel covers so much; None: it is too small."""
    one = piece.near_or_far(metres_per_px, quality)
    if one is None:
        return None
    other = piece.stand_in if one is piece else piece
    return Choice(one, one.kind_at(metres_per_px, quality), other, metres_per_px)


def first_of(choices: Sequence[Choice], triangles: int) -> Sequence[Choice]:
    """Return as many from the first as weigh so many triangles together, at least one."""
    sizes = np.cumsum([choice.piece.weight for choice in choices])
    return choices[: max(1, int(np.searchsorted(sizes, triangles, side="right")))]


def metres_per_px(rig: CameraRig) -> float:
    """Return what a pixel covers at a distance of 1 m."""
    return 2 * math.tan(math.radians(rig.fov_deg) / 2) / max(rig.size_px[1], 1)


def size_of_pixel(boxes: NDArray[np.float64], rig: CameraRig) -> NDArray[np.float64]:
    """Return for each box (n, 6) the metres that a pixel covers at its nearest point."""
    at = rig.position
    away = np.linalg.norm(np.maximum(np.maximum(boxes[:, :3] - at, at - boxes[:, 3:]), 0.0), axis=1)
    return np.asarray(away * metres_per_px(rig))
