"""The section of a viewport: planes cut its scene open at once, and their faces are filled when they are computed."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from twin.work.jobs import Job

if TYPE_CHECKING:
    from twin.render import Stage
    from twin.work.sections import Faces, Planes
    from twin.work.session import Session
    from ui.viewport.scene import Scene

SETTLE_MS = 180
"""Faces are computed once planes have rested for so long."""


class Section(QObject):
    """Cuts the scene of a viewport open until :meth:`clear`.

    Attributes
    ----------
    planes : tuple of Plane
    faces : list of (Plane, list of Cut)
        What the planes cut; empty until it is computed.
    """

    changed = Signal()
    """Planes or faces are others now."""
    failed = Signal(object)
    """A Problem: the faces could not be computed, the scene is open all the same."""

    def __init__(self, stage: Stage, scene: Scene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage, self._scene = stage, scene
        self._session: Session | None = None
        self._layers: Collection[str] | None = None
        self._job: Job | None = None
        self.planes: Planes = ()
        self.faces: Faces = []
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self._compute)

    @property
    def settled(self) -> bool:
        """Whether the faces are those of the planes."""
        return not self._later.isActive() and self._job is None

    def set_session(self, session: Session | None) -> None:
        """Belong to another session, whose scene is whole."""
        if self._session is not None:
            self._session.layer_changed.disconnect(self._on_layer, missing_ok=True)
        self.clear()
        self._session = session
        if session is not None:
            session.layer_changed.connect(self._on_layer)

    def show(self, planes: Planes, layers: Collection[str] | None = None) -> None:
        """Cut the scene open.

        Parameters
        ----------
        layers : collection of str or None
            Ids of those that are shown; None: those that the project shows.
        """
        from twin.work.sections import equations

        self._drop_job()
        self._layers = layers
        self.planes, self.faces = planes, []
        self._stage.set_cut(equations(planes))
        self._fill()
        if planes:
            self._later.start()
        self.changed.emit()

    def clear(self) -> None:
        """Close the scene again."""
        if self.planes:
            self.show(())

    def close(self) -> None:
        """Let go of the session."""
        self._drop_job()
        if self._session is not None:
            self._session.layer_changed.disconnect(self._on_layer, missing_ok=True)
            self._session = None

    def _drop_job(self) -> None:
        self._later.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_layer(self, _layer: str, aspects: frozenset[str]) -> None:
        if self.planes and aspects & {"drawables", "rows", "removed"}:
            self._later.start()

    def _compute(self) -> None:
        from twin.work.sections import faces_in
        from twin.work.town import town_of

        session, planes = self._session, self.planes
        if session is None or not planes:
            return
        if self._job is not None:
            self._job.cancel()
        town = town_of(session, shown=self._layers)
        self._job = session.jobs.run(
            Job("job.section", ""),
            lambda job: faces_in(town, planes, job),
            done=self._done,
            failed=self._fail,
        )

    def _done(self, faces: Faces) -> None:
        self._job = None
        if self.planes:
            self.faces = faces
            self._fill()
            self.changed.emit()

    def _fail(self, problem: object) -> None:
        self._job = None
        self.failed.emit(problem)

    def _fill(self) -> None:
        from twin.work.sections import drawn

        self._stage.fill_cut(drawn(self.faces))
        self._scene.refresh()
