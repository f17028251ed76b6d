"""SensorThings against a real server (django-ogc-sensorthings), which does less than the standard allows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import answers, free_port, wait_for
from tests.twin.live.kinds.test_kinds import kept
from twin.live.recognise import kind_of
from twin.model.feed import FeedSpec
from twin.store.history import open_history

PYTHON = Path(sys.prefix) / "servers" / "bin" / "python"
STATIONS = 23


def station(number: int) -> dict[str, object]:
    """Return a station with one datastream and two observations, the younger first."""
    place = {"type": "Point", "coordinates": [2.26 + number / 1000, 48.82]}
    return {
        "name": f"Station {number}",
        "description": "-",
        "properties": {},
        "Locations": [
            {
                "name": "here",
                "description": "-",
                "encodingType": "application/geo+json",
                "location": place,
            }
        ],
        "Datastreams": [
            {
                "name": "NO2",
                "description": "-",
                "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
                "unitOfMeasurement": {"name": "-", "symbol": "µg/m³", "definition": "-"},
                "Sensor": {
                    "name": "s",
                    "description": "-",
                    "encodingType": "application/pdf",
                    "metadata": "-",
                },
                "ObservedProperty": {"name": "air_no2", "definition": "-", "description": "-"},
                "Observations": [
                    {
                        "phenomenonTime": f"2026-03-01T10:{minute:02}:00Z",
                        "resultTime": f"2026-03-01T10:{minute:02}:00Z",
                        "result": number + minute,
                    }
                    for minute in (10, 0)
                ],
            }
        ],
    }


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not PYTHON.is_file():
        pytest.skip("the environment of tests/servers.txt is not installed (make setup)")
    folder, port = tmp_path_factory.mktemp("sensorthings"), free_port()
    script = Path(__file__).with_name("sensorthings_server.py")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(PYTHON), str(script), str(port), str(folder / "db.sqlite")],
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(lambda: answers(port), "the SensorThings server", within_s=60.0)
        root = f"http://127.0.0.1:{port}/sensorthings/v1.1"
        for number in range(STATIONS):
            httpx.post(f"{root}/Things", json=station(number), timeout=30.0).raise_for_status()
        yield root
    finally:
        server.terminate()
        server.wait(20.0)


def test_every_station_of_every_page_with_its_latest_value(service: str, tmp_path: Path) -> None:
    assert kind_of(service) == "sensorthings"
    spec = FeedSpec(id="f", kind="sensorthings", url=service)
    found = kept(spec, tmp_path, lambda e: e.statuses()[0].observations >= STATIONS)
    assert sorted(values[-1] for values in found.values()) == [n + 10 for n in range(STATIONS)]
    history = open_history(tmp_path / "history")
    streams = history.streams()
    history.close()
    assert len(streams) == STATIONS
    assert all(s.placed and s.unit == "µg/m³" for s in streams.values())
    assert {s.thing_name for s in streams.values()} == {f"Station {n}" for n in range(STATIONS)}
