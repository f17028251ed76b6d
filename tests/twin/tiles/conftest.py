"""A baked town of three thousand buildings, and a session that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.tiles.cities import baked
from tests.twin.tiles.shown import BUILDINGS, Shown


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return baked(tmp_path_factory.mktemp("town"), BUILDINGS)


@pytest.fixture
def shown(town: Path) -> Iterator[Shown]:
    made = Shown(town / "tileset.json")
    yield made
    made.close()
