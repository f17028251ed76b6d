from __future__ import annotations

import http.server
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from tests.twin.tiles.cities import baked, tiles_of
from tests.twin.tiles.settled import settle
from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.synth.grid import synthetic_city
from twin.tiles import fetch, stream
from twin.tiles.about import about
from twin.tiles.select import Look
from twin.tiles.stream import TileStream
from twin.work.assemble import frame_of

FRAME = GeoFrame(crs="EPSG:2154", origin=(652_000.0, 6_862_000.0, 0.0))
PX = 1483.0
BUILDINGS = 9_000


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return baked(tmp_path_factory.mktemp("town"), BUILDINGS)


@pytest.fixture
def opened(request: pytest.FixtureRequest) -> Iterator[Callable[..., TileStream]]:
    made: list[TileStream] = []

    def opener(address: Path | str, **more: Any) -> TileStream:
        given = {"budget_bytes": 1 << 30, "prepare": lambda content, first: content, **more}
        made.append(TileStream(str(address), FRAME, **given))
        return made[-1]

    yield opener
    for one in made:
        one.close()


def everywhere(boxes):
    return np.ones(len(boxes), bool)


def at(x: float, y: float, z: float, sees=everywhere) -> Look:
    return Look(position=np.array([x, y, z]), px_per_rad=PX, sees=sees)


def ids(tiles: TileStream) -> list[str]:
    return [name for held in tiles.drawn for name in held.payload.columns.get("feature_id", ())]


def test_from_near_all_buildings_are_drawn_once_and_where_they_are(town, opened):
    tiles = opened(town / "tileset.json", error_px=0.01)
    settle(tiles, at(0, 0, 300))
    city = synthetic_city(BUILDINGS, 1)
    assert sorted(ids(tiles)) == sorted(city["feature_id"])
    wanted = city.set_index("feature_id").bounds - np.tile(FRAME.origin[:2], 2)
    for held in tiles.drawn:
        (mesh,) = held.payload.drawables
        for row in (0, len(held.payload.columns["feature_id"]) - 1):
            mine = mesh.xyz_in_scene[mesh.row_of_vertex == row]
            box = wanted.loc[held.payload.columns["feature_id"][row]]
            assert np.allclose([*mine.min(axis=0)[:2], *mine.max(axis=0)[:2]], box, atol=0.01)
            assert mine[:, 2].min() == pytest.approx(-0.4, abs=0.01)


def test_from_afar_little_is_loaded_and_drawn(town, opened):
    tiles = opened(town / "tileset.json", error_px=4.0)
    settle(tiles, at(0, 0, 60_000))
    assert len(tiles.drawn) == 1
    assert len(tiles.held) == 1
    assert sum(tiles.drawn[0].payload.columns["merged_buildings"]) == BUILDINGS


def test_what_is_out_of_sight_is_not_loaded(town, opened):
    def west(boxes):
        return boxes[:, 0] < -400

    tiles = opened(town / "tileset.json", error_px=0.01)
    settle(tiles, at(0, 0, 300, sees=west))
    leaves = [held for held in tiles.drawn if not held.tile.children]
    assert leaves
    assert all(tiles.tree.boxes[held.tile.number, 0] < -400 for held in tiles.held.values())


def test_a_parent_stays_until_all_of_its_children_are_ready(town, opened):
    tiles = opened(town / "tileset.json", error_px=4.0)
    settle(tiles, at(0, 0, 60_000))
    (coarse,) = tiles.drawn
    near = at(0, 0, 300)
    end = time.monotonic() + 10
    while len(tiles.fresh()) < 3 and time.monotonic() < end:
        tiles.look(near)
        assert tiles.drawn == [coarse]
        tiles.wait(0.01)
    for held in tiles.fresh()[:-1]:
        held.ready = True
    tiles.look(near)
    assert tiles.drawn == [coarse], "one child is missing"
    settle(tiles, near)
    assert coarse not in tiles.drawn


def test_errors_on_screen_stay_below_the_limit(town, opened):
    tiles = opened(town / "tileset.json", error_px=3.0)
    look = at(900, 0, 200)
    settle(tiles, look)
    for held in tiles.drawn:
        box = tiles.tree.boxes[held.tile.number]
        away = np.maximum(np.maximum(box[:3] - look.position, look.position - box[3:]), 0)
        assert held.tile.error_m * PX / max(np.linalg.norm(away), 1.0) <= 3.0


def test_what_lies_below_the_horizon_is_left_out(town, opened):
    tiles = opened(town / "tileset.json", error_px=0.01)
    settle(tiles, at(40_000, 0, 2))
    assert tiles.drawn == []
    settle(tiles, at(40_000, 0, 2_000))
    assert tiles.drawn


def test_memory_stays_within_the_budget_on_a_flight(town, opened):
    everything = opened(town / "tileset.json", error_px=0.01)
    settle(everything, at(0, 0, 300))
    budget = int(everything.nbytes * 0.5)
    tiles = opened(town / "tileset.json", error_px=1.0, budget_bytes=budget)
    rng = np.random.default_rng(5)
    position, goal = np.array([0.0, 0.0, 400.0]), np.zeros(3)
    most = 0
    for step in range(400):
        if step % 40 == 0:
            goal = np.array([*rng.uniform(-900, 900, 2), rng.uniform(60, 1500)])
        position = position + (goal - position) * 0.1
        tiles.look(at(*position, sees=lambda b, p=position: np.abs(b[:, 0] - p[0]) < 900))
        for held in tiles.fresh():
            held.ready = True
        tiles.wait(0.01)
        most = max(most, tiles.nbytes)
    assert tiles.loads > 3
    assert most <= budget * 1.1
    rows = sum(held.rows for held in tiles.held.values())
    assert rows <= tiles.slots.size


def test_a_broken_tile_leaves_its_parent_and_the_others_go_on(town, opened, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "FIRST_RETRY_S", 0.01)
    shutil.copytree(town, tmp_path / "out")
    leaf = next(t for t in reversed(tiles_of(tmp_path / "out")) if not t.get("children"))
    path = tmp_path / "out" / leaf["content"]["uri"]
    whole = path.read_bytes()
    path.write_bytes(whole[:500])
    tiles = opened(tmp_path / "out" / "tileset.json", error_px=0.01)
    settle(tiles, at(0, 0, 300))
    assert [p.where for p in tiles.problems] == [path.name]
    parents = [held for held in tiles.drawn if held.tile.children]
    assert len(parents) == 1, "the parent of the broken tile stays"
    assert sum(1 for held in tiles.drawn if not held.tile.children) > 5
    path.write_bytes(whole)
    end = time.monotonic() + 10
    while any(h.tile.children for h in tiles.drawn) and time.monotonic() < end:
        settle(tiles, at(0, 0, 300))
        time.sleep(0.02)
    assert not [held for held in tiles.drawn if held.tile.children], "tried again, and whole"


HOSTILE: dict[str, Any] = {
    "outside": {"content": {"uri": "../../secret.glb"}},
    "absolute": {"content": {"uri": "/etc/passwd"}},
    "elsewhere": {"content": {"uri": "http://127.0.0.1:9/x.glb"}},
    "itself": {"content": {"uri": "tileset.json"}},
    "nan": {"boundingVolume": {"box": [None] * 12}, "transform": [1e308] * 16},
    "negative": {"geometricError": -5, "content": {"uri": "none.glb"}},
    "list": {"children": [None, 3, "x", {"children": {"a": 1}}]},
    "nulls": {"content": {"uri": "a\0b.glb"}},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_tileset_does_no_harm(name, opened, tmp_path):
    root = {
        "boundingVolume": {"sphere": [4_200_000, 171_000, 4_779_000, 500]},
        "geometricError": 100,
        "refine": "REPLACE",
        **HOSTILE[name],
    }
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.glb").write_bytes(b"secret")
    document = {"asset": {"version": "1.1"}, "geometricError": 100, "root": root}
    (folder / "tileset.json").write_text(json.dumps(document))
    tiles = opened(folder / "tileset.json", error_px=0.01)
    look = at(0, 0, 300)
    for _ in range(20):
        tiles.look(look)
        tiles.wait(0.01)
    assert tiles.drawn == []
    assert all(held.payload is not None for held in tiles.held.values())


@pytest.mark.parametrize("uri", ["link.glb", "way/secret.glb", "deep/../link.glb", "..", ""])
def test_a_link_that_leads_out_of_the_folder_is_not_followed(uri, tmp_path):
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (tmp_path / "secret.glb").write_bytes(b"secret")
    (folder / "own.glb").write_bytes(b"own")
    (folder / "link.glb").symlink_to(tmp_path / "secret.glb")
    (folder / "way").symlink_to(tmp_path)
    place = fetch.Place(str(folder / "tileset.json"))
    assert place.resolved("deep/../own.glb") == str((folder / "own.glb").resolve())
    with pytest.raises(ReadError):
        place.resolved(uri)


def test_a_tree_that_is_too_deep_is_cut(opened, tmp_path):
    tile: dict[str, Any] = {"boundingVolume": {"sphere": [0, 0, 0, 1]}, "geometricError": 0}
    for _ in range(200):
        tile = {**tile, "geometricError": 1, "children": [tile]}
    (tmp_path / "tileset.json").write_text(json.dumps({"asset": {"version": "1.0"}, "root": tile}))
    tiles = opened(tmp_path / "tileset.json")
    end = time.monotonic() + 5
    while tiles.tree is None and not tiles.failed and time.monotonic() < end:
        tiles.wait(0.01)
    assert tiles.tree is not None
    assert len(tiles.tree.tiles) < 100
    assert {p.key for p in tiles.problems} >= {"tiles.tree_bad"}


class _Server(http.server.SimpleHTTPRequestHandler):
    failures: ClassVar[dict[str, int]] = {}
    elsewhere: ClassVar[dict[str, str]] = {}
    slow: ClassVar[set[str]] = set()

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        if name in self.slow:
            time.sleep(1.5)
        if name in self.elsewhere:
            self.send_response(302)
            self.send_header("Location", self.elsewhere[name])
            self.end_headers()
            return
        if self.failures.get(name, 0) > 0:
            self.failures[name] -= 1
            self.send_response(503)
            self.send_header("Retry-After", "0")
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(town: Path) -> Iterator[str]:
    handler = partial(_Server, directory=str(town))
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}/tileset.json"
    made.shutdown()
    made.server_close()
    thread.join()


def test_over_http_with_retries(server, opened, monkeypatch):
    monkeypatch.setattr(fetch, "FIRST_WAIT_S", 0.01)
    _Server.failures = {"0_0_0.glb": 2, "tileset.json": 1}
    tiles = opened(server, error_px=0.01)
    settle(tiles, at(0, 0, 300))
    assert len(ids(tiles)) == BUILDINGS
    assert tiles.problems == []


def test_no_server_leads_to_another(server, opened, town, monkeypatch):
    monkeypatch.setattr(fetch, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(stream, "FIRST_RETRY_S", 0.01)
    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Server, directory=town))
    leaf = next(t for t in reversed(tiles_of(town)) if not t.get("children"))["content"]["uri"]
    name, there = leaf.rpartition("/")[2], f"http://127.0.0.1:{other.server_address[1]}/{leaf}"
    monkeypatch.setattr(_Server, "elsewhere", {name: there})
    tiles = opened(server, error_px=0.01)
    settle(tiles, at(0, 0, 300))
    assert [(p.where, p.values["reason"]) for p in tiles.problems] == [
        (name, "redirected elsewhere")
    ]
    other.server_close()


def test_a_slow_tile_holds_nothing_up_and_its_problem_goes_with_it(
    server, opened, town, monkeypatch
):
    monkeypatch.setattr(fetch, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(stream, "FIRST_RETRY_S", 0.2)
    leaf = next(t for t in reversed(tiles_of(town)) if not t.get("children"))
    name = Path(leaf["content"]["uri"]).name
    monkeypatch.setattr(_Server, "slow", {name})
    monkeypatch.setattr(_Server, "failures", {name: fetch.TRIES})
    tiles = opened(server, error_px=0.01)
    stalled, told, end = False, 0, time.monotonic() + 30
    while time.monotonic() < end and (not told or tiles.busy or tiles.problems):
        tiles.look(at(0, 0, 300))
        for held in tiles.fresh():
            held.ready = True
        stalled |= tiles.stalled and bool(tiles.drawn)
        told = max(told, len(tiles.problems))
        tiles.wait(0.02)
    assert stalled, "the others are drawn well while one takes its time"
    assert (told, tiles.problems) == (1, [])


def test_what_left_the_view_is_no_longer_loaded(server, opened):
    tiles = opened(server, error_px=0.01, workers=1)
    end = time.monotonic() + 10
    while tiles.tree is None and time.monotonic() < end:
        tiles.wait(0.01)
    tiles.look(at(0, 0, 300))
    nothing = at(0, 0, 300, sees=lambda boxes: np.zeros(len(boxes), bool))
    tiles.look(nothing)
    time.sleep(0.3)
    tiles.look(nothing)
    assert tiles.loads <= 2
    assert not tiles.busy


def test_stops_of_a_story_are_loaded_ahead(town, opened):
    tiles = opened(town / "tileset.json", error_px=4.0)
    far = at(0, 0, 60_000)
    settle(tiles, far)
    before = len(tiles.held)
    tiles.prefetch([at(0, 0, 300)])
    end = time.monotonic() + 10
    while len(tiles.held) < before + 4 and time.monotonic() < end:
        tiles.look(far)
        tiles.wait(0.02)
    assert len(tiles.held) >= before + 4
    settle(tiles, far)
    assert len(tiles.drawn) == 1


def test_about_a_tileset(town):
    said = about(str(town / "tileset.json"), FRAME)
    assert said.crs == "EPSG:2154"
    assert said.lonlat == pytest.approx((2.3458, 48.8563), abs=1e-3)
    assert said.bounds[0] == pytest.approx(-940, abs=80)
    assert said.tiles == len(tiles_of(town))


@pytest.mark.shared_data
def test_tilesets_of_others_stream_without_a_fault(shared_data, opened):
    names = sorted((shared_data / "3dtiles_samples").rglob("tileset.json"))
    names += sorted((shared_data / "3dtiles_cities").rglob("tileset.json"))[:12]
    assert len(names) > 15
    drawn = 0
    for name in names:
        said = about(str(name))
        frame = frame_of(said, "") if said.lonlat else FRAME
        box = about(str(name), frame).bounds
        tiles = TileStream(
            str(name),
            frame,
            prepare=lambda content, first: content,
            budget_bytes=1 << 30,
            error_px=0.01,
        )
        try:
            settle(tiles, at((box[0] + box[3]) / 2, (box[1] + box[4]) / 2, box[5] + 50), seconds=30)
        finally:
            tiles.close()
        assert not tiles.failed, (name, tiles.problems)
        drawn += bool(tiles.drawn)
    assert drawn > 0.8 * len(names)
