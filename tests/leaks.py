"""Finds what a test left behind: threads, running timers, windows, VTK rendering objects."""

from __future__ import annotations

import gc
import sys
import threading
import time
from types import ModuleType
from typing import Any

PATIENCE_S = 3.0
"""How long a thread that was told to stop may take."""

VTK_KINDS = ("vtkRenderWindow", "vtkRenderer", "vtkProp", "vtkMapper", "vtkRenderWindowInteractor")

QT_FLEETING = frozenset({"QTipLabel", "QComboBoxPrivateContainer"})
"""Windows that Qt keeps or closes by itself."""


class LeakWatch:
    """Compares what lives before and after a test.

    Objects are told apart by age, not by address: ``gc.freeze`` hides all that lived before, so
    looking is fast however much the test session holds.

    Parameters
    ----------
    objects : bool
        Whether to look for timers, windows and VTK objects too, which takes some milliseconds.
    """

    def __init__(self, *, objects: bool) -> None:
        self._objects = objects
        self._threads: set[threading.Thread] = set()
        self._windows: set[int] = set()

    def start(self) -> None:
        """Remember what lives now."""
        self._threads = set(threading.enumerate())
        if self._objects:
            self._windows = {address for address, _ in _windows()}
            gc.collect()
            gc.freeze()

    def finish(self) -> list[str]:
        """Return one line for each thing that lives longer than it should."""
        try:
            left = self._find_objects() if self._objects else []
        finally:
            if self._objects:
                gc.unfreeze()
        return left + self._find_threads()

    def _find_threads(self) -> list[str]:
        until = time.monotonic() + PATIENCE_S
        left = []
        for thread in set(threading.enumerate()) - self._threads:
            if isinstance(thread, threading._DummyThread):
                continue  # a thread of Qt or VTK that once ran Python
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                left.append(f"thread {thread.name!r}")
        return left

    def _find_objects(self) -> list[str]:
        _drain_qt()
        found = [*_running_pool(), *self._new_windows()]
        kinds = _kinds()
        for thing in gc.get_objects():
            for name, kind, lives in kinds:
                if issubclass(type(thing), kind) and lives(thing):
                    found.append(f"{name} {type(thing).__name__} {_name_of(thing)}".rstrip())
        return found

    def _new_windows(self) -> list[str]:
        return [f"window {label}" for address, label in _windows() if address not in self._windows]


def _qt(name: str) -> ModuleType | None:
    return sys.modules.get(f"PySide6.{name}")


def _drain_qt() -> None:
    """Let Qt carry out what it has put off, deletions first, and collect what that frees."""
    core = _qt("QtCore")
    app = core.QCoreApplication.instance() if core else None
    for _ in range(3):
        if core and app:
            core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
            app.processEvents()
        gc.collect()


def _running_pool() -> list[str]:
    core = _qt("QtCore")
    if core is None:
        return []
    pool = core.QThreadPool.globalInstance()
    if pool.waitForDone(int(PATIENCE_S * 1000)):
        return []
    return [f"{pool.activeThreadCount()} jobs in the pool of Qt"]


def _windows() -> list[tuple[int, str]]:
    widgets = _qt("QtWidgets")
    if widgets is None or not isinstance(widgets.QApplication.instance(), widgets.QApplication):
        return []
    import shiboken6

    return [
        (shiboken6.getCppPointer(window)[0], f"{type(window).__name__} {window.objectName()}")
        for window in widgets.QApplication.topLevelWidgets()
        if window.metaObject().className() not in QT_FLEETING
    ]


def _kinds() -> list[tuple[str, type, Any]]:
    kinds: list[tuple[str, type, Any]] = []
    core = _qt("QtCore")
    if core is not None:
        from shiboken6 import isValid

        kinds += [
            ("running timer", core.QTimer, lambda timer: isValid(timer) and timer.isActive()),
            ("running thread", core.QThread, lambda one: isValid(one) and _runs(core, one)),
            (
                "running animation",
                core.QAbstractAnimation,
                lambda one: isValid(one) and one.state() == one.State.Running,
            ),
        ]
    rendering = sys.modules.get("vtkmodules.vtkRenderingCore")
    if rendering is not None:
        kinds += [("VTK object", getattr(rendering, name), _always) for name in VTK_KINDS]
    return kinds


def _runs(core: ModuleType, thread: Any) -> bool:
    app = core.QCoreApplication.instance()
    if app is not None and thread == app.thread():
        return False
    return bool(thread.isRunning() and not thread.wait(int(PATIENCE_S * 1000)))


def _always(_thing: object) -> bool:
    return True


def _name_of(thing: Any) -> str:
    name = getattr(thing, "objectName", None)
    return str(name()) if callable(name) else ""
