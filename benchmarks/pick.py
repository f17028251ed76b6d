"""What is under a pixel, among 100,000 buildings, against VTK's cell picker without a locator.

Wanted: at most 5 ms, the first pick in a new place included.
"""

from __future__ import annotations

import numpy as np

from benchmarks.common import FEW, MANY, SIZE, RawVtk, city, machine, main, ms, rgba_by, views
from benchmarks.frame import look, set_layer

PICKS, RAW_PICKS = 200, 5


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - one switch
    """Return the milliseconds of picks at random pixels, by view."""
    from vtkmodules.vtkRenderingCore import vtkCellPicker

    from twin.render.stage import Stage

    made = city(FEW if quick else MANY)
    rgba = rgba_by(made.height_m)
    stage = Stage(size=SIZE)
    raw = RawVtk(made, rgba)
    picker = vtkCellPicker()
    found: dict[str, dict[str, float]] = {}
    try:
        set_layer(stage, made, rgba)
        stage.upload(float("inf"))
        for name, (eye, target) in views(made.span_m).items():
            look(stage, eye, target)
            raw.look(eye, target)
            stage.render()
            raw.turn(0.0)
            rng = np.random.default_rng(5)
            pixels = rng.uniform((0, SIZE[1] * 0.45), SIZE, (PICKS, 2))
            times = np.array([ms(lambda: stage.pick(x, y)) for x, y in pixels])  # noqa: B023
            raw_times = [
                ms(lambda: picker.Pick(x, SIZE[1] - y, 0.0, raw.renderer))  # noqa: B023
                for x, y in pixels[:RAW_PICKS]
            ]
            found[name] = {
                "first_ms": round(float(times[0]), 2),
                "median_ms": round(float(np.median(times)), 3),
                "slowest_ms": round(float(times.max()), 2),
                "share_above_5_ms": round(float((times > 5.0).mean()), 3),
                "hits": int(sum(stage.pick(x, y) is not None for x, y in pixels[:50])),
                "raw_vtk_ms": round(float(np.median(raw_times)), 1),
            }
    finally:
        stage.close()
        raw.close()
    slowest = max(view["slowest_ms"] for view in found.values())
    return {
        "buildings": len(made.height_m),
        **machine(),
        "views": found,
        "slowest_ms": slowest,
        "wanted_ms": 5.0,
    }


if __name__ == "__main__":
    main(run)
