"""The path of a layer through the workers: load, ground, build, colours. Stale answers are dropped."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.drawables import Labels
from twin.model.ground import FlatGround
from twin.model.layer import LayerState, ViewQuery
from twin.model.styling import asks_around
from twin.model.table import FeatureTable
from twin.problems import Problem, Severity
from twin.work import runtime as rt
from twin.work.again import Again, lasting
from twin.work.context import JobContext
from twin.work.distant import Distant
from twin.work.first_sight import first_sight
from twin.work.gathering import gather, gatherers
from twin.work.jobs import Job
from twin.work.runtime import Built, LayerRuntime, Loaded, Look, Read

if TYPE_CHECKING:
    from twin.work.prepared import Prepared
    from twin.work.session import Session

INLINE_ROWS = 20_000
"""Tables up to this size are coloured on the owner's thread; it takes less than 10 ms."""


class Loader:
    """Starts the jobs of a session's layers and applies their answers."""

    def __init__(self, session: Session, prepared: Prepared | None) -> None:
        self._session = session
        self._again = Again(session, prepared)
        self._distant = Distant(session, self._tell)
        self._ground_layer: str | None = None

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
        if runtime.table is None or not self._ground_settled(runtime):
            return
        table, params, layer, where = runtime.table, runtime.params, runtime.layer, runtime.spec.id
        view, loaded = self._view(), runtime.key

        def work(_job: Job) -> Built:
            key = self._again.key_of_build(loaded, params, view)
            return self._again.get(key, lambda: rt.build(layer, table, params, view, where))

        self._start(runtime, "job.build", work, self._built)

    def keep(self) -> None:
        """Keep what was made, for the next start."""
        self._again.keep()

    def restyle(self, runtime: LayerRuntime) -> None:
        """Colour a layer again; large tables on a worker."""
        table = runtime.table
        if table is None:
            return
        gather(self._session, runtime, self._session.clock.at)
        wanted = runtime.spec.style or runtime.default_style
        if asks_around(wanted):
            from twin.work.around import around_of

            runtime.around = around_of(self._session, runtime.spec.id)
        if len(table) <= INLINE_ROWS:
            self._apply(runtime, rt.look(runtime))
            return
        spec = runtime.spec

        def done(answer: Look) -> None:
            if runtime.spec.style == spec.style and runtime.table is table:
                self._apply(runtime, answer)

        self._session.jobs.run(
            Job("job.colour", spec.id),
            lambda _job: rt.look(runtime),
            done=done,
            failed=lambda problem: self._failed(runtime, problem),
        )

    def _apply(self, runtime: LayerRuntime, look: Look) -> None:
        again = look.style.label != runtime.style.label
        runtime.style, runtime.rgba, runtime.legend = look.style, look.rgba, look.legend
        self._session.changed(runtime, "colours")
        if again:
            self._label(runtime)

    def _label(self, runtime: LayerRuntime) -> None:
        """Put the texts of the style at the features, on a worker."""
        table, style, drawables = runtime.table, runtime.style, runtime.drawables
        if not style.label or table is None:
            if runtime.labels:
                runtime.labels = ()
                self._session.changed(runtime, "drawables")
            return
        frame, ground = self._session.project.frame, self._session.ground

        def work(_job: Job) -> tuple[Labels, ...]:
            from twin.work.labelling import labels_of

            return labels_of(
                style.label,
                table,
                drawables,
                runtime.column,
                frame=frame,
                ground=ground,
                places=runtime.around,
            )

        def done(labels: tuple[Labels, ...]) -> None:
            if runtime.style is style and runtime.drawables is drawables:
                runtime.labels = labels
                self._session.changed(runtime, "drawables")

        self._session.jobs.run(
            Job("job.label", runtime.spec.id), work, done=done, failed=lambda _problem: None
        )

    def at_time(self, runtime: LayerRuntime) -> set[str]:
        """Renew the rows and columns that depend on the clock; return the aspects that changed."""
        aspects: set[str] = set()
        table, at = runtime.table, self._session.clock.at
        if table is None:
            return aspects
        rows = runtime.validity.at(at) if runtime.validity else np.ones(len(table), dtype=bool)
        if not np.array_equal(rows, runtime.rows_visible):
            runtime.rows_visible = rows
            aspects.add("rows")
        if hasattr(runtime.layer, "columns_at"):
            if self._distant.is_distant(runtime):
                self._distant.ask(runtime)
            else:
                aspects |= self._columns(runtime, table, at)
        return aspects | gather(self._session, runtime, at)

    def settle_ground(self) -> None:
        """Choose the ground from the first terrain, shown or not; rebuild what stands on another one."""
        session = self._session
        if any(self.is_ground(r) and r.state is LayerState.LOADING for r in session.layers()):
            return
        found = next((r for r in session.layers() if r.ground is not None), None)
        name = found.spec.id if found else ""
        self._name_others(name)
        ground = found.ground if found and found.ground is not None else FlatGround()
        if name == self._ground_layer and (found is None or ground is session.ground):
            return
        self._ground_layer = name
        session.set_ground(ground)
        for runtime in session.layers():
            self.build(runtime)

    def _name_others(self, ground_layer: str) -> None:
        """Say of every further terrain that nothing stands on it: tiles of one model look alike on screen."""
        for runtime in self._session.layers():
            other = runtime.ground is not None and runtime.spec.id != ground_layer
            values = {"ground": ground_layer}
            told = (Problem("layer.not_the_ground", runtime.spec.id, values),) if other else ()
            if told != runtime.ground_problems:
                runtime.ground_problems = told
                self._session.changed(runtime, "problems")

    def is_ground(self, runtime: LayerRuntime) -> bool:
        """Whether a layer gives the ground: known from its manifest until it is made."""
        if runtime.layer is not None:
            return hasattr(runtime.layer, "ground")
        declared = self._session.registry.layer_types.get(runtime.spec.type)
        return declared is not None and declared.ground

    def _ground_settled(self, runtime: LayerRuntime) -> bool:
        return self._ground_layer is not None or self.is_ground(runtime)

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
        made, read = answer.made, answer.read
        runtime.layer, runtime.params = made.layer, made.params
        runtime.param_problems, runtime.key = made.problems, answer.key
        runtime.table, runtime.validity = read.table, answer.validity
        runtime.default_style, runtime.ground = read.default_style, read.ground
        runtime.load_problems = read.problems
        runtime.columns_now = rt.NO_COLUMNS
        self.at_time(runtime)
        look = answer.look
        runtime.style, runtime.rgba, runtime.legend = look.style, look.rgba, look.legend
        if runtime.columns_now and answer.at != self._session.clock.at:
            runtime.rgba = rt.recoloured(runtime)  # the clock went on while the layer was loaded
        if self.is_ground(runtime):
            runtime.state = LayerState.READY
            self.settle_ground()
        if runtime.job is None:
            self.build(runtime)
        self._session.changed(runtime, "table", "colours", "rows", "columns", "problems")
        for other in gatherers(self._session, runtime.spec.id):
            self.restyle(other)
        if runtime.spec.gathers is not None:
            self.restyle(runtime)

    def _first_seen(self, runtime: LayerRuntime, loaded: Loaded, built: Built) -> None:
        """Show the first features of a large file; their rows are the first of what is still being read."""
        runtime.layer, runtime.params = loaded.made.layer, loaded.made.params
        runtime.table, runtime.validity = loaded.read.table, loaded.validity
        runtime.default_style = loaded.read.default_style
        self.at_time(runtime)
        look = loaded.look
        runtime.style, runtime.rgba, runtime.legend = look.style, look.rgba, look.legend
        runtime.drawables, runtime.bounds = built.drawables, built.bounds
        aspects = ("table", "colours", "rows", "columns", "drawables")
        self._session.changed(runtime, *aspects)

    def _built(self, runtime: LayerRuntime, answer: Built) -> None:
        runtime.drawables, runtime.bounds = answer.drawables, answer.bounds
        runtime.build_problems = answer.problems
        bad = any(p.severity is not Severity.INFO for p in runtime.problems)
        runtime.state = LayerState.PARTIAL if bad else LayerState.READY
        self._session.changed(runtime, "drawables", "state", "problems")
        if runtime.style.label or runtime.labels:
            self._label(runtime)
        for other in self._session.layers():
            if asks_around(other.style):  # perhaps of what has come now
                self.restyle(other)
        self._session.settled()

    def _failed(self, runtime: LayerRuntime, problem: Problem) -> None:
        runtime.state = LayerState.FAILED
        runtime.load_problems = (problem,)
        runtime.drawables, runtime.labels, runtime.bounds = (), (), None
        self._session.changed(runtime, "drawables", "state", "problems")
        self.settle_ground()
        self._session.settled()

    def _forget(self, runtime: LayerRuntime) -> None:
        """Drop what was read before: a file that is gone is neither drawn again nor stood upon."""
        runtime.table, runtime.ground, runtime.validity = None, None, None
        runtime.columns_now, runtime.build_problems = rt.NO_COLUMNS, ()
        self._session.changed(runtime, "table", "columns")

    def _columns(self, runtime: LayerRuntime, table: FeatureTable, at: datetime) -> set[str]:
        try:
            runtime.columns_now = rt.columns_at(runtime.layer, table, runtime.params, at)
        except Exception as error:  # noqa: BLE001 - a layer's author may raise anything
            values = {"reason": repr(error)}
            self._tell(runtime, Problem("layer.columns_failed", runtime.spec.id, values))
            return set()
        return {"columns"}

    def _tell(self, runtime: LayerRuntime, problem: Problem) -> None:
        if problem not in runtime.build_problems:
            runtime.build_problems = (*runtime.build_problems, problem)
            self._session.changed(runtime, "problems")
