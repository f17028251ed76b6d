"""Where the processor draws, it paints while the rest of a frame is worked out: the same picture, on all cores."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from vtkmodules.vtkRenderingCore import vtkActor

from twin.drawables import Mesh
from twin.render import gl
from twin.render.camera import Pose
from twin.render.overlap import MOST_SHARES, SHARE, Overlap
from twin.render.skipping import Skipping
from twin.render.stage import Stage


@pytest.mark.parametrize(
    ("triangles", "marks"),
    [
        ([SHARE], 0),
        ([SHARE // 2] * 4, 1),
        ([SHARE] * 4, 3),
        ([10] * 5 + [3 * SHARE], 0),
        ([SHARE] * 60, MOST_SHARES - 1),
        ([], 0),
    ],
)
def test_marks_stand_after_shares_and_never_after_the_last(
    triangles: list[int], marks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gl, "function", lambda *_: lambda: None)
    actors = [vtkActor() for _ in triangles]
    spreading = Overlap()
    found = list(spreading.spread(actors, triangles))
    spreading.close()
    assert [a for a in found if a in actors] == actors
    assert len(found) - len(actors) == marks
    assert not found or found[-1] is actors[-1]
    drawn, since = dict(zip(actors, triangles, strict=True)), 0
    for actor in found:
        if actor not in drawn:
            assert since >= SHARE // 2
        since = since + drawn[actor] if actor in drawn else 0


def test_without_a_way_to_hand_over_nothing_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gl, "function", lambda *_: None)
    actors = [vtkActor() for _ in range(8)]
    assert list(Overlap().spread(actors, [SHARE] * 8)) == actors


def hill(width: int) -> Mesh:
    """Return a hill of 2 * width * width triangles."""
    across, along = np.meshgrid(np.linspace(-90, 90, width + 1), np.linspace(-90, 90, width + 1))
    up = 30 * np.cos(across / 40) * np.cos(along / 30)
    xyz = np.column_stack([across.ravel(), along.ravel(), up.ravel()]).astype(np.float32)
    k = (np.arange(width)[:, None] * (width + 1) + np.arange(width)[None]).ravel()
    one = np.column_stack([k, k + 1, k + width + 2])
    other = np.column_stack([k, k + width + 2, k + width + 1])
    return Mesh(
        xyz_in_scene=xyz,
        triangles=np.vstack([one, other]).astype(np.int32),
        row_of_vertex=np.zeros(len(xyz), np.int32),
    )


@pytest.mark.render
@pytest.mark.parametrize("quality", ["moving", "still"])
def test_the_picture_is_the_same_and_every_thread_may_run_anywhere_afterwards(
    quality: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures, handed_over = [], []
    hand_over = Overlap._hand_over
    monkeypatch.setattr(
        Overlap, "_hand_over", lambda self, *told: handed_over.append(1) or hand_over(self, *told)
    )
    for overlaps in (True, False):
        with monkeypatch.context() as context:
            if not overlaps:
                context.setattr(gl, "function", lambda *_: None)
            stage = Stage(size=(320, 200))
        stage.set_quality(quality)
        rgba = np.array([[200, 80, 60, 255]], np.uint8)
        stage.set_layer("hill", [hill(240)], rgba=rgba, rows_visible=np.ones(1, bool))
        stage.upload(float("inf"))
        stage.camera.pose = Pose(target=(0, 0, 0), heading_deg=20, pitch_deg=35, distance_m=300)
        for _ in range(3):
            stage.render()
        while stage.waits_for_render:  # shadows come from a worker
            stage.render()
        pictures.append(stage.image())
        stage.close()
        if overlaps:
            assert len(handed_over) >= 3 * 5
    assert np.ptp(pictures[0]) > 50
    assert np.array_equal(*pictures)
    if hasattr(os, "sched_getaffinity"):
        tasks = [int(task.name) for task in Path("/proc/self/task").iterdir()]
        assert {frozenset(os.sched_getaffinity(task)) for task in tasks} == {
            frozenset(os.sched_getaffinity(0))
        }


@pytest.mark.render
def test_what_is_skipped_leaves_no_trace_and_what_comes_after_is_drawn() -> None:
    stage = Stage(size=(120, 80))
    stage.set_quality("moving")
    rgba = np.array([[200, 80, 60, 255]], np.uint8)
    stage.set_layer("hill", [hill(40)], rgba=rgba, rows_visible=np.ones(1, bool))
    stage.upload(float("inf"))
    stage.camera.pose = Pose(target=(0, 0, 0), heading_deg=20, pitch_deg=35, distance_m=300)
    stage.render()
    before = stage.image()
    stage.camera.pose = Pose(target=(0, 0, 0), heading_deg=80, pitch_deg=60, distance_m=200)
    skipping = Skipping(stage.window)
    with skipping.draws():
        stage.render()
    skipped = stage.image()
    stage.render()
    after = stage.image()
    stage.close()
    assert np.array_equal(skipped, before)
    assert np.abs(after.astype(int) - before).mean() > 1
