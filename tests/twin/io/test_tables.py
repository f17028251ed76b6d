"""CSV, Parquet, observations, and tables written back."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from tests.twin.io.made import LAT, LON, X, Y, buildings, counted, cube, keys, write, write_json
from twin import io
from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.model.table import FEATURE_ID, FeatureTable
from twin.progress import Unattended

LAMBERT = GeoFrame(crs="EPSG:2154")


def read(path: Path, **options: object) -> tuple[FeatureTable, Unattended]:
    progress = Unattended()
    return io.read(path, progress=progress, **options), progress  # type: ignore[arg-type]


def csv(tmp_path: Path, text: str, *, encoding: str = "utf-8", name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def first_xy(table: FeatureTable) -> tuple[float, float]:
    shape = table.frame.geometry.iloc[0]
    return (shape.x, shape.y)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_and_encodings(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = [
        ["Libellé", "longitude", "latitude"],
        ["Métro", str(LON), str(LAT)],
        ["Gare", str(LON), str(LAT)],
    ]
    path = csv(tmp_path, "\r\n".join(separator.join(row) for row in rows), encoding=encoding)
    table, progress = read(path)
    assert list(table.frame["Libellé"]) == ["Métro", "Gare"]
    assert first_xy(table) == (LON, LAT)
    assert not progress.problems


@pytest.mark.parametrize(
    "text",
    [
        "lon;lat\n2,2640;48,8207\n",
        "PdVLatitude,PdVLongitude\n48.8207,2.2640\n",
        'coordonneesXY\n"[2.2640, 48.8207]"\n',
        'geo_point_2d\n"48.8207, 2.2640"\n',
        "position;n\n48.8207, 2.2640;1\n",
        "xy\n\"{'lon': 2.2640, 'lat': 48.8207}\"\n",
        "wkt;n\nPOINT (2.2640 48.8207);1\n",
        "wkt;n\nSRID=4326;POINT (2.2640 48.8207);1\n".replace("SRID=4326;", ""),
        '"Geo Shape"\n"{""type"": ""Point"", ""coordinates"": [2.2640, 48.8207]}"\n',
        "x_l93,y_l93\n646000,6858000\n",
        "X;Y\n646 000;6858000\n",
    ],
)
def test_coordinates_as_tables_have_them(tmp_path: Path, text: str) -> None:
    table, _ = read(csv(tmp_path, text), target=LAMBERT)
    assert first_xy(table) == pytest.approx((X, Y), abs=400)


def test_wkt_with_its_srid(tmp_path: Path) -> None:
    table, progress = read(csv(tmp_path, 'geom\n"SRID=2154;POINT Z (646000 6858000 35)"\n'))
    assert table.crs == "EPSG:2154"
    assert table.frame.geometry.iloc[0].z == 35.0
    assert not progress.problems


def test_columns_that_are_named_by_the_user(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b,c\n646000,6858000,41.5\n")
    table, _ = read(path, crs="EPSG:2154", options={"x": "a", "y": "b", "z": "c"})
    assert first_xy(table) == (X, Y)
    assert table.frame.geometry.iloc[0].z == 41.5
    with pytest.raises(ReadError) as raised:
        read(path, options={"x": "easting", "y": "b"})
    assert raised.value.problem.key == "io.no_such_column"


def test_exchanged_rows_of_a_french_file_are_put_right(tmp_path: Path) -> None:
    path = csv(tmp_path, f"lon,lat\n{LON},{LAT}\n{LAT},{LON}\n")
    table, progress = read(path)
    assert table.frame.geometry.iloc[0].equals(table.frame.geometry.iloc[1])
    assert counted(progress, "io.csv_axes_swapped") == 1


def test_somalia_is_not_exchanged(tmp_path: Path) -> None:
    table, progress = read(csv(tmp_path, "lon,lat\n45.3,2.04\n"))
    assert first_xy(table) == (45.3, 2.04)
    assert not progress.problems


def test_codes_keep_their_zeros_and_numbers_their_kind(tmp_path: Path) -> None:
    text = "insee;n;part;ok;note;big\n01004;3;0,5;VRAI;a;12345678901234567890\n92040;;1;faux;;1\n"
    frame = read(csv(tmp_path, text))[0].frame
    assert list(frame["insee"]) == ["01004", "92040"]
    assert frame["n"].iloc[0] == 3.0
    assert np.isnan(frame["n"].iloc[1])
    assert list(frame["part"]) == [0.5, 1.0]
    assert list(frame["ok"]) == [True, False]
    assert list(frame["note"]) == ["a", None]


def test_lines_of_other_lengths_are_kept_and_counted(tmp_path: Path) -> None:
    table, progress = read(
        csv(tmp_path, "lon,lat,n\n2.26,48.82,a\n2.26,48.82\n2.26,48.82,c,extra\n\n")
    )
    assert list(table.frame["n"]) == ["a", None, "c"]
    assert counted(progress, "io.csv_ragged") == 2


def test_rows_without_coordinates_stay(tmp_path: Path) -> None:
    table, progress = read(csv(tmp_path, "lon,lat,n\n2.26,48.82,1\n,,2\nx,y,3\n"))
    assert table.frame.geometry.isna().tolist() == [False, True, True]
    assert counted(progress, "io.geometry_null") == 2


def test_a_table_without_coordinates(tmp_path: Path) -> None:
    path = csv(tmp_path, "insee,pop\n92040,68000\n")
    assert io.inspect(path).layers[0].kind == "table"
    table, progress = read(path, target=LAMBERT)
    assert len(table) == 1
    assert keys(progress) == {"io.csv_no_coordinates"}


def test_a_letter_is_no_table(tmp_path: Path) -> None:
    path = csv(tmp_path, "Dear all,\nplease find the data below.\n", name="readme.txt")
    assert "io.format_unknown" in keys(io.inspect(path))


def test_geoparquet_and_its_crs(tmp_path: Path) -> None:
    frame = buildings(3, hauteur=[3.0, 4.0, None])
    frame.to_parquet(tmp_path / "a.parquet")
    layer = io.inspect(tmp_path / "a.parquet").layers[0]
    assert (layer.kind, layer.count, layer.crs) == ("polygon", 3, "EPSG:2154")
    table, progress = read(tmp_path / "a.parquet")
    assert list(table.feature_ids) == ["B0", "B1", "B2"]
    assert not progress.problems


@pytest.mark.parametrize("kind", ["point", "line", "polygon", "multipolygon"])
def test_geoparquet_in_its_native_encoding(tmp_path: Path, kind: str) -> None:
    frame = buildings(3)
    shapes = {
        "point": frame.centroid,
        "line": frame.boundary,
        "polygon": frame.geometry,
        "multipolygon": gpd.GeoSeries(
            [shapely.MultiPolygon([g]) for g in frame.geometry], crs=frame.crs
        ),
    }[kind]
    frame = frame.set_geometry(shapes)
    frame.to_parquet(tmp_path / "a.parquet", geometry_encoding="geoarrow", schema_version="1.1.0")
    table, _ = read(tmp_path / "a.parquet")
    assert table.frame.geometry.geom_equals(frame.geometry.reset_index(drop=True)).all()


def test_plain_parquet_with_coordinates(tmp_path: Path) -> None:
    pd.DataFrame({"lon": [LON], "lat": [LAT], "tags": [["a", "b"]]}).to_parquet(
        tmp_path / "a.parquet"
    )
    table, _ = read(tmp_path / "a.parquet")
    assert first_xy(table) == (LON, LAT)
    assert table.frame["tags"].iloc[0] == '["a","b"]'


@pytest.mark.parametrize("crs,expected", [("missing", "EPSG:4326"), (None, "")])
def test_geoparquet_without_crs_and_with_null(tmp_path: Path, crs: object, expected: str) -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(0.5, 0.5)])
    frame.to_parquet(tmp_path / "a.parquet")
    if crs == "missing":
        content = pq.read_table(tmp_path / "a.parquet")
        meta = dict(content.schema.metadata)
        meta[b"geo"] = meta[b"geo"].replace(b'"crs": null, ', b"")
        pq.write_table(content.replace_schema_metadata(meta), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet")[0].crs == expected


def test_observations_are_sorted_and_in_utc(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "sensor;horodatage;valeur\nb;2026-06-21T14:00:00+02:00;3,5\na;2026-06-21T11:00:00Z;2,5\n",
    )
    frame = io.observations(path)
    assert list(frame.columns) == ["feature_id", "phenomenon_time", "result"]
    assert list(frame["feature_id"]) == ["a", "b"]
    assert frame["phenomenon_time"].iloc[1] == pd.Timestamp("2026-06-21T12:00:00Z")
    assert list(frame["result"]) == [2.5, 3.5]


def test_series_with_several_values_keep_their_columns(tmp_path: Path) -> None:
    times = pd.to_datetime(["2026-01-02", "2026-01-01"], utc=True)
    pd.DataFrame(
        {"feature_id": [7, 7], "phenomenon_time": times, "temperature_c": [28.0, 27.5]}
    ).to_parquet(tmp_path / "s.parquet")
    frame = io.observations(tmp_path / "s.parquet")
    assert list(frame["feature_id"]) == ["7", "7"]
    assert list(frame["temperature_c"]) == [27.5, 28.0]


@pytest.mark.parametrize(
    "text,key",
    [
        ("a,b\n1,2\n", "io.observations_columns"),
        ("feature_id,time,value\na,soon,1\n", "io.observations_times"),
    ],
)
def test_tables_that_are_no_observations(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ReadError) as raised:
        io.observations(csv(tmp_path, text))
    assert raised.value.problem.key == key


def test_observations_of_another_format(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as raised:
        io.observations(write(buildings(), tmp_path / "a.gpkg"))
    assert raised.value.problem.key == "io.observations_format"


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".fgb", ".parquet", ".csv"])
def test_a_table_comes_back_as_it_was(tmp_path: Path, suffix: str) -> None:
    frame = buildings(
        3, hauteur=[3.0, 4.5, np.nan], usage=["Résidentiel", None, 'x;y,"z"'], n=[1, 2, 3]
    )
    source, _ = read(write(frame, tmp_path / "in.gpkg"))
    io.write_table(source, tmp_path / f"out{suffix}")
    back, _ = read(tmp_path / f"out{suffix}", target=LAMBERT)
    back_frame = back.frame.sort_values(FEATURE_ID).reset_index(drop=True)
    assert list(back_frame[FEATURE_ID]) == list(source.feature_ids)
    assert list(back_frame["usage"]) == ["Résidentiel", None, 'x;y,"z"']
    np.testing.assert_array_equal(back_frame["hauteur"].to_numpy(float), [3.0, 4.5, np.nan])
    distance = shapely.hausdorff_distance(
        back_frame.geometry.to_numpy(), source.frame.geometry.to_numpy()
    )
    assert (distance < 0.01).all()
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_a_mesh_is_written_as_surfaces(tmp_path: Path) -> None:
    table, _ = read(write_json(tmp_path / "m.json", cube()))
    io.write_table(table, tmp_path / "m.gpkg")
    (shape,) = gpd.read_file(tmp_path / "m.gpkg").geometry
    assert (shape.geom_type, len(shape.geoms), shape.has_z) == ("MultiPolygon", 12, True)
    back, progress = read(tmp_path / "m.gpkg")
    assert back.mesh is not None
    assert table.mesh is not None
    assert len(back.mesh.triangles) == 12
    assert back.frame.geometry.iloc[0].area == pytest.approx(100.0)
    assert not progress.problems


def test_a_file_is_never_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, _ = read(write(buildings(), tmp_path / "in.gpkg"))
    out = tmp_path / "out.csv"
    out.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("twin.io.write.os.replace", full)
    with pytest.raises(ReadError) as raised:
        io.write_table(table, out)
    assert raised.value.problem.key == "io.cannot_write"
    assert out.read_text() == "before"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["in.gpkg", "out.csv"]


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    table, _ = read(write(buildings(), tmp_path / "in.gpkg"))
    with pytest.raises(ReadError) as raised:
        io.write_table(table, tmp_path / "out.docx")
    assert raised.value.problem.key == "io.write_format"


def test_arrow_types_become_plain_columns() -> None:
    from twin.io.columns import column_of

    assert column_of(pa.array([1, None, 3])).tolist()[::2] == [1.0, 3.0]
    assert column_of(pa.array([True, None])).tolist() == [True, None]
    assert column_of(pa.array(["a", None])).tolist() == ["a", None]
    assert column_of(pa.array([{"a": 1}])).tolist() == ['{"a":1}']
    assert str(column_of(pa.array([-10_000_000_000_000], pa.timestamp("ms")))[0]).startswith("1653")
