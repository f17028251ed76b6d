"""Graphs that Valhalla has built, kept by what they were built from: asked again, they are there at once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.progress import Progress
from twin.routing import graph_files
from twin.routing.program import run
from twin.routing.rides import Rides
from twin.routing.streets import Streets

MOST_KEPT = 8
SETTINGS = Path(__file__).with_name("valhalla.json")

Float64 = NDArray[np.float64]


def graph_folder(
    streets: Streets,
    lonlat: Float64,
    rides: tuple[Rides, Float64] | None,
    ctx: Progress,
) -> Path:
    """Return a folder with ``valhalla.json`` and the graph that it names, built unless it is kept.

    Parameters
    ----------
    lonlat : (n, 2)
        Degrees of the nodes.
    rides : tuple of Rides and (s, 2), or None
        What runs, and the degrees of its stops; None for ways without rides.

    Raises
    ------
    RoutingError
        It could not be built.
    Cancelled
        The job was asked to stop.
    """
    today = date.today()  # noqa: DTZ011 - any day near that of the build: Valhalla drops older ones
    home = _home()
    kept = home / _key(streets, lonlat, rides, today)
    if (kept / "valhalla.json").is_file():
        os.utime(kept)
        return kept
    with tempfile.TemporaryDirectory(dir=home, prefix=".building-") as building:
        _build(Path(building), streets, (lonlat, rides, today), ctx)
        made = Path(building) / "graph"
        _settle(made, kept)
    _forget_oldest(home)
    return kept


def _build(
    folder: Path,
    streets: Streets,
    given: tuple[Float64, tuple[Rides, Float64] | None, date],
    ctx: Progress,
) -> None:
    lonlat, rides, today = given
    graph = folder / "graph"
    graph.mkdir()
    graph_files.write_streets(folder / "streets.osm.pbf", streets, lonlat)
    ctx.check_cancelled()
    settings = folder / "build.json"
    build: dict[str, Any] = {"tile_dir": str(graph), "concurrency": 1, "shortcuts": False}
    build |= {"data_processing": {}, "transit_pbf_limit": 20_000}
    if rides is not None:
        graph_files.write_rides(folder / "feeds" / "day", rides[0], rides[1], today)
        graph_files.write_zone(folder / "zone.sqlite", lonlat)
        build |= {"transit_dir": str(folder / "transit"), "timezone": str(folder / "zone.sqlite")}
        build["transit_feeds_dir"] = str(folder / "feeds")
    settings.write_text(json.dumps({"mjolnir": build}), encoding="utf-8")
    if rides is not None:
        (folder / "transit").mkdir()
        run("valhalla_ingest_transit", ["-c", str(settings)], ctx)
        run("valhalla_convert_transit", ["-c", str(settings)], ctx)
    run("valhalla_build_tiles", ["-c", str(settings), str(folder / "streets.osm.pbf")], ctx)


def _settle(made: Path, kept: Path) -> None:
    """Move a built graph to its place; another may have been as fast."""
    settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
    settings["mjolnir"] = {"tile_dir": str(kept), "data_processing": {}, "logging": {"type": ""}}
    (made / "valhalla.json").write_text(json.dumps(settings), encoding="utf-8")
    try:
        made.replace(kept)
    except OSError:
        if not (kept / "valhalla.json").is_file():
            raise


def _key(
    streets: Streets, lonlat: Float64, rides: tuple[Rides, Float64] | None, today: date
) -> str:
    said = hashlib.sha256(SETTINGS.read_bytes())
    for array in (lonlat, streets.ends, streets.chain_of_piece, streets.row_of_piece):
        said.update(np.ascontiguousarray(array).tobytes())
    said.update(json.dumps([dict(tag) for tag in streets.tags], sort_keys=True).encode())
    if rides is not None:
        said.update(rides[0].connections.tobytes())
        said.update(json.dumps([today.isoformat(), rides[0].mode_of_trip]).encode())
        said.update(rides[1].tobytes())
    return said.hexdigest()[:32]


def _home() -> Path:
    import platformdirs

    named = os.environ.get("BELVEDERE_CACHE")
    base = Path(named) if named else Path(platformdirs.user_cache_dir("belvedere", appauthor=False))
    folder = base / "routing"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _forget_oldest(home: Path) -> None:
    when: Callable[[Path], float] = lambda path: path.stat().st_mtime  # noqa: E731
    graphs = sorted((p for p in home.iterdir() if not p.name.startswith(".")), key=when)
    for path in graphs[:-MOST_KEPT]:
        shutil.rmtree(path, ignore_errors=True)
