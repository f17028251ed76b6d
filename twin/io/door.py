"""The two questions a file is asked: what is in it, and give me a layer of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import BelvedereError, Cancelled, ReadError
from twin.io import archive, cgmes_file, contributed, guard, stage, wide
from twin.io.formats import FORMATS, NOT_READ, Format
from twin.io.gdal import said
from twin.io.inspection import Inspection, LayerInfo
from twin.io.loaded import Request
from twin.io.sniff import sniff
from twin.model.geoframe import GeoFrame
from twin.model.table import FeatureTable
from twin.problems import Problem
from twin.progress import Progress

FIRST_SUFFIXES = {".json", ".jsonl"}
FIRST_BYTES = 12_000_000
"""Smaller city models are there in less than a second."""
_XML_FORMATS = {
    "kml",
    "gml",
    "gpx",
    "osm",
    "xml",
    "citygml",
    "indoorgml",
    "inspire",
    "inspire-network",
    "esdl",
    "dae",
}


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One file to open: the file itself, or one that was inside an archive."""

    path: Path
    format: Format
    prefix: str = ""

    def request(self, shown: Path, progress: Progress, **more: Any) -> Request:
        name = self.format.name
        return Request(path=shown, opened=str(self.path), progress=progress, format=name, **more)


def inspect(
    path: Path, *, progress: Progress | None = None, first: int | None = None
) -> Inspection:
    """Return what a file holds. Never raises for a bad file: the problems say what is wrong.

    Parameters
    ----------
    path : Path
        A file, or a folder that is one data set (``.gdb``).
    progress : Progress or None
        May cancel; problems are not reported to it but returned.
    first : int or None
        So many features are enough, of formats where reading all would take long: counts and extents are then
        those of the part.

    Raises
    ------
    Cancelled
        ``progress`` was asked to stop.
    """
    path = Path(path)
    keeper = _Keeper(progress)
    layers: list[LayerInfo] = []
    title = ""
    try:
        with _opened(path, keeper) as parts:
            title = (
                parts[0].format.title if len({part.format.name for part in parts}) == 1 else "ZIP"
            )
            for part in parts:
                layers.extend(_inspect_part(part, path, keeper, first))
    except BelvedereError as error:
        keeper.report(error.problem)
    return Inspection(
        path=path, format=title, layers=tuple(layers), problems=tuple(keeper.problems)
    )


def read(
    path: Path,
    *,
    sublayer: str = "",
    crs: str = "",
    target: GeoFrame | None = None,
    progress: Progress,
    options: Mapping[str, Any] | None = None,
) -> FeatureTable:
    """Read one layer of a file into a table.

    Parameters
    ----------
    path : Path
        The file.
    sublayer : str
        Name of the layer as ``inspect`` gives it; empty: the first.
    crs : str
        Overrides what the file says.
    target : GeoFrame or None
        The project's frame: coordinates are brought to its CRS. None: to the horizontal CRS of the file.
    progress : Progress
        Told how far it is; takes the problems of rows, geometries and CRS.
    options : mapping
        Options of the format: ``lod`` of city models, ``band`` ``as`` ``cells`` ``window`` of rasters, ``x``
        ``y`` ``separator`` of CSV.

    Returns
    -------
    FeatureTable
        Unique text ``feature_id``; heights orthometric in metres.

    Raises
    ------
    ReadError
        Nothing of it can be shown; its problem says why and what to do.
    Cancelled
        ``progress`` was asked to stop.
    """
    path = Path(path)
    with _opened(path, progress) as parts:
        part, inner = _chosen(parts, sublayer, path)
        request = part.request(path, progress, sublayer=inner, crs=crs, options=dict(options or {}))
        if target is not None:
            request = replace(request, middle=target.origin[:2])
        loaded = _guarded(part.format.load_module().load, request)
        from twin.io.assemble import assemble

        goal = "" if target is None else target.crs
        table: FeatureTable = _guarded(assemble, loaded, request, given=crs, target=goal)
        return table


def gives_first(path: Path) -> bool:
    """Whether a file is large and of a format whose first features can be had long before the rest."""
    try:
        if path.suffix.lower() not in FIRST_SUFFIXES or path.stat().st_size < FIRST_BYTES:
            return False
        sample = replace(guard.sample(path), names_cityjson=lambda: False)
    except (ReadError, OSError):
        return False
    return sniff(sample) in {"cityjson", "cityjsonseq"}


def _guarded(work: Any, *arguments: Any, **named: Any) -> Any:
    """Libraries raise what they like on hostile input: one error comes out."""
    request = next(value for value in arguments if isinstance(value, Request))
    try:
        with np.errstate(all="ignore"):  # NaN and infinite coordinates are counted, not whispered
            return work(*arguments, **named)
    except BelvedereError as error:
        if isinstance(error, ReadError):
            raise
        problem = error.problem
        raise ReadError(problem.key, problem.where, **problem.values) from error
    except Cancelled:
        raise
    except MemoryError as error:
        raise ReadError("io.too_large_for_memory", request.where) from error
    except RecursionError as error:
        raise ReadError("io.too_deep", request.where) from error
    except Exception as error:
        raise ReadError("io.damaged", request.where, reason=said(error, named=True)) from error


def _inspect_part(
    part: _Part, shown: Path, keeper: _Keeper, first: int | None
) -> Iterator[LayerInfo]:
    from twin.io.describe import describe

    module = part.format.load_module()
    options: dict[str, Any] = {"inspect": True} | ({} if first is None else {"first": first})
    request = part.request(shown, keeper, options=options)
    try:
        names = _guarded(module.layer_names, request)
    except ReadError as error:
        keeper.report(error.problem)
        return
    if not names:
        keeper.report(ReadError("io.no_layers", shown.name).problem)
    for name in names:
        one = replace(request, sublayer=name)
        if len(names) == 1:
            one = replace(one, sublayer="")
        try:
            loaded = _guarded(module.load, one)
            info = _guarded(describe, loaded, one)
        except ReadError as error:
            keeper.report(error.problem)
        else:
            yield replace(info, name=_joined(part.prefix, info.name))


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}/{name}" if prefix else name


def _chosen(parts: list[_Part], sublayer: str, path: Path) -> tuple[_Part, str]:
    for part in parts:
        if not part.prefix:
            return part, sublayer
        if sublayer == part.prefix or not sublayer:
            return part, ""
        if sublayer.startswith(part.prefix + "/"):
            return part, sublayer[len(part.prefix) + 1 :]
    names = ", ".join(part.prefix for part in parts)
    raise ReadError("io.no_such_layer", f"{path.name} › {sublayer}", layers=names)


@contextmanager
def _opened(path: Path, progress: Progress) -> Iterator[list[_Part]]:
    """Judge a file and yield what to open; unpacked and rewritten files live as long as the block."""
    encoding = wide.encoding_of(path)
    if not encoding:
        with _parts_of(path, progress) as parts:
            yield parts
        return
    with tempfile.TemporaryDirectory(prefix="belvedere-", ignore_cleanup_errors=True) as name:
        plain = Path(name) / path.name
        wide.rewrite(path, encoding, plain, progress)
        with _parts_of(plain, progress) as parts:
            yield parts


@contextmanager
def _parts_of(path: Path, progress: Progress) -> Iterator[list[_Part]]:
    if guard.is_file_geodatabase(path):
        yield [_Part(path=path, format=FORMATS["filegdb"])]
        return
    if cgmes_file.looks_like(path):  # an archive or a folder of profiles is one model
        yield [_Part(path=path, format=FORMATS["cgmes"])]
        return
    kind = _judged(path)
    packed = kind in archive.KINDS
    if not packed and not stage.needs_copy(path, kind):
        yield [_Part(path=path, format=FORMATS[kind])]
        return
    with tempfile.TemporaryDirectory(prefix="belvedere-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if packed:
            yield _parts_of_archive(path, kind, folder, progress)
        else:
            yield [_Part(path=stage.copy(path, folder, progress), format=FORMATS[kind])]


def _parts_of_archive(path: Path, kind: str, folder: Path, progress: Progress) -> list[_Part]:
    inner = archive.unpack(path, kind, folder, progress)
    parts: list[_Part] = []
    for file in inner:
        try:
            wide.rewrite_here(file, progress)
            inside = _judged_inside(file, path)
        except ReadError as error:
            if len(inner) == 1:
                raise
            progress.report(error.problem)
        else:
            prefix = str(file.relative_to(folder)) if len(inner) > 1 else ""
            parts.append(_Part(path=file, format=FORMATS[inside], prefix=prefix))
    if not parts:
        raise ReadError("io.zip_nothing", path.name, files=len(inner))
    return parts


def _judged_inside(file: Path, archive_path: Path) -> str:
    kind = _judged(file)
    if kind not in FORMATS:
        raise ReadError("io.zip_in_zip", archive_path.name, member=file.name)
    return kind


def _judged(path: Path) -> str:
    """Return the format of a file after all checks. Raises ReadError for what is not read."""
    sample = guard.sample(path)
    kind = contributed.format_of(path) or sniff(sample)
    if kind in _XML_FORMATS:
        guard.check_xml(path)
    if kind.startswith("vrt"):
        guard.check_vrt(path)
    if kind in NOT_READ:
        key = f"io.not_read_{kind}" if kind in {"json", "office", "dwg"} else "io.format_not_read"
        raise ReadError(key, path.name, format=NOT_READ[kind])
    if not kind:
        raise ReadError("io.format_unknown", path.name, suffix=path.suffix)
    return kind


@dataclass
class _Keeper:
    """A progress that keeps the problems and passes the rest on."""

    inner: Progress | None
    problems: list[Problem] = field(default_factory=list)

    def check_cancelled(self) -> None:
        if self.inner is not None:
            self.inner.check_cancelled()

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        if self.inner is not None:
            self.inner.progress(done, total, unit)

    def report(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)
