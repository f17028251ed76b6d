"""Columns of the clock that are worked out on a worker: nobody waits for them.

So answer layers in another process, and all layers while values come in: an operation on many rows lets go of Python's
lock, which busy feeds then take, and a hundred such operations keep a window waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from twin.errors import BelvedereError, PluginError
from twin.problems import Problem
from twin.work import runtime as rt
from twin.work.jobs import Job
from twin.work.runtime import LayerRuntime

if TYPE_CHECKING:
    from twin.work.session import Session


class Later:
    """Asks for the columns of one moment after the other; moments that pass meanwhile are left out.

    Parameters
    ----------
    came : callable
        Told of a layer that has new columns.
    failed : callable
        Told of a layer and the problem of a question that was not answered.
    """

    def __init__(
        self,
        session: Session,
        came: Callable[[LayerRuntime], object],
        failed: Callable[[LayerRuntime, Problem], object],
    ) -> None:
        self._session = session
        self._came, self._failed = came, failed
        self._asked: dict[str, Job] = {}

    def ask(self, runtime: LayerRuntime) -> None:
        """Ask for the columns of now, unless an earlier question is still under way."""
        name, at, table = runtime.spec.id, self._session.clock.at, runtime.table
        earlier = self._asked.get(name)
        if table is None or (earlier is not None and not earlier.cancelled):
            return
        layer, params = runtime.layer, runtime.params

        def work(_job: Job) -> Mapping[str, Any]:
            try:
                return rt.columns_at(layer, table, params, at)
            except BelvedereError:
                raise
            except Exception as error:
                raise PluginError(rt.COLUMNS_FAILED, name, reason=repr(error)) from error

        def done(columns: Mapping[str, Any]) -> None:
            del self._asked[name]
            if runtime.table is not table:
                return
            runtime.columns_now = columns
            self._came(runtime)
            if self._session.clock.at != at:
                self.ask(runtime)

        def failed(problem: Problem) -> None:
            del self._asked[name]
            self._failed(runtime, problem)

        self._asked[name] = job = Job("job.columns", name, brief=True)
        self._session.jobs.run(job, work, done=done, failed=failed, waits=True)

    def forget(self, runtime: LayerRuntime) -> None:
        """Drop an answer that is still to come: the columns of another moment are there already."""
        job = self._asked.pop(runtime.spec.id, None)
        if job is not None:
            job.cancel()
