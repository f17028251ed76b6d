"""How the layers of a session look: the colours of their rows, and the texts at their features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from twin.drawables import Labels
from twin.model.styling import asks_around
from twin.problems import Problem
from twin.work import runtime as rt
from twin.work.gathering import gather
from twin.work.jobs import Job
from twin.work.runtime import LayerRuntime, Look

if TYPE_CHECKING:
    from twin.work.session import Session

INLINE_ROWS = 20_000
"""Tables up to this size are coloured on the owner's thread; it takes less than 10 ms."""


class Looks:
    """Renews colours, legends and texts; what takes longer on a worker.

    Parameters
    ----------
    session : Session
    failed : callable
        Told of a layer that could not be coloured, and of the problem.
    """

    def __init__(self, session: Session, failed: Callable[[LayerRuntime, Problem], None]) -> None:
        self._session = session
        self._failed = failed
        self._writing: dict[str, Job] = {}

    def renew(self, runtime: LayerRuntime) -> None:
        """Colour a layer again, and write its texts again where they are others."""
        table = runtime.table
        if table is None:
            return
        gather(self._session, runtime, self._session.clock.at)
        if asks_around(runtime.spec.style or runtime.default_style):
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

    def renew_what_looks_around(self) -> None:
        """Colour the layers again whose style asks of places in others: one of those has come, perhaps."""
        for runtime in self._session.layers():
            if asks_around(runtime.style):
                self.renew(runtime)

    def follow(self, runtime: LayerRuntime) -> None:
        """Write the texts of a layer again that tell a value of the clock, one writing at a time."""
        under_way = self._writing.get(runtime.spec.id) in self._session.jobs.running
        if not under_way and told_by_clock(runtime):
            self.write(runtime)

    def write(self, runtime: LayerRuntime) -> None:
        """Put the texts of the style at the features, on a worker."""
        table, style, drawables = runtime.table, runtime.style, runtime.drawables
        if not style.label or table is None:
            if runtime.labels:
                runtime.labels = ()
                self._session.changed(runtime, "drawables")
            return
        frame, ground, now = self._session.project.frame, self._session.ground, runtime.columns_now

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
            if runtime.style is not style or runtime.drawables is not drawables:
                return
            if not _same(labels, runtime.labels):
                runtime.labels = labels
                self._session.changed(runtime, "drawables")
            if runtime.columns_now is not now:
                self.follow(runtime)  # the clock went on meanwhile

        job = self._writing[runtime.spec.id] = Job("job.label", runtime.spec.id)
        self._session.jobs.run(job, work, done=done, failed=lambda _problem: None)

    def _apply(self, runtime: LayerRuntime, look: Look) -> None:
        again = look.style.label != runtime.style.label
        runtime.take_look(look)
        self._session.changed(runtime, "colours")
        if again:
            self.write(runtime)


def told_by_clock(runtime: LayerRuntime) -> bool:
    """Whether the texts of a layer tell a value that depends on the clock."""
    from twin.model.expressions import ExpressionError, names_in, parse

    if not runtime.style.label or not runtime.columns_now:
        return False
    try:
        return not runtime.columns_now.keys().isdisjoint(names_in(parse(runtime.style.label)))
    except ExpressionError:
        return False


def _same(some: Sequence[Labels], others: Sequence[Labels]) -> bool:
    """Whether labels say the same at the same places."""
    return len(some) == len(others) and all(
        a.texts == b.texts and np.array_equal(a.xyz_in_scene, b.xyz_in_scene)
        for a, b in zip(some, others, strict=True)
    )
