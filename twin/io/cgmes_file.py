"""CGMES files: recognised by what they hold, and looked at for what may not be in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from twin.errors import ReadError

HEAD_BYTES = 8192
CHUNK_BYTES = 1 << 20
SUFFIXES = {".xml", ".zip", ".rdf"}
MARKS = (b"iec.ch/TC57", b"CIM-schema-cim", b"ucaiug.org/ns")
NEEDED = {
    "EQ": (b"/EquipmentCore/", b"CoreEquipment"),
    "SSH": (b"SteadyStateHypothesis",),
    "TP": (b"/Topology/", b"/Topology-EU"),
}
"""Profiles by what their headers call them, in CGMES 2.4.15 and 3.0."""
FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
MAX_BYTES = 1024 * 1024 * 1024
MAX_MEMBERS = 200
INNER_ARCHIVES = 1
"""Archives within an archive are looked into, but none within those."""


def looks_like(path: Path) -> bool:
    """Whether a file or folder is CGMES: RDF of the CIM, plain or zipped."""
    if path.is_dir():
        return any(looks_like(part) for part in parts(path))
    suffix = path.suffix.lower()
    if not path.is_file() or suffix not in SUFFIXES:
        return False
    try:
        return any(mark in head for head in _heads(path) for mark in MARKS)
    except (OSError, zipfile.BadZipFile, ReadError, RuntimeError, NotImplementedError):
        return False


def parts(path: Path) -> list[Path]:
    """Return the files of a model: those of a folder and of the folders in it, else the file itself."""
    if not path.is_dir():
        return [path]
    found = (p for pattern in ("*", "*/*") for p in path.glob(pattern))
    return sorted(p for p in found if p.suffix.lower() in SUFFIXES and p.is_file())[:MAX_MEMBERS]


def members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield name and stream of each profile of a file: itself, or what is in an archive and in archives within it."""
    if path.suffix.lower() != ".zip":
        with path.open("rb") as stream:
            yield path.name, stream
        return
    with zipfile.ZipFile(path) as archive:
        yield from _inside(archive, path.name, INNER_ARCHIVES)


def _inside(archive: zipfile.ZipFile, where: str, deeper: int) -> Iterator[tuple[str, IO[bytes]]]:
    found = archive.infolist()
    if len(found) > MAX_MEMBERS or sum(m.file_size for m in found) > MAX_BYTES:
        raise ReadError("io.too_large_for_memory", where)
    for member in found:
        name = member.filename
        hidden = name.startswith("__MACOSX") or Path(name).name.startswith(".")
        if hidden or Path(name).suffix.lower() not in SUFFIXES:
            continue
        with archive.open(member) as stream:
            if not name.lower().endswith(".zip"):
                yield name, stream
            elif deeper:
                with zipfile.ZipFile(io.BytesIO(stream.read())) as inner:
                    yield from _inside(inner, where, deeper - 1)


def lacking(path: Path) -> list[str]:
    """Return which profiles a model lacks of those that a flow cannot be computed without: EQ, SSH, TP."""
    heads = b"".join(head for part in parts(path) for head in _heads(part))
    return [name for name, marks in NEEDED.items() if not any(mark in heads for mark in marks)]


def _heads(path: Path) -> Iterator[bytes]:
    return (stream.read(HEAD_BYTES) for _, stream in members(path))


def _forbidden(path: Path) -> bool:
    """Whether a profile declares a document type or entities anywhere."""
    return any(_declares(stream) for _, stream in members(path))


def _declares(stream: IO[bytes]) -> bool:
    end = b""
    while chunk := stream.read(CHUNK_BYTES):
        if any(mark in end + chunk for mark in FORBIDDEN):
            return True
        end = chunk[-16:]
    return False


def checked(path: Path) -> str:
    """Return the version, ``2.4.15`` or ``3.0``, after a look for what may not be in it.

    Raises
    ------
    ReadError
        Entities, too many members, or more bytes than fit.
    """
    heads = [head for part in parts(path) for head in _heads(part)]
    if any(_forbidden(part) for part in parts(path)):
        raise ReadError("io.xml_entities", path.name)
    three = any(b"CIM100" in head or b"ucaiug.org/ns" in head for head in heads)
    return "3.0" if three else "2.4.15"
