"""The door: what is opened, what is refused, and that each refusal says why."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.twin.io.made import (
    Watcher,
    buildings,
    cube,
    errors,
    keys,
    one,
    write,
    write_json,
    zipped,
)
from twin import io
from twin.errors import Cancelled, ReadError
from twin.io.limits import MEGABYTE
from twin.progress import Unattended


def refused(path: Path, key: str) -> dict[str, object]:
    """Both questions must give the same reason, as an error, and no layer."""
    found = io.inspect(path)
    assert not found.shown
    assert key in errors(found), found.problems
    with pytest.raises(ReadError) as raised:
        io.read(path, progress=Unattended())
    assert raised.value.problem.key == key
    return dict(one(found, key).values)


def test_a_missing_file(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere.gpkg", "io.not_found")


def test_a_folder_names_the_files_in_it(tmp_path: Path) -> None:
    write(buildings(), tmp_path / "bati.gpkg")
    (tmp_path / "notes.abc").write_text("-")
    files = str(refused(tmp_path, "io.is_folder")["files"])
    assert "bati.gpkg" in files
    assert "notes.abc" not in files


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(buildings(), tmp_path / "bati.gpkg")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    refused(path, "io.not_allowed")


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.geojson"
    os.mkfifo(path)
    refused(path, "io.not_a_file")


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".tif", ".csv", ".city.json", ".shp"])
def test_an_empty_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"empty{suffix}"
    path.write_bytes(b"")
    refused(path, "io.empty_file")


def test_nine_gigabytes_of_nothing_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "huge.geojson"
    with path.open("wb") as file:
        file.truncate(9 * 1024 * MEGABYTE)
    refused(path, "io.empty_file")


def test_nine_gigabytes_of_json_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.city.json"
    with path.open("wb") as file:
        file.write(b'{"type":"CityJSON","version":"2.0",')
        file.truncate(9 * 1024 * MEGABYTE)
    values = refused(path, "io.json_too_large")
    assert values["size_mb"] == 9 * 1024


@pytest.mark.parametrize(
    "suffix", [".geojson", ".gpkg", ".tif", ".parquet", ".shp", ".csv", ".xyz"]
)
def test_binary_junk_whatever_its_suffix(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"junk{suffix}"
    path.write_bytes(bytes(range(256)) * 40)
    refused(path, "io.format_unknown")


def test_the_content_decides_not_the_suffix(tmp_path: Path) -> None:
    path = write(buildings(), tmp_path / "bati.gpkg").rename(tmp_path / "bati.geojson")
    found = io.inspect(path)
    assert found.format == "GeoPackage"
    assert found.layers[0].count == 4


@pytest.mark.parametrize(
    "content,key",
    [
        (b"AC1027" + bytes(400), "io.not_read_dwg"),
        (b"%PDF-1.7" + bytes(40), "io.format_not_read"),
        (b"<html><body>404</body></html>", "io.format_not_read"),
    ],
)
def test_known_formats_that_are_not_read_are_named(
    tmp_path: Path, content: bytes, key: str
) -> None:
    path = tmp_path / "file.dat"
    path.write_bytes(content)
    refused(path, key)


def test_a_format_that_is_read_says_so_in_its_dictionary(tmp_path: Path) -> None:
    path = write(buildings(hauteur=[3.0, None, 9.5, 12.0]), tmp_path / "bati.gpkg")
    found = json.loads(json.dumps(io.inspect(path).as_dict()))
    assert found["format"] == "GeoPackage"
    assert found["shown"] is True
    layer = found["layers"][0]
    assert (layer["name"], layer["kind"], layer["count"]) == ("bati", "polygon", 4)
    assert layer["crs"] == "EPSG:2154"
    assert layer["extent"] == [646_000.0, 6_858_000.0, 646_070.0, 6_858_010.0]
    hauteur = next(item for item in layer["attributes"] if item["name"] == "hauteur")
    assert hauteur == {"name": "hauteur", "type": "number", "null_count": 1, "example": "3.0"}


def test_every_format_module_can_be_imported() -> None:
    from twin.io.formats import FORMATS

    for known in FORMATS.values():
        module = known.load_module()
        assert callable(module.load)
        assert callable(module.layer_names)


def test_suffixes_are_lower_case_with_a_dot() -> None:
    assert {
        ".gpkg",
        ".geojson",
        ".shp",
        ".fgb",
        ".parquet",
        ".city.json",
        ".tif",
        ".zip",
    } <= io.suffixes()
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in io.suffixes())


@pytest.mark.parametrize(
    "name", ["bati.gpkg", "bati.geojson", "bati.csv", "bati.city.json", "bati.parquet"]
)
def test_reading_stops_when_asked_and_says_how_far_it_is(tmp_path: Path, name: str) -> None:
    class Impatient(Watcher):
        def check_cancelled(self) -> None:
            raise Cancelled

    path = tmp_path / name
    if name.endswith("city.json"):
        write_json(path, cube())
    elif name.endswith("csv"):
        path.write_text("lon,lat\n2.26,48.82\n")
    elif name.endswith("parquet"):
        buildings().to_parquet(path)
    else:
        write(buildings(), path)
    with pytest.raises(Cancelled):
        io.read(path, progress=Impatient())
    with pytest.raises(Cancelled):
        io.inspect(path, progress=Impatient())
    watcher = Watcher()
    io.read(path, progress=watcher)
    assert watcher.steps


def test_a_wrong_layer_name_lists_the_right_ones(tmp_path: Path) -> None:
    path = write(buildings(), tmp_path / "town.gpkg", layer="bati")
    write(buildings(2), path, layer="ecoles", append=True)
    assert [layer.name for layer in io.inspect(path).layers] == ["bati", "ecoles"]
    assert len(io.read(path, sublayer="ecoles", progress=Unattended())) == 2
    with pytest.raises(ReadError) as raised:
        io.read(path, sublayer="routes", progress=Unattended())
    assert raised.value.problem.values["layers"] == "bati, ecoles"


def test_a_zip_with_several_files_has_a_layer_for_each(tmp_path: Path) -> None:
    points = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {},
                    "geometry": {"type": "Point", "coordinates": [2.26, 48.82]},
                }
            ],
        }
    ).encode()
    path = zipped(
        tmp_path / "pack.zip",
        **{"a.geojson": points, "sub/b.csv": b"lon,lat\n2.26,48.82\n2.27,48.83\n"},
    )
    found = io.inspect(path)
    assert [(layer.name, layer.count) for layer in found.layers] == [
        ("a.geojson/a", 1),
        ("sub/b.csv/b", 2),
    ]
    for layer in found.layers:
        assert len(io.read(path, sublayer=layer.name, progress=Unattended())) == layer.count
    assert keys(found) <= {"io.csv_no_coordinates"}


def test_importing_the_door_is_cheap() -> None:
    import subprocess

    code = (
        "import sys, twin.io\n"
        "heavy = {'geopandas', 'pyogrio', 'rasterio', 'pyarrow', 'pandas', 'scipy', 'trimesh'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
