"""Data sets of several files are copied whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.io.companions import files_of
from twin.store.data_files import Copies


def made(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


@pytest.mark.parametrize(
    ("main", "others", "strangers"),
    [
        ("a.shp", ["a.shx", "a.dbf", "a.prj", "a.shp.xml"], ["a.tif", "ab.shx", "a.docx"]),
        ("[x] a.b é.shp", ["[x] a.b é.shx", "[x] a.b é.dbf"], ["x a.b é.shx", "[x] a.dbf"]),
        ("A.SHP", ["A.SHX", "A.dbf"], ["a.txt"]),
        ("dem.tif", ["dem.tfw", "dem.tif.aux.xml", "dem.tif.ovr"], ["dem.shp", "dem.dbf"]),
        ("city.gpkg", ["city.gpkg-wal"], ["city.json"]),
    ],
)
def test_the_files_of_a_data_set_are_found_and_no_others(
    tmp_path: Path, main: str, others: list[str], strangers: list[str]
) -> None:
    made(tmp_path, main, *others, *strangers)
    found = files_of(tmp_path / main)
    assert found[0] == tmp_path / main
    assert {path.name for path in found} == {main, *others}


def test_a_vrt_takes_the_files_that_it_names_along(tmp_path: Path) -> None:
    made(tmp_path, "in/tiles/a.asc", "in/tiles/a.prj")
    vrt = tmp_path / "in" / "all.vrt"
    vrt.write_text(
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">'
        '<SimpleSource><SourceFilename relativeToVRT="1">tiles/a.asc</SourceFilename>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    (tmp_path / "in/tiles/a.asc").write_text(
        "ncols 1\nnrows 1\nxllcorner 0\nyllcorner 0\ncellsize 1\n5\n"
    )
    folder = tmp_path / "city"
    assert Copies(folder).add(vrt) == "data/all/all.vrt"
    assert (folder / "data/all/tiles/a.asc").is_file()
    assert (folder / "data/all/tiles/a.prj").is_file()


def test_a_folder_that_is_a_data_set_is_copied_as_one(tmp_path: Path) -> None:
    made(tmp_path, "town.gdb/a00000001.gdbtable", "town.gdb/gdb")
    folder = tmp_path / "city"
    assert Copies(folder).add(tmp_path / "town.gdb") == "data/town.gdb"
    assert (folder / "data/town.gdb/gdb").is_file()


def test_copies_never_take_the_place_of_what_is_there_and_can_be_undone(tmp_path: Path) -> None:
    made(tmp_path, "a/x.shp", "a/x.shx", "city/data/x.shx")
    copies = Copies(tmp_path / "city")
    assert copies.add(tmp_path / "a" / "x.shp") == "data/x_2.shp"
    assert (tmp_path / "city/data/x_2.shx").read_text() == "a/x.shx"
    with pytest.raises(FileExistsError):
        copies.put(tmp_path / "a" / "x.shp", tmp_path / "city/data/x.shx")
    copies.undo()
    assert [p.name for p in (tmp_path / "city").rglob("*")] == ["data", "x.shx"]
