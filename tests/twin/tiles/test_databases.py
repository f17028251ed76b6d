"""Bakes from PostGIS and from the tables of 3DCityDB, on a real server on loopback."""

from __future__ import annotations

import importlib.util
import json
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.servers import Postgres
from tests.twin.tiles.cities import bake, tiles_of
from twin.io.gltf_file import open_gltf
from twin.io.gltf_tables import property_table
from twin.synth.grid import synthetic_city
from ui.cli.main import main

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("adbc_driver_postgresql") is None,
    reason="needs adbc-driver-postgresql (extra tiles)",
)
BUILDINGS = 2_500


@pytest.fixture(scope="module")
def server():
    # Not in pytest's folder, which the server's own user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="belvedere-postgis-"))
    try:
        found = Postgres(folder)
        yield found
        found.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_postgis(server: Postgres, name: str) -> str:
    import psycopg

    address = server.database(name)
    with psycopg.connect(address, autocommit=True) as connection:
        try:
            connection.execute("CREATE EXTENSION postgis")
        except psycopg.Error:
            pytest.skip("needs the PostGIS extension: Debian's postgresql-postgis")
    return address


def _features(folder):
    found = {}
    for tile in tiles_of(folder):
        if tile.get("children") or "content" not in tile:
            continue
        gltf = open_gltf((folder / tile["content"]["uri"]).read_bytes(), lambda _: None, "")
        table = property_table(gltf, 0)
        found |= dict(zip(table["feature_id"], table["height_m"], strict=True))
    return found


def test_a_table_is_streamed_with_its_attributes(server, tmp_path, capsys):
    import psycopg

    address = _with_postgis(server, "town")
    city = synthetic_city(BUILDINGS, 4)
    with psycopg.connect(address) as connection:
        connection.execute(
            "CREATE TABLE batiments (feature_id text, height_m numeric(6,2), use varchar(20), "
            "built date, geom geometry(Polygon, 2154))"
        )
        with connection.cursor().copy("COPY batiments FROM STDIN") as copy:
            for row in city.itertuples():
                place = f"SRID=2154;{row.geometry.wkt}"
                copy.write_row((row.feature_id, row.height_m, row.use, f"{row.year}-01-01", place))
    report = bake(capsys, f"{address}?table=batiments", "--out", tmp_path / "out")
    assert report["features"] == BUILDINGS
    wanted = dict(zip(city["feature_id"], city["height_m"], strict=True))
    assert _features(tmp_path / "out") == pytest.approx(wanted)


def test_buildings_of_3dcitydb_keep_their_surfaces(server, tmp_path, capsys):
    import psycopg

    address = _with_postgis(server, "citydb")
    with psycopg.connect(address) as connection:
        connection.execute(CITYDB)
        for number in range(3):
            _insert_house(connection, number)
    report = bake(capsys, address, "--out", tmp_path / "out")
    assert report["features"] == 3
    assert report["triangles"] == 3 * 12
    assert set(_features(tmp_path / "out")) == {"house-0", "house-1", "house-2"}


def test_no_password_is_told(server, tmp_path, capsys):
    address = f"postgresql://tester:hunter2@127.0.0.1:{server.port}/nowhere?table=x"
    assert main(["bake", address, "--out", str(tmp_path / "out"), "--json"]) == 2
    told = capsys.readouterr()
    assert "hunter2" not in told.out + told.err
    assert json.loads(told.out)["problems"][0]["key"] == "io.cannot_open"


CITYDB = """
CREATE SCHEMA citydb;
CREATE TABLE citydb.database_srs (srid int);
INSERT INTO citydb.database_srs VALUES (2154);
CREATE TABLE citydb.cityobject (id bigint PRIMARY KEY, gmlid text);
CREATE TABLE citydb.building (id bigint PRIMARY KEY, function text, usage text, roof_type text,
  measured_height double precision, storeys_above_ground numeric(8), year_of_construction date,
  lod1_solid_id bigint, lod2_solid_id bigint, lod3_solid_id bigint,
  lod1_multi_surface_id bigint, lod2_multi_surface_id bigint, lod3_multi_surface_id bigint);
CREATE TABLE citydb.thematic_surface (id bigint PRIMARY KEY, objectclass_id int, building_id bigint,
  lod2_multi_surface_id bigint, lod3_multi_surface_id bigint, lod4_multi_surface_id bigint);
CREATE TABLE citydb.surface_geometry (id bigint PRIMARY KEY, root_id bigint, geometry geometry(PolygonZ, 2154));
"""
"""The tables and columns of 3D City Database 4 that are read."""


def _insert_house(connection, number: int) -> None:
    x, y, z, dx, dy, dz = 652_000 + 40 * number, 6_862_000, 35, 10, 8, 6
    connection.execute("INSERT INTO citydb.cityobject VALUES (%s, %s)", (number, f"house-{number}"))
    connection.execute(
        "INSERT INTO citydb.building (id, function, measured_height) VALUES (%s, '1000', 6.0)",
        (number,),
    )
    c = [(x + a * dx, y + b * dy, z + e * dz) for e in (0, 1) for b in (0, 1) for a in (0, 1)]
    quads = {
        35: [(0, 2, 3, 1)],
        33: [(4, 5, 7, 6)],
        34: [(0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6)],
    }
    key = 100 * (number + 1)
    for kind, faces in quads.items():
        for face in faces:
            key += 1
            ring = ", ".join("{} {} {}".format(*c[i]) for i in (*face, face[0]))
            connection.execute(
                "INSERT INTO citydb.thematic_surface VALUES (%s, %s, %s, %s, NULL, NULL)",
                (key, kind, number, key),
            )
            connection.execute(
                "INSERT INTO citydb.surface_geometry VALUES (%s, %s, ST_GeomFromText(%s, 2154))",
                (key, key, f"POLYGON Z (({ring}))"),
            )
