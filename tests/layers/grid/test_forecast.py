"""What was forecast stands beside what was measured: in one chart, and as a number of the whole grid."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from twin.store.project_folder import load_project
from twin.work.session import Session
from ui.cli.projects import registry
from ui.shipped import DEMO

THEN = datetime(2017, 4, 11, 12, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def issygrid():
    from dataclasses import replace

    project, folder, _ = load_project(DEMO)
    kept = tuple(spec for spec in project.layers if spec.id == "issygrid")
    session = Session(replace(project, layers=kept, stories=()), folder, registry())
    session.start()
    session.wait()
    yield session.layer("issygrid")
    session.close()


def test_the_forecast_is_in_the_chart_of_the_power(issygrid) -> None:
    row = issygrid.table.row_of("issygrid-pv-bar")
    power = next(c for c in issygrid.series(row) if c.beside)
    (forecast,) = power.beside
    assert forecast.unit == power.unit == "kW"
    assert forecast.provenance.quality == "simulated"
    off = np.abs(power.value - forecast.value)
    assert 0.5 < off.max() < 0.8 * np.abs(forecast.value).max()
    assert len(power.value) == 25
    assert str(power.time_utc[0])[:4] == "2017"  # a day of the experiment, which ended in 2018


def test_the_deviation_of_the_whole_grid_is_a_number(issygrid) -> None:
    params = issygrid.layer.Params()
    facts = issygrid.layer.indicators(issygrid.table, params, THEN)
    (apart,) = [f for f in facts if f.label["en"] == "Measured less forecast"]
    assert apart.unit == "kW"
    assert np.isfinite(apart.value)
    assert apart.value != 0
