"""A plugin as one file: a zip of its folder, the same bytes for the same files, and back safely."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from twin.errors import PluginError
from twin.isolation.trust import plugin_files
from twin.registry import Manifest, read_manifest

MAX_FILES = 5_000
MAX_BYTES = 500_000_000
EPOCH = (2020, 1, 1, 0, 0, 0)
ENDING = ".belvedere-plugin"


def pack(folder: Path, out: Path) -> tuple[Path, str]:
    """Write ``<id>-<version>.belvedere-plugin`` into a folder; return its path and SHA-256.

    Raises
    ------
    PluginError
        The manifest is broken, or the file cannot be written.
    """
    manifest = read_manifest(folder)
    target = out / f"{manifest.id}-{manifest.version}{ENDING}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in plugin_files(folder):
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
    except OSError as error:
        target.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise PluginError("plugin.cannot_write", str(target), reason=reason) from error
    return target, hashlib.sha256(target.read_bytes()).hexdigest()


def unpack(archive_path: Path, into: Path) -> Manifest:
    """Unpack into ``into/<id>``, all or nothing, replacing what is there; return its manifest.

    Raises
    ------
    PluginError
        It is no pack, holds paths outside itself, links, too much, or no valid manifest.
    """
    into.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=into, prefix=".new-"))
    try:
        _extract(archive_path, draft)
        manifest = read_manifest(draft)
        target = into / manifest.id
        old = into / f".old-{manifest.id}"
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        draft.rename(target)
        shutil.rmtree(old, ignore_errors=True)
        return read_manifest(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _extract(archive_path: Path, draft: Path) -> None:
    try:
        with zipfile.ZipFile(archive_path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_FILES or sum(e.file_size for e in entries) > MAX_BYTES:
                raise PluginError("plugin.pack_too_large", archive_path.name)
            for entry in entries:
                _extract_one(archive, entry, draft)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise PluginError("plugin.no_pack", archive_path.name, reason=str(error)[:200]) from error


def _extract_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, draft: Path) -> None:
    path = PurePosixPath(entry.filename)
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or is_link:
        raise PluginError("plugin.data_outside", entry.filename, value=entry.filename)
    target = draft / path
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, target.open("wb") as file:
        left = entry.file_size  # what the directory says is what is written, at most
        while left > 0 and (part := source.read(min(left, 1 << 20))):
            file.write(part)
            left -= len(part)
