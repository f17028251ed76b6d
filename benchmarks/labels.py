"""Placing the labels of a frame while the view moves: 2,000 in sight, wanted at most 1 ms.

The texts are drawn beforehand, as they are after the first moments of a flight: what is measured is what each frame
does, in a turning view, with the size and the language of the window.
"""

from __future__ import annotations

import os

import numpy as np

from benchmarks.common import SIZE, machine, main, ms

LABELS = 2_000
FRAMES = 60


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - one switch
    """Return the milliseconds of a frame's layout."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from twin.drawables import Labels
    from twin.render.camera import CameraRig, Pose
    from twin.render.labels import LabelLayout, Writing
    from ui.text import QtTextEngine, ensure_application

    ensure_application()
    rng = np.random.default_rng(5)
    names = ("Place {}", "{}번지", "شارع {}", "Rue n° {}")
    labels = Labels(
        xyz_in_scene=np.column_stack([rng.uniform(-900, 900, (LABELS, 2)), np.full(LABELS, 20.0)]).astype(np.float32),
        texts=tuple({"": names[k % 4].format(k)} for k in range(LABELS)),
        rank=rng.integers(0, 12, LABELS).astype(np.int32),
    )  # fmt: skip
    rig = CameraRig(SIZE)
    rig.pose = Pose(target=(0, 0, 0), heading_deg=0, pitch_deg=60, distance_m=3_000)
    layout = LabelLayout(QtTextEngine())

    def frame() -> None:
        rig.orbit(0.2, 0.0)
        layout.place([("names", labels)], rig, writing=Writing(lang="en"))

    for _ in range(FRAMES):
        frame()  # draws the texts
    rig.orbit(-0.2 * FRAMES, 0.0)
    taken = [ms(frame) for _ in range(FRAMES // (4 if quick else 1))]
    return {
        **machine(),
        "labels": LABELS,
        "placed": len(layout.placed),
        "median_ms": round(float(np.median(taken)), 2),
        "p95_ms": round(float(np.percentile(taken, 95)), 2),
        "wanted_ms": 1.0,
    }


if __name__ == "__main__":
    main(run)
