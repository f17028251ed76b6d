"""CGMES files: recognised by what they hold, and looked at for what may not be in them."""

from __future__ import annotations

import zipfile
from pathlib import Path

from twin.network.model import NetworkError

HEAD_BYTES = 8192
MARKS = (b"iec.ch/TC57", b"CIM-schema-cim", b"ucaiug.org/ns")
FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
MAX_BYTES = 1024 * 1024 * 1024
MAX_MEMBERS = 200


def looks_like(path: Path) -> bool:
    """Whether a file is CGMES: RDF of the CIM, plain or zipped."""
    suffix = path.suffix.lower()
    if not path.is_file() or suffix not in {".xml", ".zip", ".rdf"}:
        return False
    try:
        return any(mark in head for head in _heads(path) for mark in MARKS)
    except (OSError, zipfile.BadZipFile):
        return False


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


def checked(path: Path) -> str:
    """Return the version, ``2.4.15`` or ``3.0``, after a look for what may not be in it.

    Raises
    ------
    NetworkError
        Entities, too many members, or more bytes than fit.
    """
    heads = _heads(path)
    if any(mark in head for head in heads for mark in FORBIDDEN):
        raise NetworkError("network.forbidden_object", path.name, name="XML entities")
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_BYTES:
                raise NetworkError("io.too_large_for_memory", path.name)
    three = any(b"CIM100" in head or b"ucaiug.org/ns" in head for head in heads)
    return "3.0" if three else "2.4.15"
