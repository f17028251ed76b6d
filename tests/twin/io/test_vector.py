"""Vector files: nothing is lost, and what is wrong is said."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.twin.io.made import (
    LAT,
    LON,
    X,
    Y,
    buildings,
    collection,
    errors,
    feature,
    keys,
    one,
    point,
    square,
    write,
    write_json,
    zipped,
)
from twin import io
from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.model.table import FEATURE_ID, FeatureTable
from twin.progress import Unattended

LAMBERT = GeoFrame(crs="EPSG:2154")


def read(path: Path, **options: object) -> tuple[FeatureTable, Unattended]:
    progress = Unattended()
    return io.read(path, progress=progress, **options), progress  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "suffix", [".gpkg", ".shp", ".geojson", ".fgb", ".kml", ".gpx", ".gml", ".parquet"]
)
def test_formats_give_the_same_buildings(tmp_path: Path, suffix: str) -> None:
    frame = buildings(5)
    if suffix == ".gpx":
        frame = gpd.GeoDataFrame({"name": list("abcde")}, geometry=frame.centroid, crs=frame.crs)
    if suffix in {".kml", ".gpx"}:
        frame = frame.to_crs(4326)
    path = tmp_path / f"bati{suffix}"
    if suffix == ".parquet":
        frame.to_parquet(path)
    else:
        write(frame, path, **({"driver": "KML"} if suffix == ".kml" else {}))
    before = sorted(entry.name for entry in tmp_path.iterdir())
    found = io.inspect(path)
    layer = next(item for item in found.layers if item.count)
    assert layer.count == 5
    assert not errors(found)
    table, _ = read(path, target=LAMBERT, sublayer=layer.name if len(found.layers) > 1 else "")
    assert table.crs == "EPSG:2154"
    centres = shapely.centroid(table.frame.geometry.to_numpy())
    assert sorted(shapely.get_x(centres)) == pytest.approx(
        [X + 5 + 20 * i for i in range(5)], abs=0.6
    )
    assert shapely.get_y(centres) == pytest.approx(Y + 5, abs=0.6)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before, (
        "the reader wrote beside the file"
    )


def test_a_shapefile_in_a_zip(tmp_path: Path) -> None:
    write(buildings(3), tmp_path / "bati.shp")
    parts = {entry.name: entry.read_bytes() for entry in tmp_path.glob("bati.*")}
    path = zipped(tmp_path / "bati.shp.zip", **parts)
    table, progress = read(path)
    assert (len(table), table.crs) == (3, "EPSG:2154")
    assert not progress.problems


def test_a_shapefile_without_its_side_files(tmp_path: Path) -> None:
    path = write(buildings(3), tmp_path / "bati.shp")
    for suffix in (".dbf", ".shx", ".prj", ".cpg"):
        path.with_suffix(suffix).unlink()
    table, progress = read(path)
    assert len(table) == 3
    assert table.crs == "EPSG:2154"
    assert {"io.shapefile_no_dbf", "io.crs_guessed"} <= keys(progress)
    assert not path.with_suffix(".shx").exists()


def test_texts_that_are_not_in_the_encoding_that_they_claim(tmp_path: Path) -> None:
    path = write(buildings(2, nom=["Église", "Hôtel"]), tmp_path / "bati.shp")
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace("Église".encode(), "Église".encode("cp1252") + b" "))
    assert list(read(path)[0].frame["nom"]) == ["Église", "Hôtel"]


def test_ids_are_unique_texts_and_stay(tmp_path: Path) -> None:
    frame = buildings(12)
    frame.loc[11, "cleabs"] = "B0"
    path = write(frame, tmp_path / "bati.gpkg")
    table, progress = read(path)
    ids = list(table.feature_ids)
    assert all(isinstance(name, str) for name in ids)
    assert len(set(ids)) == 12
    assert (ids[0], ids[11]) == ("B0", "B0#2")
    assert one(progress, "io.ids_not_unique").values["count"] == 1
    assert list(read(path)[0].feature_ids) == ids
    assert list(table.frame.index) == list(range(12))


def test_an_attribute_called_geometry_and_one_called_feature_id(tmp_path: Path) -> None:
    path = write_json(
        tmp_path / "odd.geojson",
        collection(
            feature(point(), geometry="brick", feature_id="a"),
            feature(point(), geometry="wood", feature_id="b"),
        ),
    )
    table, _ = read(path)
    assert list(table.feature_ids) == ["a", "b"]
    assert list(table.frame["geometry_"]) == ["brick", "wood"]
    assert table.frame.geometry.notna().all()


def test_an_id_both_of_the_feature_and_among_its_attributes(tmp_path: Path) -> None:
    value = collection({**feature(point(), id=7, name="x"), "id": 3})
    table, _ = read(write_json(tmp_path / "two_ids.geojson", value))
    assert len(table) == 1


def test_null_geometries_keep_their_row(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.geojson", collection(feature(None, a=1), feature(point(), a=2)))
    table, progress = read(path)
    assert list(table.frame["a"]) == [1, 2]
    assert table.frame.geometry.isna().tolist() == [True, False]
    assert one(progress, "io.geometry_null").values["count"] == 1
    assert one(io.inspect(path), "io.geometry_null").values["count"] == 1


def test_mixed_geometry_is_all_kept_and_said(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[LON, LAT], [LON + 0.001, LAT]]}
    both = {"type": "GeometryCollection", "geometries": [point(), line]}
    path = write_json(
        tmp_path / "a.geojson", collection(feature(point()), feature(line), feature(both))
    )
    found = io.inspect(path)
    assert found.layers[0].kind == "mixed"
    values = one(found, "io.mixed_geometry").values
    assert (values["point"], values["line"], values["polygon"], values["mixed"]) == (1, 1, 0, 1)
    assert len(read(path)[0]) == 3


def test_a_bow_tie_is_repaired_and_reported(tmp_path: Path) -> None:
    tie = shapely.Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])
    frame = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[tie, square(dx=30)], crs=2154)
    path = write(frame, tmp_path / "tie.gpkg")
    assert one(io.inspect(path), "io.geometry_invalid").values["count"] == 1
    table, progress = read(path)
    mended = table.frame.geometry.iloc[0]
    assert mended.is_valid
    assert mended.geom_type == "MultiPolygon"
    assert mended.area == pytest.approx(50.0)
    assert one(progress, "io.geometry_repaired").values["count"] == 1


def test_coordinates_that_are_no_numbers(tmp_path: Path) -> None:
    with np.errstate(all="ignore"):
        bad = shapely.from_wkb(
            b"\x01\x02\0\0\0\x02\0\0\0" + struct.pack("<4d", X, Y, math.nan, math.inf)
        )
    frame = gpd.GeoDataFrame(
        {"n": [1, 2]}, geometry=[bad, shapely.LineString([(X, Y), (X + 1, Y)])], crs=2154
    )
    path = write(frame, tmp_path / "nan.gpkg", SPATIAL_INDEX="NO")
    for target in (None, GeoFrame(crs="EPSG:32631")):
        table, progress = read(path, target=target)
        assert table.frame.geometry.isna().sum() == 1
        assert one(progress, "io.geometry_not_finite").values["count"] == 1


def test_heights_that_stand_for_none_are_left_out(tmp_path: Path) -> None:
    shapes = [
        square(z=52.0),
        square(dx=20, z=-1000.0),
        shapely.LineString([(X, Y, 40.0), (X + 9, Y, -1000.0)]),
        shapely.LineString([(X, Y, 41.0), (X + 9, Y, -412.5)]),
    ]
    path = write(gpd.GeoDataFrame({"n": range(4)}, geometry=shapes, crs=2154), tmp_path / "z.gpkg")
    assert io.inspect(path).layers[0].z_range == (40.0, 52.0)
    table, progress = read(path)
    assert one(progress, "io.geometry_z_missing").values["count"] == 3
    geometry = table.frame.geometry.to_numpy()
    assert shapely.has_z(geometry).tolist() == [True, False, True, True]
    assert shapely.get_coordinates(geometry[2], include_z=True)[:, 2].tolist() == [40.0, 40.0]
    assert shapely.get_coordinates(geometry[3], include_z=True)[:, 2].tolist() == [41.0, 41.0]


def test_deep_wells_are_not_taken_for_missing_heights(tmp_path: Path) -> None:
    wells = [shapely.LineString([(X, Y, 60.0), (X, Y + 1, -740.0)])]
    path = write(gpd.GeoDataFrame({"n": [1]}, geometry=wells, crs=2154), tmp_path / "wells.gpkg")
    table, progress = read(path)
    assert (
        shapely.get_coordinates(table.frame.geometry.to_numpy(), include_z=True)[:, 2].min()
        == -740.0
    )
    assert not progress.problems


def test_heights_as_texts_become_metres(tmp_path: Path) -> None:
    texts = ["12 m", "12,5", "40'", "tall", None]
    path = write(buildings(5, height=texts), tmp_path / "bati.gpkg")
    table, progress = read(path)
    heights = table.frame["height"].to_numpy()
    assert heights.dtype == np.float64
    assert heights[:3] == pytest.approx([12.0, 12.5, 12.192])
    assert np.isnan(heights[3:]).all()
    assert list(table.frame["height (as written)"])[3] == "tall"
    assert one(progress, "io.numbers_as_text").values == {"column": "height", "count": 3}
    assert one(progress, "io.numbers_not_understood").values["count"] == 1


def test_zero_and_sentinel_heights_are_missing_never_zero(tmp_path: Path) -> None:
    path = write(buildings(4, HAUTEUR=[0.0, -9999.0, 7.5, np.nan]), tmp_path / "bati.gpkg")
    table, progress = read(path)
    assert np.isnan(table.frame["HAUTEUR"].to_numpy()).tolist() == [True, True, False, True]
    assert one(progress, "io.numbers_missing").values == {"column": "HAUTEUR", "count": 2}


def test_secret_values_stay_texts(tmp_path: Path) -> None:
    path = write(buildings(2, livraisons_MWh=["secret", "1250"]), tmp_path / "rc.gpkg")
    assert list(read(path)[0].frame["livraisons_MWh"]) == ["secret", "1250"]


def test_dates_before_pandas_time(tmp_path: Path) -> None:
    values = collection(
        feature(point(), date_d_apparition="1650-01-01Z"), feature(point(), date_d_apparition=None)
    )
    table, progress = read(write_json(tmp_path / "old.geojson", values))
    assert str(table.frame["date_d_apparition"].iloc[0]).startswith("1650-01-01")
    assert not errors(progress)


def test_an_empty_layer_opens_and_says_so(tmp_path: Path) -> None:
    path = write_json(tmp_path / "none.geojson", collection())
    found = io.inspect(path)
    assert found.shown
    assert found.layers[0].count == 0
    assert "io.no_features" in keys(found)
    table, progress = read(path, target=LAMBERT)
    assert len(table) == 0
    assert FEATURE_ID in table.frame
    assert "io.no_features" in keys(progress)


def test_a_table_without_geometry(tmp_path: Path) -> None:
    path = tmp_path / "town.gpkg"
    write(buildings(2), path, layer="bati")
    write(gpd.GeoDataFrame({"code": ["a", "b", "c"]}), path, layer="codes", append=True)
    kinds = {layer.name: layer.kind for layer in io.inspect(path).layers}
    assert kinds == {"bati": "polygon", "codes": "table"}
    table, _ = read(path, sublayer="codes")
    assert list(table.frame["code"]) == ["a", "b", "c"]


def test_a_file_in_a_crs_without_an_exact_way_is_refused_with_both_names(tmp_path: Path) -> None:
    path = write(buildings(1).set_crs("EPSG:26918", allow_override=True), tmp_path / "far.gpkg")
    with pytest.raises(ReadError) as raised:
        read(path, target=LAMBERT)
    assert raised.value.problem.key == "io.crs_no_way"
    assert raised.value.problem.values == {"source": "EPSG:26918", "target": "EPSG:2154"}


def test_times_of_several_zones_are_one_time(tmp_path: Path) -> None:
    texts = ["2026-06-21T14:30:00Z", "2026-06-21T16:30:00+02:00", None, "1650-01-01T00:00:00Z"]
    path = write_json(
        tmp_path / "t.geojson", collection(*[feature(point(), t=text) for text in texts])
    )
    times = read(path)[0].frame["t"].to_numpy()
    assert str(times[0]) == str(times[1])
    assert str(times[0]).startswith("2026-06-21T14:30:00")
    assert np.isnat(times[2])
    assert str(times[3]).startswith("1650-01-01")
