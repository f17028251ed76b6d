"""How long the window waits while analyses are asked, answered and cancelled in it.

A window on the demo city, its panels in sight, and a heartbeat of 5 ms. Each kind of analysis, the indicators, a
volume, a drawn section, the table of an answer and a printed sheet is asked as its panel asks it, and cancelled after a
moment; then asked again, until its answer is drawn or written. Wanted: outside drawing no two beats more than 50 ms
apart, but for what the window's thread stood in the queue for a core behind other programs.
``python -m benchmarks.analyses_window sun sight`` measures only some.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cancel import ASKED, DAY, X, Y
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


@dataclass(frozen=True)
class Deed:
    """Something that is asked in the window, and how it is cancelled."""

    begin: Callable[[], object]
    stop: Callable[[], object]


class Watched:
    """A window on the demo with a variant shown, and its heart."""

    def __init__(self, folder: Path) -> None:
        from PySide6.QtCore import QTimer

        from ui.interpreter import tend_interpreter

        self.heart = PatientHeart()
        tend_interpreter()
        self.window = open_window(folder, None)
        gc.freeze()  # both as the application does
        canvas, frames = self.window.viewport.stage._canvas, self.window.viewport.frames  # noqa: SLF001
        surface = self.window.viewport.surface
        canvas.warm = self.heart.around(canvas.warm)
        frames._draw = self.heart.around(frames._draw)  # noqa: SLF001
        surface._paint = self.heart.around(surface._paint, frame=False)  # noqa: SLF001
        self.window.session.clock.play(on=False)
        self.window.session.set_variant("blocks")
        self.deeds = deeds(self.window, folder)
        self.rest()
        self._timer = QTimer(interval=BEAT_MS)
        self._timer.timeout.connect(self.heart.beat)
        self._timer.start()

    def rest(self) -> None:
        """Wait until nothing is loaded, computed, printed or uploaded."""
        from ui.show.running import Verb

        window = self.window

        def quiet() -> bool:
            busy = any(runtime.busy for runtime in window.session.layers())
            beside = any(verb.running for verb in window.findChildren(Verb))
            return not (busy or beside or window.session.jobs.running) and bool(
                window.viewport.scene.complete
            )

        spin_until(quiet)
        still = time.monotonic() + 0.3
        spin_until(lambda: time.monotonic() > still and quiet())

    def asked(self, name: str) -> dict[str, float]:
        """Ask something twice, cancelled and answered, and return the longest waits of each."""
        deed = self.deeds[name]
        self.heart.begin()
        deed.begin()
        over = time.monotonic() + CANCELLED_AFTER_S
        spin_until(lambda: time.monotonic() > over)
        deed.stop()
        self.rest()
        cancelled = max(self.heart.own_ms)
        with_queue = max(self.heart.waits_ms)
        self.heart.begin()
        deed.begin()
        self.rest()
        return {
            "cancelled_ms": round(cancelled, 1),
            "answered_ms": round(max(self.heart.own_ms), 1),
            "with_queue_ms": round(max(with_queue, *self.heart.waits_ms), 1),
        }

    def close(self) -> None:
        """End it."""
        self._timer.stop()
        self.window.files.may_close = lambda: True
        self.window.close()


def deeds(window: Any, folder: Path) -> dict[str, Deed]:
    """Return all that is measured; its panels are in sight from now on."""
    import numpy as np

    from ui.planner.report_dialog import make_report
    from ui.show.running import Verb

    panels = {}
    for name in ("analyses", "indicators", "measure", "section"):
        window.docks.show(name)
        panels[name] = window.docks.panel(name)
    analyses, section = panels["analyses"], panels["section"]
    ends = (
        np.array([[X - 300, Y, 0.0], [X + 300, Y + 200, 0.0]]) - window.session.project.frame.origin
    )
    ring = np.array([[0, 0], [1000, 0], [1000, 1000], [0, 1000]]) + ends[0, :2] - 300
    jobs = window.session.jobs

    def analysis(name: str) -> Deed:
        asked = dict(ASKED[name])
        asked |= ONE_DAY if "until" in asked else {}
        return Deed(lambda: analyses.begin(name.split()[0], asked), analyses.stop)

    def cut_and_draw() -> None:
        section.cut_line(ends)
        spin_until(lambda: window.viewport.section.settled)
        section.save(folder / "section.svg")

    def write_the_last() -> None:
        analyses.list.setCurrentItem(
            analyses.list.topLevelItem(analyses.list.topLevelItemCount() - 1)
        )
        analyses.export(folder / "answer.gpkg")

    def end_verbs() -> None:
        for verb in window.findChildren(Verb):
            verb.stop()

    return {
        **{name: analysis(name) for name in ASKED},
        "indicators": Deed(panels["indicators"].run, jobs.cancel_all),
        "volume": Deed(lambda: panels["measure"]._done("volume", ring), jobs.cancel_all),  # noqa: SLF001
        "section": Deed(cut_and_draw, jobs.cancel_all),
        "export": Deed(write_the_last, jobs.cancel_all),
        "report": Deed(
            lambda: make_report(window, template="sheet", out=folder / "sheet.pdf"), end_verbs
        ),
    }


def run(quick: bool, names: list[str] | None = None) -> dict[str, object]:  # noqa: FBT001 - one switch
    """Return the longest waits of each analysis."""
    with tempfile.TemporaryDirectory() as folder:
        watched = Watched(Path(folder))
        chosen = names or (QUICK if quick else watched.deeds)
        found: dict[str, Any] = {name: watched.asked(name) for name in chosen}
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
