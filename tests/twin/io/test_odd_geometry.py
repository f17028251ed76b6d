"""Geometry that GEOS does not draw as it is: curves, surfaces in space, walls."""

from __future__ import annotations

import math
import sqlite3
import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.twin.io.made import (
    X,
    Y,
    buildings,
    square,
    write,
)
from twin import io
from twin.model.geoframe import GeoFrame
from twin.model.table import FeatureTable
from twin.progress import Unattended

LAMBERT = GeoFrame(crs="EPSG:2154")


def read(path: Path, **options: object) -> tuple[FeatureTable, Unattended]:
    progress = Unattended()
    return io.read(path, progress=progress, **options), progress  # type: ignore[arg-type]


def test_tin_surfaces_become_polygons() -> None:
    from twin.io.wkb import geometries_of

    ring = (
        struct.pack("<I", 1)
        + struct.pack("<I", 4)
        + struct.pack("<12d", *[0, 0, 0, 1, 0, 0, 0, 1, 5, 0, 0, 0])
    )
    triangle = b"\x01" + struct.pack("<I", 1017) + ring
    tin = b"\x01" + struct.pack("<I", 1016) + struct.pack("<I", 1) + triangle
    shapes, lost = geometries_of(
        np.array([tin, None, shapely.to_wkb(shapely.Point(1, 2))], dtype=object)
    )
    assert lost == 0
    assert shapes[0].geom_type == "MultiPolygon"
    assert shapes[0].has_z
    assert shapes[1] is None
    assert shapes[2].equals(shapely.Point(1, 2))


def test_geometry_of_an_unknown_kind_is_counted() -> None:
    from twin.io.wkb import geometries_of

    shapes, lost = geometries_of(
        np.array([b"\x01\xff\xff\xff\x7f", b"", shapely.to_wkb(shapely.Point(1, 2))], dtype=object)
    )
    assert lost == 2
    assert shapes[2] is not None


def test_surfaces_with_walls_become_a_mesh_and_keep_their_footprint(tmp_path: Path) -> None:
    floor = [(X, Y, 35.0), (X, Y + 10, 35.0), (X + 10, Y + 10, 35.0), (X + 10, Y, 35.0)]
    faces = [floor, [(x, y, 45.0) for x, y, _ in reversed(floor)]]
    for a, b in zip(floor, floor[1:] + floor[:1], strict=True):
        faces.append([a, (*a[:2], 45.0), (*b[:2], 45.0), b])
    house = shapely.MultiPolygon([shapely.Polygon(face) for face in faces])
    path = write(
        gpd.GeoDataFrame({"nom": ["maison"]}, geometry=[house], crs=2154), tmp_path / "lod2.gpkg"
    )
    layer = io.inspect(path).layers[0]
    assert (layer.kind, layer.count, layer.z_range) == ("mesh", 1, (35.0, 45.0))
    table, progress = read(path, target=LAMBERT)
    assert not progress.problems
    mesh = table.mesh
    assert mesh is not None
    names = [mesh.surface_names[i] for i in mesh.surface_of_triangle]
    assert [names.count(n) for n in ("GroundSurface", "WallSurface", "RoofSurface")] == [2, 8, 2]
    assert table.frame.geometry.iloc[0].area == pytest.approx(100.0)
    assert not shapely.has_z(table.frame.geometry.iloc[0])


def test_flat_footprints_with_heights_stay_footprints(tmp_path: Path) -> None:
    roofs = [shapely.MultiPolygon([square(dx=30 * i, z=50.0 + i)]) for i in range(3)]
    path = write(
        gpd.GeoDataFrame({"n": range(3)}, geometry=roofs, crs=2154), tmp_path / "bati.gpkg"
    )
    table, _ = read(path)
    assert table.mesh is None
    assert table.frame.geometry.has_z.all()


def declared_as(path: Path, kind: str) -> Path:
    """Rename the geometry type that a GeoPackage declares."""
    database = sqlite3.connect(path)
    database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = ?", (kind,))
    database.commit()
    database.close()
    return path


def with_geometry(path: Path, wkb: bytes) -> Path:
    """Replace every geometry of a GeoPackage."""
    database = sqlite3.connect(path)
    database.execute("DROP TRIGGER IF EXISTS rtree_bati_geom_update1")
    for (name,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type='trigger'"
    ).fetchall():
        database.execute(f'DROP TRIGGER "{name}"')
    database.execute("UPDATE bati SET geom = ?", (b"GP\0\1" + struct.pack("<i", 2154) + wkb,))
    database.commit()
    database.close()
    return path


def test_a_geopackage_of_polyhedral_surfaces(tmp_path: Path) -> None:
    path = declared_as(write(buildings(2), tmp_path / "bati.gpkg"), "POLYHEDRALSURFACE")
    layer = io.inspect(path).layers[0]
    assert (layer.kind, layer.count, layer.crs) == ("polygon", 2, "EPSG:2154")
    table, progress = read(path)
    assert (len(table), table.feature_ids[0]) == (2, "B0")
    assert not progress.problems


def test_curves_become_chords(tmp_path: Path) -> None:
    arc = [(X, Y), (X + 10, Y + 10), (X + 20, Y), (X + 10, Y - 10), (X, Y)]
    ring = b"\x01" + struct.pack("<II", 8, 5) + struct.pack("<10d", *[v for p in arc for v in p])
    disc = b"\x01" + struct.pack("<II", 10, 1) + ring
    path = with_geometry(write(buildings(1), tmp_path / "bati.gpkg"), disc)
    for kind in ("GEOMETRY", "CURVEPOLYGON"):
        table, progress = read(declared_as(path, kind))
        assert table.frame.geometry.iloc[0].area == pytest.approx(math.pi * 100, rel=0.01)
        assert not progress.problems


def test_arcs_go_through_their_points() -> None:
    from twin.io.curves import straightened

    def line(code: int, *points: tuple[float, ...]) -> bytes:
        values = [value for point in points for value in point]
        return (
            b"\x01"
            + struct.pack("<II", code, len(points))
            + struct.pack(f"<{len(values)}d", *values)
        )

    arc = straightened(line(1008, (0, 0, 1), (1, 1, 9), (2, 0, 5)))
    assert arc is not None
    assert arc.length == pytest.approx(math.pi, rel=1e-3)
    assert arc.has_z
    assert arc.coords[-1] == (2.0, 0.0, 5.0)
    clockwise = straightened(line(8, (0, 0), (1, -1), (2, 0)))
    assert clockwise is not None
    assert min(y for _, y in clockwise.coords) == pytest.approx(-1, abs=1e-2)
    circle = straightened(line(8, (0, 0), (2, 0), (0, 0)))
    assert circle is not None
    assert circle.length == pytest.approx(2 * math.pi, rel=1e-3)
    straight = straightened(line(8, (0, 0), (1, 0), (2, 0)))
    assert straight is not None
    assert straight.length == 2
    compound = (
        b"\x01"
        + struct.pack("<II", 9, 2)
        + line(8, (0, 0), (1, 1), (2, 0))
        + line(2, (2, 0), (5, 0))
    )
    found = straightened(compound)
    assert found is not None
    assert found.length == pytest.approx(math.pi + 3, rel=1e-3)
    assert straightened(b"\x01" + struct.pack("<II", 11, 1) + compound) is not None
    assert straightened(b"\x01" + struct.pack("<II", 9, 4_000_000_000)) is None
