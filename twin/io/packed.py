"""Data packed inside other data: gzip around single files, Zstandard in zips, unknown to the standard library."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from twin.errors import ReadError
from twin.io import limits

GZIP = b"\x1f\x8b"
ZSTANDARD = 93
"""Compression method of a zip (APPNOTE 6.3.7), which tilesets in one file (.3tz) may use."""
_LOCAL_HEADER = b"PK\x03\x04"
_LOCAL_HEADER_BYTES = 30


def without_gzip(data: bytes, where: str, limit: int = limits.TEXTURE_BYTES) -> bytes:
    """Return bytes without the gzip around them; others as they are.

    Raises
    ------
    ReadError
        Broken, or more than ``limit`` bytes come out.
    """
    if not data.startswith(GZIP):
        return data
    worker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        found = worker.decompress(data, limit)
    except zlib.error as error:
        raise ReadError("io.zip_damaged", where, member=where) from error
    if worker.unconsumed_tail:
        values = {"size_mb": len(data) >> 20, "promised_mb": limit >> 20, "files": 1}
        raise ReadError("io.zip_bomb", where, **values)
    if not worker.eof:
        raise ReadError("io.zip_damaged", where, member=where)
    return found


def zstandard_member(path: Path, member: zipfile.ZipInfo) -> bytes:
    """Return a member of a zip that is packed with Zstandard.

    Raises
    ------
    ReadError
        It is broken, or holds more or less than the directory of the zip says.
    """
    import pyarrow as pa

    with path.open("rb") as file:
        file.seek(member.header_offset)
        head = file.read(_LOCAL_HEADER_BYTES)
        # The local header repeats the name and has its own extra field: their lengths are its last two numbers.
        names = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        file.seek(names, 1)
        packed = file.read(member.compress_size)
    try:
        data: bytes = pa.Codec("zstd").decompress(packed, member.file_size, asbytes=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ReadError("io.zip_damaged", path.name, member=member.filename[:120]) from error
    if not head.startswith(_LOCAL_HEADER) or zlib.crc32(data) != member.CRC:
        raise ReadError("io.zip_damaged", path.name, member=member.filename[:120])
    return data
