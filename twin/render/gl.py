"""The few functions of OpenGL that VTK does not hand on, for the current context; where VTK draws through EGL."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

UINT = ctypes.c_uint
INT = ctypes.c_int
UINTS = ctypes.POINTER(ctypes.c_uint)


@cache
def function(name: str, *arguments: Any) -> Callable[..., None] | None:
    """Return a function of OpenGL without a result; None where it cannot be had.

    Parameters
    ----------
    arguments : ctypes types
        Of its arguments.
    """
    find = _finder()
    address = find(name.encode()) if find is not None else None
    return ctypes.CFUNCTYPE(None, *arguments)(address) if address else None


@cache
def _finder() -> Callable[[bytes], int | None] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        find = ctypes.CDLL("libEGL.so.1").eglGetProcAddress
    except (OSError, AttributeError):
        return None
    find.restype, find.argtypes = ctypes.c_void_p, (ctypes.c_char_p,)
    found: Callable[[bytes], int | None] = find
    return found
