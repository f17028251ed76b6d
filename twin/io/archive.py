"""Files inside zip and gzip: unpacked to a temporary folder, never more than was judged."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from twin.errors import ReadError
from twin.io import guard, limits
from twin.io.packed import ZSTANDARD, without_gzip, zstandard_member
from twin.progress import Progress

_MAIN = frozenset(
    ".gpkg .shp .geojson .fgb .kml .gml .gpx .tab .mif .dxf .json .jsonl .tif .tiff .asc "  # noqa: SIM905
    ".parquet .csv .sqlite .hgt .osm .pbf .fgb .topojson .citygml .glb .gltf .obj .stl .ply .off .dae .las .laz "
    ".ifc .thf".split()
)
_SIDE = frozenset(
    ".shx .dbf .prj .cpg .qpj .dat .map .id .mid .tfw .aux.xml "  # noqa: SIM905
    ".geo .gen .qal .dic .scd .vec".split()
)
KINDS = frozenset({"zip", "gzip", "tar"})
_MODELS = frozenset(".gml .citygml .json .jsonl .gltf .obj .dae".split())  # noqa: SIM905
_BESIDE_MODELS = frozenset(".bin .mtl .jpg .jpeg .png .webp .bmp .gif .tga".split())  # noqa: SIM905


def unpack(path: Path, kind: str, folder: Path, progress: Progress) -> list[Path]:
    """Unpack what can be read of an archive and return the files to open, in its order.

    ``kind`` is one of :data:`KINDS`.

    Raises
    ------
    ReadError
        Damaged, a bomb, escaping its folder, or nothing readable in it.
    """
    if kind == "gzip":
        return [_unpack_gzip(path, folder, progress)]
    if kind == "tar":
        return _unpack_tar(path, folder, progress)
    members = [member for member in guard.zip_members(path) if "__MACOSX" not in member.filename]
    if any(member.filename == "[Content_Types].xml" for member in members):
        raise ReadError("io.format_not_read", path.name, format="Office")
    main = [member for member in members if _suffix(member) in _MAIN]
    beside = [member for member in members if _suffix(member) in _BESIDE_MODELS]
    if any(_suffix(member) in _MODELS for member in main):
        main = [member for member in main if member not in beside] or main
    else:
        beside = []
    if not main:
        main = [member for member in members if _suffix(member) == ".txt"]  # GTFS
    if not main:
        raise ReadError("io.zip_nothing", path.name, files=len(members))
    package = [member for member in members if _inner_path(member).name == "tileset.json"]
    if package:  # a tileset with all its tiles (.3tz)
        main = [min(package, key=lambda member: member.filename.count("/"))]
        beside = [member for member in members if member is not main[0]]
    wanted = main + [member for member in members if _suffix(member) in _SIDE] + beside
    with zipfile.ZipFile(path) as archive:
        for number, member in enumerate(wanted):
            progress.check_cancelled()
            progress.progress(number, len(wanted), "files")
            _unpack_member(path, archive, member, folder)
    if package:  # any file of a tileset may be gzipped as servers keep it; the reader undoes it for its contents
        tileset = folder / _inner_path(main[0])
        tileset.write_bytes(without_gzip(tileset.read_bytes(), path.name))
    return [folder / _inner_path(member) for member in main]


def _suffix(member: zipfile.ZipInfo) -> str:
    name = member.filename.lower()
    return ".aux.xml" if name.endswith(".aux.xml") else PurePosixPath(name).suffix


def _inner_path(member: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(member.filename.replace("\\", "/"))


def _unpack_member(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path
) -> None:
    target = folder / _inner_path(member)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if member.compress_type == ZSTANDARD:
            target.write_bytes(zstandard_member(path, member))
            return
        with archive.open(member) as source, target.open("wb") as sink:
            _copy(path, source, sink, member.file_size)
    except (
        zipfile.BadZipFile, OSError, EOFError, ValueError, zlib.error, NotImplementedError, RuntimeError,
    ) as error:  # fmt: skip
        raise ReadError("io.zip_damaged", path.name, member=member.filename[:120]) from error


def _unpack_gzip(path: Path, folder: Path, progress: Progress) -> Path:
    progress.check_cancelled()
    target = folder / (path.stem if path.suffix.lower() == ".gz" else path.name)
    bound = min(limits.UNPACKED_BYTES, max(path.stat().st_size, 65_536) * limits.UNPACKED_RATIO)
    try:
        with gzip.open(path, "rb") as source, target.open("wb") as sink:
            _copy(path, source, sink, bound)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError("io.zip_damaged", path.name, member=path.stem) from error
    return target


def _unpack_tar(path: Path, folder: Path, progress: Progress) -> list[Path]:
    """Unpack the files of a packed tar, one after the other: links, devices and what leads outside are refused."""
    bound = min(limits.UNPACKED_BYTES, max(path.stat().st_size, 65_536) * limits.UNPACKED_RATIO)
    main, left = [], bound
    try:
        with tarfile.open(path, "r:*") as archive:
            for number, member in enumerate(archive):
                progress.check_cancelled()
                progress.progress(number, None, "files")
                guard.check_member_name(path, member.name)
                left -= member.size
                if number >= limits.ZIP_ENTRIES or left < 0:
                    values = {"size_mb": 0, "promised_mb": bound >> 20, "files": number + 1}
                    raise ReadError("io.zip_bomb", path.name, **values)
                source = archive.extractfile(member) if member.isreg() else None
                suffix = PurePosixPath(member.name.lower()).suffix
                if source is None or suffix not in _MAIN | _SIDE:
                    continue
                target = folder / PurePosixPath(member.name)
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as sink:
                    _copy(path, source, sink, member.size)
                main += [target] if suffix in _MAIN else []
    except (tarfile.TarError, OSError, EOFError, ValueError, zlib.error) as error:
        raise ReadError("io.zip_damaged", path.name, member=path.stem) from error
    if not main:
        raise ReadError("io.zip_nothing", path.name, files=0)
    return main


def _copy(path: Path, source: IO[bytes] | gzip.GzipFile, sink: IO[bytes], bound: int) -> None:
    copied = 0
    while block := source.read(limits.MEGABYTE):
        copied += len(block)
        if copied > bound:  # the header lied
            raise ReadError("io.zip_bomb", path.name, size_mb=0, promised_mb=bound, files=1)
        sink.write(block)
