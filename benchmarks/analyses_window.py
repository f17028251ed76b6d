"""How long the window waits while analyses are asked, answered and cancelled in it.

A window on the demo city, its panel of analyses in sight, and a heartbeat of 5 ms. Each kind is asked as the panel
asks it, and cancelled after a moment; then asked again, until its answer is a layer that is drawn. Wanted: outside
drawing no two beats more than 50 ms apart, but for what the window's thread stood in the queue for a core behind other
programs. ``python -m benchmarks.analyses_window sun sight`` measures only some.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.cancel import ASKED, DAY
from benchmarks.common import machine
from benchmarks.gui_stall import BEAT_MS, LONGEST_MS, Heartbeat
from benchmarks.window import open_window, spin_until

QUICK = ("shade", "viewshed")
ONE_DAY = {"until": DAY["date"]}
"""Here analyses are answered to their end: a day of sun is as much for the window as a month."""

CANCELLED_AFTER_S = 0.4


class PatientHeart(Heartbeat):
    """A heart that knows how long its thread was ready to run while other threads had the cores."""

    def __init__(self) -> None:
        super().__init__()
        self.own_ms: list[float] = []
        self._stat = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._at_beat = self._while_drawing = 0.0

    def beat(self) -> None:
        """See base."""
        super().beat()
        queued = self._queued_ms()
        self.own_ms.append(self.waits_ms[-1] - (queued - self._at_beat - self._while_drawing))
        self._at_beat, self._while_drawing = queued, 0.0

    def begin(self) -> None:
        """See base."""
        super().begin()
        self.waits_ms.clear()
        self.own_ms.clear()
        self._at_beat, self._while_drawing = self._queued_ms(), 0.0

    def around(self, draw: Callable[..., Any], *, frame: bool = True) -> Callable[..., Any]:
        """See base."""
        timed = super().around(draw, frame=frame)

        def noted(*args: Any) -> Any:
            before = self._queued_ms()
            result = timed(*args)
            self._while_drawing += self._queued_ms() - before
            return result

        return noted

    def _queued_ms(self) -> float:
        """Return what Linux tells of the thread, 0 elsewhere: then waits count in full."""
        try:
            return int(self._stat.read_bytes().split()[1]) / 1e6
        except OSError:
            return 0.0


class Watched:
    """A window on the demo with a variant shown, and its heart."""

    def __init__(self, folder: Path) -> None:
        from PySide6.QtCore import QTimer

        from ui.app import collect_seldom

        self.heart = PatientHeart()
        collect_seldom()
        self.window = open_window(folder, None)
        gc.freeze()  # both as the application does
        canvas, frames = self.window.viewport.stage._canvas, self.window.viewport.frames  # noqa: SLF001
        surface = self.window.viewport.surface
        canvas.warm = self.heart.around(canvas.warm)
        frames._draw = self.heart.around(frames._draw)  # noqa: SLF001
        surface._paint = self.heart.around(surface._paint, frame=False)  # noqa: SLF001
        self.window.session.clock.play(on=False)
        self.window.session.set_variant("blocks")
        self.window.docks.show("analyses")
        self.panel = self.window.docks.panel("analyses")
        self.rest()
        self._timer = QTimer(interval=BEAT_MS)
        self._timer.timeout.connect(self.heart.beat)
        self._timer.start()

    def rest(self) -> None:
        """Wait until nothing is loaded, computed or uploaded."""
        window = self.window

        def quiet() -> bool:
            busy = any(runtime.busy for runtime in window.session.layers())
            return not (busy or window.session.jobs.running) and bool(
                window.viewport.scene.complete
            )

        spin_until(quiet)
        still = time.monotonic() + 0.3
        spin_until(lambda: time.monotonic() > still and quiet())

    def asked(self, name: str) -> dict[str, float]:
        """Ask an analysis twice, cancelled and answered, and return the longest waits of each."""
        self._ask(name)
        over = time.monotonic() + CANCELLED_AFTER_S
        spin_until(lambda: time.monotonic() > over)
        self.panel.stop()
        self.rest()
        cancelled = max(self.heart.own_ms)
        with_queue = max(self.heart.waits_ms)
        self._ask(name)
        self.rest()
        return {
            "cancelled_ms": round(cancelled, 1),
            "answered_ms": round(max(self.heart.own_ms), 1),
            "with_queue_ms": round(max(with_queue, *self.heart.waits_ms), 1),
        }

    def _ask(self, name: str) -> None:
        self.heart.begin()
        asked = dict(ASKED[name])
        self.panel.begin(name.split()[0], asked | ONE_DAY if "until" in asked else asked)

    def close(self) -> None:
        """End it."""
        self._timer.stop()
        self.window.files.may_close = lambda: True
        self.window.close()


def run(quick: bool, names: list[str] | None = None) -> dict[str, object]:  # noqa: FBT001 - one switch
    """Return the longest waits of each analysis."""
    with tempfile.TemporaryDirectory() as folder:
        watched = Watched(Path(folder))
        found: dict[str, Any] = {n: watched.asked(n) for n in names or (QUICK if quick else ASKED)}
        watched.close()
    worst = max(found[name][when] for name in found for when in ("cancelled_ms", "answered_ms"))
    return {
        "analyses": found,
        "wanted_ms": LONGEST_MS,
        "longest_wait_ms": worst,
        "met": worst <= LONGEST_MS,
        **machine(),
    }


if __name__ == "__main__":
    chosen = [name for name in sys.argv[1:] if not name.startswith("--")]
    print(json.dumps(run("--quick" in sys.argv, chosen or None)))
