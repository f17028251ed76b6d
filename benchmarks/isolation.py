"""What walls cost: a layer of a million points loaded and built in this process, and behind walls.

Prints one line of JSON. The process of the plugin is started beforehand, as a window does while it draws the
other layers; its start is told apart.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from twin.api import testing
from twin.isolation.proxy import IsolatedLayer
from twin.isolation.trust import TrustStore
from twin.isolation.warden import Warden
from twin.registry import Registry, read_manifest

ROOT = Path(__file__).resolve().parents[1]
TURNS = 3


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
    inside, outside = np.min(np.array(both), axis=0)
    return {
        "points": count,
        "in_process_s": round(float(inside), 3),
        "isolated_s": round(float(outside), 3),
        "start_s": round(start_s, 3),
        "ratio": round(float(outside / inside), 3),
        "aim": 1.10,
    }


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
