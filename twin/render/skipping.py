"""Drawing without drawing: what it brings to the graphics system stays, its corners and pixels are skipped.

VTK uploads a mesh when it draws it. Unseen, in a corner, that still works out every corner of every triangle, which
without a graphics card takes longer than the upload. OpenGL skips draws on the condition that a query before
them counted pixels (conditional rendering, OpenGL 3.0); this one never counted any.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

from vtkmodules.vtkRenderingCore import vtkRenderWindow

from twin.render import gl

SAMPLES_PASSED = 0x8914
QUERY_WAIT = 0x8E13
"""Of ``gl.h``."""


class Skipping:
    """The condition that never holds, in the context of a window."""

    def __init__(self, window: vtkRenderWindow) -> None:
        self._window = window
        self._query: int | None = None
        self._begin = gl.function("glBeginConditionalRender", gl.UINT, gl.UINT)
        self._end = gl.function("glEndConditionalRender")

    @contextmanager
    def draws(self) -> Iterator[None]:
        """Skip what is drawn in it, where that can be done."""
        if self._begin is None or self._end is None:
            yield
            return
        self._window.MakeCurrent()
        if self._query is None:
            self._query = _query_of_nothing()
        if not self._query:
            yield
            return
        self._begin(self._query, QUERY_WAIT)
        try:
            yield
        finally:
            self._end()


def _query_of_nothing() -> int:
    """Return a query during which nothing was drawn; 0 where there is none."""
    make = gl.function("glGenQueries", gl.INT, gl.UINTS)
    begin = gl.function("glBeginQuery", gl.UINT, gl.UINT)
    end = gl.function("glEndQuery", gl.UINT)
    if make is None or begin is None or end is None:
        return 0
    query = ctypes.c_uint(0)
    make(1, ctypes.byref(query))
    if query.value:
        begin(SAMPLES_PASSED, query.value)
        end(SAMPLES_PASSED)
    return query.value
