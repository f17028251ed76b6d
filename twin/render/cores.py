"""Which cores of the processor paint, where it draws: on a machine of two, not the one that works on the frame."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

TASKS = Path("/proc/self/task")
PAINTERS = "llvmpipe"
"""What the names of the threads begin with that paint."""
FEW = 2
"""Of more cores the scheduler finds one that is free by itself."""


class Cores:
    """Keeps the painting threads off the core of the thread that draws.

    Left to the scheduler, of two cores, a painting thread that wakes up takes the place of the drawing one for
    milliseconds, and the other core is idle again. The drawing thread itself is never bound: threads that it starts
    would be, too.
    """

    def __init__(self) -> None:
        self._all = (
            frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()
        )
        self._here = _current_core() if len(self._all) == FEW else None
        self._painters: Sequence[int] | None = None
        self._core = -1

    def part(self) -> None:
        """Let those that paint keep to the other core."""
        if self._here is None or not self._painters:
            return
        self._core = self._here()
        self._let(self._painters, self._all - {self._core})

    def meet(self) -> None:
        """Let half of them come over: soon the thread that draws has nothing to do but wait."""
        if self._painters:
            self._let(self._painters[1::2], {self._core})

    def join(self) -> None:
        """Let all of them be anywhere."""
        if self._painters is None:  # there once the first frame was drawn
            self._painters = _painting() if self._here is not None else ()
        self._let(self._painters, self._all)

    def _let(self, tasks: Sequence[int], cores: frozenset[int] | set[int]) -> None:
        try:
            for task in tasks:
                os.sched_setaffinity(task, cores)
        except OSError:  # one has ended, or the system does not let us: they are looked for again
            self._painters = None


def _painting() -> list[int]:
    """Return the numbers of the threads that paint, as the system knows them."""
    found = []
    for task in TASKS.iterdir():
        with suppress(OSError):  # ended meanwhile
            if (task / "comm").read_text().startswith(PAINTERS):
                found.append(int(task.name))
    return sorted(found)


def _current_core() -> Callable[[], int] | None:
    """Return what tells the core that the calling thread runs on, where the system knows."""
    try:
        tell: Callable[[], int] = ctypes.CDLL(None).sched_getcpu
    except (OSError, AttributeError):
        return None
    return tell
