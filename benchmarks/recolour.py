"""Colouring 100,000 buildings by another attribute: from the choice of the style to the picture.

Wanted: at most 0.2 s beyond the frame that would be drawn anyway. Raw VTK is given finished colours for its
one mesh and draws a frame; the ratio compares both with their frame.
"""

from __future__ import annotations

import numpy as np

from benchmarks.common import FEW, MANY, SIZE, RawVtk, city, machine, main, ms, rgba_by, views
from benchmarks.frame import look, set_layer

TIMES = 6


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - one switch
    """Return the milliseconds of each step, and of raw VTK given new colours for its one mesh."""
    from twin.model.style import Graduated, Style
    from twin.model.styling import fixed, rgba_of_rows
    from twin.render.stage import Stage

    made = city(FEW if quick else MANY)
    columns = {"height_m": made.height_m, "age": np.roll(made.height_m, 7) * 3.0 + 1.0}
    styles = [Style(rule=Graduated(column=name, ramp="viridis")) for name in columns]
    stage = Stage(size=SIZE)
    raw = RawVtk(made, rgba_by(made.height_m))
    try:
        set_layer(stage, made, rgba_by(made.height_m))
        stage.upload(float("inf"))
        eye, target = views(made.span_m)["city"]
        look(stage, eye, target)
        raw.look(eye, target)
        stage.render()
        raw.turn(0.0)
        rows = []
        for i in range(TIMES):
            style = styles[i % len(styles)]
            n = len(made.height_m)
            made_rgba: list[np.ndarray] = []
            colour = ms(
                lambda: made_rgba.append(  # noqa: B023 - called at once
                    rgba_of_rows(fixed(style, columns.get), n, columns.get)  # noqa: B023
                )
            )
            hand_over = ms(lambda: stage.recolour("buildings", made_rgba[0]))  # noqa: B023
            first = ms(lambda: _frame(stage))
            steady = ms(lambda: _frame(stage))
            rows.append(
                (colour, hand_over, first, max(first - steady, 0.0), _raw(raw, made, made_rgba[0]))
            )
    finally:
        stage.close()
        raw.close()
    colour, hand_over, frame, extra, raw_ms = np.median(np.array(rows[1:]), axis=0)
    total = float(colour + hand_over + extra)
    return {
        "buildings": len(made.height_m),
        **machine(),
        "style_ms": round(float(colour), 1),
        "stage_ms": round(float(hand_over), 1),
        "extra_frame_ms": round(float(extra), 1),
        "total_ms": round(total, 1),
        "wanted_ms": 200.0,
        "raw_vtk_ms": round(float(raw_ms), 1),
        "ratio": round(float(colour + hand_over + frame) / float(raw_ms), 2),
    }


def _frame(stage: object) -> None:
    stage.render()  # type: ignore[attr-defined]
    stage.image_rgba()  # type: ignore[attr-defined]


def _raw(raw: RawVtk, made: object, rgba: np.ndarray) -> float:
    """Return what raw VTK takes to give its mesh new colours and draw a frame."""
    from vtkmodules.util.numpy_support import numpy_to_vtk

    def change() -> None:
        colours = np.ascontiguousarray(rgba[made.row])  # type: ignore[attr-defined]
        mesh = raw.actor.GetMapper().GetInput()
        mesh.GetPointData().SetScalars(numpy_to_vtk(colours))
        raw.turn(0.0)

    return ms(change)


if __name__ == "__main__":
    main(run)
