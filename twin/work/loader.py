"""The path of a layer through the workers: load, ground, build. Stale answers are dropped."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.drawables import Tileset
from twin.model.layer import LayerSpec, LayerState, ViewQuery
from twin.model.plans import Changes
from twin.model.table import FeatureTable
from twin.problems import Problem, Severity
from twin.work import runtime as rt
from twin.work.again import Again, lasting
from twin.work.context import JobContext
from twin.work.first_sight import first_sight
from twin.work.footing import Footing
from twin.work.gathering import gather, gatherers
from twin.work.jobs import Job
from twin.work.later import Later
from twin.work.looks import Looks
from twin.work.runtime import Built, LayerRuntime, Loaded, Read
from twin.work.streaming import show_rows

if TYPE_CHECKING:
    from twin.work.prepared import Prepared
    from twin.work.session import Session


class Loader:
    """Starts the jobs of a session's layers and applies their answers."""

    def __init__(self, session: Session, prepared: Prepared | None) -> None:
        self._session = session
        self._again = Again(session, prepared)
        self._later = Later(session, self._took_columns, self._tell)
        self.looks = Looks(session, self._failed)
        self.footing = Footing(session, self.build)

    def load(self, runtime: LayerRuntime) -> None:
        """Read the sources of a layer; the build follows."""
        session, spec, known = self._session, runtime.spec, runtime.layer
        frame, registry, at = session.project.frame, session.registry, session.clock.at
        changes = runtime.changes
        runtime.state, view = LayerState.LOADING, self._view()

        def tell(loaded: Loaded, built: Built) -> None:
            if runtime.table is None:
                self._first_seen(runtime, loaded, built)

        def work(job: Job) -> Loaded:
            # The first of its type imports the author's code, which may take as long as reading.
            made = rt.make_layer(known or registry.create(spec.type), spec)
            context = JobContext(spec, session.folder, frame, made.params, job, changes=changes)
            key = self._again.key_of_load(spec, changes)

            def everything() -> Read:
                sight = first_sight(spec, session.folder, made, view, job)
                if sight is not None:
                    session.jobs.meanwhile(job, lambda: tell(*sight))
                return rt.read(context, made)

            read = self._again.get(key, everything)
            return rt.loaded(read, spec, made, at, key if lasting(read) else None)

        self._start(runtime, "job.load", work, self._loaded)
        session.changed(runtime, "state")

    @staticmethod
    def take_params(runtime: LayerRuntime) -> None:
        """Take over the parameters of a changed description."""
        made = rt.make_layer(runtime.layer, runtime.spec)
        runtime.params, runtime.param_problems = made.params, made.problems

    def build(self, runtime: LayerRuntime) -> None:
        """Make the drawables of a layer again, once its table and the ground are there."""
        if runtime.table is None or not self.footing.is_there_for(runtime):
            return
        table, params, layer, where = runtime.table, runtime.params, runtime.layer, runtime.spec.id
        view, loaded, changes = self._view(), runtime.key, runtime.changes

        def work(job: Job) -> Built:
            key = self._again.key_of_build(loaded, params, view)
            built = self._again.get(key, lambda: rt.build(layer, table, params, view, where))
            return self._planned(runtime.spec, built, changes, view, job) if changes else built

        self._start(runtime, "job.build", work, self._built)

    def _planned(
        self, spec: LayerSpec, built: Built, changes: Changes, view: ViewQuery, job: Job
    ) -> Built:
        """Return streamed tiles with what the variant sets beside them; other layers have it in their table."""
        if not any(isinstance(d, Tileset) for d in built.drawables):
            return built
        # It brings the reading of tiles with it, which few projects need.
        from twin.work.streamed_shapes import Asked, with_shapes

        session = self._session
        asked = Asked(
            spec=spec, changes=changes, folder=session.folder, registry=session.registry, view=view
        )
        return with_shapes(built, asked, job)

    def keep(self) -> None:
        """Keep what was made, for the next start."""
        self._again.keep()

    def at_time(self, runtime: LayerRuntime, *, later: bool = False) -> set[str]:
        """Renew the rows and columns that depend on the clock; return the aspects that changed.

        Parameters
        ----------
        later : bool
            Work the columns out on a worker, and tell of them when they come.
        """
        table, at = runtime.table, self._session.clock.at
        if table is None:
            return set()
        aspects = self._rows(runtime)
        if hasattr(runtime.layer, "columns_at"):
            if later or getattr(
                runtime.layer, "distant", False
            ):  # its code runs in another process
                self._later.ask(runtime)
            else:
                self._later.forget(runtime)
                aspects |= self._columns(runtime, table, at)
        return aspects | gather(self._session, runtime, at)

    def tell_time(self, runtime: LayerRuntime, aspects: set[str]) -> None:
        """Tell what the clock has changed of a layer, in its new colours and words."""
        if "columns" in aspects:
            runtime.rgba = rt.recoloured(runtime)
            aspects = aspects | {"colours"}
        if aspects:
            self._session.changed(runtime, *aspects)
        if "columns" in aspects:
            self.looks.follow(runtime)

    def _took_columns(self, runtime: LayerRuntime) -> None:
        self.tell_time(runtime, {"columns"})

    def _view(self) -> ViewQuery:
        session = self._session
        return ViewQuery(
            at=session.clock.at,
            frame=session.project.frame,
            ground=session.ground,
            variant=session.variant,
        )

    def _start(self, runtime: LayerRuntime, title: str, work: Any, apply: Any) -> None:
        if runtime.job is not None:
            runtime.job.cancel()
        runtime.request += 1
        request = runtime.request

        def done(answer: Any) -> None:
            if request == runtime.request:
                runtime.job = None
                apply(runtime, answer)

        def failed(problem: Problem) -> None:
            if request == runtime.request:
                runtime.job = None
                if apply == self._loaded:
                    self._forget(runtime)
                self._failed(runtime, problem)

        job = Job(title, runtime.spec.id)
        runtime.job = job
        self._session.jobs.run(job, work, done=done, failed=failed)

    def _loaded(self, runtime: LayerRuntime, answer: Loaded) -> None:
        read = answer.read
        runtime.take_read(answer)
        runtime.key, runtime.ground, runtime.load_problems = (
            answer.key,
            read.ground,
            answer.problems,
        )
        self._follow_clock(runtime, answer.at)
        if self.footing.gives(runtime):
            runtime.state = LayerState.READY
            self.footing.settle()
        if runtime.job is None:
            self.build(runtime)
        self._session.changed(runtime, "table", "colours", "rows", "columns", "problems")
        for other in gatherers(self._session, runtime.spec.id):
            self.looks.renew(other)
        if runtime.spec.gathers is not None:
            self.looks.renew(runtime)

    def _follow_clock(self, runtime: LayerRuntime, since: datetime) -> None:
        """Bring what was loaded as of a moment to the present one."""
        if self._session.clock.at == since:
            self._rows(runtime)
        elif "columns" in self.at_time(runtime):
            runtime.rgba = rt.recoloured(runtime)

    def _first_seen(self, runtime: LayerRuntime, loaded: Loaded, built: Built) -> None:
        """Show the first features of a large file; their rows are the first of what is still being read."""
        runtime.take_read(loaded)
        self._follow_clock(runtime, loaded.at)
        runtime.drawables, runtime.bounds = built.drawables, built.bounds
        aspects = ("table", "colours", "rows", "columns", "drawables")
        self._session.changed(runtime, *aspects)

    def _built(self, runtime: LayerRuntime, answer: Built) -> None:
        runtime.drawables, runtime.bounds = answer.drawables, answer.bounds
        runtime.build_problems, runtime.planned = answer.problems, answer.planned
        bad = any(p.severity is not Severity.INFO for p in runtime.problems)
        runtime.state = LayerState.PARTIAL if bad else LayerState.READY
        self._session.changed(runtime, "drawables", "state", "problems")
        show_rows(self._session, runtime)
        if runtime.style.label or runtime.labels:
            self.looks.write(runtime)
        self._renew_legend(runtime)
        self.looks.renew_what_looks_around()
        self._session.settled()

    def _renew_legend(self, runtime: LayerRuntime) -> None:
        """What a layer says of its colours may be something else since a parameter changed."""
        if not hasattr(runtime.layer, "legend"):
            return
        try:
            self.looks.renew(runtime)
        except Exception as error:  # noqa: BLE001 - a layer's author may raise anything
            problem = Problem("layer.legend_failed", runtime.spec.id, {"reason": repr(error)})
            self._tell(runtime, problem)

    def _failed(self, runtime: LayerRuntime, problem: Problem) -> None:
        runtime.state = LayerState.FAILED
        runtime.load_problems = (problem,)
        runtime.drawables, runtime.labels, runtime.bounds = (), (), None
        self._session.changed(runtime, "drawables", "state", "problems")
        self.footing.settle()
        self._session.settled()

    def _forget(self, runtime: LayerRuntime) -> None:
        """Drop what was read before: a file that is gone is neither drawn again nor stood upon."""
        runtime.table, runtime.ground, runtime.validity = None, None, None
        runtime.columns_now, runtime.build_problems = rt.NO_COLUMNS, ()
        self._session.changed(runtime, "table", "columns")

    def _rows(self, runtime: LayerRuntime) -> set[str]:
        """Show what exists now."""
        table, validity = runtime.table, runtime.validity
        count = 0 if table is None else len(table)
        rows = validity.at(self._session.clock.at) if validity else np.ones(count, dtype=bool)
        if np.array_equal(rows, runtime.rows_visible):
            return set()
        runtime.rows_visible = rows
        return {"rows"}

    def _columns(self, runtime: LayerRuntime, table: FeatureTable, at: datetime) -> set[str]:
        try:
            runtime.columns_now = rt.columns_at(runtime.layer, table, runtime.params, at)
        except Exception as error:  # noqa: BLE001 - a layer's author may raise anything
            self._tell(runtime, rt.columns_failed(runtime.spec.id, error))
            return set()
        return {"columns"}

    def _tell(self, runtime: LayerRuntime, problem: Problem) -> None:
        if problem not in runtime.build_problems:
            runtime.build_problems = (*runtime.build_problems, problem)
            self._session.changed(runtime, "problems")
