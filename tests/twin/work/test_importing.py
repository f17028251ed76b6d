"""Buildings of files as changes of a plan."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.twin.work.test_developments import PLACE, PROJECT, X, Y, shape
from twin.errors import BelvedereError
from twin.progress import Unattended
from twin.work import solids
from twin.work.importing import imported


def test_footprints_of_a_file_are_added_with_their_heights(tmp_path: Path) -> None:
    path = tmp_path / "plan.geojson"
    gpd.GeoDataFrame(
        {"hauteur": [12.0, None], "nom": ["A", "B"]},
        geometry=[shapely.box(X, Y, X + 10, Y + 10), shapely.Point(X, Y).buffer(5)],
        crs="EPSG:2154",
    ).to_crs("EPSG:4326").to_file(path)
    found = imported(PROJECT, PLACE, path, Unattended()).deltas
    assert [d.op for d in found] == ["add", "add"]
    assert len({d.feature_id for d in found}) == 2
    assert found[0].values["height_m"] == 12.0
    assert "height_m" not in found[1].values
    assert shape(found[0]).area == pytest.approx(100.0, rel=1e-3)


def test_surfaces_of_a_file_are_added_as_outline_and_height(tmp_path: Path) -> None:
    import json

    corners = [
        [0, 0, 0],
        [8, 0, 0],
        [8, 6, 0],
        [0, 6, 0],
        [0, 0, 9],
        [8, 0, 9],
        [8, 6, 9],
        [0, 6, 9],
    ]
    faces = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
    city = {
        "type": "CityJSON", "version": "2.0",
        "transform": {"scale": [1, 1, 1], "translate": [X, Y, 30]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/2154"},
        "vertices": corners,
        "CityObjects": {"b": {"type": "Building", "geometry": [
            {"type": "MultiSurface", "lod": "1", "boundaries": [[f] for f in faces]}]}},
    }  # fmt: skip
    path = tmp_path / "b.city.json"
    path.write_text(json.dumps(city))
    (delta,) = imported(PROJECT, PLACE, path, Unattended()).deltas
    assert delta.values["height_m"] == 9.0
    assert shape(delta).area == pytest.approx(48.0, rel=0.02)
    solid, xyz = solids.placed(delta.values)
    np.testing.assert_allclose(np.ptp(xyz, axis=0), [8, 6, 9], atol=2e-3)
    assert len(solid.triangles) == 12


def test_a_file_without_buildings_is_named(tmp_path: Path) -> None:
    path = tmp_path / "points.geojson"
    gpd.GeoDataFrame(geometry=[shapely.Point(2, 48)], crs="EPSG:4326").to_file(path)
    with pytest.raises(BelvedereError, match="nothing_imported"):
        imported(PROJECT, PLACE, path, Unattended())
