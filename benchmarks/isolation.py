"""What walls cost: a layer of a million points loaded and built in this process, and behind walls.

Prints one line of JSON. The process of the plugin is started beforehand, as a window does while it draws the
other layers; its start is told apart. Then the frames of a moving picture, alone and while a plugin behind walls works
without an end: a process of its own takes what is left of the machine.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from twin.api import testing
from twin.errors import BelvedereError
from twin.isolation.budget import Budget
from twin.isolation.proxy import IsolatedLayer
from twin.isolation.trust import TrustStore
from twin.isolation.warden import Warden
from twin.registry import Registry, read_manifest

ROOT = Path(__file__).resolve().parents[1]
TURNS = 3
FRAMES, BUILDINGS = 60, 20_000
SPINS = """
class Spins:
    def load(self, ctx):
        while True:
            pass

    def build(self, table, params, view):
        return []
"""
SPINS_MANIFEST = """
id = "spins"
version = "1"
api = "0.1"
title = { en = "Spins", fr = "Tourne" }
[[contributions.layers]]
id = "spins"
class = "layer:Spins"
title = { en = "Spins", fr = "Tourne" }
accepts = ["point"]
"""


def main(count: int = 1_000_000) -> dict[str, Any]:
    """Measure and return the ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plugin = folder / "points"
        shutil.copytree(ROOT / "plugins" / "hello_points", plugin)
        path = _points(folder / "points.gpkg", count)
        manifest = read_manifest(plugin)
        own = Registry([manifest]).create("hello_points")
        started = time.perf_counter()
        walled = IsolatedLayer(manifest, manifest.layers[0], Warden(TrustStore()))
        start_s = time.perf_counter() - started
        _once(walled, path)  # the process that sees this file
        both = [[_timed(_once, layer, path) for layer in (own, walled)] for _ in range(TURNS)]
        walled.close()
        frames = _frames_beside(folder / "spins", path)
    inside, outside = np.min(np.array(both), axis=0)
    return {
        "points": count,
        "in_process_s": round(float(inside), 3),
        "isolated_s": round(float(outside), 3),
        "start_s": round(start_s, 3),
        "ratio": round(float(outside / inside), 3),
        "aim": 1.10,
        **frames,
    }


def _frames_beside(folder: Path, path: Path) -> dict[str, float]:
    """Return the median frame of a turning city alone and while a plugin's process spins, ms."""
    folder.mkdir()
    (folder / "plugin.toml").write_text(SPINS_MANIFEST)
    (folder / "layer.py").write_text(SPINS)
    manifest = read_manifest(folder)
    budget = Budget(load_s=60.0)
    spinning = IsolatedLayer(manifest, manifest.layers[0], Warden(TrustStore(), budget=budget))
    stage, turn = _turning_city()
    try:
        alone = turn()
        thread = threading.Thread(target=_load_for_ever, args=(spinning, path))
        thread.start()
        time.sleep(1.0)
        beside = turn()
    finally:
        spinning.close()
        thread.join()
        stage.close()
    return {
        "frame_alone_ms": round(alone, 1),
        "frame_beside_a_spinning_plugin_ms": round(beside, 1),
        "frame_ratio": round(beside / alone, 2),
    }


def _turning_city() -> tuple[Any, Callable[[], float]]:
    from benchmarks.common import SIZE, city, ms, rgba_by
    from twin.drawables import Mesh
    from twin.render import Stage

    made = city(BUILDINGS)
    stage = Stage(size=SIZE)
    mesh = Mesh(
        xyz_in_scene=made.xyz,
        triangles=made.triangles,
        row_of_vertex=made.row,
        shade_of_vertex=made.shade,
    )
    shown = np.ones(BUILDINGS, bool)
    stage.set_layer("city", (mesh,), rgba=rgba_by(made.height_m), rows_visible=shown)
    stage.upload(np.inf)
    stage.camera.home()

    def frame() -> None:
        stage.camera.orbit(1.0, 0.0)
        stage.render()

    def turn() -> float:
        return float(np.median([ms(frame) for _ in range(FRAMES)]))

    turn()  # programs and pieces
    return stage, turn


def _load_for_ever(layer: Any, path: Path) -> None:
    with contextlib.suppress(BelvedereError):  # stopped, as it should be
        layer.load(testing.FakeContext(files={"features": path}))


def _points(path: Path, count: int) -> Path:
    import geopandas as gpd
    import shapely

    draw = np.random.default_rng(1)
    xy = draw.uniform(0, 20_000, (count, 2)) + np.array([640_000.0, 6_850_000.0])
    frame = gpd.GeoDataFrame(
        {"height_m": draw.uniform(1, 40, count)}, geometry=shapely.points(xy), crs="EPSG:2154"
    )
    frame.to_file(path, driver="GPKG", engine="pyogrio", SPATIAL_INDEX="NO")
    return path


def _once(layer: Any, path: Path) -> None:
    params = layer.Params()
    ctx = testing.FakeContext(files={"features": path}, params=params)
    table = layer.load(ctx)
    layer.build(table, params, testing.view(ctx))


def _timed(work: Callable[..., None], *arguments: Any) -> float:
    started = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(main(100_000 if "--quick" in sys.argv else 1_000_000)))
