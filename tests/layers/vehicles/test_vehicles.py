"""Vehicles: by the timetable alone, joined to a record, and what the scene and a click say of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from layers.vehicles.layer import VehicleParams, Vehicles
from tests.layers.context import Context, File
from twin import api
from twin.live.decoded import trip_key
from twin.store.history import Datastream, FolderHistory, batch_of

SAMPLE = Path("layers/vehicles/sample/line.zip")
FRAME = api.GeoFrame(crs="EPSG:2154", origin=(646_000.0, 6_858_000.0, 0.0))
AT = datetime(2026, 6, 23, 6, 2, tzinfo=UTC)  # two past eight in Paris


def loaded(history: Path | None = None, **params: object) -> tuple[Vehicles, api.FeatureTable]:
    layer = Vehicles()
    sources = {"gtfs": File(SAMPLE)}
    if history is not None:
        sources["observations"] = File(history)
    return layer, layer.load(Context(sources, VehicleParams(**params), FRAME))


@pytest.fixture
def record(tmp_path: Path) -> Path:
    history = FolderHistory(tmp_path / "history", write=True)
    at = round(AT.timestamp() * 1e6)
    values = {"longitude": 2.264, "latitude": 48.8228, "trip": trip_key("b0800"), "speed": 8.0}
    names = {name: f"gtfs:v:7:{name}" for name in values}
    history.describe(
        Datastream(id=stream, thing="gtfs:v:7", thing_name="7", observed_property=name, ttl_s=300.0)
        for name, stream in names.items()
    )
    history.append(batch_of(list(names.values()), [at] * 4, list(values.values())))
    history.close()
    return tmp_path / "history"


def test_a_timetable_alone_shows_what_is_under_way(record: Path) -> None:
    layer, table = loaded()
    now = layer.columns_at(table, VehicleParams(), AT)
    going = now["state"] != "missing"
    assert list(table.feature_ids[going]) == ["trip/b0800"]
    assert now["state"][going] == ["estimated"]
    later = layer.columns_at(table, VehicleParams(), AT + timedelta(seconds=60))
    row = int(np.flatnonzero(going)[0])
    moved = later["x_in_scene"][row] - now["x_in_scene"][row]
    assert 50.0 < moved < 400.0
    assert now["heading_deg"][row] == pytest.approx(90.0, abs=45.0)


def test_a_vehicle_is_joined_to_its_trip_and_goes_on_along_the_shape(record: Path) -> None:
    layer, table = loaded(record)
    row = int(np.flatnonzero(table.feature_ids == "gtfs:v:7")[0])
    assert tuple(table.frame.loc[row, ["line", "headsign", "mode"]]) == ("B1", "East", "bus")
    now = layer.columns_at(table, VehicleParams(), AT)
    assert now["state"][row] == "replayed"
    assert (now["state"] != "missing").sum() == 1  # its trip is not shown a second time
    later = layer.columns_at(table, VehicleParams(), AT + timedelta(seconds=20))
    assert later["state"][row] == "estimated"
    step = np.hypot(
        later["x_in_scene"][row] - now["x_in_scene"][row],
        later["y_in_scene"][row] - now["y_in_scene"][row],
    )
    assert step == pytest.approx(160.0, rel=0.05)
    facts = {
        fact.label["en"]: fact.value for fact in layer.describe(table, row, VehicleParams(), AT)
    }
    assert facts["Next stop"] == "Middle"
    assert facts["Line"]["en"] == "B1"
    assert facts["Speed"] == pytest.approx(28.8)
    assert [s.unit for s in layer.series(table, row, VehicleParams())] == ["km/h"]


def test_symbols_move_and_ways_lie_on_the_ground(record: Path) -> None:
    layer, table = loaded(record)
    view = api.ViewQuery(at=AT, frame=FRAME, ground=api.FlatGround())
    drawn = layer.build(table, VehicleParams(), view)
    glyphs = [d for d in drawn if isinstance(d, api.Glyphs)]
    assert {g.shape for g in glyphs} == {"bus", "tram"}
    assert all(g.moving for g in glyphs)
    assert any(isinstance(d, api.Lines) for d in drawn)
    bare = layer.build(table, VehicleParams(paths=False, labels=False, dot_px=0.0), view)
    assert {type(d) for d in bare} == {api.Glyphs}


def test_without_the_timetable_only_vehicles_that_speak_are_shown(record: Path) -> None:
    layer, table = loaded(record, timetable=False)
    early = layer.columns_at(table, VehicleParams(), AT - timedelta(seconds=30))
    assert set(early["state"]) == {"missing"}


def test_a_layer_without_any_source_says_what_to_do() -> None:
    with pytest.raises(api.ReadError) as caught:
        Vehicles().load(Context({}, VehicleParams(), FRAME))
    assert caught.value.problem.key == "vehicles.no_source"


@pytest.mark.parametrize("calls", [0, 1, 2])
def test_what_is_told_while_it_is_read_is_either_shown_or_not_yet_known(
    record: Path, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    asked = iter(range(9))
    streams = api.live.history_streams

    def told_late(address: str) -> object:
        return streams(address) if next(asked) >= calls else {}

    monkeypatch.setattr(api.live, "history_streams", told_late)
    _, table = loaded(record)
    known = len(table.tables["streams"]) > 0
    assert known == ("gtfs:v:7" in table.feature_ids)
