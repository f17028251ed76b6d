"""Columns of the clock of layers that answer from another process: asked on a worker, never waited for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from twin.problems import Problem
from twin.work import runtime as rt
from twin.work.jobs import Job
from twin.work.runtime import LayerRuntime, recoloured

if TYPE_CHECKING:
    from twin.work.session import Session


class Distant:
    """Asks for the columns of one moment after the other; moments that pass meanwhile are left out.

    Parameters
    ----------
    failed : callable
        Told of a layer and the problem of a question that was not answered.
    """

    def __init__(self, session: Session, failed: Callable[[LayerRuntime, Problem], object]) -> None:
        self._session = session
        self._failed = failed
        self._asked: dict[str, datetime] = {}

    @staticmethod
    def is_distant(runtime: LayerRuntime) -> bool:
        """Whether the code of a layer runs in another process."""
        return bool(getattr(runtime.layer, "distant", False))

    def ask(self, runtime: LayerRuntime) -> None:
        """Ask for the columns of now, unless an earlier question is still under way."""
        name, at, table = runtime.spec.id, self._session.clock.at, runtime.table
        if name in self._asked or table is None:
            return
        self._asked[name] = at
        layer, params = runtime.layer, runtime.params

        def done(columns: Mapping[str, Any]) -> None:
            del self._asked[name]
            if runtime.table is not table:
                return
            runtime.columns_now = columns
            runtime.rgba = recoloured(runtime)
            self._session.changed(runtime, "columns", "colours")
            if self._session.clock.at != at:
                self.ask(runtime)

        def failed(problem: Problem) -> None:
            del self._asked[name]
            self._failed(runtime, problem)

        self._session.jobs.run(
            Job("job.columns", name),
            lambda _job: rt.columns_at(layer, table, params, at),
            done=done,
            failed=failed,
            waits=True,
        )
