"""The networks panel on the demo's Fort: questions, answers, the scene's selection, results as layers, the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from twin.network.solve.client import shared
from twin.network.whatif import Change
from twin.store.project_folder import load_project
from twin.work.session import Session
from ui.cli.projects import registry
from ui.shipped import DEMO

KEPT = ("buildings", "heat_fort", "waste_tubes")


@pytest.fixture
def fort(qtbot: QtBot, english: None) -> Iterator[Session]:
    from ui.bridge import Bridge

    project, folder, _ = load_project(DEMO)
    project = replace(
        project, layers=tuple(spec for spec in project.layers if spec.id in KEPT), stories=()
    )
    bridge = Bridge()
    session = Session(project, folder, registry(), deliver=bridge.deliver)
    session.start()
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=60_000)
    yield session
    session.close()
    bridge.close()
    shared().close()


@pytest.fixture
def panel(qtbot: QtBot, fort: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from ui.networks import bench
    from ui.networks.panel import NetworksPanel

    monkeypatch.setattr(bench, "user_cache_path", lambda _name: tmp_path / "cache")
    flown: list[int] = []
    picture = SimpleNamespace(
        image=lambda size, furnished: np.full((size[1], size[0], 3), 90, np.uint8)
    )
    window = SimpleNamespace(
        session=fort,
        fly_to_selection=lambda: flown.append(1),
        say=lambda *_a, **_k: None,
        pictures=picture,
    )
    made = NetworksPanel(window)
    made.flown = flown
    qtbot.addWidget(made)
    made.show()
    yield made
    made.set_session(None)


def settled(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=60_000)


def rows(panel) -> dict[str, str]:
    return {row.name: row.value for _, group in panel._list.groups for row in group}


def test_a_heat_pump_is_traced_to_the_well(qtbot: QtBot, fort: Session, panel) -> None:
    fort.selection.set([("heat_fort", "fort-hp-04")])
    panel.trace()
    settled(qtbot, fort)
    said = rows(panel)
    assert said["Way to the source"].split() == ["377", "m"]
    assert "Production well (Albian)" in said
    chosen = fort.selection.of_layer("heat_fort")
    assert {"fort-main-production", "fort-pipe-23-supply"} <= chosen
    assert fort.selection.current == ("heat_fort", "fort-hp-04")


def test_a_building_is_traced_through_what_serves_it(qtbot: QtBot, fort: Session, panel) -> None:
    fort.selection.set([("buildings", "building-05783")])
    panel.trace()
    settled(qtbot, fort)
    assert rows(panel)["Buildings by"] == "what the network states"
    assert ("heat_fort", "fort-main-production") in fort.selection.features


def test_an_outage_lists_who_is_without_and_the_way_back(
    qtbot: QtBot, fort: Session, panel
) -> None:
    fort.selection.set([("heat_fort", "fort-pipe-10-supply")])
    panel.outage()
    settled(qtbot, fort)
    said = rows(panel)
    assert said["Dwellings"] == "549"
    assert said["Operate fort-valve"].startswith("restores 7 consumers")
    assert len(fort.selection.of_layer("buildings")) == 7
    item = panel._list.topLevelItem(1).child(0)
    panel._list.itemActivated.emit(item, 0)
    assert fort.selection.current[0] == "buildings"
    assert panel.flown == [1]


def test_a_computed_day_is_a_layer_that_can_be_undone(qtbot: QtBot, fort: Session, panel) -> None:
    fort.selection.set([("heat_fort", "fort-hp-04")])
    panel.trace()
    settled(qtbot, fort)
    panel._bench.solve(("heat_fort", "fort-hp-04"), steps=2)
    settled(qtbot, fort)
    settled(qtbot, fort)
    result = fort.layer("heat_fort_run_1")
    assert result.spec.visible
    assert not fort.layer("heat_fort").spec.visible
    supply = result.columns_now["temperature_c"][
        result.table.frame["feature_id"] == "fort-pipe-01-supply"
    ]
    assert 27 < supply[0] < 28
    panel._bench.solve(
        ("heat_fort", "fort-hp-04"), steps=2, changes=[Change(kind="scale", value=150.0)]
    )
    settled(qtbot, fort)
    assert panel._runs.columnCount() == 2
    assert "+" in panel._runs.item(1, 1).text()
    fort.undo()
    fort.undo()
    assert [spec.id for spec in fort.project.layers] == list(KEPT)


def test_a_computed_round_of_waste_is_played_by_its_layer(
    qtbot: QtBot, fort: Session, panel
) -> None:
    tube = str(fort.layer("waste_tubes").table.frame["feature_id"].iloc[0])
    panel._bench.solve(("waste_tubes", tube), steps=2)
    settled(qtbot, fort)
    settled(qtbot, fort)
    result = fort.layer("waste_tubes_run_1")
    assert result.spec.visible
    assert not fort.layer("waste_tubes").spec.visible
    assert {"sucking", "idle"} & set(result.columns_now["state"])
    numbers = panel._bench.runs[-1].indicators
    assert 0 < numbers.bought_mwh < 0.1
    assert 0 < numbers.peak_mw < 1
    fort.undo()


def test_what_no_network_serves_is_said(qtbot: QtBot, fort: Session, panel) -> None:
    fort.selection.set([("buildings", "building-00001")])
    panel.trace()
    settled(qtbot, fort)
    assert "is in no network" in panel._trouble.text()


def test_the_sheet_is_one_page(qtbot: QtBot, fort: Session, panel, tmp_path: Path) -> None:
    fort.selection.set([("heat_fort", "fort-pipe-10-supply")])
    panel.outage()
    settled(qtbot, fort)
    path = tmp_path / "sheet.pdf"
    panel.write_sheet(path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") <= 1
    assert b"/Count 1" in content
    panel.write_sheet(tmp_path / "no" / "folder" / "sheet.pdf")
    assert "cannot be written" in panel._trouble.text()


def test_the_diagram_picks_what_is_drawn(qtbot: QtBot, fort: Session, panel) -> None:
    from PySide6.QtCore import QPointF

    fort.selection.set([("heat_fort", "fort-hp-04")])
    panel.trace()
    settled(qtbot, fort)
    panel._diagram.resize(500, 400)
    places = panel._diagram.places()
    network = panel._traced.system.network
    device = network.devices.node[network.device_index["fort-hp-07"]]
    assert panel._diagram.name_at(QPointF(*places[device])) == "fort-hp-07"


def test_the_chain_says_the_values_of_the_moment(qtbot: QtBot, fort: Session, panel) -> None:
    fort.selection.set([("heat_fort", "fort-hp-04")])
    panel.trace()
    settled(qtbot, fort)
    before, chosen = rows(panel), panel._list.topLevelItem(1).child(0)
    panel._list.setCurrentItem(chosen)
    fort.clock.set(fort.clock.at.replace(hour=3 if fort.clock.at.hour != 3 else 6))
    qtbot.waitUntil(lambda: rows(panel) != before, timeout=10_000)
    assert rows(panel).keys() == before.keys()
    assert panel._list.topLevelItem(1).child(0).text(1) == panel._list.groups[1][1][0].value
    assert panel._list.currentItem() is chosen, "the rows stay, their values change"
