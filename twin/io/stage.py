"""Copies in a temporary folder, for the few formats that GDAL would write side files for."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

from twin.errors import ReadError
from twin.io import limits
from twin.progress import Progress

_SHAPEFILE_SIDES = (".dbf", ".prj", ".cpg", ".qpj")


def needs_copy(path: Path, kind: str) -> bool:
    """GML gets a schema file written beside it, a shapefile without .shx a new one."""
    if kind == "shapefile":
        return _side(path, ".shx") is None
    return kind == "gml"


def copy(path: Path, folder: Path, progress: Progress) -> Path:
    """Copy a file with its side files and return the copy."""
    if path.stat().st_size > limits.UNPACKED_BYTES:
        size_mb = round(path.stat().st_size / limits.MEGABYTE)
        limit_mb = round(limits.UNPACKED_BYTES / limits.MEGABYTE)
        raise ReadError("io.too_large", path.name, size_mb=size_mb, limit_mb=limit_mb)
    sides = [_side(path, suffix) for suffix in _SHAPEFILE_SIDES]
    for file in (path, *sides):
        if file is not None:
            progress.check_cancelled()
            shutil.copyfile(file, folder / file.name)
    made = folder / path.name
    if path.suffix.lower() == ".shp":
        made.with_suffix(".shx").write_bytes(_index_of(made.read_bytes()))
    return made


def _index_of(shapes: bytes) -> bytes:
    """Return the .shx of a .shp: where each record begins and how long it is, in 16-bit words.

    ESRI Shapefile Technical Description (1998): header of 100 bytes, then for each record its number and
    length, big-endian, and the content. Stops where the file breaks off.
    """
    entries = []
    position = 100
    while position + 8 <= len(shapes):
        (words,) = struct.unpack_from(">i", shapes, position + 4)
        if words < 2 or position + 8 + 2 * words > len(shapes):
            break
        entries.append(struct.pack(">ii", position // 2, words))
        position += 8 + 2 * words
    length = 50 + 4 * len(entries)
    return shapes[:24] + struct.pack(">i", length) + shapes[28:100] + b"".join(entries)


def _side(path: Path, suffix: str) -> Path | None:
    for written in (suffix, suffix.upper()):
        side = path.with_suffix(written)
        if side.is_file():
            return side
    return None
