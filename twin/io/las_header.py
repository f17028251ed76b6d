"""What a LAS or LAZ file promises, held against its size before any library reads it: they believe every count.

ASPRS LAS 1.4 R15, tables 3, 6 and 9; the table of chunks as LASzip 2 writes it.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from twin.errors import ReadError

_HEAD = 375
_SHORTEST = 227
_VLR, _EVLR = 54, 60
"""Bytes of the head of a record, and of one behind the points."""


def check(path: Path, where: str) -> None:
    """Raise ReadError where there are more records or chunks promised than there is room for."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if len(head) < _SHORTEST:
            raise ReadError("io.damaged", where, reason=f"{len(head)} / {_SHORTEST} bytes")
        long, points, records = struct.unpack_from("<HII", head, 94)
        kind, record = struct.unpack_from("<BH", head, 104)
        if long + records * _VLR > size or points > size:
            raise _refused(where, f"{records} VLR", size)
        if tuple(head[24:26]) >= (1, 4) and len(head) == _HEAD:
            start, extended = struct.unpack_from("<QI", head, 235)
            if extended and start + extended * _EVLR > size:
                raise _refused(where, f"{extended} EVLR", size)
        if kind & 0xC0:
            chunks = _chunks(file, points, size)
            if chunks * record > size:  # a chunk begins with a whole point
                raise _refused(where, f"{chunks} chunks", size)


def _refused(where: str, promised: str, size: int) -> ReadError:
    return ReadError("io.damaged", where, reason=f"{promised} in {size} bytes")


def _chunks(file: BinaryIO, points: int, size: int) -> int:
    """Return how many chunks the table promises: its place stands where the points begin, or at the end of the file."""
    at = _place(file, points)
    if at == -1:
        at = _place(file, max(size - 8, 0))
    if not 0 <= at <= size - 8:
        return 0  # the decoder says so itself
    file.seek(at)
    _, chunks = struct.unpack("<II", file.read(8))
    return int(chunks)


def _place(file: BinaryIO, at: int) -> int:
    file.seek(at)
    (found,) = struct.unpack("<q", file.read(8).ljust(8, b"\0"))
    return int(found)
