"""A random flight over a streamed city: memory stays within its budget, the city is never missing from the picture.

    python -m benchmarks.soak --seconds 3600 --buildings 1000000

Says each minute what is held, also in a log, and at the end the verdict, beside the JSON that it prints. Ends with 1
where the budget was exceeded by more than a tenth, the process grew, or a frame that looks at the city shows nothing.
``BELVEDERE_BENCH_CITIES`` keeps the baked city.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.stream import baked, look, stage_of

ROOT = Path(__file__).resolve().parents[1]
LOG = ROOT / "build" / "soak.log"
TOLERANCE = 1.1
UPLOAD_MS = 8.0
LEG_FRAMES = 45
APPROACH = 0.12
"""Share of the way to the goal that a frame flies."""
TOLD_S = 60.0
SETTLED = 0.1
"""Share of the flight after which nothing new is imported and no cache fills any more: then the process is as large
as it may be, but for what the budget allows."""

Say = Callable[[str], None]


@dataclass(eq=False)
class Pilot:
    """Flies from place to place over a city at changing heights, always the same way.

    Parameters
    ----------
    box : (6,) float64
        Of the city.
    """

    box: NDArray[np.float64]
    seed: int = 7
    frames: int = 0

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)
        self.eye = np.array([self.box[0], self.box[1], 800.0])
        self._goal = self.eye.copy()

    def next(self) -> tuple[tuple[float, ...], tuple[float, float, float]]:
        """Return eye and target of the next frame: it looks where it flies, a little down."""
        if self.frames % LEG_FRAMES == 0:
            place = self.box[:2] + self._rng.random(2) * (self.box[3:5] - self.box[:2])
            self._goal = np.array([*place, 10.0 ** self._rng.uniform(1.7, 3.6)])
        self.frames += 1
        self.eye = self.eye + (self._goal - self.eye) * APPROACH
        ahead = self._goal[:2] - self.eye[:2]
        ahead = ahead / max(float(np.linalg.norm(ahead)), 1.0) * (self.eye[2] + 50.0)
        x, y = self.eye[:2] + ahead
        return tuple(self.eye), (float(x), float(y), 0.0)


@dataclass(eq=False)
class Log:
    """What was seen in each frame."""

    budget_bytes: int
    held: list[int] = field(default_factory=list)
    process: list[tuple[float, int]] = field(default_factory=list)
    """Seconds since the start, and the bytes that the process takes."""
    uploads_ms: list[float] = field(default_factory=list)
    over: int = 0
    empty: int = 0
    off_the_city: int = 0

    def note(self, stage: Any) -> None:
        """Take a frame that was just drawn."""
        stream = stage.streamed()["tiles"].stream
        self.held.append(stream.nbytes)
        self.over += self.held[-1] > self.budget_bytes * TOLERANCE
        if _looks_at_tiles(stage, stream):
            self.empty += not stream.drawn
        else:
            self.off_the_city += 1

    def grown(self, seconds: float) -> float:
        """Return how much larger the process got at most after its beginning, 1: not at all."""
        before = [taken for at, taken in self.process if at <= SETTLED * seconds]
        after = [taken for at, taken in self.process if at > SETTLED * seconds]
        return max(after) / max(before) if before and after else 1.0

    def told(self) -> str:
        """Return the last state in words."""
        most = max(self.held) / 1e6
        return (
            f"{len(self.held)} frames, {self.held[-1] / 1e6:.0f} MB held, at most {most:.0f} of "
            f"{self.budget_bytes / 1e6:.0f}, process {self.process[-1][1] / 1e6:.0f} MB, {self.over} frames over, "
            f"{self.empty} empty, {self.off_the_city} off the city"
        )


def _looks_at_tiles(stage: Any, stream: Any) -> bool:
    """Whether some of the finest tiles lies in the view: at the edge of the city it may look out of it."""
    tree = stream.tree
    return tree is not None and bool(stage.camera.sees(tree.boxes[tree.last]).any())


def fly(
    tileset: Path,
    *,
    seconds: float,
    budget_bytes: int,
    size: tuple[int, int],
    most_frames: float = math.inf,
    say: Say = lambda _line: None,
) -> dict[str, Any]:
    """Fly over a tileset; return what was held and how long uploads took.

    Parameters
    ----------
    seconds, most_frames
        Whichever is over first.
    say : callable
        Is told each minute how it goes.
    """
    stage = stage_of(tileset, 0.0, budget_bytes, size=size)
    stream = stage.streamed()["tiles"].stream
    pilot, log = Pilot(np.array(stage.bounds)), Log(budget_bytes)
    begun = time.monotonic()
    told = begun - TOLD_S
    try:
        _begin(stage, pilot, begun + seconds)
        while (now := time.monotonic()) < begun + seconds and pilot.frames < most_frames:
            look(stage, *pilot.next())
            _frame(stage, log)
            if now - told > TOLD_S:
                told = now
                log.process.append((now - begun, _process_bytes()))
                say(f"{(now - begun) / 60:.0f} min: {log.told()}")
        log.process.append((seconds, _process_bytes()))
    finally:
        stage.close()
    return {
        "seconds": seconds,
        "loads": stream.loads,
        "problems": len(stream.problems),
        **_found(log, seconds),
    }


def _frame(stage: Any, log: Log) -> None:
    started = time.perf_counter()
    stage.upload(UPLOAD_MS)
    log.uploads_ms.append((time.perf_counter() - started) * 1000.0)
    stage.render()
    log.note(stage)


def _found(log: Log, seconds: float) -> dict[str, Any]:
    return {
        "frames": len(log.held),
        "budget_mb": round(log.budget_bytes / 1e6),
        "most_mb": round(max(log.held) / 1e6, 1),
        "of_budget": round(max(log.held) / log.budget_bytes, 3),
        "frames_over": log.over,
        "frames_without_a_tile": log.empty,
        "frames_off_the_city": log.off_the_city,
        "process_mb": round(max(taken for _, taken in log.process) / 1e6),
        "process_grown": round(log.grown(seconds), 3),
        "upload_p95_ms": round(float(np.percentile(log.uploads_ms, 95)), 1),
    }


def _process_bytes() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)


def _begin(stage: Any, pilot: Pilot, end: float) -> None:
    """Wait for the first tiles: the flight begins with a picture."""
    look(stage, tuple(pilot.eye), (0.0, 0.0, 0.0))
    while not stage.streamed()["tiles"].stream.drawn and time.monotonic() < end:
        stage.upload(UPLOAD_MS)
        time.sleep(0.005)


def _verdict(found: dict[str, Any]) -> tuple[bool, str]:
    good = (
        found["frames"] > 0
        and not found["frames_over"]
        and not found["frames_without_a_tile"]
        and found["process_grown"] <= TOLERANCE
    )
    return good, (
        f"{'GOOD' if good else 'BAD'}: at most {found['most_mb']:.0f} MB of {found['budget_mb']} "
        f"({found['of_budget']:.0%}, allowed {TOLERANCE:.0%}) in {found['frames']} frames, "
        f"{found['frames_over']} over, {found['frames_without_a_tile']} without a tile; process at most "
        f"{found['process_mb']} MB, {found['process_grown']:.0%} of what it was after a tenth of the flight"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--buildings", type=int, default=1_000_000)
    parser.add_argument("--budget-mb", type=int, default=400)
    parser.add_argument("--log", type=Path, default=LOG)
    options = parser.parse_args()
    options.log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, options.log.open("w", encoding="utf-8") as log:

        def say(line: str) -> None:
            for to in (sys.stderr, log):
                print(line, file=to, flush=True)

        folder = Path(os.environ.get("BELVEDERE_BENCH_CITIES", name))
        with ProcessPoolExecutor(
            1, get_context("spawn")
        ) as apart:  # what it takes is not the flight's
            tileset, _ = apart.submit(baked, folder, options.buildings).result()
        budget = options.budget_mb << 20
        found = fly(
            tileset, seconds=options.seconds, budget_bytes=budget, size=(1280, 720), say=say
        )
        good, told = _verdict(found)
        say(json.dumps({"buildings": options.buildings, **found}))
        say(told)
    print(json.dumps({"buildings": options.buildings, **found}))
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
