"""OpenStreetMap: buildings with their parts as a layer of their own; answers of Overpass in both shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.twin.io.made import keys
from twin import io
from twin.model.table import FeatureTable
from twin.progress import Unattended

LON, LAT = 2.27, 48.82


def ring(x: float, y: float, size: float) -> list[dict[str, float]]:
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]
    return [{"lat": LAT + b * 1e-5, "lon": LON + a * 1e-5} for a, b in corners]


def answer(**more: Any) -> dict[str, Any]:
    """A house, a part of a tower, a courtyard building as a relation, a lamp; a way that is no area."""
    outer, inner = ring(100, 0, 40), ring(110, 10, 10)
    return {
        "version": 0.6,
        "elements": [
            {"type": "way", "id": 1, "geometry": ring(0, 0, 20), "tags": {"building": "yes", "building:levels": "3"}},
            {
                "type": "way", "id": 2, "geometry": ring(2, 2, 10),
                "tags": {"building:part": "yes", "height": "24 m", "min_height": "9", "roof:shape": "pyramidal"},
            },
            {
                "type": "relation", "id": 3,
                "tags": {"type": "multipolygon", "building": "school", "name": "L'école & co"},
                "members": [
                    {"type": "way", "ref": 10, "role": "outer", "geometry": outer},
                    {"type": "way", "ref": 11, "role": "inner", "geometry": inner},
                ],
            },
            {"type": "node", "id": 5, "lat": LAT, "lon": LON, "tags": {"highway": "street_lamp"}},
            {"type": "way", "id": 6, "geometry": ring(0, 50, 5)[:3], "tags": {"highway": "footway"}},
        ],
        **more,
    }  # fmt: skip


def write(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def read(path: Path, sublayer: str = "") -> tuple[FeatureTable, Unattended]:
    progress = Unattended()
    return io.read(path, sublayer=sublayer, progress=progress), progress


def test_an_answer_of_overpass_with_geometry(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", answer())
    found = io.inspect(path)
    assert {layer.name: layer.count for layer in found.layers} == {
        "buildings": 3,
        "lines": 1,
        "points": 1,
    }
    assert found.layers[0].crs == "EPSG:4326"
    table, _ = read(path, "buildings")
    frame = table.frame.set_index("name", drop=False)
    school = frame.loc["L'école & co"].geometry
    assert len(school.geoms[0].interiors) == 1
    part = table.frame[table.frame["building_part"] == "yes"].iloc[0]
    assert (part["height"], part["min_height"], part["roof_shape"]) == (24.0, 9.0, "pyramidal")
    assert table.frame["building_levels"].max() == 3


def test_an_answer_with_nodes_of_its_own(tmp_path: Path) -> None:
    corners = ring(0, 0, 20)[:-1]
    nodes = [{"type": "node", "id": number + 1, **place} for number, place in enumerate(corners)]
    way = {"type": "way", "id": 9, "nodes": [1, 2, 3, 4, 1], "tags": {"building": "yes"}}
    path = write(tmp_path / "a.json", {"elements": [way, *nodes]})
    table, progress = read(path)
    assert not progress.problems
    assert len(table) == 1
    assert table.frame.geometry.iloc[0].area == pytest.approx((20e-5) ** 2)


def test_what_the_server_left_out_is_said(tmp_path: Path) -> None:
    text = "runtime error: Query timed out"
    path = write(tmp_path / "a.json", answer(remark=text))
    said = [p for p in io.inspect(path).problems if p.key == "io.overpass_remark"]
    assert said[0].values["remark"] == text


@pytest.mark.parametrize(
    "elements",
    [
        [{"type": "way", "id": 1, "nodes": [1, 2, 3], "tags": {"building": "yes"}}],
        [
            {"type": "way", "id": "1", "geometry": "x"},
            {"type": "node", "id": 2, "lat": 1e9, "lon": None},
        ],
        [
            {
                "type": "relation",
                "id": 1,
                "members": [{"type": "relation", "ref": 1}],
                "tags": {"type": "multipolygon"},
            }
        ],
        [None, 3, {"type": "node"}],
    ],
)
def test_elements_that_contradict_themselves_do_no_harm(
    tmp_path: Path, elements: list[Any]
) -> None:
    found = io.inspect(
        write(tmp_path / "a.json", {"elements": elements, "generator": "Overpass API"})
    )
    assert not found.shown or found.layers[0].count <= 1
    assert found.problems or found.layers


@pytest.mark.shared_data
def test_towns(shared_data: Path) -> None:
    monaco = shared_data / "monaco_pack" / "quackosm" / "monaco.osm.pbf"
    layer = io.inspect(monaco).layers[0]
    assert (layer.name, layer.kind) == ("buildings", "polygon")
    assert layer.count == 1296
    assert {"height", "building_levels", "building_part"} <= {a.name for a in layer.attributes}
    assert not keys(io.inspect(monaco)) & {"io.mixed_geometry"}
