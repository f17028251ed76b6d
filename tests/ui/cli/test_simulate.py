"""What ``simulate`` says is understood by those who read the real services, and says that it is made up."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from main import main
from plugins.car_pooling import offers
from plugins.car_sharing.layer import CarSharing
from plugins.smart_parking.layer import SmartParking
from plugins.transit import stops
from plugins.waste_rounds.layer import WasteRounds
from twin.api import testing
from twin.synth import speaking
from ui.cli import simulate
from ui.cli.projects import DEMO

DATA = DEMO / "data"
NOON = datetime(2026, 4, 14, 12, tzinfo=UTC)


@pytest.fixture
def address() -> Iterator[str]:
    server = simulate.serve(DATA)
    yield simulate.address_of(server)
    server.shutdown()
    server.server_close()


def got(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.headers["X-Simulated"] == "true"
        return bytes(answer.read())


def kept(folder: Path, name: str, url: str) -> Path:
    path = folder / name
    path.write_bytes(got(url))
    return path


def load(layer: object, **files: Path) -> object:
    params = layer.Params()  # type: ignore[attr-defined]
    return layer.load(testing.FakeContext(files=files, params=params)).frame  # type: ignore[attr-defined]


def test_it_tells_where_each_service_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--seconds", "0.1", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["simulated"] is True
    assert set(said["services"]) == set(speaking.SERVICES)


@pytest.mark.parametrize("service", ["gbfs", "gtfs_rt"])
def test_feeds_are_recorded_as_real_ones_are(
    address: str, service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("google.transit.gtfs_realtime_pb2")
    feed = speaking.addresses(address)[service]
    record = ["record", "--feed", feed, "--out", str(tmp_path), "--seconds", "2", "--json"]
    assert main(record) == 0
    assert json.loads(capsys.readouterr().out)["observations"] > 10


def test_layers_read_what_it_says(address: str, tmp_path: Path) -> None:
    at = speaking.addresses(address)
    gbfs = {n: f"{address}{speaking.GBFS}{n}.json" for n in speaking.GBFS_FILES}
    shared = load(
        CarSharing(),
        stations=kept(tmp_path, "i.json", gbfs["station_information"]),
        status=kept(tmp_path, "s.json", gbfs["station_status"]),
        vehicles=kept(tmp_path, "v.json", gbfs["vehicle_status"]),
        types=kept(tmp_path, "t.json", gbfs["vehicle_types"]),
    )
    assert len(shared) == 36  # type: ignore[arg-type]
    parks = DATA / "stationnement.csv"
    free = {
        name: load(SmartParking(), parks=parks, occupancy=kept(tmp_path, name, at[service]))
        .set_index("name")["free"]  # type: ignore[attr-defined]
        .astype(float)
        for name, service in (("d.xml", "datex2"), ("o.json", "opendatasoft"))
    }
    assert free["d.xml"].notna().all()
    assert (free["d.xml"] - free["o.json"]).abs().max() <= 2  # a moment lies between them
    full = load(WasteRounds(), containers=kept(tmp_path, "c.json", at["ngsi_ld"]))
    assert len(full) == 36  # type: ignore[arg-type]


def test_delays_are_those_of_trips_that_run(address: str, tmp_path: Path) -> None:
    pytest.importorskip("google.transit.gtfs_realtime_pb2")
    delays, _ = stops.realtime(kept(tmp_path, "d.pb", speaking.addresses(address)["gtfs_rt"]))
    assert len(delays) > 100
    assert 0 <= min(delays.values()) <= max(delays.values()) <= 600


def test_the_client_of_car_pooling_understands_it(address: str) -> None:
    server = speaking.addresses(address)["covoiturage"].rsplit("/", 1)[0]
    rows = offers.journeys(got(offers.address(server, (2.273, 48.8245), (2.293, 48.8412), NOON)))
    assert len(rows) == speaking.OFFERS
    assert {row[5] for row in rows} == {"simulated.example"}
    assert all(2.0 < float(str(row[2])) < 4.0 for row in rows)  # kilometres


def test_what_it_says_changes_with_the_clock_alone() -> None:
    def town(hour: int) -> speaking.Town:
        return speaking.Town(data=DATA, address="http://x", at=NOON.replace(hour=hour))

    target = speaking.SERVICES["opendatasoft"]
    bodies = [speaking.answer(town(hour), target) for hour in (9, 9, 13)]
    assert bodies[0] == bodies[1] != bodies[2]
    assert np.unique([town(h).wave("x") for h in range(24)]).size > 1


@pytest.mark.parametrize("target", ["/../../etc/passwd", "/gbfs/3.0/../x.json", "/nothing"])
def test_what_is_no_service_is_not_there(address: str, target: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        got(address + target)
    assert caught.value.code == 404
    caught.value.close()
