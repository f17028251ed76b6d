"""A project from files: where it lies, what is copied, and what is said of files that do not fit."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from twin.errors import ProjectError, ReadError
from twin.registry import Registry
from twin.store.project_folder import load_project
from twin.work.assemble import assemble, write_project

LAYERS = Path(__file__).resolve().parents[3] / "layers"
UTM_1_SOUTH, UTM_60_SOUTH = "EPSG:32701", "EPSG:32760"


@pytest.fixture(scope="module")
def types() -> Registry:
    return Registry.discover([LAYERS])


def points(path: Path, *xy: tuple[float, float], crs: str = "") -> Path:
    """Write a GeoJSON file of points; degrees unless a CRS is given."""
    rows = [
        {
            "type": "Feature",
            "properties": {"n": i},
            "geometry": {"type": "Point", "coordinates": list(position)},
        }
        for i, position in enumerate(xy)
    ]
    body: dict[str, object] = {"type": "FeatureCollection", "features": rows}
    if crs:
        body["crs"] = {"type": "name", "properties": {"name": crs}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body))
    return path


def test_a_town_at_the_antimeridian_is_placed_there(tmp_path: Path, types: Registry) -> None:
    file = points(tmp_path / "taveuni.geojson", (179.998, -16.5), (-179.999, -16.5))
    project, problems = assemble([file], types)
    assert problems == []
    assert project.frame.crs in {UTM_1_SOUTH, UTM_60_SOUTH}
    (lon, lat), *_ = project.frame.lonlat_from_scene([(0.0, 0.0)])
    assert abs(lon) == pytest.approx(180.0, abs=0.01)
    assert lat == pytest.approx(-16.5, abs=0.01)


def test_a_model_in_geocentric_coordinates_is_placed_on_the_ground(
    tmp_path: Path, types: Registry
) -> None:
    # The origin of the scene must be near it, or float32 tears its surfaces apart.
    body = {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.001] * 3, "translate": [-4646000, 2553000, -3534000]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/4978"},
        "CityObjects": {
            "sydney": {
                "type": "Building",
                "geometry": [{"type": "MultiSurface", "lod": "1", "boundaries": [[[0, 1, 2]]]}],
            }
        },
        "vertices": [[0, 0, 0], [9000, 0, 0], [0, 9000, 0]],
    }
    file = tmp_path / "sydney.city.json"
    file.write_text(json.dumps(body))
    project, _ = assemble([file], types)
    assert project.frame.crs == "EPSG:32756"
    (lon, lat), *_ = project.frame.lonlat_from_scene([(0.0, 0.0)])
    assert (lon, lat) == pytest.approx((151.2, -33.87), abs=0.1)


def test_a_file_of_another_town_is_named(tmp_path: Path, types: Registry) -> None:
    paris = points(tmp_path / "paris.geojson", (652000, 6862000), crs="EPSG:2154")
    boulder = points(tmp_path / "boulder.geojson", (-105.28, 40.0))
    _, problems = assemble([paris, boulder], types)
    assert [(p.key, p.where) for p in problems] == [("assemble.far_away", "boulder.geojson")]
    assert 7000 < float(str(problems[0].values["km"])) < 10_000


def test_a_layer_as_wide_as_a_continent_is_named(tmp_path: Path, types: Registry) -> None:
    file = points(tmp_path / "wide.geojson", (3.0, 45.0), (-105.0, 40.0))
    _, problems = assemble([file], types)
    assert [p.key for p in problems] == ["assemble.very_wide"]


def test_what_is_wrong_is_told_in_full_when_nothing_can_be_shown(
    tmp_path: Path, types: Registry
) -> None:
    (tmp_path / "folder").mkdir()
    points(tmp_path / "folder" / "inside.geojson", (2.0, 48.0))
    with pytest.raises(ReadError) as caught:
        assemble([tmp_path / "folder", tmp_path / "gone.gpkg"], types)
    assert caught.value.problem.key == "io.is_folder"
    assert "inside.geojson" in str(caught.value.problem.values["files"])
    assert [p.key for p in caught.value.others] == ["io.not_found"]


def test_files_of_one_name_keep_apart(tmp_path: Path, types: Registry) -> None:
    files = [points(tmp_path / n / "x.geojson", (2.0 + i / 100, 48.8)) for i, n in enumerate("ab")]
    project, _ = assemble(files, types)
    folder = tmp_path / "city"
    written = write_project(project, folder)
    copies = [folder / source.path for s in written.layers for source in s.sources.values()]
    assert [c.read_bytes() for c in copies] == [f.read_bytes() for f in files]


def test_nothing_in_the_folder_is_written_over(tmp_path: Path, types: Registry) -> None:
    file = points(tmp_path / "x.geojson", (2.0, 48.8))
    mine = tmp_path / "city" / "data" / "x.geojson"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    written = write_project(assemble([file], types)[0], tmp_path / "city")
    assert mine.read_text() == "mine"
    assert written.layers[0].sources["features"].path == "data/x_2.geojson"


def test_data_that_lies_in_the_folder_already_stays_where_it_is(
    tmp_path: Path, types: Registry
) -> None:
    file = points(tmp_path / "city" / "files" / "x.geojson", (2.0, 48.8))
    written = write_project(assemble([file], types)[0], tmp_path / "city")
    assert written.layers[0].sources["features"].path == "files/x.geojson"
    assert not (tmp_path / "city" / "data").exists()
    assert load_project(tmp_path / "city")[0] == written


def test_a_folder_that_cannot_be_made_leaves_nothing_behind(
    tmp_path: Path, types: Registry
) -> None:
    project, _ = assemble([points(tmp_path / "x.geojson", (2.0, 48.8))], types)
    taken = tmp_path / "file"
    taken.write_text("a file")
    with pytest.raises(ProjectError) as caught:
        write_project(project, taken / "city")
    assert caught.value.problem.key == "project.cannot_make"

    (tmp_path / "x.geojson").unlink()  # gone between looking and copying
    with pytest.raises(ProjectError):
        write_project(project, tmp_path / "new" / "city")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("lonlat", "zone"),
    [
        ((2.35, 48.85), "Europe/Paris"),
        ((-105.28, 40.01), "Etc/GMT+7"),
        ((179.9, -16.5), "Etc/GMT-12"),
        ((-0.1, 5.6), "Etc/GMT"),
    ],
)
def test_a_town_is_shown_in_its_own_time(
    tmp_path: Path, types: Registry, lonlat: tuple[float, float], zone: str
) -> None:
    project, _ = assemble([points(tmp_path / "town.geojson", lonlat)], types)
    assert project.time_zone == zone
    ZoneInfo(zone)
    assert project.at is not None
    assert 14 <= (project.at + timedelta(hours=lonlat[0] / 15)).hour <= 15
