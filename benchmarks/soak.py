"""A random flight over a streamed city: memory stays within its budget, no frame waits for a file.

    python -m benchmarks.soak --seconds 3600 --buildings 1000000

Says each minute what is held and at the end the verdict, both beside the JSON that it prints; ends with 1 where the
budget was exceeded by more than a tenth, or nothing was drawn. ``BELVEDERE_BENCH_CITIES`` keeps the baked city.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

TOLERANCE = 1.1
UPLOAD_MS = 8.0
LEG_FRAMES = 45
TOLD_S = 60.0


def fly(
    tileset: Path,
    *,
    seconds: float,
    budget_bytes: int,
    size: tuple[int, int],
    most_frames: float = math.inf,
    seed: int = 7,
) -> dict[str, Any]:
    """Fly from place to place at changing heights; return what was held and how long uploads took.

    Parameters
    ----------
    seconds, most_frames
        Whichever is over first.
    """
    from benchmarks.stream import look, stage_of

    stage = stage_of(tileset, 0.0, budget_bytes, size=size)
    stream = stage.streamed()["tiles"].stream
    box = np.array(stage.bounds)
    rng = np.random.default_rng(seed)
    eye = np.array([box[0], box[1], 800.0])
    goal, frames, empty, over = eye.copy(), 0, 0, 0
    uploads: list[float] = []
    held: list[int] = []
    begun = told = time.monotonic()
    end = begun + seconds
    try:
        _begin(stage, eye, end)
        while time.monotonic() < end and frames < most_frames:
            if frames % LEG_FRAMES == 0:
                place = box[:2] + rng.random(2) * (box[3:5] - box[:2])
                goal = np.array([*place, 10.0 ** rng.uniform(1.7, 3.6)])
            eye = eye + (goal - eye) * 0.12
            ahead = goal[:2] - eye[:2]
            ahead = ahead / max(float(np.linalg.norm(ahead)), 1.0) * (eye[2] + 50.0)
            look(stage, tuple(eye), (float(eye[0] + ahead[0]), float(eye[1] + ahead[1]), 0.0))
            started = time.perf_counter()
            stage.upload(UPLOAD_MS)
            uploads.append((time.perf_counter() - started) * 1000.0)
            stage.render()
            frames += 1
            in_sight = bool(stage.camera.sees(box[None, :])[0])
            empty += in_sight and not stream.drawn
            held.append(stream.nbytes)
            over += held[-1] > budget_bytes * TOLERANCE
            if time.monotonic() - told > TOLD_S:
                told = time.monotonic()
                _tell(
                    f"{(told - begun) / 60:.0f} min: {frames} frames, {held[-1] / 1e6:.0f} MB held, "
                    f"at most {max(held) / 1e6:.0f} of {budget_bytes / 1e6:.0f}, {over} frames over"
                )
    finally:
        stage.close()
    return {
        "seconds": seconds,
        "frames": frames,
        "loads": stream.loads,
        "budget_mb": round(budget_bytes / 1e6),
        "most_mb": round(max(held) / 1e6, 1),
        "of_budget": round(max(held) / budget_bytes, 3),
        "frames_over": over,
        "frames_without_a_tile": empty,
        "upload_p95_ms": round(float(np.percentile(uploads, 95)), 1),
        "problems": len(stream.problems),
    }


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _begin(stage: Any, eye: Any, end: float) -> None:
    """Wait for the first tiles: the flight begins with a picture."""
    from benchmarks.stream import look

    look(stage, tuple(eye), (0.0, 0.0, 0.0))
    while not stage.streamed()["tiles"].stream.drawn and time.monotonic() < end:
        stage.upload(UPLOAD_MS)
        time.sleep(0.005)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--buildings", type=int, default=1_000_000)
    parser.add_argument("--budget-mb", type=int, default=400)
    options = parser.parse_args()
    from benchmarks.stream import baked

    with tempfile.TemporaryDirectory() as name:
        folder = Path(os.environ.get("BELVEDERE_BENCH_CITIES", name))
        tileset, _ = baked(folder, options.buildings)
        found = fly(
            tileset, seconds=options.seconds, budget_bytes=options.budget_mb << 20, size=(1280, 720)
        )
    print(json.dumps({"buildings": options.buildings, **found}))
    good = found["frames_over"] == 0 and found["frames"] > 0
    _tell(
        f"{'GOOD' if good else 'BAD'}: at most {found['most_mb']:.0f} MB of {found['budget_mb']} "
        f"({found['of_budget']:.0%}, allowed {TOLERANCE:.0%}) in {found['frames']} frames, "
        f"{found['frames_over']} over, {found['frames_without_a_tile']} empty"
    )
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
