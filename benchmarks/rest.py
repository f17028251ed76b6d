"""From the last frame of a motion to the fine picture, in the window.

Wanted: within 0.3 s soft shadows, the light of the open sky and smooth edges, all with the first fine frame. Each later
frame makes them finer: how like the finest one (SSIM) the last moving, the first fine and the second are is told, too.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import FEW, MANY, machine, main, picture_of, ssim
from benchmarks.stream import baked
from benchmarks.window import open_window, project_of, spin_until
from ui.viewport.frames import Step

TIMES, QUICK_TIMES = 9, 3
TURNS, TURN_DEG = 8, 2.0
WANTED_S = 0.3


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - the benchmarks' one signature
    """Turn the demo and a streamed city, and wait until they are fine."""
    buildings = FEW if quick else MANY
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cities = Path(os.environ.get("BELVEDERE_BENCH_CITIES", name))
        window = open_window(folder, None)
        found = {"demo": _turned(window, quick)}
        tileset, _ = baked(cities, buildings)
        window.show_project(project_of(tileset, window.services))
        found[f"{buildings} streamed"] = _turned(window, quick)
        window.close()
    return {"machine": machine(), "wanted_s": WANTED_S, **found}


def _turned(window: Any, quick: bool) -> dict[str, float]:  # noqa: FBT001 - as above
    """Return the medians of the seconds from the last moving frame to the first and second fine one."""
    viewport = window.viewport
    spin_until(lambda: viewport.scene.complete)
    fine, finer = [], []
    for _ in range(QUICK_TIMES if quick else TIMES):
        drawn: list[tuple[bool, float]] = []
        note = viewport.frames.drawn.connect(
            lambda fine, drawn=drawn: drawn.append((fine, time.perf_counter()))
        )
        for turn in range(TURNS):
            viewport.stage.camera.orbit(TURN_DEG, 0.0)
            viewport.frames.request()
            spin_until(lambda turn=turn, drawn=drawn: len(drawn) > turn)
        spin_until(lambda drawn=drawn: bool(_rested(drawn)))
        viewport.frames.drawn.disconnect(note)
        rested, first, second = _rested(drawn)
        fine.append(first - rested)
        finer.append(second - rested)
    return {
        "fine_s": round(float(np.median(fine)), 2),
        "finer_s": round(float(np.median(finer)), 2),
        **_likeness(viewport),
    }


def _likeness(viewport: Any) -> dict[str, float]:
    """Return how like the finest picture of a view the moving and the first fine ones are."""
    surface = viewport.surface
    viewport.frames.pause()
    pictures = {}
    for name, step in (("moving", Step.COARSE), ("fine", Step.FINE), ("finer", Step.MORE)):
        if step is not Step.MORE:
            surface.prepare(step)
        more = surface.draw(step)
        while step is Step.FINE and viewport.stage.waits_for_render:
            more = surface.draw(step)
        pictures[name] = picture_of(surface)
    while more:
        more = surface.draw(Step.MORE)
    finest = picture_of(surface)
    viewport.frames.resume()
    return {f"{name}_ssim": round(ssim(one, finest), 3) for name, one in pictures.items()}


def _rested(drawn: list[tuple[bool, float]]) -> tuple[float, ...]:
    """Return when the last moving frame was drawn and the two fine ones after it; none yet: nothing."""
    for k in range(TURNS - 1, len(drawn) - 2):
        if [fine for fine, _ in drawn[k : k + 3]] == [False, True, True]:
            return tuple(at for _, at in drawn[k : k + 3])
    return ()


if __name__ == "__main__":
    main(run)
