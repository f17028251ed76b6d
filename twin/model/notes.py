"""Notes anchored in the scene: who says what about which place, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.model.project import Project

STATES = ("open", "in_progress", "resolved", "closed")


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note.

    Parameters
    ----------
    xyz_in_crs : tuple of 3 float
        Its place; orthometric height.
    state : str
        One of :data:`STATES`.
    position, target : tuple of 3 float or None
        Eye and place looked at, in the scene: the viewpoint from which it was written.
    feature : tuple of 2 str or None
        Layer and feature it is about.
    """

    id: str
    text: str
    author: str
    at: datetime
    xyz_in_crs: tuple[float, float, float]
    state: str = "open"
    position: tuple[float, float, float] | None = None
    target: tuple[float, float, float] | None = None
    feature: tuple[str, str] | None = None


def with_note(project: Project, note: Note) -> Project:
    """Return a copy with a note replaced, or appended."""
    if any(n.id == note.id for n in project.notes):
        notes = tuple(note if n.id == note.id else n for n in project.notes)
    else:
        notes = (*project.notes, note)
    return replace(project, notes=notes)


def without_note(project: Project, note_id: str) -> Project:
    """Return a copy without a note."""
    return replace(project, notes=tuple(n for n in project.notes if n.id != note_id))
