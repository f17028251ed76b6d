"""Every file of the real data of others that is of a format we read: opened with the right counts, or refused
for the right reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.twin.io.made import keys
from twin import io
from twin.errors import ReadError
from twin.io.inspection import Inspection
from twin.model.geoframe import GeoFrame
from twin.progress import Unattended

pytestmark = pytest.mark.shared_data

SUFFIXES = tuple(
    ".geojson .gpkg .shp .fgb .parquet .tif .asc .kml "  # noqa: SIM905
    ".city.json .city.jsonl .jsonl .hgt.zip .csv".split()
)

REFUSED = {
    "val3dity_suite/data/test_cjseq/unclosedbracket.city.jsonl": "io.json_damaged",
}


@dataclass(frozen=True)
class Counted:
    """What the notes beside the data say that a library found."""

    path: Path
    layer: str
    count: int
    crs: str
    lods: tuple[str, ...]


def counted(folder: Path) -> Iterator[Counted]:
    pattern = re.compile(r"^- (vector|raster|cityjson|cityjsonseq) `([^`]+)` (\{.*)$")
    for notes in sorted(folder.glob("*/DATA.md")):
        for line in notes.read_text(encoding="utf-8").splitlines():
            found = pattern.match(line)
            if not found or not (notes.parent / found[2]).is_file():
                continue
            about = _about(found[3])
            count = about.get("n", about.get("objects"))
            if "size" in about:
                count = about["size"][0] * about["size"][1]
            if count is None or "pmtiles" in found[2]:
                continue
            levels = set(about.get("lods", {}))  # None: of a template, which we follow
            lods = () if "None" in levels else tuple(sorted(levels, key=float))
            yield Counted(
                notes.parent / found[2],
                about.get("layer", ""),
                count,
                str(about.get("crs", "")),
                lods,
            )


def _about(text: str) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads(text)
    except ValueError:  # the notes shorten long lines
        found = {}
        for name, value in re.findall(r'"(n|objects)": (\d+)', text):
            found[name] = int(value)
    return found


def test_counts_crs_and_levels_are_those_that_libraries_found(shared_data: Path) -> None:
    wrong, tried = [], 0
    for expected in counted(shared_data):
        found = io.inspect(expected.path)
        layers = [layer for layer in found.layers if layer.name == expected.layer] or list(
            found.layers
        )
        tried += 1
        name = str(expected.path.relative_to(shared_data))
        if not layers:
            wrong.append((name, "refused", sorted(keys(found))))
            continue
        layer = layers[0]
        if layer.count != expected.count:
            wrong.append((name, layer.count, expected.count))
        code = re.search(r"(\d{4,6})$", expected.crs)
        if code and code[1] not in layer.crs and "9999999" not in expected.crs:
            wrong.append((name, layer.crs, expected.crs))
        if expected.lods and set(map(float, layer.lods)) != set(map(float, expected.lods)):
            wrong.append((name, layer.lods, expected.lods))
        table = io.read(
            expected.path,
            sublayer=layer.name if len(found.layers) > 1 else "",
            progress=Unattended(),
        )
        if table.raster is None and len(table) != expected.count:
            wrong.append((name, "read", len(table), expected.count))
    assert tried > 200
    assert (
        wrong
        == [
            # No library counts without a CRS what this file does not place: it has none.
        ]
    )


def walked(folder: Path) -> Iterator[tuple[str, Inspection]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.lower().endswith(SUFFIXES):
            yield str(path.relative_to(folder)), io.inspect(path)


def test_every_file_opens_or_says_exactly_why_not(shared_data: Path) -> None:
    refused: dict[str, str] = {}
    formats: Counter[str] = Counter()
    for name, found in walked(shared_data):
        assert "io.damaged" not in keys(found), (name, found.problems)
        if found.shown:
            formats[found.format] += 1
        else:
            refused[name] = "/".join(sorted(p.key for p in found.problems if p.severity == "error"))
    assert refused == {
        name: key for name, key in REFUSED.items() if name.lower().endswith(SUFFIXES)
    }
    assert formats == {
        "GeoJSON": 64,
        "CityJSON": 59,
        "CSV": 55,
        "Shapefile": 34,
        "CityJSON Text Sequence": 18,
        "GeoTIFF": 15,
        "GeoPackage": 6,
        "GeoParquet": 3,
        "Picture or grid with a position": 1,
    }


def test_nothing_is_written_into_the_data(shared_data: Path) -> None:
    path = shared_data / "nantes_pack" / "nantes_bdtopo35.gpkg"
    before = sorted(entry.name for entry in path.parent.iterdir())
    io.inspect(path)
    assert sorted(entry.name for entry in path.parent.iterdir()) == before


def test_a_french_city_centre(shared_data: Path) -> None:
    path = shared_data / "nantes_pack" / "nantes_bdtopo35.gpkg"
    table = io.read(
        path, sublayer="batiment", target=GeoFrame(crs="EPSG:2154"), progress=Unattended()
    )
    assert len(table) == 8639
    assert table.feature_ids[0].startswith("BATIMENT")
    found = io.meanings(table)
    assert (found["height"], found["storeys"], found["ground_z"], found["use"]) == (
        "HAUTEUR",
        "NB_ETAGES",
        "Z_MIN_SOL",
        "USAGE1",
    )
    assert np.isfinite(table.frame["HAUTEUR"].to_numpy(float)).sum() == 8565


def test_roofs_of_one_source_meet_those_of_another(shared_data: Path) -> None:
    """BD TOPO roof z of a building is ground altitude + height of the same building in BDNB, within 5 cm."""
    import shapely

    folder = shared_data / "paris11_bdtopo_bdnb" / "shp" / "paris_11"
    target = GeoFrame(crs="EPSG:2154")
    roofs = io.read(folder / "bdtopo_paris11.shp", target=target, progress=Unattended()).frame
    houses = io.read(folder / "paris11_bdnb.shp", target=target, progress=Unattended()).frame
    roofs = roofs[roofs.geometry.has_z]
    z = shapely.get_coordinates(roofs.geometry.to_numpy(), include_z=True, return_index=True)
    top = np.full(len(roofs), -np.inf)
    np.maximum.at(top, z[1], z[0][:, 2])
    tree = shapely.STRtree(roofs.geometry.to_numpy())
    at, row = tree.query(shapely.point_on_surface(houses.geometry.to_numpy()), predicate="within")
    expected = houses["altitude_s"].to_numpy(float)[at] + houses["hauteur"].to_numpy(float)[at]
    close = np.abs(top[row] - expected) < 0.06
    assert len(at) > 4500
    assert close.mean() > 0.95


def test_the_buildings_of_lyon_are_where_they_are(shared_data: Path) -> None:
    path = shared_data / "lyon_vector_obj_las" / "GeoJSON" / "buildings_lyon1.geojson"
    table = io.read(path, target=GeoFrame(crs="EPSG:2154"), progress=Unattended())
    assert len(table) == 2576
    x_min, y_min, x_max, y_max = table.frame.total_bounds
    assert 840_900 < x_min < x_max < 843_000
    assert 6_518_000 < y_min < y_max < 6_522_000
    assert table.mesh is None


def test_a_local_model_needs_a_place(shared_data: Path) -> None:
    path = shared_data / "cityjson_models" / "cjio" / "multi_lod.json"
    with pytest.raises(ReadError) as raised:
        io.read(path, target=GeoFrame(crs="EPSG:2154"), progress=Unattended())
    assert raised.value.problem.key == "io.crs_unplaceable"
    placed = io.read(
        path, crs="EPSG:7415", target=GeoFrame(crs="EPSG:28992"), progress=Unattended()
    )
    assert placed.mesh is not None
