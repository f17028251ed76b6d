"""What is packed inside other data: tilesets in one file, their files gzipped or packed with Zstandard, and bombs."""

from __future__ import annotations

import gzip
import json
import struct
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pytest
import trimesh

from tests.twin.io.made import keys
from twin import io
from twin.errors import ReadError
from twin.io.packed import ZSTANDARD, without_gzip

BOX = {"box": [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]}


def tileset() -> dict[str, bytes]:
    root = {"boundingVolume": BOX, "geometricError": 0, "content": {"uri": "a.glb"}}
    about = {"asset": {"version": "1.1"}, "geometricError": 0, "root": root}
    model = trimesh.Scene(trimesh.creation.box((1, 1, 1))).export(file_type="glb")
    return {"tileset.json": json.dumps(about).encode(), "a.glb": bytes(model)}


def zstandard_zip(path: Path, files: dict[str, bytes], *, spoil: bool = False) -> None:
    """A zip by hand: the standard library of these versions writes no method 93."""
    body, directory = b"", b""
    for name, data in files.items():
        packed = pa.Codec("zstd").compress(data, asbytes=True)
        if spoil:
            packed = packed[:-4] + b"\0\0\0\0"
        about = struct.pack(
            "<3HIIIHH", ZSTANDARD, 0, 0x21, zlib.crc32(data), len(packed), len(data), len(name), 0
        )
        directory += b"PK\1\2" + struct.pack("<3H", 63, 63, 0) + about
        directory += struct.pack("<3HII", 0, 0, 0, 0, len(body)) + name.encode()
        body += b"PK\3\4" + struct.pack("<2H", 63, 0) + about + name.encode() + packed
    end = struct.pack("<4HIIH", 0, 0, len(files), len(files), len(directory), len(body), 0)
    path.write_bytes(body + directory + b"PK\5\6" + end)


def test_a_packed_tileset_is_called_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "quarter.3tz"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in tileset().items():
            archive.writestr(name, gzip.compress(data))
    (layer,) = io.inspect(path).layers
    assert (layer.name, layer.details["triangles"]) == ("quarter", 12)


def test_a_tileset_packed_with_zstandard(tmp_path: Path) -> None:
    path = tmp_path / "quarter.3tz"
    zstandard_zip(path, tileset())
    (layer,) = io.inspect(path).layers
    assert layer.details["triangles"] == 12


def test_a_broken_zstandard_member_is_named(tmp_path: Path) -> None:
    path = tmp_path / "quarter.3tz"
    zstandard_zip(path, tileset(), spoil=True)
    assert keys(io.inspect(path).problems) == {"io.zip_damaged"}


def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    with pytest.raises(ReadError, match=r"io\.zip_bomb"):
        without_gzip(bomb, "tile", limit=1_000_000)


def test_a_gzip_that_is_cut_off_is_damaged() -> None:
    with pytest.raises(ReadError, match=r"io\.zip_damaged"):
        without_gzip(gzip.compress(b"tile" * 1000)[:30], "tile")
