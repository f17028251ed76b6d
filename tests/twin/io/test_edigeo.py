"""The French cadastre as it is given out: EDIGEO, alone and packed, cut, and packed with bad intentions."""

from __future__ import annotations

import io as memory
import tarfile
from pathlib import Path

import pytest

from tests.twin.io.edigeo import write_lot
from tests.twin.io.made import keys
from twin import io
from twin.model.geoframe import GeoFrame
from twin.progress import Unattended

LAMBERT_93 = GeoFrame(crs="EPSG:2154")


def packed(path: Path, folder: Path) -> Path:
    with tarfile.open(path, "w:bz2") as archive:
        for file in sorted(folder.iterdir()):
            archive.add(file, file.name)
    return path


@pytest.fixture
def lot(tmp_path: Path) -> Path:
    folder = tmp_path / "lot"
    folder.mkdir()
    return write_lot(folder)


def test_buildings_stand_where_they_are(lot: Path) -> None:
    (layer,) = io.inspect(lot).layers
    assert (layer.kind, layer.count) == ("polygon", 3)
    table = io.read(lot, target=LAMBERT_93, progress=Unattended())
    assert table.frame.geometry.iloc[1].bounds == pytest.approx(
        (645_020.0, 6_855_000.0, 645_030.0, 6_855_008.0), abs=0.01
    )
    assert table.frame["DUR"].tolist() == ["01", "02", "01"]


def test_a_lot_as_it_is_downloaded(lot: Path, tmp_path: Path) -> None:
    path = packed(tmp_path / "edigeo-920400000A01.tar.bz2", lot.parent)
    (layer,) = io.inspect(path).layers
    assert (layer.kind, layer.count) == ("polygon", 3)


def test_a_part_that_is_missing_is_an_error(lot: Path) -> None:
    (lot.parent / "E00001C1.SCD").unlink()
    assert keys(io.inspect(lot).problems) == {"io.no_layers"}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_pack_that_is_cut_off_is_damaged(lot: Path, tmp_path: Path, share: float) -> None:
    whole = packed(tmp_path / "whole.tar.bz2", lot.parent).read_bytes()
    path = tmp_path / "cut.tar.bz2"
    path.write_bytes(whole[: int(share * len(whole))])
    assert keys(io.inspect(path).problems) & {"io.zip_damaged", "io.damaged", "io.zip_nothing"}


@pytest.mark.parametrize("name", ["../out.thf", "/out.thf", "a/../../out.thf"])
def test_a_pack_that_writes_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.tar.bz2"
    with tarfile.open(path, "w:bz2") as archive:
        member = tarfile.TarInfo(name)
        member.size = 4
        archive.addfile(member, memory.BytesIO(b"text"))
    assert keys(io.inspect(path).problems) == {"io.zip_escapes"}


def test_links_in_a_pack_are_not_followed(lot: Path, tmp_path: Path) -> None:
    path = tmp_path / "links.tar.bz2"
    with tarfile.open(path, "w:bz2") as archive:
        member = tarfile.TarInfo("a.thf")
        member.type, member.linkname = tarfile.SYMTYPE, str(lot)
        archive.addfile(member)
    assert keys(io.inspect(path).problems) == {"io.zip_nothing"}


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from twin.io import limits

    monkeypatch.setattr(limits, "UNPACKED_BYTES", 1_000_000)
    path = tmp_path / "bomb.tar.bz2"
    with tarfile.open(path, "w:bz2") as archive:
        member = tarfile.TarInfo("a.geojson")
        member.size = 5_000_000
        archive.addfile(member, memory.BytesIO(bytes(5_000_000)))
    assert keys(io.inspect(path).problems) == {"io.zip_bomb"}
