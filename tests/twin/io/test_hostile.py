"""Files that mean harm: bombs, references outside, lies. None may reach out, fill the memory or raise."""

from __future__ import annotations

import contextlib
import gzip
import io as bytes_io
import json
import sqlite3
import struct
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.twin.io.made import (
    X,
    Y,
    buildings,
    collection,
    cube,
    errors,
    feature,
    point,
    raster,
    write,
    write_json,
    zipped,
)
from twin import io
from twin.errors import ReadError
from twin.io import sqlite_views
from twin.io.limits import MEGABYTE
from twin.progress import Unattended


def refusal(path: Path) -> set[str]:
    found = io.inspect(path)
    assert not found.shown
    with pytest.raises(ReadError):
        io.read(path, progress=Unattended())
    return errors(found)


def test_a_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("a.geojson", "w") as file,
    ):
        for _ in range(100):
            file.write(bytes(MEGABYTE))
    assert refusal(path) == {"io.zip_bomb"}


def test_a_view_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(buildings(), tmp_path / "a.gpkg")
    with contextlib.closing(sqlite3.connect(path)) as database:
        ((table, column, srs),) = database.execute(
            "SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns"
        ).fetchall()
        for name, more in (("few", "1 WHERE 0"), ("endless", "x + 1 FROM n")):
            database.execute(
                f"CREATE VIEW {name} AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT {more}) "
                f"SELECT x AS fid, (SELECT {column} FROM {table} LIMIT 1) AS {column} FROM n"
            )
            contents = (
                "INSERT INTO gpkg_contents(table_name, data_type, srs_id) VALUES (?, 'features', ?)"
            )
            database.execute(contents, (name, srs))
            columns = "INSERT INTO gpkg_geometry_columns VALUES (?, ?, 'GEOMETRY', ?, 0, 0)"
            database.execute(columns, (name, column, srs))
        database.commit()
    monkeypatch.setattr(sqlite_views, "PATIENCE_S", 0.2)
    assert errors(io.inspect(path)) == {"io.view_endless"}
    with pytest.raises(ReadError, match="endless"):
        io.read(path, sublayer="endless", progress=Unattended())
    assert len(io.read(path, sublayer="few", progress=Unattended())) == 1
    assert len(io.read(path, sublayer=table, progress=Unattended())) == len(buildings())


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    buffer = bytes_io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b" " * (4 * MEGABYTE))
    content = bytearray(buffer.getvalue())
    for offset in (
        22,
        content.rindex(b"PK\x01\x02") + 24,
    ):  # sizes in the local and the central header
        struct.pack_into("<I", content, offset, 50)
    path = tmp_path / "lie.zip"
    path.write_bytes(content)
    assert refusal(path) <= {"io.zip_bomb", "io.zip_damaged", "io.empty_file", "io.zip_nothing"}


def test_a_zip_that_promises_nine_gigabytes(tmp_path: Path) -> None:
    path = zipped(tmp_path / "promise.zip", **{"a.gpkg": b"x" * 1000})
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 24, 0xFFFFFFFE)
    path.write_bytes(content)
    assert refusal(path) <= {"io.zip_bomb", "io.zip_damaged"}


def test_a_gzip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bomb.geojson.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        for _ in range(200):
            file.write(bytes(MEGABYTE))
    assert refusal(path) == {"io.zip_bomb"}


@pytest.mark.parametrize(
    "name",
    ["../outside.geojson", "/etc/outside.geojson", "a/../../outside.geojson", "C:/x.geojson"],
)
def test_a_zip_that_writes_outside(tmp_path: Path, name: str) -> None:
    path = zipped(
        tmp_path / "in" / "slip.zip" if (tmp_path / "in").mkdir() is None else tmp_path,
        **{name: b"{}"},
    )
    assert refusal(path) == {"io.zip_escapes"}
    assert not (tmp_path / "outside.geojson").exists()


def test_a_damaged_and_an_empty_zip(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip", **{"a.geojson": json.dumps(collection(feature(point()))).encode()}
    )
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(path) == {"io.zip_damaged"}
    assert refusal(zipped(tmp_path / "b.zip", **{"notes.md": b"-"})) == {"io.zip_nothing"}


def test_a_zip_inside_which_something_is_hidden(tmp_path: Path) -> None:
    vrt = (
        b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource>'
        b"</OGRVRTLayer></OGRVRTDataSource>"
    )
    assert "io.vrt_outside" in {
        problem.key for problem in io.inspect(zipped(tmp_path / "a.zip", **{"a.kml": vrt})).problems
    }


def test_xml_entities(tmp_path: Path) -> None:
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    path = tmp_path / "lol.kml"
    path.write_text(f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "lol">{lol}]><kml>&l9;</kml>')
    assert refusal(path) == {"io.xml_entities"}


def test_a_document_type_behind_a_megabyte_of_blanks(tmp_path: Path) -> None:
    path = tmp_path / "late.kml"
    path.write_text(
        "<kml>"
        + " " * (2 * MEGABYTE - 4)
        + '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]></kml>'
    )
    assert refusal(path) == {"io.xml_entities"}


VRT = (
    '<VRTDataset rasterXSize="4" rasterYSize="4"><VRTRasterBand dataType="Float32" band="1">'
    "<SimpleSource>{}</SimpleSource></VRTRasterBand></VRTDataset>"
)


def test_a_vrt_of_files_beside_it_is_read(tmp_path: Path) -> None:
    import numpy as np

    raster(tmp_path / "dem.tif", np.ones((4, 4), np.float32))
    path = tmp_path / "mosaic.vrt"
    transform = f"<GeoTransform>{X}, 5, 0, {Y}, 0, -5</GeoTransform>"
    source = '<SourceFilename relativeToVRT="1">dem.tif</SourceFilename><SourceBand>1</SourceBand>'
    path.write_text(VRT.format(source).replace("<VRTRasterBand", transform + "<VRTRasterBand", 1))
    table = io.read(path, progress=Unattended(), crs="EPSG:2154")
    assert table.raster is not None
    assert (table.raster.values == 1).all()


@pytest.mark.parametrize(
    "source",
    [
        "<SourceFilename>/etc/passwd</SourceFilename>",
        '<SourceFilename relativeToVRT="1">../secret.tif</SourceFilename>',
        "<SourceFilename>/vsicurl/http://127.0.0.1/x.tif</SourceFilename>",
        "<SourceFilename>http://127.0.0.1/x.tif</SourceFilename>",
        "<SourceFilename>missing.tif</SourceFilename>",
        "<PixelFunctionCode>import os</PixelFunctionCode>",
    ],
)
def test_a_vrt_that_reaches_out(tmp_path: Path, source: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.tif").write_bytes(b"II*\x00")
    path = tmp_path / "in" / "a.vrt"
    path.write_text(VRT.format(source))
    assert refusal(path) == {"io.vrt_outside"}


def test_a_vrt_that_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.vrt"
    path.write_text(VRT.format('<SourceFilename relativeToVRT="1">a.vrt</SourceFilename>'))
    assert refusal(path) == {"io.vrt_outside"}


class _Server(HTTPServer):
    asked: list[str]


@pytest.mark.parametrize(
    "suffix", [".kml", ".gml", ".geojson", ".gpkg", ".shp", ".tif", ".csv", ".json", ".xml"]
)
def test_nothing_is_fetched(tmp_path: Path, suffix: str) -> None:
    """Descriptions of services, under every suffix, while a server listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    contents = [
        f"<OGRWFSDataSource><URL>{url}/wfs?SERVICE=WFS</URL></OGRWFSDataSource><!-- <kml opengis.net/gml -->",
        (
            '<!-- <kml --><OGRVRTDataSource><OGRVRTLayer name="a">'
            f"<SrcDataSource>/vsicurl/{url}/a</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
        ),
        f'<GDAL_WMS><Service name="WMS"><ServerUrl>{url}/wms?</ServerUrl></Service></GDAL_WMS>',
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><NetworkLink><Link><href>{url}/a.kml</href></Link></NetworkLink></kml>',
        json.dumps(
            {
                "type": "gdal_streamed_alg",
                "command_line": f"gdal vector read /vsicurl/{url}/a.geojson",
                "x": collection(),
            }
        ),
        json.dumps(collection(feature(point()), links=[{"rel": "next", "href": f"{url}/items"}])),
        (
            "<FeatureCollection xmlns:gml='http://www.opengis.net/gml' "
            "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
            f"xsi:schemaLocation='http://x {url}/a.xsd'><gml:featureMember/></FeatureCollection>"
        ),
        f"/vsicurl/{url}/a.gpkg",
    ]
    try:
        for number, content in enumerate(contents):
            path = tmp_path / f"f{number}{suffix}"
            path.write_text(content)
            for layer in io.inspect(path).layers:
                io.read(
                    path,
                    sublayer=layer.name if len(io.inspect(path).layers) > 1 else "",
                    progress=Unattended(),
                )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert server.asked == []


@pytest.mark.parametrize(
    "name",
    [
        "/vsicurl/http://127.0.0.1:9/a.gpkg",
        "http://127.0.0.1:9/a.geojson",
        "WFS:http://127.0.0.1:9/",
        "a\x00b.gpkg",
    ],
)
def test_addresses_are_no_files(name: str) -> None:
    assert errors(io.inspect(Path(name))) <= {"io.not_found", "io.cannot_open"}
    assert not io.inspect(Path(name)).shown


@pytest.mark.parametrize("suffix", [".geojson", ".city.json", ".jsonl"])
def test_json_nested_without_end(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"deep{suffix}"
    path.write_text(
        '{"type":"CityJSON","CityObjects":{"a":'
        + '{"a":' * 200_000
        + "1"
        + "}" * 200_000
        + '},"vertices":[]}'
    )
    assert refusal(path) <= {"io.too_deep", "io.not_read_json", "io.json_damaged", "io.damaged"}


def test_geojson_nested_without_end(tmp_path: Path) -> None:
    path = tmp_path / "deep.geojson"
    nest = "[" * 200_000 + "]" * 200_000
    geometry = '{"type":"Polygon","coordinates":' + nest + "}"
    feature_text = '{"type":"Feature","properties":{},"geometry":' + geometry + "}"
    path.write_text('{"type":"FeatureCollection","features":[' + feature_text + "]}")
    found = io.inspect(path)
    assert found.problems


def test_a_geometry_that_refers_to_four_thousand_million_vertices(tmp_path: Path) -> None:
    model = cube()
    model["CityObjects"]["b1"]["geometry"][0]["boundaries"][0][0] = [
        [0, 4_000_000_000, 18_446_744_073_709_551_615]
    ]
    progress = Unattended()
    table = io.read(write_json(tmp_path / "m.json", model), progress=progress)
    assert len(table) == 1
    assert {"io.cityjson_bad_indices"} == {problem.key for problem in progress.problems}


def test_a_parquet_file_that_is_only_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + struct.pack("<I", 0x7FFFFFFF) + b"PAR1")
    assert refusal(path) == {"io.damaged"}


def test_names_of_members_and_layers_cannot_break_out(tmp_path: Path) -> None:
    path = write(buildings(2), tmp_path / "a.gpkg", layer='x"; DROP TABLE gpkg_contents; --')
    assert len(io.read(path, progress=Unattended())) == 2
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 20_000])
    io.inspect(path)
    assert path.stat().st_size == len(content) - 20_000


def test_a_member_whose_name_is_empty(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"a.geojson": b"{}", "b.geojson": b"{}"})
    path.write_bytes(path.read_bytes().replace(b"a.geojson", b"\x00.geojson"))
    assert errors(io.inspect(path)), "a name that begins with NUL ends there"
