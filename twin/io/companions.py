"""Which files make up one data set: a shapefile has five, a VRT names others, a geodatabase is a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from twin.errors import ReadError
from twin.io import guard

_RASTER = ("tfw", "tifw", "pgw", "jgw", "j2w", "wld", "prj", "aux.xml")
_BESIDE: Mapping[str, tuple[str, ...]] = {
    ".shp": ("shx", "dbf", "prj", "qpj", "cpg", "sbn", "sbx", "qix"),
    ".tab": ("dat", "map", "id", "ind"),
    ".mif": ("mid",),
    ".csv": ("csvt", "prj"),
    **dict.fromkeys((".tif", ".tiff", ".asc", ".png", ".jpg", ".jp2", ".hgt"), _RASTER),
}
"""By suffix of the main file, what belongs to it under the same stem."""

_APPENDED = (".aux.xml", ".ovr", ".msk", ".xml", "-wal")
"""What may follow the whole name of a main file."""


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files of a data set, the main one first; a file geodatabase is its folder.

    Those that a VRT names lie in its folder or below. What is missing is left out.
    """
    found = dict.fromkeys([path, *_siblings(path), *_named_by(path)])
    return tuple(file for file in found if file.exists())


def _siblings(path: Path) -> Iterator[Path]:
    if path.is_dir() or not path.parent.is_dir():
        return
    suffixes = _BESIDE.get(path.suffix.lower(), ())
    wanted = {f"{path.stem}.{suffix}".lower() for suffix in suffixes}
    wanted |= {f"{path.name}{end}".lower() for end in _APPENDED}
    # Looked up among the names that are there: SHP beside shx, and brackets in a name are no pattern.
    for entry in sorted(path.parent.iterdir()):
        same_case = entry.name.startswith(path.stem)
        if same_case and entry.name.lower() in wanted and entry.is_file():
            yield entry


def _named_by(path: Path) -> Iterator[Path]:
    if path.suffix.lower() != ".vrt":
        return
    try:
        for file in guard.vrt_targets(path):
            yield from files_of(file)
    except (ReadError, OSError):
        return  # what it names is not opened either
