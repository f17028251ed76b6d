"""Memory that was freed, back to the system: the C library keeps it otherwise, a hundred megabytes after a flight."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

M_MMAP_THRESHOLD = -3
"""Of ``malloc.h``: from so many bytes on a block is the system's own, and goes back to it at once (mallopt(3))."""
M_TRIM_THRESHOLD = -1
"""From so many free bytes at its end on, the heap is made smaller."""
LARGE_BYTES = 4 << 20
"""Pictures of a resting view and maps of shadows; what every moving frame takes anew is smaller."""
KEPT_BYTES = 8 << 20
"""With the usual 128 kB, what is made and freed for each tile asks for its pages again: a third of the time."""


@cache
def let_go_of_large() -> None:
    """Have large blocks go back to the system as soon as they are freed, where its C library can (glibc).

    It raises the size of these by itself, up to 32 MB, with every one that is freed: what pictures leave behind then
    stays, in pieces, 300 MB after some views.
    """
    library = _library()
    if hasattr(library, "mallopt"):
        library.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        library.mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)


def give_back() -> None:
    """Hand what is free to the system, where its C library can (glibc). Some milliseconds, without Python's lock."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    return getattr(_library(), "malloc_trim", None)


@cache
def _library() -> Any:
    """Return the C library of this process, None where it is not asked."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None)
    except OSError:
        return None
