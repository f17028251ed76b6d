"""Air in tubes: the friction of a textbook, sums along the way, and who sits behind a blocked tube."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from twin.network import vacuum
from twin.network.model import State
from twin.network.profiles import day_of, moments
from twin.network.solving import solve
from twin.work.systems import open_systems, solved
from ui.cli.projects import DEMO, registry

AT = datetime(2026, 4, 15, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def fort():
    return open_systems(DEMO, registry(), only="waste_tubes").systems[0].network


def test_friction_is_that_of_colebrook() -> None:
    reynolds, rough = np.array([5e5]), np.array([0.0002])
    factor = float(vacuum.friction(rough, reynolds)[0])
    implicit = 1 / np.sqrt(factor) + 2 * np.log10(0.0002 / 3.7 + 2.51 / (5e5 * np.sqrt(factor)))
    assert abs(implicit) < 0.1  # Haaland is within two per cent of Colebrook's implicit equation
    assert factor == pytest.approx(0.0154, rel=0.02)


def test_under_pressure_adds_up_along_the_way(fort) -> None:
    found = solve(fort, day_of(fort, moments(AT, 1)))
    inlets = [str(i) for i in fort.devices.ids[fort.devices.role == "consumer"]]
    assert len(inlets) == 115
    needed = found.column("device", "dp_pa", np.array(inlets, object))[0]
    assert np.isfinite(needed).all()
    head = vacuum.DENSITY_KG_M3 * vacuum.SPEED_M_S**2 / 2
    far = inlets[int(np.argmax(needed))]
    from twin.network.trace import trace

    way = trace(fort, far).to_source
    assert way is not None
    losses = found.column("edge", "dp_friction_pa", fort.edges.ids[way.edges])[0]
    assert needed.max() == pytest.approx(np.nansum(losses) + vacuum.INLET_HEADS * head)
    seconds = found.column("device", "travel_s", np.array([far], object))[0, 0]
    assert seconds == pytest.approx(way.length_m / vacuum.SPEED_M_S, rel=1e-6)


def test_behind_a_blocked_tube_nothing_is_drawn(fort) -> None:
    inlet = next(str(i) for i in fort.devices.ids[fort.devices.role == "consumer"])
    from twin.network.trace import trace

    edge = trace(fort, inlet).to_source.edges[0]
    cut = fort.with_state(np.array([edge], np.intp), State.OUT_OF_SERVICE)
    found = solve(cut, day_of(cut, moments(AT, 1)))
    assert np.isnan(found.column("device", "dp_pa", np.array([inlet], object))[0, 0])


def test_the_verb_has_the_tubes_beside_heat_and_power() -> None:
    answer = solved(open_systems(DEMO, registry(), only="waste_seine"))
    assert answer["networks"] == {"waste_seine": "one inlet at a time"}
    assert answer["devices"]["travel_s"]


def test_air_follows_the_valve_that_is_open(fort) -> None:
    times = tuple(datetime(2026, 4, 15, 8, m, s, tzinfo=UTC) for m, s in ((0, 45), (2, 15)))
    found = solve(fort, day_of(fort, times))
    inlets = fort.devices.ids[fort.devices.role == "consumer"]
    open_ = found.column("device", "valve_open", inlets)
    assert open_.sum(axis=1).tolist() == [1, 1]
    assert open_[0].argmax() != open_[1].argmax()
    speed = found.column("edge", "v_mean_m_per_s", fort.edges.ids)
    under = found.column("node", "dp_pa", fort.nodes.ids)
    fan = found.devices["fan_now_kw"]
    from twin.network.trace import trace

    for step in range(2):
        inlet = str(inlets[open_[step].argmax()])
        way = trace(fort, inlet).to_source
        assert set(np.flatnonzero(np.nan_to_num(speed[step]))) == {
            e for e in way.edges if fort.edges.length_m[e] > 0
        }
        needed = found.column("device", "dp_pa", np.array([inlet], object))[step, 0]
        assert under[step, way.nodes[-1]] == pytest.approx(needed)
        assert under[step].max() == pytest.approx(needed)
        alone = found.column("device", "fan_kw", np.array([inlet], object))[step, 0]
        assert fan.values[step].sum() == pytest.approx(alone)


def test_without_an_open_valve_what_each_inlet_takes_is_said(fort) -> None:
    tuesday = datetime(2026, 4, 14, 8, 1, tzinfo=UTC)
    found = solve(fort, day_of(fort, moments(tuesday, 1)))
    assert "valve_open" not in found.devices
    assert (found.edges["v_mean_m_per_s"].values == vacuum.SPEED_M_S).all()


def test_a_round_of_the_evening_goes_on_after_midnight(fort) -> None:
    from dataclasses import replace

    late = np.where(np.arange(len(fort.devices)) == 0, 86_000.0, np.nan)
    shifted = replace(
        fort, devices=replace(fort.devices, values={
            **fort.devices.values, "opens_s": late, "open_s": np.full(len(late), 600.0),
            "open_days": np.full(len(late), "2", dtype=object),
        }),
    )  # fmt: skip
    wednesday, thursday = (
        datetime(2026, 4, d, h, m, tzinfo=UTC) for d, h, m in ((15, 23, 55), (16, 0, 2))
    )
    assert vacuum.opened(shifted, (wednesday, thursday))[:, 0].tolist() == [True, True]
    assert not vacuum.opened(shifted, (datetime(2026, 4, 16, 23, 55, tzinfo=UTC),)).any()
