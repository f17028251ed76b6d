"""The octree of a COPC file: which cube lies where in it. Pages as in the COPC 1.0 specification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.errors import ReadError

_ENTRY = np.dtype(
    [("level", "<i4"), ("x", "<i4"), ("y", "<i4"), ("z", "<i4"), ("start", "<u8"), ("length", "<i4"), ("points", "<i4")]
)  # fmt: skip
_DEEPEST = 32
_MOST_NODES = 500_000
_MOST_POINTS = 4_000_000

Key = tuple[int, int, int, int]
"""Level, x, y, z."""


@dataclass(frozen=True, slots=True)
class Node:
    """A cube of the octree and where its points lie in the file."""

    key: Key
    offset: int
    size: int
    points: int


def nodes_of(reader: Any, where: str) -> list[Node]:
    """Return the nodes that a file opened by laspy's reader has, coarsest first; a page that names itself is read once.

    Raises
    ------
    ReadError
        There are none, or more than any honest file has.
    """
    info = reader.copc_info
    pages = [(int(info.hierarchy_root_offset), int(info.hierarchy_root_size))]
    seen: set[int] = set()
    found: dict[Key, Node] = {}
    while pages:
        offset, size = pages.pop()
        if offset in seen or not 0 < size <= _MOST_NODES * _ENTRY.itemsize:
            continue
        seen.add(offset)
        reader.source.seek(offset)
        data = reader.source.read(size)
        entries = np.frombuffer(data[: len(data) // _ENTRY.itemsize * _ENTRY.itemsize], _ENTRY)
        for level, x, y, z, start, length, points in entries.tolist():
            if points == -1:
                pages.append((start, length))
            elif 0 < points <= _MOST_POINTS and 0 <= level < _DEEPEST and length > 0:
                found[level, x, y, z] = Node((level, x, y, z), start, length, points)
        if len(found) > _MOST_NODES:
            raise ReadError("io.too_large_for_memory", where)
    if not found:
        raise ReadError("io.damaged", where, reason="hierarchy")
    return [found[key] for key in sorted(found)]
