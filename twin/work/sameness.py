"""When two runs of a layer's code give the same: keys over everything that what it makes depends on."""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import twin
from twin.errors import BelvedereError
from twin.model.geoframe import GeoFrame
from twin.model.ground import Ground
from twin.model.layer import LayerSpec
from twin.work.context import resolve

FORM = 1
"""Of what is kept; another number makes everything that was kept before unknown."""
ALONE = frozenset(
    {".asc", ".csv", ".fgb", ".geojson", ".gpkg", ".json", ".jsonl", ".parquet", ".shp", ".tif"}
)
"""Files that hold all of their data, but for others of the same name with another suffix."""
MOST_FILES = 2_000
"""A folder of more is not looked through."""


def key_of_load(spec: LayerSpec, folder: Path, frame: GeoFrame, standing: object) -> str | None:
    """Return the key of what a layer loads, None where that cannot be told from its files.

    Parameters
    ----------
    standing : object
        State of the layer type's plugin, see :meth:`twin.registry.Registry.standing`: version, folder ...
    """
    code = _code_of(standing)
    try:
        files = [_stamp(resolve(folder, source)) for source in spec.sources.values()]
    except (OSError, BelvedereError):
        return None
    if not spec.sources or code is None or None in files:
        return None
    made = (FORM, code, repr(standing), spec.type, dict(spec.sources), dict(spec.params), frame)
    return _digest((made, files))


def key_of_build(loaded: str, rest: tuple[Any, ...]) -> str | None:
    """Return the key of what a layer builds from what it loaded: ``rest`` is ground, parameters and view."""
    return _digest((loaded, rest)) if rest[0] is not None else None


def key_of_ground(ground: Ground) -> str | None:
    """Return what tells one ground from another, None where it cannot be told."""
    return _digest(ground)


def _digest(value: Any) -> str | None:
    from twin.plain import codec

    digest = hashlib.blake2b(digest_size=20)
    try:
        for part in codec.encode(value):
            digest.update(part)
    except codec.NotPlainError:
        return None
    return digest.hexdigest()


def _stamp(path: Path) -> list[list[str | int]] | None:
    """Return name, size and time of change of the files of a source, None for one that refers to others."""
    if path.is_dir():
        files = sorted(_some(p for p in path.rglob("*") if p.is_file()))
        if len(files) > MOST_FILES or any(p.suffix.lower() not in ALONE for p in files):
            return None
    elif path.suffix.lower() in ALONE:
        stem = path.name.partition(".")[0]
        files = sorted(p for p in path.parent.glob(f"{_literal(stem)}*") if p.is_file())
    else:
        return None
    return [_facts(p) for p in files]


def _literal(stem: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in stem)


def _facts(path: Path) -> list[str | int]:
    facts = path.stat()
    return [str(path), facts.st_size, facts.st_mtime_ns]


def _some(paths: Iterator[Path]) -> list[Path]:
    return [path for _, path in zip(range(MOST_FILES + 1), paths, strict=False)]


def _code_of(standing: object) -> str | None:
    """Return the state of the code that runs: the engine's, the plugin's, and the libraries of both."""
    if not (isinstance(standing, tuple) and len(standing) > 1 and isinstance(standing[1], Path)):
        return None
    # A packaged application holds the engine and the libraries in itself.
    packaged = getattr(sys, "frozen", False)
    where = sys.executable if packaged else sysconfig.get_paths()["purelib"]
    libraries = os.stat(where).st_mtime_ns  # noqa: PTH116 - as below
    own = _code_in(Path(twin.__file__).parent)
    return f"{sys.version} {libraries} {own} {_code_in(standing[1])}"


@lru_cache(maxsize=64)
def _code_in(folder: Path) -> str:
    """Return a digest of the names, sizes and times of the files of code in a folder; as of the start."""
    digest = hashlib.blake2b(digest_size=20)
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        for name in sorted(names):
            facts = os.stat(os.path.join(base, name))  # noqa: PTH116, PTH118 - hundreds of files at start
            digest.update(f"{base}/{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
