"""The faces of a section as a stage draws them: what is built dark, the ground brown, pipes red."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.analysis import cuts
from twin.drawables import Mesh, Role
from twin.model.story import SectionPlane
from twin.progress import Progress
from twin.shapes import triangulate
from twin.work.town import town_of

if TYPE_CHECKING:
    from twin.analysis.town import Town
    from twin.work.session import Session

Planes = tuple[cuts.Plane, ...]
Faces = list[tuple[cuts.Plane, list[cuts.Cut]]]
COLOURS = {
    cuts.GROUND: (0.60, 0.50, 0.41, 1.0),
    cuts.BUILT: (0.22, 0.25, 0.31, 1.0),
    cuts.NETWORK: (0.80, 0.28, 0.10, 1.0),
}
INSIDE_M = 0.02
"""Faces lie so far inside what stays, or they would be cut away themselves."""


def faces_of(session: Session, planes: Planes, progress: Progress) -> Faces:
    """Return what each plane cuts of what a session shows, as it stands now."""
    return faces_in(town_of(session), planes, progress)


def faces_in(town: Town, planes: Planes, progress: Progress) -> Faces:
    """Return what each plane cuts of a town, bounded by the other planes."""
    return [
        (plane, cuts.faces(town, plane, progress, others=_others(planes, i)))
        for i, plane in enumerate(planes)
    ]


def drawn(faces: Faces) -> list[Mesh]:
    """Return meshes of the faces, one for each plane and part."""
    return [mesh for plane, found in faces for mesh in _filled(plane, found)]


def equations(planes: Planes) -> NDArray[np.float64] | None:
    """Return planes as :meth:`twin.render.Stage.set_cut` takes them; None: nothing is cut."""
    return np.array([plane.equation for plane in planes]) if planes else None


def to_story(planes: Planes) -> tuple[SectionPlane, ...]:
    """Return planes as a stop keeps them."""
    return tuple(
        SectionPlane(
            origin=_place(plane.origin),
            along=_place(plane.along),
            up=_place(plane.up),
            length_m=plane.length_m,
        )
        for plane in planes
    )


def from_story(kept: Sequence[SectionPlane]) -> Planes:
    """Return the planes of a stop."""
    return tuple(
        cuts.Plane(
            origin=np.array(plane.origin, np.float64),
            along=np.array(plane.along, np.float64),
            up=np.array(plane.up, np.float64),
            length_m=plane.length_m,
        )
        for plane in kept
    )


def _place(vector: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (round(float(value), 6) for value in vector)
    return x, y, z


def _others(planes: Planes, i: int) -> list[cuts.Plane]:
    return [plane for j, plane in enumerate(planes) if j != i]


def _filled(plane: cuts.Plane, found: Sequence[cuts.Cut]) -> list[Mesh]:
    """Return the faces of a plane, one mesh for each part; the ground is left out where something is built."""
    meshes = []
    works = shapely.union_all([cut.shape for cut in found if cut.part != cuts.GROUND])
    for part in cuts.PARTS:
        shapes = np.array([cut.shape for cut in found if cut.part == part], object)
        if part == cuts.GROUND:
            shapes = shapely.difference(shapes, works)
        uv, triangles, _ = triangulate(shapes, np.arange(len(shapes)))
        if not len(triangles):
            continue
        xyz = plane.in_scene(uv) + INSIDE_M * plane.normal
        meshes.append(
            Mesh(
                xyz_in_scene=xyz.astype(np.float32),
                triangles=triangles,
                rgba=COLOURS[part],
                styled=False,
                role=Role.MARKER,
                pickable=False,
            )
        )
    return meshes
