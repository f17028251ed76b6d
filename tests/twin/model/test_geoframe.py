"""The scene on Earth: nothing is lost to float32, nothing is guessed."""

from __future__ import annotations

import numpy as np
import pytest

from twin.errors import CrsError
from twin.model.geoframe import GeoFrame, parse_crs, transformer

ISSY = GeoFrame(crs="EPSG:2154", origin=(646_000.0, 6_858_000.0, 0.0))


def test_the_scene_keeps_millimetres_far_from_the_zero_of_the_crs() -> None:
    xyz = np.array([[646_123.456, 6_858_789.012, 61.234]])
    back = ISSY.crs_from_scene(ISSY.scene_from_crs(xyz))
    assert np.abs(back - xyz).max() < 1e-4


def test_longitude_and_latitude_go_and_come_back() -> None:
    xy = np.array([[0.0, 0.0], [1500.0, -900.0]])
    lonlat = ISSY.lonlat_from_scene(xy)
    assert lonlat[0] == pytest.approx([2.2645, 48.8188], abs=2e-3)
    assert ISSY.scene_from_lonlat(lonlat) == pytest.approx(xy, abs=1e-3)


def test_an_unknown_crs_says_so() -> None:
    with pytest.raises(CrsError) as caught:
        parse_crs("EPSG:999999")
    assert caught.value.problem.key == "crs.unknown"


def test_urls_and_urns_name_the_same_crs() -> None:
    assert parse_crs("urn:ogc:def:crs:EPSG::2154") == parse_crs("EPSG:2154")


def test_transformers_put_x_first() -> None:
    x, y = transformer("EPSG:4326", "EPSG:2154").transform(2.27, 48.82)
    assert (round(x, -3), round(y, -3)) == (646_000, 6_858_000)
