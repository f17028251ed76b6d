"""Point clouds: LAS and LAZ written here, budgets, classes, colours; damaged ones."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.twin.io.made import keys
from twin import io
from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.model.table import FeatureTable, PointCloud
from twin.progress import Unattended

laspy = pytest.importorskip("laspy")
X, Y = 647_000.0, 6_858_000.0
COUNT = 4000


def write(path: Path, *, count: int = COUNT, point_format: int = 7, crs: int = 2154) -> Path:
    from pyproj import CRS

    header = laspy.LasHeader(point_format=point_format, version="1.4")
    header.offsets, header.scales = [X, Y, 0], [0.01, 0.01, 0.01]
    if crs:
        header.add_crs(CRS.from_epsg(crs))
    las = laspy.LasData(header)
    step = np.arange(count)
    las.x, las.y, las.z = X + step % 100, Y + step // 100, 30 + (step % 7)
    las.classification = np.where(step % 4 == 0, 6, 2).astype(np.uint8)
    if point_format == 7:
        las.red, las.green, las.blue = (
            np.full(count, value << 8, np.uint16) for value in (200, 100, 50)
        )
    las.write(path)
    return path


def cloud_of(table: FeatureTable) -> PointCloud:
    assert table.points is not None
    return table.points


def read(path: Path, **options: Any) -> tuple[FeatureTable, set[str]]:
    progress = Unattended()
    frame = GeoFrame(crs="EPSG:2154")
    return io.read(path, progress=progress, target=frame, options=options), keys(progress)


@pytest.mark.parametrize("suffix", [".las", ".laz"])
def test_points_classes_and_colours(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"a{suffix}")
    layer = io.inspect(path).layers[0]
    assert (layer.kind, layer.count, layer.crs) == ("cloud", COUNT, "EPSG:2154")
    assert layer.extent == (X, Y, X + 99, Y + 39)
    assert layer.z_range == pytest.approx((30, 36))
    assert layer.details["classes"] == {"2": 3000, "6": 1000}
    table, problems = read(path)
    assert not problems
    cloud = cloud_of(table)
    assert list(table.frame["class_name"]) == ["ground", "building"]
    assert np.bincount(cloud.row_of_point).tolist() == [3000, 1000]
    assert cloud.rgba_of_point is not None
    assert cloud.rgba_of_point[0].tolist() == [200, 100, 50, 255]


def test_a_budget_is_kept_and_said(tmp_path: Path) -> None:
    table, problems = read(write(tmp_path / "a.laz"), points=500)
    assert problems == {"io.points_thinned"}
    cloud = cloud_of(table)
    assert 400 <= len(cloud.xyz_in_crs) <= 500
    assert cloud.total == COUNT
    # spread over all of it, and any first part as well
    assert np.ptp(cloud.xyz_in_crs[:100, 0]) > 80
    assert np.ptp(cloud.xyz_in_crs[:100, 1]) > 30


def test_heights_in_feet(tmp_path: Path) -> None:
    path = write(tmp_path / "a.las", crs=2994)
    found = io.inspect(path)
    assert "io.heights_in_feet" in keys(found)
    assert found.layers[0].z_range == pytest.approx((30 * 0.3048, 36 * 0.3048), abs=0.01)


def test_a_file_that_breaks_off(tmp_path: Path) -> None:
    path = write(tmp_path / "a.las")
    path.write_bytes(path.read_bytes()[:-60_000])
    table, problems = read(path)
    assert "io.fewer_features" in problems
    assert 0 < len(cloud_of(table).xyz_in_crs) < COUNT


@pytest.mark.parametrize("offset", [100, 243], ids=["records", "records behind the points"])
def test_more_records_than_there_is_room_for(tmp_path: Path, offset: int) -> None:
    """Libraries read them one after the other, billions of them."""
    path = write(tmp_path / "a.las")
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, offset, 2**31)
    path.write_bytes(data)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert "VLR" in caught.value.problem.values["reason"]


@pytest.mark.parametrize("at_end", [False, True])
def test_a_table_of_chunks_that_promises_too_much(tmp_path: Path, at_end: bool) -> None:
    """The decoder takes memory for all that is promised, and ends the process where there is none."""
    path = write(tmp_path / "a.laz")
    data = bytearray(path.read_bytes())
    (start,) = struct.unpack_from("<I", data, 96)
    (table,) = struct.unpack_from("<q", data, start)
    struct.pack_into("<I", data, table + 4, 2**31)
    if at_end:
        struct.pack_into("<q", data, start, -1)
        data += struct.pack("<q", table)
    path.write_bytes(data)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert "chunks" in caught.value.problem.values["reason"]


@pytest.mark.parametrize(("offset", "value"), [(247, 2**60), (247, 2**31), (131, None)])
def test_headers_that_promise_too_much(tmp_path: Path, offset: int, value: int | None) -> None:
    """The number of points stands at byte 247 of a header of version 1.4, the scale of x at 131."""
    path = write(tmp_path / "a.laz")
    data = bytearray(path.read_bytes())
    packed = struct.pack("<d", float("nan")) if value is None else struct.pack("<Q", value)
    data[offset : offset + 8] = packed
    path.write_bytes(data)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.problem.key == "io.damaged"


@pytest.mark.shared_data
def test_clouds_of_many_producers(shared_data: Path) -> None:
    folder = shared_data / "pointclouds"
    tried = 0
    for line in (folder / "DATA.md").read_text(encoding="utf-8").splitlines():
        found = re.match(r'^- las `([^`]+)` \{"points": (\d+)', line)
        if not found or not (folder / found[1]).is_file():
            continue
        if found[1] in {
            "pdal/las/1.2-with-color-clipped.las",
            "pdal/laz/simple-laszip-compressor-version-1.2r0.laz",
        }:
            continue  # broken off; packed by a compressor of 2008 that nobody reads in blocks
        assert io.inspect(folder / found[1]).layers[0].count == int(found[2]), found[1]
        tried += 1
    assert tried >= 28
