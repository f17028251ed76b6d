"""A real window on a small estate of houses on a plain, with the layers of the application."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pytestqt.qtbot import QtBot

from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.registry import Registry
from ui.opened import Opened
from ui.services import Services

ROOT = Path(__file__).resolve().parents[3]
X, Y = 645_000.0, 6_858_000.0


def estate(folder: Path) -> Project:
    """Write six houses and a parcel; return their project."""
    houses = [shapely.box(X + 40 * i, Y, X + 40 * i + 20, Y + 15) for i in range(6)]
    gpd.GeoDataFrame(
        {
            "feature_id": [f"house-{i}" for i in range(6)],
            "height_m": [9.0] * 6,
            "storeys": [3] * 6,
            "use": ["housing"] * 6,
        },
        geometry=houses,
        crs="EPSG:2154",
    ).to_file(folder / "houses.gpkg")
    gpd.GeoDataFrame(
        {"feature_id": ["parcel"], "max_height_m": [8.0], "rule": ["UA 10"]},
        geometry=[shapely.box(X - 10, Y - 90, X + 230, Y + 90)],
        crs="EPSG:2154",
    ).to_file(folder / "parcels.gpkg")
    layers = (
        LayerSpec(
            id="parcels",
            type="belvedere.vector",
            title={"en": "Parcels", "fr": "Parcelles"},
            sources={"features": Source(path="parcels.gpkg")},
        ),
        LayerSpec(
            id="houses",
            type="belvedere.buildings",
            title={"en": "Houses", "fr": "Maisons"},
            sources={"buildings": Source(path="houses.gpkg")},
        ),
    )
    return Project(
        title={"en": "Estate", "fr": "Lotissement"},
        frame=GeoFrame(crs="EPSG:2154", origin=(X, Y, 0.0)),
        layers=layers,
        at=datetime(2026, 3, 21, 11, tzinfo=UTC),
    )


@pytest.fixture
def window(qtbot: QtBot, qapp, tmp_path: Path, english: None) -> Iterator[object]:
    """A window on the estate, loaded and drawn."""
    from ui.settings import Settings
    from ui.theme import Theme
    from ui.window import MainWindow

    folder = tmp_path / "estate"
    folder.mkdir()
    services = Services(
        settings=Settings(tmp_path / "settings.ini"),
        theme=Theme(qapp, "light"),
        registry=Registry.discover([ROOT / "layers"]),
        state_dir=tmp_path / "state",
        demo=tmp_path / "no demo here",
    )
    made = MainWindow(services, Opened(project=estate(folder), folder=folder))
    made.viewport.pilot.set_animated(on=False)
    made.resize(1200, 800)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: made.viewport.scene.complete, timeout=30_000)
    made.viewport.frames.finish()
    yield made
    made.files.may_close = lambda: True
    made.close()
    made.deleteLater()
    services.theme.close()
    services.theme.deleteLater()
