"""How Python itself behaves beside a window: no long collections, no waiting for its lock, no needless reading."""

from __future__ import annotations

import gc
import sys

SWITCH_S = 0.0005
"""Each time Qt gives control back, Python waits for its lock until a worker lets go of it: by default
5 ms, many times in one repaint."""


def tend_interpreter() -> None:
    """Set it up, before anything large is imported."""
    sys.setswitchinterval(SWITCH_S)
    collect_seldom()
    import_plainly()


def collect_seldom() -> None:
    """Keep Python's garbage collector from stopping the window while libraries and layers load.

    Both make many objects that stay, and a full collection walks them all, 0.1 to 0.5 s at a time. The collections of
    what is young are kept small: they hold Python's lock, at which thread they happen to come.
    """
    gc.set_threshold(10_000, 20, 500)


def import_plainly() -> None:
    """Let PySide not read the source of every module that is imported from now on.

    It looks there for its own name, to know whether a module may ask for methods in snake case; none does.
    """
    try:
        from shibokensupport import feature
    except ImportError:  # PySide is not imported yet, or another version of it
        return
    feature._mod_uses_pyside = lambda _module: False  # noqa: SLF001 - there is no public switch
