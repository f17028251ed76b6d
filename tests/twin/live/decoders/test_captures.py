"""Decoders on what real platforms sent: the counts are those of other libraries, or of the files' rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from twin.live.csvrows import rows_of_csv
from twin.live.decoded import Decoded
from twin.live.decoders import gbfs, gtfs_rt, ngsi, records, sensorthings
from twin.store.history import Flag

pytestmark = pytest.mark.shared_data


def read(path: Path) -> Any:
    return orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))


def things(decoded: Decoded) -> set[str]:
    return {stream.thing for stream in decoded.streams.values()}


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("rt/ct-vehicle-positions.pb", (14, 0, 0)),
        ("rt/ct-trip-updates.pb", (0, 19, 0)),
        ("rt/example.pb", (0, 26, 0)),
        ("rt/ct-service-alerts.pb", (0, 0, 0)),
        ("brest/bibus-brest-gtfs-rt-alerts.pb", (0, 0, 12)),
    ],
)
def test_gtfs_realtime(shared_data: Path, name: str, counts: tuple[int, int, int]) -> None:
    data = (shared_data / "gtfs_rt" / name).read_bytes()
    assert gtfs_rt.count(data) == counts
    decoded = gtfs_rt.decode(data)
    assert len(things(decoded)) == counts[0] + counts[1]
    assert decoded.not_understood == 0
    assert len(gtfs_rt.alerts(data)) == counts[2]


def test_alerts_have_words(shared_data: Path) -> None:
    data = (shared_data / "gtfs_rt/brest/bibus-brest-gtfs-rt-alerts.pb").read_bytes()
    found = gtfs_rt.alerts(data, "fr")
    assert all(alert.title for alert in found)


def test_gbfs_says_the_same_in_every_version(shared_data: Path) -> None:
    seen = []
    for version in ("v2.1", "v2.2", "v3.0"):
        folder = shared_data / "gbfs/validator-java/fixtures" / version
        files = {
            name: read(path)
            for name in gbfs.WANTED
            for path in folder.glob("*.json")
            if gbfs.ALIASES.get(path.stem, path.stem) == name
        }
        decoded = gbfs.decode(files)
        stations = [s for s in decoded.streams.values() if s.id.endswith(":bikes")]
        seen.append(sorted((s.thing.rpartition(":")[2], s.lon, s.lat) for s in stations))
        listed = files["station_information"]["data"]["stations"]
        assert len(stations) == len(listed)
        assert decoded.not_understood == 0
    assert seen[0] == seen[1]


def test_ngsi_examples_of_every_form(shared_data: Path) -> None:
    for path in sorted((shared_data / "ngsi_ld").rglob("example*.json*")):
        assert ngsi.decode(read(path)).not_understood == 0, path.name
    forms = sorted((shared_data / "ngsi_ld/Parking/OffStreetParking/examples").glob("*.json*"))
    assert len(forms) == 5
    for path in forms:
        decoded = ngsi.decode(read(path))
        found = {r.stream.rpartition(":")[2]: r.result for r in decoded.readings}
        assert found["availableSpotNumber"] == 132.0
        assert all(stream.placed for stream in decoded.streams.values())


def test_sensorthings_entities(shared_data: Path) -> None:
    document = read(shared_data / "sensorthings/frost-tests/entitiesDefault.json")
    decoded = sensorthings.decode(document)
    assert len(decoded.readings) == 4
    assert len(decoded.streams) == 2


@pytest.mark.parametrize(
    ("name", "rows", "observed"),
    [
        ("paris_live_captures/trilib/trilib.csv", 124, "fillingrate"),
        ("paris_live_captures/belib/belib_data.csv", 2129, "statut_pdc"),
        (
            "velib_captures/jcdecaux_2016/stations-velib-disponibilites-en-temps-reel.csv",
            1223,
            "available_bikes",
        ),
    ],
)
def test_tables_of_open_data(shared_data: Path, name: str, rows: int, observed: str) -> None:
    found = rows_of_csv((shared_data / name).read_bytes())
    assert len(found) == rows
    decoded = records.decode(found, source="x")
    assert len(things(decoded)) == rows
    assert observed in {s.observed_property for s in decoded.streams.values()}
    placed = {s.thing for s in decoded.streams.values() if s.placed}
    assert len(placed) >= rows - 5
    lon = [s.lon for s in decoded.streams.values() if s.placed]
    assert 2.0 < min(lon) <= max(lon) < 2.7


def test_the_snapshot_of_velib(shared_data: Path) -> None:
    path = "velib_captures/data-local/monitoring/network/overview/latest/snapshot_map.json"
    rows = records.rows_of(read(shared_data / path))
    decoded = records.decode(rows, source="velib")
    assert len(rows) == 1503
    assert len(things(decoded)) == 1503
    assert not any(r.quality & Flag.WRONG for r in decoded.readings)
