"""A window for measuring: made, fed and driven the same way by each benchmark."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from benchmarks.common import City
    from ui.opened import Opened

PATIENCE_S = 300.0
LOOK_MS = 5


def footprints(folder: Path, buildings: int) -> Path:
    """Write a GeoPackage of so many building footprints with heights, always the same; return its path."""
    import pyogrio

    from twin.synth.grid import synthetic_city

    path = folder / f"footprints_{buildings}.gpkg"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        pyogrio.write_dataframe(synthetic_city(buildings, 1), path, layer="buildings")
    return path


def application() -> Any:
    """Return the Qt application, off screen where there is no display."""
    displays = ("DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in displays):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.app import make_application
    from ui.interpreter import tend_interpreter

    tend_interpreter()  # as whoever starts the application
    return make_application()


def open_window(
    folder: Path, data: Path | Opened | None, *, show: bool = True, cache: Path | None = None
) -> Any:
    """Return a window at 1080p on a file of data, a project, or the demo.

    Everything is read and built anew unless a folder ``cache`` has it from an earlier time.
    """
    app = application()
    from twin.work.prepared import Prepared
    from ui.opened import Opened
    from ui.services import make_services
    from ui.settings import Settings
    from ui.shipped import DEMO
    from ui.window import MainWindow

    os.environ["BELVEDERE_STATE"] = str(folder / "state")
    services = replace(
        make_services(app, Settings(folder / "settings.ini")),
        prepared=None if cache is None else Prepared(cache),
    )
    if not isinstance(data, Opened):
        data = project_of(data, services) if data else Opened.read(DEMO)
    window = MainWindow(services, data)
    window.resize(1920, 1080)
    if show:
        window.show()
    return window


def project_of(data: Path, services: Any) -> Any:
    """Return an unsaved project that shows a file."""
    from twin.work.assemble import assemble
    from ui.opened import Opened

    project, problems = assemble([data], services.registry)
    return Opened(project=project, folder=None, problems=tuple(problems))


def spin_until(done: Callable[[], bool]) -> None:
    """Let the window live as its application does until something is so, asked every few milliseconds.

    The event loop sleeps where nothing happens: one that spins would take the interpreter from the workers.

    Raises
    ------
    TimeoutError
        It is never so.
    """
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    loop, end = QEventLoop(), time.monotonic() + PATIENCE_S
    timer = QTimer(interval=LOOK_MS, timerType=Qt.TimerType.PreciseTimer)
    reached = done()  # asked once a turn: what was so may be otherwise a moment later

    def look() -> None:
        nonlocal reached
        reached = reached or done()
        if reached or time.monotonic() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    if not reached:
        loop.exec()
    timer.stop()
    if not reached:
        raise TimeoutError("the window was never ready")


def triangles_of(session: Any) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return all meshes of a session as one: (n, 3) float32 vertices and (m, 3) int32 triangles."""
    from twin.drawables import Mesh

    meshes = [d for r in session.layers() for d in r.drawables if isinstance(d, Mesh)]
    starts = np.cumsum([0, *(len(mesh.xyz_in_scene) for mesh in meshes)])
    xyz = np.concatenate([mesh.xyz_in_scene for mesh in meshes])
    shifted = [mesh.triangles + start for mesh, start in zip(meshes, starts, strict=False)]
    return xyz, np.concatenate(shifted).astype(np.int32)


def one_mesh(
    xyz: NDArray[np.float32], triangles: NDArray[np.int32]
) -> tuple[City, NDArray[np.float64]]:
    """Return triangles as a city of one building for raw VTK, and a value to colour it by."""
    from benchmarks.common import City

    rows, shade = np.zeros(len(xyz), np.int32), np.ones(len(xyz), np.float32)
    height = np.array([1.0, 2.0])
    return City(xyz, triangles, rows, shade, height, height, 1.0), height
