"""A layer that is loaded while the clock is moved has the colours of the new moment."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from twin.store.project_folder import load_project
from twin.work.session import Session
from ui.cli.projects import DEMO, registry

ROUND = datetime(2026, 4, 15, 8, 0, 15, tzinfo=UTC)
OPEN_BLUE = (42, 127, 196)


def test_colours_follow_the_clock_that_moved_while_loading() -> None:
    project, folder, _ = load_project(DEMO)
    kept = tuple(replace(spec, visible=True) for spec in project.layers if spec.id == "waste_tubes")
    arrived = []
    session = Session(
        replace(project, layers=kept, stories=()), folder, registry(), deliver=arrived.append
    )
    session.start()  # reads on a worker: its answer waits to be delivered
    while not arrived:
        time.sleep(0.01)
    session.clock.set(ROUND)
    while arrived or session.jobs.running:
        while arrived:
            arrived.pop(0)()
    runtime = session.layer("waste_tubes")
    flowing = runtime.columns_now["state"] == "open"
    assert flowing.any()
    assert np.array_equal(runtime.rgba[flowing][0, :3], OPEN_BLUE)
    session.close()
