"""The load of ``benchmarks.feeds`` in a real window that shows every sensor live, with a heart that beats in it."""

from __future__ import annotations

import gc
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.gui_stall import BEAT_MS, LONGEST_MS, Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.feeds import Load
    from twin.live.feed import FeedStatus
    from ui.opened import Opened

MIDDLE = (2.27, 48.82)
SPACING_DEG = 3e-4
RASTERISER = "llvmpipe"
"""Threads of the software that stands in for a graphics card."""


class Windowed:
    """A window on a project with one feed and a layer of all its sensors, following the present."""

    def __init__(self, folder: Path, url: str, load: Load) -> None:
        from PySide6.QtCore import QTimer

        from benchmarks.window import application, open_window, spin_until

        application()
        self._folder, self._drawn_s, self._heart = folder, 0.0, Heartbeat()
        self._window = window = open_window(folder, project(folder, url, load))
        frames = window.viewport.frames
        surface = window.viewport.surface
        canvas = window.viewport.stage._canvas  # noqa: SLF001
        # Beside drawing: neither a frame counts, nor putting it onto the screen, nor pieces onto the graphics card.
        canvas.warm = self._heart.around(self._counted(canvas.warm), frame=False)
        frames._draw = self._heart.around(self._counted(frames._draw))  # noqa: SLF001
        surface._paint = self._heart.around(self._counted(surface._paint), frame=False)  # noqa: SLF001
        spin_until(lambda: window.viewport.scene.complete and bool(window.living_control.views))
        spin_until(lambda: not window.viewport.frames.moving)  # the finest picture has its memory
        gc.freeze()  # as the application, once its window stands
        window.session.clock.follow()
        self._timer = QTimer(interval=BEAT_MS)
        self._timer.timeout.connect(self._heart.beat)
        self._heart.begin()
        self._timer.start()

    def _counted(self, draw: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any) -> Any:
            start = time.thread_time()
            result = draw(*args)
            self._drawn_s += time.thread_time() - start
            return result

        return counted

    def status(self) -> FeedStatus:
        """See base."""
        status: FeedStatus = self._window.living_control.views[0].status
        return status

    def wait(self, seconds: float) -> None:
        """See base."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()  # sleeps where nothing happens, as that of the application
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def busy_s(self) -> float:
        """See base."""
        return time.process_time() - _of_threads(RASTERISER) - self._drawn_s

    def close(self) -> None:
        """See base."""
        self._timer.stop()
        self._window.close()
        (self._folder / "project" / "history").rename(self._folder / "history")

    def told(self) -> dict[str, object]:
        """See base."""
        waits, frames = self._heart.waits_ms, self._heart.renders_ms
        return {
            "window": f"{self._window.width()} x {self._window.height()}",
            "longest_wait_ms": round(max(waits), 1),
            "waits_over_50_ms": int(sum(wait > LONGEST_MS for wait in waits)),
            "wait_99_percent_ms": round(float(np.percentile(waits, 99)), 1),
            "frames": len(frames),
            "frame_ms": round(float(np.median(frames)), 1) if frames else None,
        }


def project(folder: Path, url: str, load: Load) -> Opened:
    """Write a project of so many sensors on a grid, all of them fed by one subscription."""
    from twin.model.feed import FeedSpec
    from twin.model.geoframe import GeoFrame
    from twin.model.layer import LayerSpec, Source
    from twin.model.project import Project
    from twin.store.project_folder import save_project
    from ui.opened import Opened

    home = folder / "project"
    home.mkdir()
    side = int(np.ceil(np.sqrt(load.sensors)))
    rows = [
        {
            "type": "Feature",
            "properties": {"feature_id": f"soak/{n}", "observed_property": "soak"},
            "geometry": {
                "type": "Point",
                "coordinates": [
                    MIDDLE[0] + n % side * SPACING_DEG,
                    MIDDLE[1] + n // side * SPACING_DEG,
                ],
            },
        }
        for n in range(load.sensors)
    ]
    features = {"type": "FeatureCollection", "features": rows}
    (home / "sensors.geojson").write_text(json.dumps(features), encoding="utf-8")
    sources = {"features": Source(path="sensors.geojson"), "observations": Source(path="history")}
    layer = LayerSpec(id="soak", type="belvedere.sensors", title={"en": "Sensors"}, sources=sources)
    made = Project(
        title={"en": "Load"},
        frame=GeoFrame(crs="EPSG:2154", origin=(647_000.0, 6_859_500.0, 0.0)),
        layers=(layer,),
        feeds=(FeedSpec(id="soak", kind="mqtt", url=url),),
    )
    save_project(made, home)
    return Opened.read(home)


def _of_threads(name: str) -> float:
    """Return the processor time of our threads of a name, seconds; 0 where the system does not say."""
    total, ticks = 0.0, os.sysconf("SC_CLK_TCK")
    for path in Path("/proc/self/task").glob("*/stat"):
        try:
            said, _, rest = path.read_text(encoding="utf-8", errors="replace").rpartition(")")
        except OSError:  # it ended meanwhile
            continue
        if name in said:
            fields = rest.split()
            total += (int(fields[11]) + int(fields[12])) / ticks
    return total
