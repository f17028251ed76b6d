"""Where a file lies: what it says, what it must be, what it cannot be."""

from __future__ import annotations

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
    feature,
    keys,
    one,
    point,
    write,
    write_json,
)
from twin import io
from twin.errors import ReadError
from twin.io import geometry as shapes
from twin.io import vertical
from twin.io.cityjson_crs import crs_text
from twin.io.crs import ASSUMED, FILE, FORMAT, GIVEN, GUESSED, MISSING, Placed
from twin.io.vertical import Heights, split
from twin.model.geoframe import GeoFrame
from twin.problems import Problem
from twin.progress import Unattended

LAMBERT = GeoFrame(crs="EPSG:2154")
PARIS_XY = (651_000.0, 6_862_000.0)


def read_points(path: Path, **options: object) -> tuple[np.ndarray, str, Unattended]:
    progress = Unattended()
    table = io.read(path, progress=progress, **options)  # type: ignore[arg-type]
    return shapely.get_coordinates(table.frame.geometry.to_numpy()), table.crs, progress


def points_file(tmp_path: Path, *xy: tuple[float, float], crs: str | None = None) -> Path:
    frame = gpd.GeoDataFrame(
        {"n": range(len(xy))}, geometry=[shapely.Point(*p) for p in xy], crs=crs
    )
    return write(frame, tmp_path / "points.gpkg" if crs else tmp_path / "points.shp")


def test_the_crs_of_the_file_is_used(tmp_path: Path) -> None:
    path = points_file(tmp_path, PARIS_XY, crs="EPSG:2154")
    layer = io.inspect(path).layers[0]
    assert (layer.crs, layer.crs_reason) == ("EPSG:2154", FILE)
    xy, crs, progress = read_points(path)
    assert (xy[0].tolist(), crs, progress.problems) == (list(PARIS_XY), "EPSG:2154", [])


def test_geojson_is_longitude_latitude_unless_its_crs_member_says_otherwise(tmp_path: Path) -> None:
    plain = write_json(tmp_path / "a.geojson", collection(feature(point())))
    layer = io.inspect(plain).layers[0]
    assert (layer.crs, layer.crs_reason) == ("EPSG:4326", FORMAT)
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    named = write_json(tmp_path / "b.geojson", collection(feature(point(X, Y)), crs=member))
    layer = io.inspect(named).layers[0]
    assert (layer.crs, layer.crs_reason) == ("EPSG:2154", FILE)
    xy, _, progress = read_points(named, target=LAMBERT)
    assert xy[0].tolist() == [X, Y]
    assert not progress.problems


def test_geojson_in_lambert_without_saying_so(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.geojson", collection(feature(point(X, Y))))
    found = io.inspect(path)
    assert (found.layers[0].crs, found.layers[0].crs_reason) == ("EPSG:2154", GUESSED)
    values = one(found, "io.crs_wrong_guessed").values
    assert (values["crs"], values["guess"]) == ("EPSG:4326", "EPSG:2154")
    xy, _, _ = read_points(path, target=LAMBERT)
    assert xy[0].tolist() == [X, Y]


@pytest.mark.parametrize(
    "xy,guess",
    [
        ((LON, LAT), "EPSG:4326"),
        (PARIS_XY, "EPSG:2154"),
        ((1_842_000.0, 5_176_000.0), "EPSG:3946"),
        ((1_650_000.0, 8_183_000.0), "EPSG:3949"),
    ],
)
def test_a_missing_crs_is_guessed_where_the_numbers_tell(
    tmp_path: Path, xy: tuple[float, float], guess: str
) -> None:
    found = io.inspect(points_file(tmp_path, xy))
    assert (found.layers[0].crs, found.layers[0].crs_reason) == (guess, GUESSED)
    assert one(found, "io.crs_guessed").values["guess"] == guess


@pytest.mark.parametrize("xy", [(0.0, 0.0), (12.5, 80.0), (300.0, 200.0), (90_000.0, 435_000.0)])
def test_a_local_model_is_not_guessed(tmp_path: Path, xy: tuple[float, float]) -> None:
    path = points_file(tmp_path, (0.0, 0.0), xy)
    found = io.inspect(path)
    assert (found.layers[0].crs, found.layers[0].crs_reason) == ("", MISSING)
    assert "io.crs_missing" in keys(found)
    coordinates, crs, _ = read_points(path)
    assert crs == ""
    assert coordinates[1].tolist() == list(xy)
    with pytest.raises(ReadError) as raised:
        read_points(path, target=LAMBERT)
    assert raised.value.problem.key == "io.crs_unplaceable"


def test_a_missing_crs_is_the_projects_where_the_numbers_fit(tmp_path: Path) -> None:
    path = points_file(tmp_path, (500_000.0, 5_400_000.0))
    xy, crs, progress = read_points(path, target=GeoFrame(crs="EPSG:32631"))
    assert xy[0].tolist() == [500_000.0, 5_400_000.0]
    assert crs == "EPSG:32631"
    assert one(progress, "io.crs_assumed").values["crs"] == "EPSG:32631"
    assert ASSUMED


def test_what_the_user_says_stands_above_the_file(tmp_path: Path) -> None:
    path = points_file(tmp_path, (1_842_000.0, 5_176_000.0), crs="EPSG:2154")
    xy, _, progress = read_points(path, crs="EPSG:3946", target=LAMBERT)
    assert xy[0] == pytest.approx([843_000, 6_518_000], abs=3000)
    assert not progress.problems
    assert GIVEN


@pytest.mark.parametrize("given", ["EPSG:9999999", "Lambert", "EPSG:5720"])
def test_a_crs_that_is_none_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(ReadError) as raised:
        read_points(points_file(tmp_path, PARIS_XY), crs=given)
    assert raised.value.problem.key == "io.crs_given_unknown"
    assert raised.value.problem.values["crs"] == given


def test_degrees_that_claim_to_be_metres(tmp_path: Path) -> None:
    found = io.inspect(points_file(tmp_path, (LON, LAT), crs="EPSG:2154"))
    assert found.layers[0].crs == "EPSG:4326"
    assert "io.crs_wrong_guessed" in keys(found)


def test_a_crs_far_from_its_area_is_kept_and_said(tmp_path: Path) -> None:
    found = io.inspect(points_file(tmp_path, (90_000.0, 435_000.0), crs="EPSG:2154"))
    assert found.layers[0].crs == "EPSG:2154"
    assert "io.crs_implausible" in keys(found)


def test_one_stray_point_does_not_change_where_the_others_are(tmp_path: Path) -> None:
    many = [(X + i, Y) for i in range(300)]
    found = io.inspect(points_file(tmp_path, *many, (0.0, 0.0)))
    assert found.layers[0].crs == "EPSG:2154"
    assert found.layers[0].extent == (0.0, 0.0, X + 299, Y)


def test_latitude_before_longitude_is_put_right_where_the_project_tells(tmp_path: Path) -> None:
    path = write_json(tmp_path / "swapped.geojson", collection(feature(point(LAT, LON))))
    xy, _, progress = read_points(path, target=LAMBERT)
    assert xy[0] == pytest.approx([X, Y], abs=300)
    assert "io.axes_swapped" in keys(progress)
    xy, _, progress = read_points(path)  # no project: nothing tells
    assert xy[0].tolist() == [LAT, LON]
    assert not progress.problems


def test_a_project_without_position_takes_numbers_as_they_are(tmp_path: Path) -> None:
    xy, crs, _ = read_points(points_file(tmp_path, (1.0, 2.0)), target=GeoFrame(crs=""))
    assert (xy[0].tolist(), crs) == ([1.0, 2.0], "")


@pytest.mark.parametrize(
    "reference,expected",
    [
        ("https://www.opengis.net/def/crs/EPSG/0/7415", "EPSG:7415"),
        ("http://www.opengis.net/def/crs/EPSG/6.12/3068", "EPSG:3068"),
        ("urn:ogc:def:crs:EPSG::28992", "EPSG:28992"),
        ("urn:ogc:def:crs:EPSG:6.9:2154", "EPSG:2154"),
        ("urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783", "EPSG:25832+5783"),
        ("urn:ogc:def:crs,crs:EPSG:6.12:3068,crs:EPSG:6.12:5783", "EPSG:3068+5783"),
        ("EPSG:7415", "EPSG:7415"),
        ("epsg:7415", "EPSG:7415"),
        ("7415", "EPSG:7415"),
        (7415, "EPSG:7415"),
        ("", ""),
        (None, ""),
        ("my own system", "my own system"),
    ],
)
def test_the_ways_to_name_a_crs(reference: object, expected: str) -> None:
    assert crs_text({"referenceSystem": reference}) == expected


def test_the_way_of_version_0_9() -> None:
    assert crs_text({"crs": {"epsg": 7415}}) == "EPSG:7415"
    assert crs_text(None) == ""


@pytest.mark.parametrize(
    "text,horizontal,heights",
    [
        ("EPSG:7415", "EPSG:28992", Heights.GRAVITY),
        ("EPSG:5698", "EPSG:2154", Heights.GRAVITY),
        ("EPSG:25832+5783", "EPSG:25832", Heights.GRAVITY),
        ("EPSG:2154", "EPSG:2154", Heights.UNKNOWN),
        ("EPSG:4979", "EPSG:4326", Heights.ELLIPSOID),
        ("EPSG:4978", "EPSG:4979", Heights.ELLIPSOID),
        ("OGC:CRS84", "EPSG:4326", Heights.UNKNOWN),
    ],
)
def test_a_crs_is_taken_apart(text: str, horizontal: str, heights: Heights) -> None:
    found = split(text)
    assert (found.horizontal, found.heights) == (horizontal, heights)


def moved(z: float, crs: str, xy: tuple[float, float] = PARIS_XY) -> tuple[float, list[Problem]]:
    progress = Unattended()
    source = np.array([shapely.Point(*xy, z)])
    out = shapes.settle(
        source, Placed(text=crs, reason=FILE), "EPSG:2154", where="f", progress=progress
    )
    return float(shapely.get_coordinates(out, include_z=True)[0, 2]), progress.problems


def test_heights_above_the_sea_are_kept() -> None:
    assert moved(42.0, "EPSG:5698") == (42.0, [])


def test_depths_are_not_heights() -> None:
    depth = "EPSG:2154+5715"  # mean sea level depth, axis down
    assert split(depth).upward is False
    assert moved(3.0, depth)[0] == -3.0


def test_feet_become_metres() -> None:
    assert moved(100.0, "EPSG:2154+6360")[0] == pytest.approx(
        30.48, abs=0.001
    )  # NAVD88 height (ftUS)


def test_ellipsoidal_heights_without_a_grid_are_kept_and_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shapes, "geoid_undulation_m", lambda lon, lat: None)
    z, problems = moved(90.0, "EPSG:4979", (LON, LAT))
    assert z == 90.0
    assert keys(problems) == {"io.heights_ellipsoidal"}


def test_ellipsoidal_heights_with_a_grid_come_down_to_the_sea(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        shapes, "geoid_undulation_m", lambda lon, lat: (np.full(len(lon), 44.5), "EPSG:4326+5773")
    )
    z, problems = moved(90.0, "EPSG:4979", (LON, LAT))
    assert z == pytest.approx(45.5)
    assert keys(problems) == {"io.heights_estimated"}
    assert problems[0].values["grid"] == "EPSG:4326+5773"


def test_geocentric_coordinates_land_in_the_town(monkeypatch: pytest.MonkeyPatch) -> None:
    from twin.model.geoframe import transformer

    monkeypatch.setattr(shapes, "geoid_undulation_m", lambda lon, lat: None)
    xyz = transformer("EPSG:4979", "EPSG:4978").transform(LON, LAT, 100.0)
    out = shapes.settle(
        np.array([shapely.Point(*xyz)]),
        Placed(text="EPSG:4978", reason=FILE),
        "EPSG:2154",
        where="f",
        progress=Unattended(),
    )
    x, y, z = shapely.get_coordinates(out, include_z=True)[0]
    assert (x, y) == pytest.approx((X, Y), abs=300)
    assert z == pytest.approx(100.0, abs=0.01)


def test_the_undulation_is_none_without_a_grid_or_plausible_with_one() -> None:
    found = vertical.geoid_undulation_m(np.array([LON]), np.array([LAT]))
    assert found is None or 43.0 < found[0][0] < 46.0


def test_buildings_keep_their_place_through_another_crs(tmp_path: Path) -> None:
    lonlat = write(buildings().to_crs(4326), tmp_path / "bati.fgb")
    table = io.read(lonlat, target=LAMBERT, progress=Unattended())
    areas = shapely.area(table.frame.geometry.to_numpy())
    assert areas == pytest.approx([100.0] * 4, abs=0.1)
