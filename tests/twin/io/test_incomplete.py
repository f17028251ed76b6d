"""Vector files that break off or lie: what is there is shown, and what lacks is said."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.twin.io.made import (
    buildings,
    collection,
    feature,
    keys,
    one,
    point,
    write,
)
from twin import io
from twin.model.geoframe import GeoFrame
from twin.model.table import FeatureTable
from twin.progress import Unattended

LAMBERT = GeoFrame(crs="EPSG:2154")


def read(path: Path, **options: object) -> tuple[FeatureTable, Unattended]:
    progress = Unattended()
    return io.read(path, progress=progress, **options), progress  # type: ignore[arg-type]


def test_a_broken_off_geojson_shows_what_came_before(tmp_path: Path) -> None:
    text = json.dumps(collection(*[feature(point(), n=i) for i in range(50)]))
    path = tmp_path / "cut.geojson"
    path.write_text(text[: len(text) // 2])
    table, progress = read(path)
    assert 20 <= len(table) < 30
    assert list(table.frame["n"]) == list(range(len(table)))
    assert one(progress, "io.json_truncated").values["count"] == len(table)


def test_one_damaged_feature_does_not_hide_the_others(tmp_path: Path) -> None:
    good = [json.dumps(feature(point(), n=i)) for i in range(5)]
    good[2] = good[2].replace('"n": 2', '"n": oops')
    path = tmp_path / "one_bad.geojson"
    path.write_text('{"type":"FeatureCollection","features":[' + ",".join(good) + "]}")
    table, progress = read(path)
    assert list(table.frame["n"]) == [0, 1, 3, 4]
    assert one(progress, "io.json_bad_features").values["count"] == 1


def test_a_shapefile_shorter_than_its_header_says(tmp_path: Path) -> None:
    path = write(buildings(100), tmp_path / "bati.shp")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    table, progress = read(path)
    assert len(table) == 100
    assert 40 < table.frame.geometry.notna().sum() < 55
    assert {"io.shapefile_truncated", "io.geometry_null"} <= keys(progress)


def test_a_broken_off_flatgeobuf_shows_what_came_before(tmp_path: Path) -> None:
    path = write(buildings(9000), tmp_path / "bati.fgb")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 4])
    table, progress = read(path)
    assert 4500 < len(table) < 9000
    assert one(progress, "io.truncated").values["count"] == len(table)


def test_a_broken_off_geopackage_is_rescued(tmp_path: Path) -> None:
    path = write(buildings(5000, nom=["x" * 40] * 5000), tmp_path / "bati.gpkg")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    table, progress = read(path)
    assert 1000 < len(table) < 5000
    assert table.crs == "EPSG:2154"
    assert table.frame.geometry.notna().all()
    assert list(table.feature_ids[:2]) == ["B0", "B1"]
    assert one(progress, "io.sqlite_salvaged").values["count"] == len(table)


def test_a_geopackage_that_lies_about_its_count(tmp_path: Path) -> None:
    path = write(buildings(3), tmp_path / "bati.gpkg")
    database = sqlite3.connect(path)
    database.execute("UPDATE gpkg_ogr_contents SET feature_count = 2000000000")
    database.commit()
    database.close()
    table, progress = read(path)
    assert len(table) == 3
    assert one(progress, "io.fewer_features").values["promised"] == 2_000_000_000
    assert io.inspect(path).layers[0].count == 3
