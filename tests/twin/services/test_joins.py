"""Columns brought from what lies near: diagnoses of dwellings onto buildings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.twin.services.town_hall import X, Y, building
from twin.model.geoframe import transformer
from twin.services.asked import FeatureFile, feature
from twin.services.catalogue import Join
from twin.services.joins import join

NEAR = Join(
    into="buildings", source="labels", key="", key_there="", within_m=15.0,
    each=("door",), latest="date", columns={"label": "letter", "kwh": "kwh"},
)  # fmt: skip


def label(
    x: float, y: float, letter: str, kwh: float, door: str, date: str = "2024"
) -> dict[str, Any]:
    """A diagnosis at a place given in metres, written in degrees as the service has it."""
    lon, lat = transformer("EPSG:2154", "EPSG:4326").transform(X + x, Y + y)
    values = {"letter": letter, "kwh": kwh, "door": door, "date": date}
    return feature(values, {"type": "Point", "coordinates": [lon, lat]})


@pytest.fixture
def files(tmp_path: Path):
    def write(*labels: dict[str, Any], first: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        into, source = tmp_path / "buildings.geojson", tmp_path / "labels.geojson"
        with FeatureFile(into, "EPSG:2154") as file:
            rows = [building(n) for n in range(3)]
            rows[0]["properties"] |= first or {}  # type: ignore[operator]
            file.add(rows)
        with FeatureFile(source) as file:
            file.add(labels)
        write.found = join(into, source, NEAR)  # type: ignore[attr-defined]
        return [f["properties"] for f in json.loads(into.read_text())["features"]]

    return write


def test_a_building_gets_what_most_of_its_dwellings_have(files) -> None:
    rows = files(
        label(8, 8, "D", 200.0, "a"), label(9, 9, "D", 220.0, "b"), label(7, 9, "B", 90.0, "c"),
        label(28, 8, "A", 40.0, "d"),
    )  # fmt: skip
    assert [row["label"] for row in rows] == ["D", "A", None]
    assert rows[0]["kwh"] == 200.0
    assert files.found == (2, 3)


def test_only_the_last_diagnosis_of_a_dwelling_counts(files) -> None:
    rows = files(
        label(8, 8, "G", 500.0, "a", "2015-02-01"), label(8, 8, "C", 150.0, "a", "2025-06-01"),
        label(8, 8, "F", 400.0, "a", "2021-01-01"),
    )  # fmt: skip
    assert rows[0]["label"] == "C"


def test_what_is_known_stays_and_what_is_far_is_left(files) -> None:
    rows = files(label(8, 8, "G", 500.0, "a"), label(8, 300, "A", 1.0, "b"), first={"label": "B"})
    assert rows[0]["label"] == "B"
    assert rows[0]["kwh"] == 500.0
    assert rows[2]["label"] is None
