"""Making packs: everything that a project needs on a machine without network, in one signed file."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from twin import __version__
from twin.errors import ProjectError
from twin.extras import require
from twin.io.companions import files_of
from twin.model.layer import Source
from twin.model.project import Project
from twin.model.story import files_of as files_of_stop
from twin.store.codec import to_json
from twin.store.pack import FORMAT, MANIFEST, SIGNATURE, VERSION, fingerprint, safe_name
from twin.tiles.about import is_tileset, tiles_beside
from twin.work.context import resolve

WHEN = (2020, 1, 1, 0, 0, 0)
"""Of every member: the same project gives the same bytes."""
STORED = frozenset(
    {".parquet", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".mp4", ".gpkg", ".zip", ".woff", ".glb"}
)
"""Packed already."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Luggage:
    """What travels with a project.

    Parameters
    ----------
    more : mapping
        Further files by their name in the pack: fonts and licences.
    plugins : mapping
        Version by id, of the layer types that the project uses.
    """

    project: Project
    folder: Path
    more: Mapping[str, bytes]
    plugins: Mapping[str, str]


def write_pack(luggage: Luggage, out: Path, *, private_key: bytes | None = None) -> str:
    """Write a pack; return the fingerprint of the key that signed it.

    Parameters
    ----------
    private_key : bytes or None
        The 32 bytes of an Ed25519 key; None makes one for this pack alone: it then only shows that nothing was changed.

    Raises
    ------
    ProjectError
        A file of the project is missing, or the pack cannot be written.
    """
    require("show", "cryptography")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = (
        Ed25519PrivateKey.from_private_bytes(private_key)
        if private_key
        else Ed25519PrivateKey.generate()
    )
    public = key.public_key().public_bytes_raw()
    project, files, tiles = _gathered(luggage)
    text = json.dumps(to_json(project), ensure_ascii=False, indent=1) + "\n"
    content: dict[str, bytes | Path] = {"project.json": text.encode(), **files, **luggage.more}
    manifest = _manifest(luggage, content, tiles)
    raw = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    signature = {
        "algorithm": "ed25519",
        "public_key": base64.b64encode(public).decode(),
        "signature": base64.b64encode(key.sign(raw)).decode(),
    }
    content[MANIFEST] = raw
    content[SIGNATURE] = json.dumps(signature, indent=1).encode()
    _write(content, out)
    return fingerprint(public)


def _gathered(luggage: Luggage) -> tuple[Project, dict[str, bytes | Path], frozenset[str]]:
    """Return the project with every source inside, the files by their name in the pack, and which are tiles."""
    files: dict[str, bytes | Path] = {}
    tiles: dict[str, bytes | Path] = {}
    project = luggage.project
    for spec in luggage.project.layers:
        sources = {
            role: _packed(source, luggage.folder, files) for role, source in spec.sources.items()
        }
        for source in spec.sources.values():
            _pack_tiles(source, luggage.folder, tiles)
        project = project.with_layer(replace(spec, sources=sources))
    for story in project.stories:
        for stop in story.stops:
            for path in files_of_stop(stop):
                _packed(Source(path=path), luggage.folder, files)
    tiles = {name: path for name, path in tiles.items() if name not in files}
    return project, {**files, **tiles}, frozenset(tiles)


def _pack_tiles(source: Source, folder: Path, tiles: dict[str, bytes | Path]) -> None:
    """Add what a tileset consists of: it is read from the pack, tile by tile."""
    if "://" in source.path:
        return
    main = resolve(folder, source)
    if is_tileset(main):
        base = _base(source, main)
        for file in tiles_beside(main):
            name = base + file.relative_to(main.parent).as_posix()
            if not safe_name(name):
                raise ProjectError("pack.odd_name", source.path, member=name[:120])
            tiles[name] = file


def _base(source: Source, main: Path) -> str:
    """Return the folder of a source in the pack, with its slash."""
    relative = not Path(source.path).is_absolute()
    base = Path(source.path).parent.as_posix() if relative else _elsewhere(main)
    return "" if base == "." else base.rstrip("/") + "/"


def _packed(source: Source, folder: Path, files: dict[str, bytes | Path]) -> Source:
    if "://" in source.path:
        return source  # of a service: the check before a show names it
    main = resolve(folder, source)
    if not main.exists():
        raise ProjectError("pack.missing_file", source.path)
    base = _base(source, main)
    for file in files_of(main):
        inside = file.relative_to(main.parent).as_posix() if file != main else main.name
        for name, path in _tree(file, base + inside):
            if not safe_name(name):
                raise ProjectError("pack.odd_name", source.path, member=name[:120])
            files[name] = path
    return replace(source, path=base + main.name) if Path(source.path).is_absolute() else source


def _tree(file: Path, name: str) -> list[tuple[str, Path]]:
    if not file.is_dir():
        return [(name, file)]
    inside = sorted(p for p in file.rglob("*") if p.is_file() and not p.is_symlink())
    return [(f"{name}/{p.relative_to(file).as_posix()}", p) for p in inside]


def _elsewhere(main: Path) -> str:
    """Return a folder of its own for a file from outside the project."""
    return f"data/from-elsewhere-{hashlib.sha256(str(main.parent).encode()).hexdigest()[:8]}"


def _manifest(
    luggage: Luggage, content: Mapping[str, bytes | Path], tiles: frozenset[str]
) -> dict[str, Any]:
    languages = sorted({code for story in luggage.project.stories for code in story.languages})
    return {
        "format": FORMAT,
        "version": VERSION,
        "belvedere": __version__,
        "title": dict(luggage.project.title),
        "stories": [story.id for story in luggage.project.stories],
        "languages": languages,
        "plugins": dict(sorted(luggage.plugins.items())),
        "files": {
            name: {**_sums(data), **({"streamed": True} if name in tiles else {})}
            for name, data in sorted(content.items())
        },
    }


def _sums(data: bytes | Path) -> dict[str, Any]:
    if isinstance(data, bytes):
        return {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    with data.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "size": data.stat().st_size}


def _write(content: Mapping[str, bytes | Path], out: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=out.name, suffix=".tmp", dir=out.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            # Manifest first: whoever opens the pack reads it before anything else.
            for member in sorted(content, key=_order):
                _put(archive, member, content[member])
        temporary.chmod(0o644)
        temporary.replace(out)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _order(name: str) -> tuple[int, str]:
    return ({MANIFEST: 0, SIGNATURE: 1, "project.json": 2}.get(name, 3), name)


def _put(archive: zipfile.ZipFile, name: str, data: bytes | Path) -> None:
    info = zipfile.ZipInfo(name, WHEN)
    stored = Path(name).suffix.lower() in STORED
    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    info.external_attr = 0o100644 << 16
    if isinstance(data, bytes):
        archive.writestr(info, data)
        return
    info.file_size = data.stat().st_size
    with data.open("rb") as source, archive.open(info, "w") as sink:
        while block := source.read(1 << 20):
            sink.write(block)
