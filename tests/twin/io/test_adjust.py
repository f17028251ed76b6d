"""What users say of files that do not say it: a place for a model, the meaning and the unit of heights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.twin.io.made import cube, keys, write_json
from tests.twin.io.test_gltf import asset
from twin import io
from twin.errors import ReadError
from twin.io.preview import picture
from twin.model.geoframe import GeoFrame
from twin.model.table import FeatureTable
from twin.progress import Unattended

LAMBERT = GeoFrame(crs="EPSG:2154")


def read(path: Path, **options: Any) -> tuple[FeatureTable, Unattended]:
    progress = Unattended()
    return io.read(path, target=LAMBERT, progress=progress, options=options), progress


def corners(table: FeatureTable) -> np.ndarray[Any, Any]:
    assert table.mesh is not None
    return table.mesh.xyz_in_crs


def test_a_model_without_a_place_is_given_one(tmp_path: Path) -> None:
    path = tmp_path / "a.gltf"
    path.write_text(json.dumps(asset()))
    place = {"x": 650_000, "y": 6_860_000, "z": 40, "angle_deg": 90, "scale": 2}
    table, progress = read(path, place=place)
    assert not progress.problems
    assert table.crs == "EPSG:2154"
    # (0 0 0), (2 0 0), (0 0 3): what pointed east points north, all twice as large
    assert corners(table) == pytest.approx(
        np.array([[650_000, 6_860_000, 40], [650_000, 6_860_004, 40], [650_000, 6_860_000, 46]])
    )


@pytest.mark.parametrize("place", [{"x": "far"}, {"scale": 0}, {"x": float("nan")}, "here", [1, 2]])
def test_a_place_that_is_none_is_told(tmp_path: Path, place: Any) -> None:
    path = tmp_path / "a.gltf"
    path.write_text(json.dumps(asset()))
    with pytest.raises(ReadError) as caught:
        read(path, place=place)
    assert caught.value.problem.key == "io.place_wrong"


def test_heights_in_another_unit(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.city.json", cube())
    plain, feet = corners(read(path)[0]), corners(read(path, z_unit="ft")[0])
    assert feet[:, 2] == pytest.approx(plain[:, 2] * 0.3048)
    assert feet[:, :2] == pytest.approx(plain[:, :2])


def test_heights_from_the_ellipsoid_are_told(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.city.json", cube())
    assert not read(path, heights="sea")[1].problems
    assert keys(read(path, heights="ellipsoid")[1]) & {
        "io.heights_ellipsoidal",
        "io.heights_estimated",
    }


def test_a_picture_from_above(tmp_path: Path) -> None:
    table, _ = read(write_json(tmp_path / "a.city.json", cube()))
    image = picture(table, width=60, height=40)
    assert image is not None
    assert image.shape == (40, 60, 3)
    assert image[20, 30].tolist() != image[0, 0].tolist()
