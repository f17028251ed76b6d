"""Packs: a project with all its data in one file, ``name.belvedere``; read without trusting a byte of it.

A zip with ``manifest.json`` (SHA-256 and size of every other file) and ``signature.json`` (Ed25519, RFC 8032, over
the bytes of the manifest). Nothing is used before its sum was found to be right, and nothing is written outside the
folder that a pack is unpacked to. Tiles stay in the pack and are read from there (``twin.store.streamed_members``).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from twin.errors import ProjectError
from twin.extras import require
from twin.problems import Problem, Severity
from twin.store.streamed_members import note_members

SUFFIX = ".belvedere"
FORMAT, VERSION = "belvedere-pack", 1
MANIFEST, SIGNATURE, DOCUMENT = "manifest.json", "signature.json", "project.json"
MOST_FILES = 100_000
MOST_BYTES = 8 * 1024**3
MOST_RATIO = 400
MANIFEST_BYTES = 16 * 1024**2
BLOCK = 1024**2
_RESERVED = frozenset(
    {
        "con",
        "prn",
        "aux",
        "nul",
        *(f"com{n}" for n in range(1, 10)),
        *(f"lpt{n}" for n in range(1, 10)),
    }
)


@dataclass(frozen=True, kw_only=True)
class PackInfo:
    """What a pack says of itself, after its sums and signature were found right.

    Parameters
    ----------
    signer : str
        Fingerprint of the key that signed it, empty for an unsigned pack.
    manifest : mapping
        As in the file: title, versions of Belvedere and plugins, languages, files.
    """

    path: Path
    signer: str
    manifest: Mapping[str, Any]


def is_pack(path: Path) -> bool:
    """Whether a path is a file that is called a pack."""
    return path.suffix.lower() == SUFFIX and path.is_file()


def open_pack(path: Path, cache: Path | None = None) -> tuple[Path, PackInfo, list[Problem]]:
    """Check a pack and unpack it; return the folder of the project, what it says, and remarks.

    Parameters
    ----------
    cache : Path or None
        Where packs are unpacked to; None: the user's cache folder.

    Raises
    ------
    ProjectError
        Not a pack, damaged, tampered with, hostile, made by a newer Belvedere, or without room to unpack it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _judged(archive, path)
            raw = _bytes(archive, members, MANIFEST, path)
            manifest = _manifest(raw, path)
            signer = _signer(archive, members, raw, path)
            _check_names(manifest, members, path)
            root = cache or packs_folder()
            folder = root / hashlib.sha256(raw).hexdigest()[:32]
            if _whole(folder, manifest):
                _check_sums(archive, manifest, path)
            else:
                _unpack(archive, manifest, folder, path)
            note_members(folder, path, manifest["streamed"])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ProjectError("pack.damaged", path.name, reason=str(error)[:200]) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectError("pack.cannot_open", str(path), reason=reason) from error
    (folder.parent / f"{folder.name}.origin").write_text(str(path.resolve()), encoding="utf-8")
    info = PackInfo(path=path, signer=signer, manifest=manifest)
    problems = [] if signer else [Problem("pack.unsigned", path.name, {}, Severity.WARNING)]
    return folder, info, problems


def packs_folder() -> Path:
    """Return where packs are unpacked to."""
    import platformdirs

    named = os.environ.get("BELVEDERE_STATE")
    base = Path(named) if named else Path(platformdirs.user_cache_dir("belvedere", appauthor=False))
    return base / "packs"


def pack_of(folder: Path) -> Path | None:
    """Return the pack that a project folder was unpacked from, None for an ordinary folder."""
    origin = folder.parent / f"{folder.name}.origin"
    if folder.parent.name != "packs" or not origin.is_file():
        return None
    return Path(origin.read_text(encoding="utf-8"))


def fingerprint(public_key: bytes) -> str:
    """Return how people compare a key: 16 pairs of the SHA-256 of its 32 bytes."""
    digest = hashlib.sha256(public_key).hexdigest()[:32]
    return ":".join(digest[i : i + 2] for i in range(0, 32, 2))


def safe_name(name: str) -> bool:
    """Whether a name inside a pack stays inside, on every system."""
    parts = name.split("/")
    return bool(name) and len(name) < 240 and all(_safe_part(part) for part in parts)


def _safe_part(part: str) -> bool:
    if part in ("", ".", "..") or part != part.rstrip(". ") or any(ord(c) < 32 for c in part):
        return False
    return not set(part) & set('\\:*?"<>|') and part.split(".")[0].lower() not in _RESERVED


def _judged(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name, all of which may be unpacked."""
    members: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    infos = archive.infolist()
    unpacked, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
    bomb = unpacked > MOST_BYTES or (
        unpacked > 64 * BLOCK and unpacked > MOST_RATIO * max(packed, 1)
    )
    if len(infos) > MOST_FILES or bomb:
        raise ProjectError("pack.bomb", path.name, files=len(infos), size_mb=unpacked // BLOCK)
    for info in infos:
        mode = info.external_attr >> 16
        odd = info.is_dir() or (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode) != 0)
        folded = info.filename.casefold()
        if odd or info.flag_bits & 1 or folded in seen or not safe_name(info.filename):
            raise ProjectError("pack.hostile", path.name, member=info.filename[:120])
        seen.add(folded)
        members[info.filename] = info
    return members


def _bytes(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str, path: Path
) -> bytes:
    info = members.get(name)
    if info is None:
        raise ProjectError("pack.not_a_pack", path.name, missing=name)
    if info.file_size > MANIFEST_BYTES:
        raise ProjectError("pack.bomb", path.name, files=1, size_mb=info.file_size // BLOCK)
    with archive.open(info) as file:
        return file.read(MANIFEST_BYTES)


def _manifest(raw: bytes, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(raw)
        version, files = manifest["version"], manifest["files"]
        sums = {str(name): (str(f["sha256"]), int(f["size"])) for name, f in files.items()}
        right = manifest["format"] == FORMAT and isinstance(version, int)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProjectError("pack.not_a_pack", path.name, missing=MANIFEST) from error
    if not right:
        raise ProjectError("pack.not_a_pack", path.name, missing=FORMAT)
    if version > VERSION:
        raise ProjectError("pack.newer", path.name, version=version, known=VERSION)
    stay = {n for n, f in files.items() if f.get("streamed") is True and n != DOCUMENT}
    streamed = {name: sums.pop(name) for name in sorted(stay)}
    return {**manifest, "sums": sums, "streamed": streamed}


def _signer(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], raw: bytes, path: Path
) -> str:
    """Return the fingerprint of the key that signed the manifest, empty where nobody did."""
    if SIGNATURE not in members:
        return ""
    require("show", "cryptography")
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        body = json.loads(_bytes(archive, members, SIGNATURE, path))
        key = base64.b64decode(body["public_key"], validate=True)
        signature = base64.b64decode(body["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, raw)
    except (ValueError, KeyError, TypeError, RecursionError, InvalidSignature) as error:
        raise ProjectError("pack.tampered", path.name, member=SIGNATURE) from error
    return fingerprint(key)


def _check_names(
    manifest: Mapping[str, Any], members: Mapping[str, zipfile.ZipInfo], path: Path
) -> None:
    there = set(members) - {MANIFEST, SIGNATURE}
    differing = sorted(there ^ (set(manifest["sums"]) | set(manifest["streamed"])))
    if differing:
        raise ProjectError("pack.tampered", path.name, member=differing[0][:120])
    if DOCUMENT not in there:
        raise ProjectError("pack.not_a_pack", path.name, missing=DOCUMENT)


def _check_sums(archive: zipfile.ZipFile, manifest: Mapping[str, Any], path: Path) -> None:
    """Read a pack through although its content is there from an earlier time: it may have been changed since."""
    for name, (digest, size) in manifest["sums"].items():
        with archive.open(name) as source:
            if _copy(source, None, size) != digest:
                raise ProjectError("pack.tampered", path.name, member=name[:120])


def _whole(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether a folder holds exactly what the manifest says, from an earlier time."""
    if not folder.is_dir():
        return False
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}
    if there != set(manifest["sums"]):
        return False
    for name, (digest, size) in manifest["sums"].items():
        file = folder / name
        if file.is_symlink() or file.stat().st_size != size or _sum(file) != digest:
            return False
    return True


def _sum(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _unpack(
    archive: zipfile.ZipFile, manifest: Mapping[str, Any], folder: Path, path: Path
) -> None:
    """Unpack beside and rename, so that a folder is either whole or not there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    needed = sum(size for _, size in manifest["sums"].values())
    if shutil.disk_usage(folder.parent).free < needed + 64 * BLOCK:
        raise ProjectError("pack.no_room", path.name, size_mb=needed // BLOCK)
    fresh = Path(tempfile.mkdtemp(prefix="unpacking-", dir=folder.parent))
    try:
        for name, (digest, size) in manifest["sums"].items():
            target = fresh / PurePosixPath(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, target.open("xb") as sink:
                found = _copy(source, sink, size)
            if found != digest:
                raise ProjectError("pack.tampered", path.name, member=name[:120])
        if folder.exists():
            shutil.rmtree(folder)
        fresh.replace(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _copy(source: IO[bytes], sink: IO[bytes] | None, size: int) -> str:
    """Copy no more than was promised; return the sum of what was copied."""
    digest, copied = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        copied += len(block)
        if copied > size:
            return ""
        digest.update(block)
        if sink is not None:
            sink.write(block)
    return digest.hexdigest() if copied == size else ""
