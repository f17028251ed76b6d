"""Both cores at once where the processor draws: what was handed over is painted while the rest is worked out.

llvmpipe works out the corners of triangles on the thread that draws and paints them on threads of its own, which begin
when they are told to (``glFlush``), or when somebody asks for the picture: until then the other cores are idle. Here
they are told after each share of a frame. On a machine of two cores the scheduler would let them push the
drawing thread aside, so there they keep to the other core until the last share (decision 30).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from twin.render import gl
from twin.render.cores import Cores

SHARE = 10_000
"""Triangles at least between two marks: each takes some hundredths of a millisecond."""
MOST_SHARES = 12


class Overlap:
    """Marks between the actors of a frame, at which what was drawn so far is handed over."""

    def __init__(self) -> None:
        self._flush = gl.function("glFlush")
        self._cores = Cores()
        self._marks: list[vtkActor] = []
        self._last = -1
        self._done = 0

    def spread(self, actors: Sequence[vtkActor], triangles: Sequence[int]) -> Iterator[vtkActor]:
        """Yield the actors in their order, with a mark after each share of their triangles."""
        total = sum(triangles)
        shares = min(total // SHARE, MOST_SHARES) if self._flush is not None else 0
        step = total / max(shares, 1)
        self._last = -1
        drawn = 0
        for actor, some in zip(actors, triangles, strict=True):
            if drawn >= step * (self._last + 2) and shares > 1:
                self._last += 1
                yield self._mark(self._last)
            yield actor
            drawn += some

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Draw a frame in it."""
        self._done = 0
        if self._last < 0:
            yield
            return
        self._cores.part()
        try:
            yield
        finally:
            self._cores.join()

    def close(self) -> None:
        """Let go of the marks."""
        for mark in self._marks:
            mark.GetMapper().RemoveAllObservers()
        self._marks.clear()

    def _mark(self, number: int) -> vtkActor:
        """Return an actor that draws nothing, but is noticed when its turn comes."""
        while len(self._marks) <= number:
            mapper = vtkPolyDataMapper()
            mapper.SetInputData(vtkPolyData())
            observe: Any = mapper.AddObserver  # its stubs know event numbers only
            observe("StartEvent", self._hand_over)
            mark = vtkActor()
            mark.SetMapper(mapper)
            self._marks.append(mark)
        return self._marks[number]

    def _hand_over(self, _caller: object, _event: str) -> None:
        assert self._flush is not None  # noqa: S101 - without it there are no marks
        self._flush()
        if self._done == self._last:
            self._cores.meet()
        self._done += 1
