"""Notes anchored in the scene: who says what about which place, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from twin.model.plans import fresh_id

if TYPE_CHECKING:
    from twin.model.project import Project

NEAR_M = 0.05
"""Notes of one moment this near are one."""

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


def merged(project: Project, others: Sequence[Note]) -> Project:
    """Return a copy with the notes of a file: one that is known is brought up to date, others are appended."""
    for note in others:
        known = next((own for own in project.notes if _same(own, note)), None)
        if known is None:
            taken = [own.id for own in project.notes]
            added = note if note.id not in taken else replace(note, id=fresh_id("note", taken))
            project = with_note(project, added)
        else:
            changed = replace(known, text=note.text, author=note.author, state=note.state)
            project = with_note(project, changed)
    return project


def _same(own: Note, other: Note) -> bool:
    """Whether a note of a file is one of ours: files of others keep the moment and the place, not always the id."""
    near = max(abs(a - b) for a, b in zip(own.xyz_in_crs, other.xyz_in_crs, strict=True)) < NEAR_M
    return own.at == other.at and near
