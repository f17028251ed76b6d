"""A frame while orbiting at 1080p, and frames while loading, against raw VTK drawing one merged mesh.

Wanted: in the window at most 1.0 times raw VTK, in each view; while loading no frame more than 50 ms above
raw VTK's steady frame of the same view.
"""

from __future__ import annotations

import os

import numpy as np

from benchmarks.common import (
    FEW,
    MANY,
    SIZE,
    City,
    RawVtk,
    city,
    machine,
    main,
    ms,
    rgba_by,
    side_by_side,
    views,
)

FRAMES = 15


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - one switch
    """Return milliseconds and ratios by view."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    made = city(FEW if quick else MANY)
    rgba = rgba_by(made.height_m)
    raw = RawVtk(made, rgba)
    result: dict[str, object] = {"buildings": len(made.height_m), "size": SIZE, **machine()}
    try:
        result["loading"] = loading(made, rgba, raw)
        result["orbit"] = orbit(made, rgba, raw)
    finally:
        raw.close()
    return result


def loading(made: City, rgba: np.ndarray, raw: RawVtk) -> dict[str, float]:
    """Return the slowest frame while 100,000 buildings arrive, above raw VTK's steady one."""
    from twin.render.stage import Stage

    eye, target = views(made.span_m)["city"]
    raw.look(eye, target)
    raw.turn(0.0)
    stage = Stage(size=SIZE)
    try:
        look(stage, eye, target)
        stage.render()
        set_layer(stage, made, rgba)
        frames, uploads, raws = [], [], []
        while stage.uploading:
            uploads.append(ms(lambda: stage.upload(8.0)))
            frames.append(ms(stage.render))
            # In turns, so that both meet the same machine.
            raws.append(ms(lambda: raw.turn(0.5)))
    finally:
        stage.close()
    steady = float(np.median(raws))
    return {
        "raw_steady_ms": round(steady, 1),
        "raw_slowest_ms": round(max(raws), 1),
        "frames": len(frames),
        "slowest_frame_ms": round(max(frames), 1),
        "slowest_upload_ms": round(max(uploads), 1),
        "above_raw_ms": round(max(frames) - steady, 1),
    }


def orbit(made: City, rgba: np.ndarray, raw: RawVtk) -> dict[str, dict[str, float]]:
    """Return the frame times of the window's surface, of the stage alone and of raw VTK."""
    from PySide6.QtWidgets import QWidget

    from twin.render.stage import Stage
    from ui.text import ensure_application
    from ui.viewport.frames import Step
    from ui.viewport.image_surface import ImageSurface

    app = ensure_application()
    host = QWidget()
    host.resize(*SIZE)
    surface = ImageSurface(lambda size: Stage(size=size), host)
    surface.resize(*SIZE)
    host.show()
    stage = surface.stage
    stage.resize(*SIZE)
    set_layer(stage, made, rgba)
    stage.upload(float("inf"))
    stage.set_quality("moving")

    def window_frame() -> None:
        stage.camera.orbit(1.0, 0.0)
        surface.draw(Step.COARSE)  # never told to take fewer pixels
        surface.repaint()

    def stage_frame() -> None:
        stage.camera.orbit(1.0, 0.0)
        stage.render()
        stage.image_rgba()

    found = {}
    for name, (eye, target) in views(made.span_m).items():
        raw.look(eye, target)
        look(stage, eye, target)
        while stage.upload(float("inf")) or stage.prepare(float("inf")):
            pass  # as the window does when nothing else is to do
        for warm_up in (lambda: raw.turn(1.0), window_frame, stage_frame):
            warm_up()
        raw_ms, window_ms = side_by_side(lambda: raw.turn(1.0), window_frame, FRAMES)
        _, stage_ms = side_by_side(lambda: raw.turn(1.0), stage_frame, FRAMES)
        found[name] = {
            "raw_ms": round(raw_ms, 1),
            "window_ms": round(window_ms, 1),
            "stage_ms": round(stage_ms, 1),
            "ratio": round(window_ms / raw_ms, 2),
            "wanted": 1.0,
        }
    surface.close()
    host.deleteLater()
    app.processEvents()
    return found


def set_layer(stage: object, made: City, rgba: np.ndarray) -> None:
    """Put the city on a stage."""
    from twin.drawables import Mesh

    mesh = Mesh(
        xyz_in_scene=made.xyz,
        triangles=made.triangles,
        row_of_vertex=made.row,
        shade_of_vertex=made.shade,
        facades=True,
        closed=True,
    )
    visible = np.ones(len(rgba), dtype=bool)
    stage.set_layer("buildings", [mesh], rgba=rgba, rows_visible=visible)  # type: ignore[attr-defined]


def look(
    stage: object, eye: tuple[float, float, float], target: tuple[float, float, float]
) -> None:
    """Set the camera of a stage."""
    from twin.model.project import View

    stage.camera.look(View(id="", title={}, position=eye, target=target))  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(run)
