"""COPC files made here: an octree of a town of points, for which no library in Python has a writer.

``python -m tests.twin.io.copc PATH POINTS`` writes a large one.
"""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.twin.io.test_las import X, Y

HALF_M = 512.0
A_NODE = 20_000
_ENTRY = struct.Struct("<iiiiQii")


def town(count: int) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return (n, 3) places and (n,) classes: ground, and blocks of buildings on it, always the same."""
    rng = np.random.default_rng(7)
    xy = rng.uniform(-HALF_M * 0.98, HALF_M * 0.98, (count, 2))
    built = (np.floor(xy / 32).astype(int) % 3 == 0).all(axis=1)
    z = np.where(built, 15.0, 0.0) + rng.uniform(0, 0.3, count) + xy[:, 0] * 0.02
    return np.column_stack([xy[:, 0] + X, xy[:, 1] + Y, z]), np.where(built, 6, 2).astype(np.uint8)


def write(path: Path, count: int, *, a_node: int = A_NODE, epsg: int = 2154) -> Path:
    """Write a town of so many points as COPC 1.0."""
    import laspy
    import lazrs
    from pyproj import CRS

    xyz, kind = town(count)
    header = laspy.LasHeader(point_format=7, version="1.4")
    header.offsets, header.scales = [X, Y, 0], [0.001] * 3
    if epsg:
        header.add_crs(CRS.from_epsg(epsg))
    packed = lazrs.LazVlr.new_for_compression(7, 0, True)
    chunks, entries = io.BytesIO(), []
    compressor = lazrs.LasZipCompressor(chunks, packed)
    for key, rows in _octree(xyz, a_node):
        raw = _records(header, xyz[rows], kind[rows])
        compressor.compress_chunks([raw])
        entries.append((key, chunks.tell(), len(rows)))
    compressor.done()
    _assemble(path, header, packed.record_data(), chunks.getvalue(), (xyz, entries))
    return path


def _octree(xyz: NDArray[np.float64], a_node: int) -> list[tuple[tuple[int, ...], NDArray[Any]]]:
    """Each node keeps an even part of what is below it, at random, and hands on the rest."""
    low = np.array([X - HALF_M, Y - HALF_M, -HALF_M])
    stack = [((0, 0, 0, 0), np.random.default_rng(1).permutation(len(xyz)))]
    found = []
    while stack:
        (level, *cell), rows = stack.pop(0)
        found.append(((level, *cell), rows[:a_node]))
        rest = rows[a_node:]
        if not len(rest):
            continue
        side = 2 * HALF_M / 2 ** (level + 1)
        below = np.floor((xyz[rest] - low) / side).astype(int)
        codes = below @ np.array([1 << 40, 1 << 20, 1])
        order = np.argsort(codes, kind="stable")
        cuts = np.flatnonzero(np.diff(codes[order])) + 1
        stack += [
            ((level + 1, *below[group[0]].tolist()), rest[group]) for group in np.split(order, cuts)
        ]
    return found


def _records(header: Any, xyz: NDArray[np.float64], kind: NDArray[np.uint8]) -> bytes:
    import laspy

    record = laspy.ScaleAwarePointRecord.zeros(len(xyz), header=header)
    record.x, record.y, record.z = xyz.T
    record.classification = kind
    record.red, record.green, record.blue = (
        (kind * value).astype(np.uint16) << 8 for value in (30, 20, 10)
    )
    return record.array.tobytes()


def _assemble(
    path: Path,
    header: Any,
    laszip: bytes,
    chunks: bytes,
    tree: tuple[NDArray[np.float64], list[Any]],
) -> None:
    """Put header, records, chunks and hierarchy one after the other."""
    import laspy

    xyz, entries = tree
    wkt = list(header.vlrs)
    header.vlrs = [
        laspy.VLR("copc", 1, record_data=bytes(160)),
        laspy.VLR("laszip encoded", 22204, record_data=laszip),
        *wkt,
    ]
    header.are_points_compressed = True
    header.point_count = len(xyz)
    header.mins, header.maxs = xyz.min(axis=0), xyz.max(axis=0)
    header.number_of_evlrs, header.start_of_first_evlr = 1, 0
    for _ in range(2):  # the second time with the places that the first told
        start = io.BytesIO()
        header.write_to(start)
        first = start.tell()
        header.start_of_first_evlr = first + len(chunks)
    data = bytearray(start.getvalue())
    root = header.start_of_first_evlr + 60
    info = struct.pack(
        "<5d2Q2d", X, Y, 0.0, HALF_M, HALF_M / 64, root, len(entries) * _ENTRY.size, 0.0, 0.0
    )
    data[375 + 54 : 375 + 54 + len(info)] = info
    chunks = struct.pack("<q", first + struct.unpack_from("<q", chunks)[0]) + chunks[8:]
    hierarchy, begin = b"", 8
    for key, end, count in entries:
        hierarchy += _ENTRY.pack(*key, first + begin, end - begin, count)
        begin = end
    evlr = struct.pack("<H16sHQ32s", 0, b"copc", 1000, len(hierarchy), b"hierarchy")
    path.write_bytes(bytes(data) + chunks + evlr + hierarchy)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
