"""A baked town of three thousand buildings, and a session that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.tiles.cities import footprints
from tests.twin.tiles.shown import BUILDINGS, Shown
from ui.cli.main import main


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    source = footprints(folder, BUILDINGS)
    assert main(["bake", str(source), "--out", str(folder / "out"), "--workers", "1"]) == 0
    return folder / "out"


@pytest.fixture
def shown(town: Path) -> Iterator[Shown]:
    made = Shown(town / "tileset.json")
    yield made
    made.close()
