from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.services.town_hall import TownHall, catalogue
from twin.errors import ProjectError
from twin.progress import Unattended
from twin.registry import Registry
from twin.services import client
from twin.services.catalogue import read_catalogue
from twin.services.client import ServiceError
from twin.store.project_folder import load_project
from twin.work.fetch import City, fetch_city

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def town_hall(monkeypatch: pytest.MonkeyPatch) -> Iterator[TownHall]:
    monkeypatch.setattr(client, "TRIES", 1)
    made = TownHall()
    yield made
    made.close()


@pytest.fixture
def fetch(town_hall: TownHall, tmp_path: Path):
    path = tmp_path / "services.toml"
    path.write_text(catalogue(town_hall.url), encoding="utf-8")
    registry = Registry.discover([ROOT / "layers"])
    told = Unattended()

    def run(name: str = "Bourg le Test", **more: object) -> City:
        return fetch_city(name, tmp_path / "town", read_catalogue(path), registry, told, **more)

    run.told = told
    return run


def test_a_town_is_there_in_one_call(fetch, tmp_path: Path) -> None:
    city = fetch()
    project, _folder, problems = load_project(tmp_path / "town")
    assert [spec.id for spec in project.layers] == ["terrain", "buildings", "substations", "limit"]
    assert project.frame.crs == "EPSG:2154"
    assert problems == []
    assert {o.id: o.count for o in city.outcomes if o.file} == {
        "terrain": city.outcomes[0].count, "buildings": 120, "substations": 7, "rnb": 60, "energy": 30,
    }  # fmt: skip


def test_each_dataset_says_where_it_is_from(fetch, town_hall: TownHall, tmp_path: Path) -> None:
    fetch()
    rows = json.loads((tmp_path / "town" / "fetched.json").read_text(encoding="utf-8"))["datasets"]
    buildings = next(row for row in rows if row["id"] == "buildings")
    assert buildings["address"] == f"{town_hall.url}/wfs"
    assert buildings["licence"] == "CC0"
    assert buildings["count"] == 120
    assert buildings["at"].startswith("20")
    project, _folder, _problems = load_project(tmp_path / "town")
    told = next(iter(project.layer("buildings").sources.values())).provenance
    assert (told.licence, told.date) == ("CC0", buildings["at"][:10])


def test_labels_come_to_buildings_by_the_ids_of_the_register(fetch, tmp_path: Path) -> None:
    fetch()
    data = json.loads((tmp_path / "town/data/buildings.geojson").read_text(encoding="utf-8"))
    by_id = {f["properties"]["cleabs"]: f["properties"] for f in data["features"]}
    assert by_id["BATIMENT000010"]["rnb_id"] == "RNB10"
    assert by_id["BATIMENT000010"]["energy_label"] == "D"
    assert by_id["BATIMENT000070"]["energy_label"] is None
    assert [p.values["count"] for p in fetch.told.problems if p.key == "fetch.joined"] == [60, 30]


def test_a_service_that_fails_is_named_and_the_rest_arrives(fetch, town_hall: TownHall) -> None:
    town_hall.down.add("wms")
    city = fetch()
    failed = {o.id: o.problem.key for o in city.outcomes if o.problem}
    assert failed == {"terrain": "service.status", "zoning": "service.exception"}
    assert [spec.id for spec in city.project.layers] == ["buildings", "substations", "limit"]


def test_a_second_call_asks_only_for_what_is_missing(fetch, town_hall: TownHall) -> None:
    town_hall.down.add("wms")
    fetch()
    before = town_hall.asked.copy()
    town_hall.down.clear()
    city = fetch()
    asked = town_hall.asked - before
    assert set(asked) == {"wms", "exception"}
    assert city.project.layers[0].id == "terrain"


def test_another_project_is_not_written_over(fetch, tmp_path: Path) -> None:
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "project.json").write_text("{}")
    with pytest.raises(ProjectError) as caught:
        fetch()
    assert caught.value.problem.key == "project.folder_taken"
    assert (tmp_path / "town" / "project.json").read_text() == "{}"


def test_a_place_that_nobody_knows(fetch) -> None:
    with pytest.raises(ServiceError) as caught:
        fetch("Nowhere")
    assert caught.value.problem.key == "service.no_place"


def test_the_shipped_catalogue_holds_what_its_kinds_need() -> None:
    from twin.model.style import style_from_dict
    from twin.services.kinds import connector

    shipped = read_catalogue(ROOT / "assets" / "services" / "services.toml")
    for dataset in shipped.datasets:
        assert connector(dataset.kind)
        assert dataset.source
        assert dataset.licence
        assert dataset.url.startswith("https://")
        if dataset.style:
            style_from_dict(dataset.style)
    ids = {d.id for d in shipped.of("fr")}
    assert {how.into for how in shipped.joins} | {how.source for how in shipped.joins} <= ids
    assert "buildings" in {d.id for d in shipped.of("jp")}
