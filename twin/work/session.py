"""A project at work: its layers loaded, built, coloured and kept in step with every change.

All methods and signals belong to one thread, the owner's; slow work goes to jobs. One rule serves
opening, editing, undo and redo alike: compare the old snapshot of the project with the new one and do
what differs.
"""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from psygnal import Signal

from twin.model.clock import Clock
from twin.model.ground import FlatGround, Ground
from twin.model.layer import LayerSpec, LayerState
from twin.model.plans import Changes, changes_of, earthwork_moments
from twin.model.project import Project
from twin.model.selection import Selection
from twin.problems import Problem
from twin.registry import Registry
from twin.work.history import History, Step
from twin.work.jobs import Deliver, JobBoard
from twin.work.loader import Loader
from twin.work.plate import Plate
from twin.work.prepared import Prepared
from twin.work.runtime import LayerRuntime
from twin.work.streaming import renew_rows, show_rows

WORKERS = max(1, min(2, (os.cpu_count() or 2) - 1))
"""On two cores a second worker makes nothing faster: it takes turns with the window and with drawing."""

TICK_S = 0.1
"""Columns that change with a running clock are renewed at most this often."""


class Session:
    """An open project.

    Parameters
    ----------
    project : Project
        Its present form.
    folder : Path
        Where relative paths start.
    registry : Registry
        The layer types.
    deliver : callable or None
        Runs a callback on the owner's thread, called from workers; None queues callbacks for :meth:`wait`.
    workers : int
        Number of worker threads.
    prepared : Prepared or None
        Where layers that were built before are found again; None: nothing is kept.
    """

    project_changed = Signal(Project, Project)
    layer_changed = Signal(str, frozenset)
    problems_changed = Signal()
    ground_changed = Signal()
    variant_changed = Signal(str)

    def __init__(
        self,
        project: Project,
        folder: Path,
        registry: Registry,
        *,
        deliver: Deliver | None = None,
        workers: int = WORKERS,
        prepared: Prepared | None = None,
    ) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._project = project
        self.folder = folder
        self.registry = registry.for_project(folder)
        self.clock = Clock(project.at or datetime.now(UTC))
        self.selection = Selection()
        self.history = History(project)
        self.jobs = JobBoard(deliver or self._queue.put, workers=workers)
        self._variant = ""
        self._plan: dict[str, Changes] = {}
        self._digs: tuple[datetime, ...] = ()
        self._begun = 0
        self._ground: Ground = FlatGround()
        self._layers: dict[str, LayerRuntime] = {}
        self._loader = Loader(self, prepared)
        self.plate = Plate(self)
        self._last_tick = 0.0
        self._later: list[str] = []
        self.holds_hidden = False
        """The owner calls :meth:`load_hidden`: a window does so when its first picture is there."""
        self.clock.changed.connect(self._on_time)
        self.clock.play_changed.connect(lambda _on: self._renew(later=self.clock.following))

    @property
    def project(self) -> Project:
        """The project in its present form."""
        return self._project

    @property
    def variant(self) -> str:
        """The variant that is shown, empty: the city without any."""
        return self._variant

    def set_variant(self, variant: str) -> None:
        """Show a variant; the layers that it changes load again. Unknown ones show none."""
        known = any(v.id == variant for v in self._project.variants)
        variant = variant if known else ""
        if variant != self._variant:
            self._variant = variant
            self._follow_plan()
            self.variant_changed.emit(variant)

    @property
    def ground(self) -> Ground:
        """The terrain under every layer."""
        return self._ground

    @property
    def problems(self) -> tuple[tuple[str, Problem], ...]:
        """(layer id or empty, problem) of everything that is wrong now."""
        own = [("", problem) for problem in self.registry.problems]
        own += [(r.spec.id, problem) for r in self.layers() for problem in r.problems]
        return (*own, *self.plate.problems)

    def layer(self, layer_id: str) -> LayerRuntime:
        """Return a layer. Raises KeyError if there is none."""
        return self._layers[layer_id]

    def layers(self) -> list[LayerRuntime]:
        """Return the layers in the project's order."""
        return [self._layers[spec.id] for spec in self._project.layers if spec.id in self._layers]

    def start(self) -> None:
        """Begin to load what is shown, and the ground; the rest follows."""
        self._take_plan()
        for spec in self._project.layers:
            self._layers[spec.id] = runtime = LayerRuntime(spec)
            runtime.changes = self._plan.get(spec.id, ())
        first = [r for r in self.layers() if r.spec.visible or self._loader.footing.gives(r)]
        self._later = [r.spec.id for r in self.layers() if r not in first]
        for runtime in first:
            self._loader.load(runtime)
        self._loader.footing.settle()
        self.settled()

    def load_hidden(self) -> None:
        """Begin to load the layers that are hidden."""
        names, self._later = self._later, []
        for name in names:
            runtime = self._layers.get(name)
            if runtime is not None and runtime.state is LayerState.EMPTY:
                self._loader.load(runtime)

    def do(self, label: str, change: Callable[[Project], Project], *, merge: str = "") -> None:
        """Change the project; can be undone.

        Parameters
        ----------
        label : str
            Message key of what was done.
        change : callable
            Makes the changed copy.
        merge : str
            Steps in a row with the same non-empty key are undone as one.
        """
        before = self._project
        after = change(before)
        if after == before:
            return
        self.history.push(Step(label=label, before=before, after=after, merge=merge))
        self._replace(after)

    def undo(self) -> None:
        """Take back the last change."""
        project = self.history.undo()
        if project is not None:
            self._replace(project)

    def redo(self) -> None:
        """Do again what was taken back last."""
        project = self.history.redo()
        if project is not None:
            self._replace(project)

    @property
    def dirty(self) -> bool:
        """Whether the project differs from its saved form."""
        return self.history.dirty(self._project)

    def use_registry(self, registry: Registry) -> None:
        """Take other plugins, or the same under other conditions; layers that they change begin anew."""
        old, self.registry = self.registry, registry.for_project(self.folder)
        for spec in self._project.layers:
            if old.standing(spec.type) != self.registry.standing(spec.type):
                self._remove(spec.id)
                self._add(spec)
        self._loader.footing.settle()
        self.problems_changed.emit()

    def reload(self, layer_id: str) -> None:
        """Read the sources of a layer again."""
        self._loader.load(self._layers[layer_id])

    def wait(self, timeout_s: float = 600.0) -> bool:
        """Run queued callbacks until nothing is under way; for owners without an event loop.

        Returns
        -------
        bool
            False if the time ran out first.
        """
        end = time.monotonic() + timeout_s
        while self.jobs.running or not self._queue.empty() or self._later:
            if self._later and not self.jobs.running:
                self.load_hidden()
            try:
                self._queue.get(timeout=max(0.0, min(0.5, end - time.monotonic())))()
            except queue.Empty:
                if time.monotonic() >= end:
                    return False
        return True

    def close(self) -> None:
        """Stop all work and join the threads."""
        self.clock.changed.disconnect()
        self.clock.play_changed.disconnect()
        self.jobs.close()
        self._layers.clear()

    # What the loader calls back.

    def settled(self) -> None:
        """Go on with the hidden layers once nothing else is under way, unless the owner does so itself."""
        if any(r.busy for r in self.layers()):
            return
        self.plate.renew()
        if not self._later:
            self._loader.keep()
        elif not self.holds_hidden:
            self.load_hidden()

    def set_ground(self, ground: Ground) -> None:
        """Take the terrain of a layer as the ground of all."""
        self._ground = ground
        self.ground_changed.emit()

    def changed(self, runtime: LayerRuntime, *aspects: str) -> None:
        """Tell what changed of a layer."""
        self.layer_changed.emit(runtime.spec.id, frozenset(aspects))
        if "problems" in aspects or "state" in aspects:
            self.problems_changed.emit()

    def _replace(self, after: Project) -> None:
        before, self._project = self._project, after
        kept = {spec.id: spec for spec in after.layers}
        for spec in before.layers:
            if spec.id not in kept:
                self._remove(spec.id)
        for spec in after.layers:
            runtime = self._layers.get(spec.id)
            if runtime is None:
                self._add(spec)
            elif runtime.spec != spec:
                self._update(runtime, spec)
        self._follow_plan()
        self._loader.footing.settle()
        self.plate.renew()
        self.project_changed.emit(before, after)

    def _add(self, spec: LayerSpec) -> None:
        self._layers[spec.id] = runtime = LayerRuntime(spec)
        runtime.changes = self._plan.get(spec.id, ())
        self._loader.load(runtime)

    def _remove(self, layer_id: str) -> None:
        runtime = self._layers.pop(layer_id)
        if runtime.job is not None:
            runtime.job.cancel()
        self.selection.set(f for f in self.selection.features if f[0] != layer_id)
        self.changed(runtime, "removed", "problems")

    def _update(self, runtime: LayerRuntime, spec: LayerSpec) -> None:
        old, runtime.spec = runtime.spec, spec
        if old.type != spec.type:
            self._remove(spec.id)
            self._add(spec)
            return
        if self._needs_load(runtime, old, spec):
            self._loader.load(runtime)
        elif old.params != spec.params:
            self._loader.take_params(runtime)
            self._loader.build(runtime)
        if old.style != spec.style and runtime.table is not None:
            self._loader.looks.renew(runtime)
        self.changed(runtime, "spec", "problems")

    def _follow_plan(self) -> None:
        """Load again the layers in which another change holds now."""
        if self._variant and all(v.id != self._variant for v in self._project.variants):
            self._variant = ""  # it was removed, or its making undone
            self.variant_changed.emit("")
        self._take_plan()
        for runtime in self.layers():
            changes = self._plan.get(runtime.spec.id, ())
            if changes != runtime.changes:
                runtime.changes = changes
                if runtime.streamed is None:
                    self._loader.load(runtime)
                else:
                    show_rows(self, runtime)
                    self._loader.build(runtime)

    def _take_plan(self) -> None:
        self._plan = changes_of(self._project, self._variant, self.clock.at)
        self._digs = earthwork_moments(self._project, self._variant)
        self._begun = self._works_begun()

    def _works_begun(self) -> int:
        """Return how many earthworks have begun: the ground is another one when that changes."""
        return sum(moment <= self.clock.at for moment in self._digs)

    @staticmethod
    def _needs_load(runtime: LayerRuntime, old: LayerSpec, new: LayerSpec) -> bool:
        if old.sources != new.sources:
            return True
        if runtime.state is LayerState.EMPTY and new.visible:
            return True  # hidden so far, and its turn had not come
        if runtime.layer is None:
            # Still being made, with the parameters that it had.
            return old.params != new.params
        names = getattr(runtime.layer, "load_params", ())
        return any(old.params.get(n) != new.params.get(n) for n in names)

    def _on_time(self, _at: datetime) -> None:
        now = time.monotonic()
        if not self.clock.playing or now - self._last_tick >= TICK_S:
            self._last_tick = now
            self._renew(later=self.clock.following)

    def renew(self) -> None:
        """Bring what depends on the clock up to date: values came in that it was not asked for."""
        self._renew(later=True)

    def _renew(self, *, later: bool) -> None:
        """Bring what depends on the clock up to date; nothing is built unless the ground itself changes."""
        if self._works_begun() != self._begun:
            self._follow_plan()
        for runtime in self.layers():
            renew_rows(self, runtime)
            if runtime.table is not None:
                aspects = self._loader.at_time(runtime, later=later)
                self._loader.tell_time(runtime, aspects)
