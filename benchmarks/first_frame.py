"""From a GeoPackage of 100,000 footprints to the first complete frame in the window.

Wanted: at most 2 times what pyogrio needs to read the file plus what raw VTK needs for its first frame of
the same triangles. Everything is imported and a small city was shown before, so that only the work counts.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import FEW, MANY, RawVtk, machine, main, ms, rgba_by
from benchmarks.window import (
    footprints,
    one_mesh,
    open_window,
    project_of,
    spin_until,
    triangles_of,
)

TIMES, QUICK_TIMES = 3, 1
WARM_UP = 500


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - the benchmarks' one signature
    """Open the city several times in one window, and read and draw it raw in between."""
    buildings = FEW if quick else MANY
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, small = footprints(folder, buildings), footprints(folder, WARM_UP)
        window = open_window(folder, small)
        spin_until(lambda: window.viewport.scene.complete)
        ours, reading, drawing = [], [], []
        for _ in range(QUICK_TIMES if quick else TIMES):
            ours.append(_open(window, path))
            reading.append(_read(path))
            drawing.append(_draw(window.session))
            _open(window, small)
        window.close()
    wanted = float(np.median(reading) + np.median(drawing))
    ratio = float(np.median(ours)) / wanted
    return {
        "machine": machine(),
        "buildings": buildings,
        "window_ms": [round(t) for t in ours],
        "pyogrio_read_ms": [round(t) for t in reading],
        "raw_vtk_first_frame_ms": [round(t) for t in drawing],
        "ratio": round(ratio, 2),
        "wanted": 2.0,
        "met": ratio <= 2.0,
    }


def _open(window: Any, path: Path) -> float:
    """Return how long the window takes from opening a project of the file to its first complete frame, ms."""
    opened = project_of(path, window.services)
    started = time.perf_counter()
    window.show_project(opened)
    spin_until(lambda: window.viewport.scene.complete)
    return (time.perf_counter() - started) * 1000.0


def _read(path: Path) -> float:
    import pyogrio

    return ms(lambda: pyogrio.read_dataframe(path))


def _draw(session: Any) -> float:
    """Return how long raw VTK takes for its window and first frame of the same triangles, ms."""
    xyz, triangles = triangles_of(session)
    city, height = one_mesh(xyz, triangles)
    made: list[RawVtk] = []

    def first_frame() -> None:
        raw = RawVtk(city, rgba_by(height))
        made.append(raw)
        raw.renderer.ResetCamera()
        raw.turn(0.0)

    took = ms(first_frame)
    made[0].close()
    return took


if __name__ == "__main__":
    main(run)
