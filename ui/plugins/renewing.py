"""Analyses of plugins: run on a worker, kept as layers, and run again when what they rest on has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from twin.problems import Problem
from twin.registry import Contribution
from twin.work.jobs import Job
from ui.i18n import text

if TYPE_CHECKING:
    from twin.work.brought.calls import Asked
    from twin.work.session import Session

SETTLE_MS = 400
"""A slider that is dragged asks once, after it has come to rest."""


class Renewal(QObject):
    """Runs analyses of plugins for one session.

    Parameters
    ----------
    parent : QObject
        With which it ends.
    spare : Path
        Where answers go when the project may not be written to.
    asked : callable
        Freezes what an analysis is asked with.
    answered : callable
        Told an analysis and how many rows it answered.
    failed : callable
        Told an analysis and what is wrong with it; what failed waits for the next change.
    """

    def __init__(
        self,
        parent: QObject,
        spare: Path,
        asked: Callable[[Contribution], Asked],
        answered: Callable[[Contribution, int], None],
        failed: Callable[[Contribution, Problem], None],
    ) -> None:
        super().__init__(parent)
        self._spare, self._asked = spare, asked
        self._answered, self._failed = answered, failed
        self._session: Session | None = None
        self._jobs: dict[str, Job] = {}
        self._tried: dict[str, str] = {}
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self._renew)

    def attach(self, session: Session) -> None:
        """Follow a session."""
        self._session = session
        self._jobs.clear()
        self._tried.clear()
        self._later.start()

    def look(self) -> None:
        """Something has changed: what rests on it runs again once the layers are quiet."""
        self._later.start()

    def run(self, found: Contribution) -> None:
        """Run an analysis; its answer becomes, or renews, a layer."""
        from twin.work.brought.calls import run_analysis
        from twin.work.brought.layers import fingerprint, table_path, write_table

        session = self._session
        if session is None:
            return
        if found.id in self._jobs:
            self._jobs[found.id].cancel()
        path = table_path(session.folder, found, self._spare)
        made_of = self._tried[found.id] = fingerprint(session, found)
        asked = self._asked(found)
        job = self._jobs[found.id] = Job("job.plugins", text(found.title, found.id))

        def work(_job: Job) -> int:
            table = run_analysis(asked)
            write_table(table, path)
            return len(table)

        def done(count: int) -> None:
            if self._jobs.get(found.id) is job:
                del self._jobs[found.id]
                self._keep(found, path, f"{made_of} {asked.view.at.isoformat()}")
                self._answered(found, count)

        def failed(problem: Problem) -> None:
            if self._jobs.get(found.id) is job:
                del self._jobs[found.id]
                self._failed(found, problem)

        session.jobs.run(job, work, done=done, failed=failed)

    def _keep(self, found: Contribution, path: Path, made_of: str) -> None:
        from twin.work.brought.layers import with_table

        if self._session is not None:
            label, merge = "analysis.do.keep", f"analysis.{found.id}"
            self._session.do(label, lambda p: with_table(p, found, path, made_of), merge=merge)

    def _renew(self) -> None:
        from twin.work.brought.layers import fingerprint, stale

        session = self._session
        if session is None:
            return
        if any(runtime.busy for runtime in session.layers()):
            self._later.start()
            return
        for found in stale(session):
            if self._tried.get(found.id) != fingerprint(session, found):
                self.run(found)
