"""Undo and redo. The project is frozen, so a step is two snapshots that share what did not change."""

from __future__ import annotations

from dataclasses import dataclass

from psygnal import Signal

from twin.model.project import Project

MOST_STEPS = 500


@dataclass(frozen=True, kw_only=True)
class Step:
    """One undoable change. ``label`` is a message key; equal non-empty ``merge`` keys make one step."""

    label: str
    before: Project
    after: Project
    merge: str = ""


class History:
    """The steps done and undone, and whether the project differs from its saved form."""

    changed = Signal()

    def __init__(self, project: Project) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._saved: Project = project

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return bool(self._undone)

    @property
    def undo_label(self) -> str:
        """Message key of the step that undo would take back, empty if none."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """Message key of the step that redo would do again, empty if none."""
        return self._undone[-1].label if self._undone else ""

    def push(self, step: Step) -> None:
        """Record a step that was done."""
        last = self._done[-1] if self._done else None
        if last and step.merge and last.merge == step.merge and not self._undone:
            step = Step(label=step.label, before=last.before, after=step.after, merge=step.merge)
            self._done.pop()
        self._undone.clear()
        self._done.append(step)
        del self._done[:-MOST_STEPS]
        self.changed.emit()

    def undo(self) -> Project | None:
        """Return the project before the last step, None if there is none."""
        return self._move(self._done, self._undone, before=True)

    def redo(self) -> Project | None:
        """Return the project after the step that was undone last, None if there is none."""
        return self._move(self._undone, self._done, before=False)

    def mark_saved(self, project: Project) -> None:
        """Remember the form that is on disk."""
        self._saved = project
        self.changed.emit()

    def dirty(self, project: Project) -> bool:
        """Whether the project differs from its saved form."""
        return project != self._saved

    def _move(self, source: list[Step], target: list[Step], *, before: bool) -> Project | None:
        if not source:
            return None
        step = source.pop()
        # A step that was undone and done again never merges with what comes after it.
        target.append(Step(label=step.label, before=step.before, after=step.after))
        self.changed.emit()
        return step.before if before else step.after
