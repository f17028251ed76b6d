"""Files as other programs write them: the same place, whatever the names, separators, units and wrappings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely

from tests.twin.io.made import LAT, LON, X, Y, cube, keys, raster, write_json
from twin import io
from twin.model.table import FeatureTable
from twin.progress import Unattended


def read(path: Path) -> FeatureTable:
    return io.read(path, progress=Unattended())


def written(path: Path, text: str, encoding: str = "utf-8") -> FeatureTable:
    path.write_bytes(text.encode(encoding))
    return read(path)


def position(table: FeatureTable) -> tuple[float, float]:
    first = table.frame.geometry.iloc[0].representative_point()
    return float(first.x), float(first.y)


DEGREES = [
    "lng,lat", "Longitude (WGS84),Latitude (WGS84)", "Länge,Breite", "Längengrad,Breitengrad", "longitud,latitud",
    "longitudine,latitudine", "경도,위도", "経度,緯度", "经度,纬度", "خط الطول,خط العرض", "долгота,широта",
    "lengtegraad,breedtegraad", "długość,szerokość", "boylam,enlem", "decimalLongitude,decimalLatitude",
]  # fmt: skip


@pytest.mark.parametrize("names", DEGREES)
def test_longitude_and_latitude_in_many_languages(tmp_path: Path, names: str) -> None:
    table = written(tmp_path / "a.csv", f"id,{names}\n1,{LON},{LAT}\n")
    assert position(table) == pytest.approx((LON, LAT)), names


PLANE = [
    "E;N", "Easting (m);Northing (m)", "X_LAMB93;Y_LAMB93", "XL93;YL93", "coordx;coordy", "Rechtswert;Hochwert",
    "Ostwert;Nordwert", "este;norte", "x_2154;y_2154", "coord_x_l93;coord_y_l93", "X_utm;Y_utm", "POINT_X;POINT_Y",
    "x_centroid;y_centroid",
]  # fmt: skip


@pytest.mark.parametrize("names", PLANE)
def test_names_of_easting_and_northing(tmp_path: Path, names: str) -> None:
    table = written(tmp_path / "a.csv", f"id;{names}\n1;{X};{Y}\n")
    assert position(table) == (X, Y), names


def test_the_code_of_a_system_in_a_name_counts_and_a_year_does_not(tmp_path: Path) -> None:
    told = written(tmp_path / "a.csv", "id;x_25832;y_25832\n1;691000.5;5334000\n")
    assert told.crs == "EPSG:25832"
    year = written(tmp_path / "b.csv", f"id;x_2024;y_2024\n1;{X};{Y}\n")
    assert year.crs == "EPSG:2154", "guessed"


NUMBERS = [
    "646 000,5;6 858 000,25",
    "646.000,5;6.858.000,25",
    "646'000.5;6'858'000.25",
    "646,000.5;6,858,000.25",
]


@pytest.mark.parametrize("cells", NUMBERS)
def test_thousands_are_set_apart_by_any_sign(tmp_path: Path, cells: str) -> None:
    table = written(tmp_path / "a.csv", f"id;x;y\n1;{cells}\n")
    assert position(table) == (X + 0.5, Y + 0.25)


ANGLES = [
    "2°15'50.4\"E;48°49'14.52\"N",
    "2.264 E;48.8207 N",
    "E 2,264;N 48,8207",
    "2° 15.84' E;48° 49.242' N",
]


@pytest.mark.parametrize("cells", ANGLES)
def test_angles_as_people_write_them(tmp_path: Path, cells: str) -> None:
    quoted = ";".join('"' + cell.replace('"', '""') + '"' for cell in cells.split(";"))
    table = written(tmp_path / "a.csv", f"id;lon;lat\n1;{quoted}\n")
    assert position(table) == pytest.approx((2.264, 48.8207))
    west = written(tmp_path / "b.csv", "id;lon;lat\n1;2.264 W;48.8207 S\n")
    assert position(west) == pytest.approx((-2.264, -48.8207))


HEADS = {"excel": "sep=;\n", "comment": "# export\n# 2026\n", "blank": "\n\n", "mark": "\ufeff"}


@pytest.mark.parametrize("above", HEADS.values(), ids=HEADS.keys())
def test_what_stands_above_the_header(tmp_path: Path, above: str) -> None:
    table = written(tmp_path / "a.csv", f"{above}id;lon;lat\n1;{LON};{LAT}\n")
    assert position(table) == (LON, LAT)
    assert len(table) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "cp949", "cp1252"])
def test_encodings_that_do_not_say_so(tmp_path: Path, encoding: str) -> None:
    name = "시청 도서관" if encoding != "cp1252" else "Mairie d'été"
    table = written(tmp_path / "a.csv", f"id,name,lon,lat\n1,{name},{LON},{LAT}\n", encoding)
    assert list(table.frame["name"]) == [name]
    assert position(table) == (LON, LAT)


def test_blanks_set_columns_apart_where_nothing_else_does(tmp_path: Path) -> None:
    table = written(tmp_path / "a.txt", f"id  x      y\n1   {X}  {Y}\n2 {X} {Y}\n")
    assert len(table) == 2
    assert position(table) == (X, Y)


@pytest.mark.parametrize("column", ["geom", "wkb_geometry", "outline"])
def test_shapes_in_hexadecimal_as_postgis_writes_them(tmp_path: Path, column: str) -> None:
    shape = shapely.set_srid(shapely.Point(X, Y), 2154)
    cells = shapely.to_wkb(shape, hex=True, include_srid=True)
    table = written(tmp_path / "a.csv", f"id,{column}\n1,{cells}\n")
    assert position(table) == (X, Y)
    assert table.crs == "EPSG:2154"


def test_shapes_in_a_column_of_any_name(tmp_path: Path) -> None:
    assert position(written(tmp_path / "a.csv", f'id,lieu\n1,"POINT Z ({X} {Y} 30)"\n')) == (X, Y)


# ---------------------------------------------------------------- lists of places


def lines(separator: str = " ", decimal: str = ".") -> str:
    rows = [(X + 5 * i, Y - 5 * j, 30.5 + i + j) for j in range(8) for i in range(10)]
    return "".join(
        separator.join(f"{value:.2f}".replace(".", decimal) for value in row) + "\n" for row in rows
    )


XYZ = {
    "a.xyz": lines(),
    "tab.xyz": lines("\t"),
    "comma.xyz": lines(","),
    "header.xyz": "x,y,z\n" + lines(","),
    "german.xyz": lines(";", ","),
    "decimal.txt": lines("  ", ","),
    "a.asc": lines(),
    "a.pts": "80\n" + lines(),
}


@pytest.mark.parametrize("name", XYZ)
def test_places_in_rows_and_columns_are_a_grid(tmp_path: Path, name: str) -> None:
    found = written(tmp_path / name, XYZ[name]).raster
    assert found is not None
    assert found.values.shape == (8, 10)
    assert (found.x_min, found.y_max, found.dx, found.dy) == (X - 2.5, Y + 2.5, 5.0, 5.0)
    assert found.values[0, 0] == pytest.approx(30.5), "the first line is the north-west"
    assert found.values[7, 9] == pytest.approx(46.5)


def test_a_grid_with_holes_and_sentinels(tmp_path: Path) -> None:
    some = [line for number, line in enumerate(lines().splitlines()) if number % 7]
    found = written(tmp_path / "a.xyz", "\n".join([*some, f"{X:.2f} {Y:.2f} -9999"])).raster
    assert found is not None
    assert int(np.isnan(found.values).sum()) == 12


def test_places_without_order_are_a_cloud_with_its_colours(tmp_path: Path) -> None:
    places = np.random.default_rng(0).random((200, 3)) * 50
    text = "".join(f"{X + x:.3f} {Y + y:.3f} {z:.3f} 255 100 0\n" for x, y, z in places)
    table = written(tmp_path / "a.xyz", text + "no numbers here\n")
    assert table.points is not None
    assert table.points.total == 200
    assert table.points.rgba_of_point is not None
    assert set(table.points.rgba_of_point[:, 1]) == {100}


# ---------------------------------------------------------------- JSON of portals

RECORDS: dict[str, Any] = {
    "list": [{"id": 1, "lat": LAT, "lon": LON}],
    "texts": {"data": [{"id": 1, "latitude": str(LAT), "longitude": str(LON)}]},
    "opendatasoft 1": [{"fields": {"nom": "x", "geo_point_2d": [LAT, LON]}}],
    "opendatasoft 2": [{"nom": "x", "geo_point_2d": {"lon": LON, "lat": LAT}}],
    "explore": {"total_count": 1, "results": [{"geo_point_2d": {"lon": LON, "lat": LAT}}]},
    "data-fair": {"total": 1, "next": "https://x", "results": [{"_geopoint": f"{LAT},{LON}"}]},
}


@pytest.mark.parametrize("name", RECORDS)
def test_records_with_coordinates(tmp_path: Path, name: str) -> None:
    table = read(write_json(tmp_path / "a.json", RECORDS[name]))
    assert position(table) == pytest.approx((LON, LAT))
    assert table.crs == "EPSG:4326"


def test_a_list_of_features_is_no_list_of_records(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [LON, LAT]},
        "properties": {"lat": 1},
    }
    assert io.inspect(write_json(tmp_path / "a.json", [feature])).format == "GeoJSON"
    assert keys(io.inspect(write_json(tmp_path / "b.json", [{"a": 1}]))) == {"io.not_read_json"}


# ---------------------------------------------------------------- city models


def sequence() -> list[dict[str, Any]]:
    first = {**cube(), "CityObjects": {}, "vertices": []}
    feature = {"type": "CityJSONFeature", "id": "b1"}
    return [
        first,
        {**feature, "CityObjects": cube()["CityObjects"], "vertices": cube()["vertices"]},
    ]


def answers() -> dict[str, Any]:
    first, feature = sequence()
    return {
        "array": [first, feature],
        "collection": {
            "type": "FeatureCollection",
            "features": [feature],
            "metadata": first,
            "links": [],
        },
        "item": {"id": "b1", "feature": feature, "links": [], "metadata": first},
    }


@pytest.mark.parametrize("name", answers())
def test_a_sequence_in_an_array_and_in_the_answer_of_a_service(tmp_path: Path, name: str) -> None:
    table = read(write_json(tmp_path / "a.json", answers()[name]))
    assert len(table) == 1
    assert table.mesh is not None
    assert table.mesh.xyz_in_crs.max(axis=0) == pytest.approx((X + 10, Y + 10, 45.0))
    assert table.crs == "EPSG:2154"


HEADERS: dict[str, dict[str, Any]] = {
    "no objects, no vertices": {"CityObjects": None, "vertices": None},
    "no metadata": {"metadata": None},
    "extensions": {"extensions": {"Noise": {"url": "https://x/noise.ext.json", "version": "1.0"}}},
    "1.1": {"version": "1.1"},
    "more": {"metadata": {"title": "T", "pointOfContact": {"contactName": "a"}, "+x": {"y": 1}}},
}


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r\n\r\n"])
@pytest.mark.parametrize("name", HEADERS)
def test_first_lines_of_sequences(tmp_path: Path, name: str, ends: str) -> None:
    first, feature = sequence()
    first = {key: value for key, value in {**first, **HEADERS[name]}.items() if value is not None}
    (tmp_path / "a.city.jsonl").write_text(
        ends.join(json.dumps(value) for value in (first, feature)), newline=""
    )
    table = read(tmp_path / "a.city.jsonl")
    assert table.mesh is not None
    assert len(table.mesh.triangles) == 12
    assert table.crs in {"EPSG:5698", "EPSG:2154"}, "said, or guessed where nothing is"


CODES = {
    "http://www.opengis.net/gml/srs/epsg.xml#2154": "EPSG:2154",
    "EPSG:2154+5720": "EPSG:5698",
    "urn:ogc:def:crs,crs:EPSG:6.12:2154,crs:EPSG:6.12:5720": "EPSG:5698",
    "RGF93.LAMB93": "EPSG:2154",
    "Lambert 93": "EPSG:2154",
    "ETRS89_UTM31N": "EPSG:25831",
}


@pytest.mark.parametrize("name", CODES)
def test_names_of_a_crs_in_city_models(tmp_path: Path, name: str) -> None:
    info = io.inspect(
        write_json(tmp_path / "a.city.json", cube(metadata={"referenceSystem": name}))
    )
    assert info.layers[0].crs == CODES[name]
    assert info.layers[0].crs_reason == "io.crs_reason.file"


# ---------------------------------------------------------------- grids, drawings, models


@pytest.mark.parametrize(
    ("unit", "metres"), [("", 1.0), ("metre", 1.0), ("ft", 0.3048), ("cm", 0.01)]
)
def test_the_unit_of_a_band_counts(tmp_path: Path, unit: str, metres: float) -> None:
    path = raster(tmp_path / "a.tif", np.full((4, 4), 100.0, np.float32))
    with rasterio.open(path, "r+") as file:
        file.units = (unit,)
    found = read(path).raster
    assert found is not None
    assert found.values == pytest.approx(100.0 * metres)


@pytest.mark.parametrize("driver", ["GSBG", "GS7BG", "GSAG"])
def test_grids_of_surfer(tmp_path: Path, driver: str) -> None:
    from rasterio.shutil import copy

    source = raster(tmp_path / "a.tif", np.arange(12, dtype=np.float64).reshape(3, 4))
    copy(source, tmp_path / "a.grd", driver=driver)
    found = read(tmp_path / "a.grd").raster
    assert found is not None
    assert found.values[0, 0] == pytest.approx(0.0)
    assert found.extent == pytest.approx((X, Y - 15, X + 20, Y))


def test_heights_in_a_geopackage(tmp_path: Path) -> None:
    from rasterio.shutil import copy

    source = raster(tmp_path / "a.tif", np.arange(12, dtype=np.float32).reshape(3, 4))
    copy(source, tmp_path / "a.gpkg", driver="GPKG")
    table = read(tmp_path / "a.gpkg")
    assert table.raster is not None
    assert table.crs == "EPSG:2154"
    assert table.raster.values[0, :4] == pytest.approx([0, 1, 2, 3])


def drawing(entity: str) -> str:
    return f"0\nSECTION\n2\nENTITIES\n{entity}0\nENDSEC\n0\nEOF\n"


def outline(*, closed: bool) -> str:
    corners = "".join(
        f"10\n{X + x}\n20\n{Y + y}\n" for x, y in ((0, 0), (10, 0), (10, 10), (0, 10))
    )
    return f"0\nLWPOLYLINE\n8\nBATI\n90\n4\n70\n{int(closed)}\n{corners}"


@pytest.mark.parametrize(("closed", "kind"), [(True, "polygon"), (False, "line")])
def test_a_closed_polyline_is_an_area(tmp_path: Path, closed: bool, kind: str) -> None:
    (tmp_path / "a.dxf").write_text(drawing(outline(closed=closed)))
    assert io.inspect(tmp_path / "a.dxf").layers[0].kind == kind


COLLADA = """<?xml version="1.0"?><COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
<asset>{asset}</asset><library_geometries><geometry id="g"><mesh><source id="p"><float_array id="a" count="9">
0 0 0 10 0 0 10 20 30</float_array><technique_common><accessor source="#a" count="3" stride="3">
<param name="X" type="float"/><param name="Y" type="float"/><param name="Z" type="float"/></accessor>
</technique_common></source><vertices id="v"><input semantic="POSITION" source="#p"/></vertices><triangles count="1">
<input semantic="VERTEX" source="#v" offset="0"/><p>0 1 2</p></triangles></mesh></geometry></library_geometries>
<library_visual_scenes><visual_scene id="s"><node id="n"><instance_geometry url="#g"/></node></visual_scene>
</library_visual_scenes><scene><instance_visual_scene url="#s"/></scene></COLLADA>"""
AXES = {
    "": (10, -30, 20),
    "<up_axis>Y_UP</up_axis>": (10, -30, 20),
    "<up_axis>Z_UP</up_axis>": (10, 20, 30),
    "<up_axis>X_UP</up_axis>": (-20, -30, 10),
    '<unit name="inch" meter="0.0254"/><up_axis>Z_UP</up_axis>': (0.254, 0.508, 0.762),
}


@pytest.mark.parametrize("asset", AXES)
def test_axes_and_units_of_collada(tmp_path: Path, asset: str) -> None:
    pytest.importorskip("collada")
    (tmp_path / "a.dae").write_text(COLLADA.format(asset=asset))
    mesh = read(tmp_path / "a.dae").mesh
    assert mesh is not None
    far = mesh.xyz_in_crs[np.argmax(np.abs(mesh.xyz_in_crs).sum(axis=1))]
    assert far == pytest.approx(AXES[asset])


@pytest.mark.parametrize(
    ("head", "named"),
    [
        (b"\xff\xfe\xff\x0eS\x00k\x00e\x00t\x00c\x00h\x00U\x00p\x00", "SketchUp"),
        (b"Kaydara FBX Binary  \x00", "FBX"),
        (b"3D Geometry File Format ", "Rhino 3DM"),
        (b"ASTM-E57", "E57"),
        (b"AutoCAD Binary DXF\r\n\x1a\x00", "DXF (binary)"),
        (b"Rar!\x1a\x07\x00", "RAR"),
    ],
)
def test_formats_that_are_not_read_are_named(tmp_path: Path, head: bytes, named: str) -> None:
    (tmp_path / "a.bin").write_bytes(head + bytes(range(200)))
    (problem,) = io.inspect(tmp_path / "a.bin").problems
    assert (problem.key, dict(problem.values)["format"]) == ("io.format_not_read", named)
