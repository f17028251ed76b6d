"""Buildings take the values of their own sensors, live on the clock, saved and undone like anything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from twin.model.geoframe import GeoFrame
from twin.model.layer import Gathers, LayerSpec, Source
from twin.model.project import Project
from twin.store import codec
from twin.work.session import Session
from ui.cli.projects import registry
from ui.living.on_ground import with_heat_map, with_values_on_buildings

AT = datetime(2026, 6, 21, 12, tzinfo=UTC)
FRAME = GeoFrame(crs="EPSG:2154", origin=(646_000.0, 6_858_000.0, 0.0))
LON, LAT = 2.2650, 48.8200


def square(name: str, lon: float, side: float = 0.0002) -> str:
    ring = [
        [lon + dx * side, LAT + dy * side] for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    ]
    return (
        f'{{"type":"Feature","properties":{{"feature_id":"{name}","height":9}},'
        f'"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
    )


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    houses = ",".join(square(n, LON + 0.001 * i) for i, n in enumerate("abc"))
    (tmp_path / "houses.geojson").write_text(
        f'{{"type":"FeatureCollection","features":[{houses}]}}'
    )
    rows = [
        ("in-a", "noise", LON + 0.0001, 60.0),
        ("at-a", "noise", LON - 0.00005, 70.0),
        ("heat-a", "meter_heat", LON + 0.0001, 9.0),
        ("in-b", "noise", LON + 0.0011, 50.0),
        ("street", "noise", LON + 0.0005, 90.0),
    ]
    sensors = "".join(f"{n},{p},dB(A),{lon},{LAT + 0.0001},3600\n" for n, p, lon, _ in rows)
    told = "".join(f"{n},2026-06-21T11:59:00Z,{v}\n" for n, _, _, v in rows)
    (tmp_path / "sensors.csv").write_text(
        "feature_id,observed_property,unit,longitude,latitude,stale_after_s\n" + sensors
    )
    (tmp_path / "told.csv").write_text("feature_id,phenomenon_time,result\n" + told)
    layers = (
        LayerSpec(
            id="houses",
            type="belvedere.buildings",
            title={"en": "Houses"},
            sources={"buildings": Source(path="houses.geojson")},
        ),
        LayerSpec(
            id="sensors",
            type="belvedere.sensors",
            title={"en": "Sensors"},
            sources={
                "features": Source(path="sensors.csv"),
                "observations": Source(path="told.csv"),
            },
        ),
    )
    project = Project(title={"en": "T"}, frame=FRAME, layers=layers, at=AT)
    made = Session(project, tmp_path, registry())
    made.start()
    assert made.wait(60.0)
    assert made.layer("houses").state.value != "failed", made.layer("houses").problems
    yield made
    made.close()


def values(session: Session) -> dict[str, float]:
    runtime = session.layer("houses")
    column = runtime.column("sensor_value")
    assert runtime.table is not None
    assert column is not None
    return dict(zip(runtime.table.feature_ids.tolist(), column.tolist(), strict=True))


def test_a_building_has_the_mean_of_its_own_sensors_and_others_have_none(session: Session) -> None:
    spec = session.project.layers[1]
    session.do("x", lambda p: with_values_on_buildings(p, spec, "noise", "dB(A)"))
    assert session.wait(30.0)
    found = values(session)
    assert found["a"] == pytest.approx(65.0)
    assert found["b"] == pytest.approx(50.0)
    assert np.isnan(found["c"])
    runtime = session.layer("houses")
    assert runtime.legend is not None
    assert len({tuple(c) for c in runtime.rgba.tolist()}) == 3
    facts = [f for f in runtime.facts(0, AT) if f.label["en"] == "Own sensors that speak"]
    assert facts[0].value == 2
    session.clock.set(datetime(2026, 6, 22, 12, tzinfo=UTC))  # what they said is a day old
    assert all(np.isnan(v) for v in values(session).values())
    session.undo()
    assert session.layer("houses").spec.gathers is None


def test_it_is_saved_and_a_layer_that_is_gone_gives_nothing(session: Session) -> None:
    spec = session.project.layers[1]
    changed = with_values_on_buildings(session.project, spec, "noise")
    again, problems = codec.from_json(codec.to_json(changed), "here")
    assert not problems
    assert again.layers[0].gathers == Gathers(layer="sensors", observed_property="noise")
    session.do(
        "x",
        lambda p: replace(with_values_on_buildings(p, spec, "noise"), layers=changed.layers[:1]),
    )
    assert session.wait(30.0)
    assert session.layer("houses").state.value == "ready"


def test_a_heat_map_lies_between_the_least_and_the_most(session: Session) -> None:
    spec = session.project.layers[1]
    session.do("x", lambda p: with_heat_map(p, spec, "noise"))
    assert session.wait(30.0)
    runtime = session.layer("sensors-noise")
    column = runtime.column("value")
    assert column is not None
    assert 50.0 <= column.min() < column.max() <= 90.0
    assert runtime.table is not None
    at = np.array([[p.x, p.y] for p in runtime.table.frame.geometry])
    street = FRAME.scene_from_lonlat([(LON + 0.0005, LAT + 0.0001)])[0] + np.array(FRAME.origin[:2])
    nearest = int(np.argmin(np.hypot(*(at - street).T)))
    assert column[nearest] == pytest.approx(90.0, abs=6.0)
    assert runtime.table.column("value").provenance.quality.value == "estimated"
    assert "estimated" in runtime.style.title["en"]
    session.clock.set(datetime(2026, 6, 22, 12, tzinfo=UTC))
    assert np.isnan(runtime.column("value")).all()  # old values are no map of now


def test_two_sensors_are_no_map(session: Session) -> None:
    spec = session.project.layers[1]
    session.do("x", lambda p: with_heat_map(p, spec, "meter_heat"))
    assert session.wait(30.0)
    runtime = session.layer("sensors-meter_heat")
    assert [p.key for p in runtime.problems] == ["heatmap.too_few"]
