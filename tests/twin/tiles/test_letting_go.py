"""What a turn leaves behind goes a little at a time; a moving view takes, and asks for, no more than it needs."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.twin.tiles.cities import baked
from tests.twin.tiles.settled import settle
from twin.model.geoframe import GeoFrame
from twin.tiles import holding, stream
from twin.tiles.select import Look
from twin.tiles.stream import TileStream

FRAME = GeoFrame(crs="EPSG:2154", origin=(652_000.0, 6_862_000.0, 0.0))
DROP_S = 0.001
MANY = 20


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return baked(tmp_path_factory.mktemp("town"), 12_000)


def at(height_m: float) -> Look:
    return Look(
        position=np.array([0.0, 0.0, height_m]),
        px_per_rad=1483.0,
        sees=lambda boxes: np.ones(len(boxes), bool),
    )


def slow_to_drop() -> SimpleNamespace:
    return SimpleNamespace(nbytes=1 << 20, drop=lambda: time.sleep(DROP_S))


@pytest.fixture
def tiles(town: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "SPARE_BYTES", 0)
    monkeypatch.setattr(stream, "LATER_BYTES", 4 << 20)
    monkeypatch.setattr(holding, "RECENT_LOOKS", 1)
    made = TileStream(
        str(town / "tileset.json"),
        FRAME,
        prepare=lambda content, first: slow_to_drop(),
        budget_bytes=1 << 30,
        error_px=0.05,
    )
    yield made
    made.close()


def test_no_look_lets_go_of_all_at_once(tiles: TileStream) -> None:
    settle(tiles, at(300))
    many = len(tiles.held)
    assert many > 8
    settle(tiles, at(2_000_000))
    left = []
    while True:
        before = len(tiles.held)
        tiles.look(at(2_000_000))
        left.append(len(tiles.held))
        assert before - left[-1] <= holding.LETTING_GO_S / DROP_S + 1
        if left[-1] == before:
            break
    assert 1 < left[-1] <= 1 + 4  # what is spare stays until there is time
    while tiles.tidy():
        pass
    assert list(tiles.held.values()) == tiles.drawn


def test_what_there_is_no_room_for_goes_at_once(tiles: TileStream) -> None:
    settle(tiles, at(300))
    drawn = len(tiles.drawn)
    tiles.budget_bytes = tiles.nbytes // 3
    tiles.look(at(2_000_000))
    assert tiles.nbytes <= max(tiles.budget_bytes, drawn << 20) or len(tiles.held) <= drawn


def test_a_view_that_moves_takes_fewer_tiles_than_one_that_rests(
    tiles: TileStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(tiles, at(300))
    resting = len(tiles.drawn)
    monkeypatch.setattr(stream, "MOST_MOVING_BYTES", resting << 18)
    tiles.slack = 1.001
    settle(tiles, at(300))
    assert 0 < len(tiles.drawn) <= resting / 2
    assert tiles.falls_short
    tiles.slack = 1.0
    settle(tiles, at(300))
    assert len(tiles.drawn) == resting
    assert not tiles.falls_short


def rest(tiles: TileStream, look: Look) -> None:
    """Look once as a view at rest does, as soon as the tree is there."""
    end = time.monotonic() + 20.0
    while tiles.tree is None and time.monotonic() < end:
        tiles.wait(0.01)
    tiles.slack = 1.0
    tiles.look(look)


@pytest.mark.parametrize("moved", [False, True])
def test_a_coarse_frame_does_not_stop_what_the_same_place_needs_at_rest(
    tiles: TileStream, moved: bool
) -> None:
    rest(tiles, at(300))
    tiles.slack = 2_000.0
    end = time.monotonic() + 3.0
    while time.monotonic() < end and len(tiles.held) < MANY:
        tiles.look(at(301 if moved else 300))
        tiles.wait(0.01)
    assert (len(tiles.held) < MANY) is moved
