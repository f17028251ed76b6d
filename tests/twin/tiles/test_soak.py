"""The flight of ``make soak``, short: the same code over a smaller city."""

from __future__ import annotations

import pytest

from benchmarks.soak import TOLERANCE, fly
from tests.twin.tiles.cities import footprints
from ui.cli.main import main

pytestmark = pytest.mark.render


def test_memory_stays_within_its_budget(tmp_path):
    source = footprints(tmp_path, 10_000)
    assert main(["bake", str(source), "--out", str(tmp_path / "out"), "--workers", "1"]) == 0
    found = fly(
        tmp_path / "out" / "tileset.json",
        seconds=60.0,
        most_frames=200,
        budget_bytes=16 << 20,
        size=(320, 200),
    )
    assert found["loads"] > 5
    assert found["frames_over"] == 0
    assert found["of_budget"] <= TOLERANCE
    assert found["frames_without_a_tile"] == 0
    assert found["problems"] == 0
