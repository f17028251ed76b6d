"""Bags leave one after the other and follow the tubes with the air; those that have arrived are gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from twin.store.project_folder import load_project
from twin.work.session import Session
from ui.cli.projects import DEMO, registry

ROUND = datetime(2026, 4, 15, 8, 0, tzinfo=UTC)
"""A Wednesday: a truck comes."""


@pytest.fixture(scope="module")
def fort():
    from dataclasses import replace

    project, folder, _ = load_project(DEMO)
    kept = tuple(spec for spec in project.layers if spec.id == "waste_tubes")
    session = Session(replace(project, layers=kept, stories=()), folder, registry())
    session.start()
    session.wait()
    yield session.layer("waste_tubes"), session.project.frame
    session.close()


def at(runtime, seconds: float) -> dict[str, np.ndarray]:
    moment = ROUND + timedelta(seconds=seconds)
    params = runtime.layer.Params()
    return runtime.layer.columns_at(runtime.table, params, moment)


def test_bags_follow_the_tubes(fort) -> None:
    runtime, frame = fort
    kind = runtime.table.frame["kind"].to_numpy(object)
    tubes = shapely.union_all(runtime.table.frame.geometry[kind == "tube"].to_numpy())
    seen = 0
    for seconds in (2.0, 5.0, 9.0, 14.0):
        now = at(runtime, seconds)
        under_way = np.isfinite(now["x_in_scene"])
        assert set(kind[under_way]) <= {"bag"}
        for x, y in zip(now["x_in_scene"][under_way], now["y_in_scene"][under_way], strict=True):
            spot = shapely.Point(x + frame.origin[0], y + frame.origin[1])
            assert tubes.distance(spot) < 0.05
            seen += 1
    assert seen >= 5


def test_a_bag_moves_as_fast_as_the_air(fort) -> None:
    runtime, _ = fort
    first = np.flatnonzero(runtime.table.frame["kind"] == "bag")[0]
    before, after = at(runtime, 2.0), at(runtime, 2.2)
    moved = np.hypot(*(after[c][first] - before[c][first] for c in ("x_in_scene", "y_in_scene")))
    assert 0.5 < moved / 0.2 <= 70 / 3.6 + 1e-6  # a bend makes the straight way shorter


def test_between_rounds_nothing_moves(fort) -> None:
    runtime, _ = fort
    assert not np.isfinite(at(runtime, -3600.0)["x_in_scene"]).any()


def test_an_inlet_says_what_it_takes_to_empty_it(fort) -> None:
    runtime, _ = fort
    row = int(np.flatnonzero(runtime.table.frame["kind"] == "inlet")[0])
    params = runtime.layer.Params()
    facts = {f.label["en"]: f for f in runtime.layer.describe(runtime.table, row, params, ROUND)}
    assert facts["Under-pressure needed"].unit == "kPa"
    assert facts["Under-pressure needed"].provenance.quality == "estimated"
    assert facts["Valve"].value["en"] in {"open", "closed"}
