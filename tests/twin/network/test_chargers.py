"""Charging points of IRVE and OCPI become loads of the grid."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from twin.model.table import FeatureTable
from twin.network import chargers
from twin.network.features import networks_of
from twin.network.model import NetworkError
from twin.network.profiles import day_of, moments

DATA = Path(__file__).resolve().parents[3] / "assets" / "demo" / "data"
STATIC = (
    "id_pdc_itinerance;nom_station;coordonneesXY;puissance_nominale\n"
    'FRA01E1;Mairie d\'été;"[2.2735, 48.8239]";22\n'
    'FRA01E2;Mairie;"[48.8239, 2.2735]";22000\n'  # swapped, and in watts
    'FRA01E3;Lyon;"[4.83, 45.76]";50\n'
    "FRA01E4;nowhere;;7,4\n"
)
DYNAMIC = (
    "id_pdc_itinerance,etat_pdc,occupation_pdc,horodatage\n"
    "FRA01E1,en_service,libre,2026-11-01T09:00:00+01:00\n"
    "FRA01E1,en_service,occupe,2026-11-01T10:00:00+01:00\n"
    "FRA01E2,hors_service,inconnu,2026-11-01T10:00:00+01:00\n"
)
OCPI = {
    "data": [
        {
            "name": "Gare", "coordinates": {"latitude": "48.8239", "longitude": "2.2735"},
            "evses": [
                {"uid": "1", "evse_id": "FR*A*1", "status": "CHARGING", "connectors": [
                    {"max_voltage": 230, "max_amperage": 32, "power_type": "AC_3_PHASE"}]},
                {"uid": "2", "evse_id": "FR*A*2", "status": "PLANNED", "connectors": []},
            ],
        }
    ],
    "status_code": 1000,
}  # fmt: skip


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_irve_is_read_with_what_is_wrong_in_the_wild(tmp_path: Path, encoding: str) -> None:
    found = chargers.read(
        written(tmp_path, "s.csv", STATIC, encoding), written(tmp_path, "d.csv", DYNAMIC)
    )
    assert [(c.id, c.lon, c.power_kw, c.busy) for c in found] == [
        ("FRA01E1", 2.2735, 22.0, True),
        ("FRA01E2", 2.2735, 22.0, False),
        ("FRA01E3", 4.83, 50.0, None),
    ]
    assert found[0].name == "Mairie d'été"


def test_ocpi_is_read(tmp_path: Path) -> None:
    (one,) = chargers.read(written(tmp_path, "l.json", json.dumps(OCPI)))
    assert (one.id, one.busy) == ("FR*A*1", True)
    assert one.power_kw == pytest.approx(22.08)


def test_points_hang_on_the_nearest_low_voltage_node_and_draw_what_they_do(tmp_path: Path) -> None:
    rows = gpd.read_parquet(DATA / "grid.parquet")
    (grid,) = networks_of(FeatureTable(frame=rows, crs="EPSG:2154", name="grid"))
    found = chargers.read(written(tmp_path, "s.csv", STATIC), written(tmp_path, "d.csv", DYNAMIC))
    made, far = chargers.connected(grid, found)
    assert far == 1
    at = made.device_index["FRA01E1"]
    assert str(made.nodes.ids[made.devices.node[at]]).endswith(".lv")
    day = chargers.measured(
        made, day_of(made, moments(datetime(2026, 4, 14, tzinfo=UTC), 2)), found
    )
    assert day.power_kw[:, at].tolist() == [22.0, 22.0]
    assert np.all(day.power_kw[:, made.device_index["FRA01E2"]] == 0)
    assert not day.estimated[at]


def test_a_file_of_something_else_is_said(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="no_chargers"):
        chargers.read(written(tmp_path, "s.csv", "a,b\n1,2\n"))


def test_what_they_ask_together_is_estimated_by_coincidence() -> None:
    points = [chargers.Charger(f"p{i}", 2.27, 48.82, 22.0, busy=i == 0) for i in range(16)]
    asked = chargers.demand(points, far=2)
    assert (asked.count, asked.far) == (14, 2)
    assert asked.installed_kw == pytest.approx(352.0)
    assert asked.in_use_kw == pytest.approx(22.0)
    assert asked.at_once_kw == pytest.approx(352.0 * (0.2 + 0.8 / 4))
    assert chargers.demand(points[:1]).at_once_kw == pytest.approx(22.0)  # one alone draws all
    assert "Rusck" in asked.as_dict()["estimate"]


def test_the_file_of_states_is_told_from_that_of_the_points(tmp_path: Path) -> None:
    points = written(tmp_path, "a.csv", STATIC)
    states = written(tmp_path, "b.csv", DYNAMIC)
    assert chargers.sorted_files([states, points]) == (points, states)
    assert chargers.sorted_files([points]) == (points, None)


def test_spaces_after_separators_do_no_harm(tmp_path: Path) -> None:
    text = 'id_pdc_itinerance, coordonneesXY, puissance_nominale\nA1, "[2.27, 48.82]", 22\n'
    (found,) = chargers.read(written(tmp_path, "s.csv", text))
    assert (found.lon, found.lat, found.power_kw) == (2.27, 48.82, 22.0)
