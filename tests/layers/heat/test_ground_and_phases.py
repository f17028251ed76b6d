"""What a well goes through is read and drawn; a planned part is shown as planned until it begins."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from layers.heat import planned, strata
from twin.network.features import networks_of
from twin.network.outage import outage
from twin.network.validity import at_moment
from twin.store.project_folder import load_project
from twin.work.systems import open_systems
from ui.cli.projects import registry
from ui.shipped import DEMO

TEXT = "0-40 limestone = calcaire; 40-480 chalk; nonsense; 9-3 upside down; *480-650 Albian sands = sables"


def test_layers_of_the_ground_are_read_from_a_text() -> None:
    found = strata.parsed(TEXT)
    assert [(s.top_m, s.bottom_m, s.name["fr"], s.aquifer) for s in found] == [
        (0, 40, "calcaire", False), (40, 480, "chalk", False), (480, 650, "sables", True),
    ]  # fmt: skip


def test_a_deep_well_is_drawn_shorter_and_says_so() -> None:
    *parts, labels = strata.drawn(np.zeros(3), 7, strata.parsed(TEXT), shown_m=130.0)
    depths = [float(-part.xyz_in_scene[0, 2]) for part in parts]
    assert np.allclose(depths, np.array([40, 480, 650]) / 5)
    assert "1:5" in labels.texts[-1]["en"]
    assert set(labels.row_of_label) == {7}


def town(at: datetime):
    (system,) = [
        s for s in open_systems(DEMO, registry(), only="heat_town").systems
        if s.network.commodity == "heat"
    ]  # fmt: skip
    network = next(n for n in networks_of(system.table) if n.commodity == "heat")
    return system.table, at_moment(network, at)


def homes(network) -> int:
    working = network.devices.in_service & (network.devices.role == "consumer")
    return int(np.sum([float(d) for d in network.devices.values["dwellings"][working]]))


def test_the_town_loops_grow_by_phases_on_the_clock() -> None:
    then, now = datetime(2021, 6, 1, tzinfo=UTC), datetime(2026, 4, 14, tzinfo=UTC)
    table, before = town(then)
    _, today = town(now)
    assert homes(before) == 600  # dwellings of the district
    assert homes(today) == 600 + 315  # and the social housing that it was extended to
    values = {"temperature_c": np.full(len(table), 40.0)}
    shown = planned.without_planned(table, values, now)
    future = shown[planned.PHASE] == "planned"
    assert future.any()
    assert np.isnan(shown["temperature_c"][future]).all()
    assert table.frame["name_en"][future].dropna().str.contains("fictional").all()
    # What is planned feeds nobody: taking it out harms nobody.
    part = next(
        i for i, s in zip(today.edges.ids, today.edges.state, strict=True) if s == "planned"
    )
    assert len(outage(today, [str(part)]).consumers) == 0


def test_the_demo_shows_the_loops_with_their_phases() -> None:
    project, _, _ = load_project(DEMO)
    assert "coeur_de_ville" in {view.id for view in project.views}
