"""How soon each analysis stops once it is cancelled, and how long it holds the window's thread.

Each analysis is asked of the demo city as the window asks it, and cancelled at several moments of its work: while it
is frozen, sent, traced, written. Wanted: 0.2 s from asking to stopping, and no gap of the owner's thread above 50 ms
that the freezing of the question does not explain. ``python -m benchmarks.cancel sun sight`` measures only some.
"""

from __future__ import annotations

import contextlib
import json
import queue
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.common import machine

DELAYS_S = (0.02, 0.3, 0.8, 1.6)
QUICK_S = (0.3,)
WANTED_S, WANTED_GAP_MS = 0.2, 50.0
BEAT_S = 0.002
X, Y = 645_400.0, 6_857_600.0
BOX = [X - 300, Y - 300, X + 300, Y + 300]
DAY = {"date": "2034-03-21", "until": "2034-04-20", "threshold_h": 2.0}
ASKED: dict[str, dict[str, Any]] = {
    "sun": DAY,
    "sun against": {**DAY, "against": "existing"},
    "facades": DAY,
    "shade": {**DAY, "places": [[X, Y, 60.0]]},
    "irradiation": {"surfaces": ["roof"]},
    "sight": {"places": [[X, Y, 90.0], [X + 300, Y + 200, 80.0]]},
    "viewshed": {"eyes": [[X, Y, 90.0]], "radius_m": 800.0},
    "viewshed against": {"eyes": [[X, Y, 90.0]], "radius_m": 800.0, "against": "existing"},
    "monument": {"layers": ["buildings"], "features": ["building-04897"], "radius_m": 800.0},
    "view": {"box": BOX},
    "zoning": {"zones": "land", "buildings": "buildings", "height": "6", "setback": "3"},
}


class Desk:
    """A session of the demo whose callbacks are run as an event loop would, with a watch on its gaps."""

    def __init__(self) -> None:
        from twin.work.session import Session
        from ui.cli.projects import open_any, registry

        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        types = registry()
        opened = open_any(["demo"], types)
        self.session = Session(opened.project, opened.folder, types, deliver=self._calls.put)
        self.gap_ms = 0.0
        self.session.set_variant("blocks")
        self.session.start()
        self.turn(lambda: all(r.table is not None and not r.busy for r in self.session.layers()))

    def turn(self, until: Callable[[], bool], most_s: float = 120.0) -> float:
        """Run the loop until something holds; return how long that took, and note its longest gap."""
        started = last = time.perf_counter()
        self.gap_ms = 0.0
        while not until() and last - started < most_s:
            with contextlib.suppress(queue.Empty):
                self._calls.get(timeout=BEAT_S)()
            now = time.perf_counter()
            self.gap_ms = max(self.gap_ms, 1000 * (now - last))
            last = now
        return last - started


def cancelled(desk: Desk, begin: Callable[[], Any], delay_s: float) -> dict[str, float]:
    """Begin a job, cancel it after a while, and return the seconds until it is gone and what it held."""
    asked = time.perf_counter()
    job = begin()
    frozen_ms = 1000 * (time.perf_counter() - asked)
    over = asked + delay_s
    desk.turn(lambda: time.perf_counter() >= over or job not in desk.session.jobs.running)
    gap_ms = desk.gap_ms
    if job not in desk.session.jobs.running:
        return {"stopped_s": 0.0, "frozen_ms": frozen_ms, "gap_ms": gap_ms}  # it was over before
    job.cancel()
    stopped = desk.turn(lambda: job not in desk.session.jobs.running)
    gap_ms = max(gap_ms, desk.gap_ms)
    return {"stopped_s": stopped, "frozen_ms": frozen_ms, "gap_ms": gap_ms}


def kept_analysis(desk: Desk, name: str, folder: Path) -> Callable[[], Any]:
    """Return what begins an analysis as its panel does."""
    from twin.model.kept import KeptAnalysis
    from twin.work.jobs import Job
    from twin.work.kept import answer_apart, question

    kind = name.split()[0]
    kept = KeptAnalysis(id=kind, kind=kind, title={}, asked=ASKED[name])

    def begin() -> Any:
        asked = question(desk.session, kept)
        work = lambda job: answer_apart(asked, folder / f"{kind}.parquet", job)  # noqa: E731
        job = Job("job.analyse", name)
        return desk.session.jobs.run(job, work, done=_ignore, failed=_say, waits=True)

    return begin


def indicators(desk: Desk) -> Callable[[], Any]:
    """Return what begins to count the indicators of every variant, with hours of shadow."""
    from twin.work.indicators import answer_of, asked_of
    from twin.work.jobs import Job

    def begin() -> Any:
        asked = asked_of(desk.session, shaded=[[X, Y, 60.0]])
        work = lambda job: answer_of(asked, job)  # noqa: E731
        return desk.session.jobs.run(Job("job.indicators", ""), work, done=_ignore, failed=_say)

    return begin


def _ignore(_answer: object) -> None:
    """Nobody looks at the answers."""


def _say(problem: Any) -> None:
    print(f"failed: {problem.key} {problem.where} {dict(problem.values)}", file=sys.stderr)


def run(quick: bool, names: list[str] | None = None) -> dict[str, object]:  # noqa: FBT001 - one switch
    """Return the worst of each analysis."""
    found: dict[str, object] = {}
    desk = Desk()
    with tempfile.TemporaryDirectory() as folder:
        begins = {name: kept_analysis(desk, name, Path(folder)) for name in ASKED}
        begins["indicators"] = indicators(desk)
        for name in names or begins:
            tries = [cancelled(desk, begins[name], d) for d in (QUICK_S if quick else DELAYS_S)]
            found[name] = {key: round(max(t[key] for t in tries), 3) for key in tries[0]}
    desk.session.close()
    return {
        "analyses": found,
        "wanted_s": WANTED_S,
        "wanted_gap_ms": WANTED_GAP_MS,
        **machine(),
    }


if __name__ == "__main__":
    chosen = [name for name in sys.argv[1:] if not name.startswith("--")]
    print(json.dumps(run("--quick" in sys.argv, chosen or None)))
