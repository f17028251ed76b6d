"""Files as other programs write them, made small: what each of them means is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.twin.io.made import LAT, LON, X, Y, collection, feature, keys, write_json
from twin import io
from twin.model.geoframe import GeoFrame
from twin.progress import Unattended

LAMBERT = GeoFrame(crs="EPSG:2154")
NEW_YORK = GeoFrame(crs="EPSG:32618")
FOOT_M = 1200 / 3937
"""Of the survey of the United States, in which EPSG:2263 counts."""
GML = (
    'xmlns:gml="http://www.opengis.net/gml" xmlns:core="http://www.opengis.net/citygml/2.0" '
    'xmlns:bldg="http://www.opengis.net/citygml/building/2.0"'
)


def read(path: Path, **options: Any) -> tuple[Any, set[str]]:
    progress = Unattended()
    return io.read(path, progress=progress, **options), keys(progress)


def wall(
    x: float = X, y: float = Y, z: float = 30.0, side: float = 10.0
) -> list[tuple[float, ...]]:
    return [(x, y, z), (x + side, y, z), (x + side, y, z + 9), (x, y, z + 9)]


def ring(corners: list[tuple[float, ...]]) -> str:
    inside = " ".join(str(value) for corner in [*corners, corners[0]] for value in corner)
    return f"<gml:exterior><gml:LinearRing><gml:posList>{inside}</gml:posList></gml:LinearRing></gml:exterior>"


def city(inside: str, *, crs: str = "EPSG:2154", encoding: str = "UTF-8", more: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><core:CityModel {GML}><core:cityObjectMember>'
        f'<bldg:Building gml:id="B1"><gml:name>Hôtel</gml:name>{more}<bldg:lod1MultiSurface>'
        f'<gml:MultiSurface srsName="{crs}" srsDimension="3"><gml:surfaceMember><gml:Polygon>{inside}'
        "</gml:Polygon></gml:surfaceMember></gml:MultiSurface></bldg:lod1MultiSurface></bldg:Building>"
        "</core:cityObjectMember></core:CityModel>"
    )


def low_and_high(table: Any) -> list[list[float]]:
    xyz = table.mesh.xyz_in_crs
    return [xyz.min(axis=0).tolist(), xyz.max(axis=0).tolist()]


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["without mark", "marked"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_xml_of_two_bytes_a_sign(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "town.gml"
    path.write_bytes((mark + city(ring(wall()), encoding="UTF-16")).encode(encoding))
    table, _ = read(path)
    assert table.frame["name"].tolist() == ["Hôtel"]
    assert low_and_high(table) == [[X, Y, 30.0], [X + 10, Y, 39.0]]
    assert [entry.name for entry in tmp_path.iterdir()] == ["town.gml"]


def test_entities_in_two_bytes_a_sign_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "town.gml"
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><CityModel>&x;</CityModel>'
    path.write_text(bomb, encoding="utf-16")
    assert keys(io.inspect(path)) == {"io.xml_entities"}


def test_json_of_two_bytes_a_sign(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    point = feature({"type": "Point", "coordinates": [LON, LAT]}, nom="été")
    path.write_text(json.dumps(collection(point), ensure_ascii=False), encoding="utf-16")
    assert read(path)[0].frame["nom"].tolist() == ["été"]


def test_positions_of_gml_2_as_elements(tmp_path: Path) -> None:
    corners = "".join(
        f"<gml:coord><gml:X>{x}</gml:X><gml:Y>{y}</gml:Y><gml:Z>{z}</gml:Z></gml:coord>"
        for x, y, z in [*wall(), wall()[0]]
    )
    inside = (
        f"<gml:outerBoundaryIs><gml:LinearRing>{corners}</gml:LinearRing></gml:outerBoundaryIs>"
    )
    path = tmp_path / "old.gml"
    path.write_text(city(inside), encoding="utf-8")
    assert low_and_high(read(path)[0]) == [[X, Y, 30.0], [X + 10, Y, 39.0]]


def test_records_of_an_extension_are_attributes_and_no_objects(tmp_path: Path) -> None:
    more = (
        '<uro:buildingIDAttribute xmlns:uro="https://www.geospatial.jp/iur/uro/3.0"><uro:BuildingIDAttribute>'
        "<uro:buildingID>13101-bldg-1</uro:buildingID></uro:BuildingIDAttribute></uro:buildingIDAttribute>"
    )
    path = tmp_path / "plateau.gml"
    path.write_text(city(ring(wall()), more=more), encoding="utf-8")
    table, _ = read(path)
    assert table.frame["buildingID"].tolist() == ["13101-bldg-1"]


def test_heights_beside_positions_in_feet_are_feet(tmp_path: Path) -> None:
    path = tmp_path / "nyc.gml"
    path.write_text(city(ring(wall(988_000.0, 212_000.0)), crs="EPSG:2263"), encoding="utf-8")
    table, problems = read(path, target=NEW_YORK)
    assert table.mesh.xyz_in_crs[:, 2].max() == pytest.approx(39.0 * FOOT_M)
    assert "io.heights_in_feet" in problems
    told, problems = read(path, target=NEW_YORK, options={"z_unit": "m"})
    assert told.mesh.xyz_in_crs[:, 2].max() == pytest.approx(39.0)
    assert "io.heights_in_feet" not in problems


def placemark(mode: str, *, extrude: int = 1, z: float = 40.0) -> str:
    corners = " ".join(
        f"{LON + dx},{LAT + dy},{z}" for dx, dy in [(0, 0), (3e-4, 0), (3e-4, 2e-4), (0, 0)]
    )
    return (
        f"<Placemark><Polygon><extrude>{extrude}</extrude><altitudeMode>{mode}</altitudeMode><outerBoundaryIs>"
        f"<LinearRing><coordinates>{corners}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )


def test_what_google_earth_draws_above_the_ground_has_a_height(tmp_path: Path) -> None:
    marks = [
        placemark("relativeToGround"),
        placemark("absolute", z=75.0),
        placemark("clampToGround", extrude=0),
        placemark("relativeToGround", extrude=0, z=5.0),
    ]
    path = tmp_path / "a.kml"
    inside = "".join(marks)
    path.write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'
    )
    frame = read(path, target=LAMBERT)[0].frame
    np.testing.assert_array_equal(frame["height"], [40.0, np.nan, np.nan, np.nan])
    assert shapely.has_z(frame.geometry.to_numpy()).tolist() == [False, True, False, False]


def overpass(tmp_path: Path, *elements: dict[str, Any]) -> Path:
    return write_json(tmp_path / "answer.json", {"version": 0.6, "elements": list(elements)})


def test_overpass_gives_centres_where_it_was_asked_for_them(tmp_path: Path) -> None:
    tags = {"amenity": "school", "name": "École"}
    way = {
        "type": "way",
        "id": 10,
        "center": {"lat": LAT, "lon": LON},
        "nodes": [1, 2],
        "tags": tags,
    }
    frame = read(overpass(tmp_path, way))[0].frame
    assert frame["name"].tolist() == ["École"]
    assert frame.geometry.iloc[0].coords[0] == pytest.approx((LON, LAT))


def test_what_an_editor_saved_has_new_and_deleted_things(tmp_path: Path) -> None:
    places = {-1: (0, 0), -4: (1e-3, 0), -2: (1e-3, 1e-3)}
    nodes = "".join(
        f"<node id='{n}' lat='{LAT + y}' lon='{LON + x}'/>" for n, (x, y) in places.items()
    )
    refs = "".join(f"<nd ref='{n}'/>" for n in (-1, -4, -2, -1))
    house = "<tag k='building' v='house'/><tag k='height' v='9 m'/>"
    path = tmp_path / "mine.osm"
    path.write_text(
        f"<osm version='0.6' generator='JOSM'><way id='-9'>{refs}{house}</way>{nodes}"
        f"<way id='-10' action='delete'>{refs}{house}</way></osm>"
    )
    frame = read(path)[0].frame
    assert frame["building"].tolist() == ["house"]
    assert frame["height"].tolist() == [9.0]
    assert frame.geometry.iloc[0].area == pytest.approx(1e-6 / 2)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("id,UTM_E,UTM_N\n1,448000,5408000\n", (448_000.0, 5_408_000.0)),
        (
            "nom;coord\nA;48°49'15\"N 2°15'50\"E\n",
            (2 + 15 / 60 + 50 / 3600, 48 + 49 / 60 + 15 / 3600),
        ),
        ("nom;coord\nA;12.5 S, 77.25 W\n", (-77.25, -12.5)),
    ],
)
def test_places_in_tables(tmp_path: Path, text: str, place: tuple[float, float]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert read(path)[0].frame.geometry.iloc[0].coords[0] == pytest.approx(place)


def test_four_bands_of_16_bits_are_a_picture(tmp_path: Path) -> None:
    import rasterio
    from rasterio.transform import Affine

    bands = np.full((4, 20, 30), 3000, np.uint16)
    path = tmp_path / "ortho.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=30, height=20, count=4, dtype="uint16", crs="EPSG:2154",
        transform=Affine(1, 0, X, 0, -1, Y),
    ) as file:  # fmt: skip
        file.write(bands)
    assert read(path)[0].raster.values.shape == (20, 30, 3)


def test_rows_without_geometry_in_flatgeobuf(tmp_path: Path) -> None:
    import geopandas as gpd
    import pyogrio

    frame = gpd.GeoDataFrame(
        {"n": [1, 2, 3]}, geometry=[shapely.Point(X, Y), None, shapely.Point(X, Y)]
    )
    path = tmp_path / "a.fgb"
    pyogrio.write_dataframe(frame.set_crs(2154), path, SPATIAL_INDEX="NO")
    found = read(path)[0].frame
    assert found["n"].tolist() == [1, 2, 3]
    assert found.geometry.isna().tolist() == [False, True, False]


def test_a_multipatch_of_parts_of_several_kinds(tmp_path: Path) -> None:
    import geopandas as gpd
    import pyogrio

    faces = [
        shapely.Polygon(wall()),
        shapely.Polygon(wall()[:3]),
        shapely.Polygon([*wall()[:2], (X + 5, Y + 5, 39)]),
    ]
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.MultiPolygon(faces)], crs=2154)
    path = tmp_path / "a.shp"
    pyogrio.write_dataframe(frame, path, SHPT="MULTIPATCH")
    table, problems = read(path)
    assert len(table.mesh.triangles) == 4
    assert not problems
