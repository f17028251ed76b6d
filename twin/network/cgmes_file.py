"""CGMES files: recognised by what they hold, and looked at for what may not be in them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from twin.network.model import NetworkError

HEAD_BYTES = 8192
CHUNK_BYTES = 1 << 20
SUFFIXES = {".xml", ".zip", ".rdf"}
MARKS = (b"iec.ch/TC57", b"CIM-schema-cim", b"ucaiug.org/ns")
FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
MAX_BYTES = 1024 * 1024 * 1024
MAX_MEMBERS = 200


def looks_like(path: Path) -> bool:
    """Whether a file or folder is CGMES: RDF of the CIM, plain or zipped."""
    if path.is_dir():
        return any(looks_like(part) for part in parts(path))
    suffix = path.suffix.lower()
    if not path.is_file() or suffix not in SUFFIXES:
        return False
    try:
        return any(mark in head for head in _heads(path) for mark in MARKS)
    except (OSError, zipfile.BadZipFile):
        return False


def parts(path: Path) -> list[Path]:
    """Return the files of a model: those of a folder, else the file itself."""
    if not path.is_dir():
        return [path]
    return sorted(p for p in path.iterdir() if p.is_file() and p.suffix.lower() in SUFFIXES)[
        :MAX_MEMBERS
    ]


def _heads(path: Path) -> list[bytes]:
    if path.suffix.lower() != ".zip":
        with path.open("rb") as stream:
            return [stream.read(HEAD_BYTES)]
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if m.filename.lower().endswith((".xml", ".rdf"))]
        found = []
        for member in members[:MAX_MEMBERS]:
            with archive.open(member) as stream:
                found.append(stream.read(HEAD_BYTES))
        return found


def _forbidden(path: Path) -> bool:
    """Whether a file, or a member of an archive, declares a document type or entities anywhere."""
    if path.suffix.lower() != ".zip":
        with path.open("rb") as stream:
            return _declares(stream)
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as stream:
                if _declares(stream):
                    return True
    return False


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
    NetworkError
        Entities, too many members, or more bytes than fit.
    """
    heads = [head for part in parts(path) for head in _heads(part)]
    for part in (p for p in parts(path) if p.suffix.lower() == ".zip"):
        with zipfile.ZipFile(part) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_BYTES:
                raise NetworkError("io.too_large_for_memory", path.name)
    if any(_forbidden(part) for part in parts(path)):
        raise NetworkError("network.forbidden_object", path.name, name="XML entities")
    three = any(b"CIM100" in head or b"ucaiug.org/ns" in head for head in heads)
    return "3.0" if three else "2.4.15"
