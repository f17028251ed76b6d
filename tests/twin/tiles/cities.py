"""Small cities as files, and baking them as the command line does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twin.synth.grid import synthetic_city
from ui.cli.main import main

ROOT = Path(__file__).resolve().parents[3]


def footprints(folder: Path, count: int, *, name: str = "city.gpkg", seed: int = 1) -> Path:
    """Write so many footprints; return the file."""
    path = folder / name
    synthetic_city(count, seed).to_file(path, driver="GPKG")
    return path


def baked(folder: Path, count: int) -> Path:
    """Bake so many footprints; return the folder of the tileset."""
    source, out = footprints(folder, count), folder / "out"
    assert main(["bake", str(source), "--out", str(out), "--workers", "1"]) == 0
    return out


def bake(capsys: Any, *arguments: str | Path) -> dict[str, Any]:
    """Run the verb in this process; return its JSON."""
    status = main(["bake", *map(str, arguments), "--json", "--workers", "1"])
    found = json.loads(capsys.readouterr().out)
    assert status == 0, found
    return found


def files(folder: Path) -> dict[str, bytes]:
    """Return what belongs to a tileset: its JSON and its contents."""
    paths = [folder / "tileset.json", *sorted((folder / "tiles").rglob("*.glb"))]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def tiles_of(folder: Path) -> list[dict[str, Any]]:
    """Return all tiles of a tileset, parents first, each with its parent under ``"parent"``."""
    root = json.loads((folder / "tileset.json").read_text())["root"]
    found, stack = [], [(root, None)]
    while stack:
        tile, parent = stack.pop()
        found.append({**tile, "parent": parent})
        stack += [(child, tile) for child in tile.get("children", [])]
    return found
