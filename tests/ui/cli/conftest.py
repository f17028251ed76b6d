"""Small files of our own for the verbs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def square(x: float, y: float, side: float) -> list[list[list[float]]]:
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return [ring]


@pytest.fixture(autouse=True)
def _in_english(english: None) -> None:
    """Messages are compared with English words."""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Four footprints in Lambert-93, one of them without a height."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"house {i}", "height": None if i == 3 else 6.0 + i},
            "geometry": {
                "type": "Polygon",
                "coordinates": square(646000.0 + 30 * i, 6858000.0, 12.0),
            },
        }
        for i in range(4)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    path = tmp_path / "town.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    return path
