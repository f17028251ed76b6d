"""CityGML of all versions: surfaces named twice, axes in either order, implicit geometry, appearance, attributes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.twin.io.made import keys
from twin import io
from twin.io.citygml_crs import crs_of
from twin.model.table import FeatureTable
from twin.progress import Unattended

X, Y = 647_000.0, 6_858_000.0
NAMESPACES = """xmlns="http://www.opengis.net/citygml/{v}" xmlns:bldg="http://www.opengis.net/citygml/building/{v}"
 xmlns:app="http://www.opengis.net/citygml/appearance/{v}" xmlns:gen="http://www.opengis.net/citygml/generics/{v}"
 xmlns:frn="http://www.opengis.net/citygml/cityfurniture/{v}"
 xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink" """
SIDES = {
    "GroundSurface": [(0, 0, 0), (0, 8, 0), (6, 8, 0), (6, 0, 0)],
    "RoofSurface": [(0, 0, 5), (6, 0, 5), (6, 8, 5), (0, 8, 5)],
    "south": [(0, 0, 0), (6, 0, 0), (6, 0, 5), (0, 0, 5)],
    "east": [(6, 0, 0), (6, 8, 0), (6, 8, 5), (6, 0, 5)],
    "north": [(6, 8, 0), (0, 8, 0), (0, 8, 5), (6, 8, 5)],
    "west": [(0, 8, 0), (0, 0, 0), (0, 0, 5), (0, 8, 5)],
}


def polygon(
    name: str, corners: list[tuple[float, float, float]], *, north_first: bool = False
) -> str:
    ring = [*corners, corners[0]]
    order = (1, 0, 2) if north_first else (0, 1, 2)
    placed = [((x + X), (y + Y), z + 30.0) for x, y, z in ring]
    text = " ".join(f"{point[k]:.3f}" for point in placed for k in order)
    return (
        f'<gml:Polygon gml:id="{name}"><gml:exterior><gml:LinearRing gml:id="{name}_ring"><gml:posList>{text}'
        "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
    )


def building(*, north_first: bool = False, links: bool = True) -> str:
    walls = ""
    for name, corners in SIDES.items():
        kind = name if name.endswith("Surface") else "WallSurface"
        surface = polygon(name, corners, north_first=north_first)  # type: ignore[arg-type]
        walls += (
            f"<bldg:boundedBy><bldg:{kind}><bldg:lod2MultiSurface><gml:MultiSurface><gml:surfaceMember>{surface}"
            f"</gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:{kind}></bldg:boundedBy>"
        )
    members = "".join(f'<gml:surfaceMember xlink:href="#{name}"/>' for name in SIDES)
    solid = (
        f"<bldg:lod2Solid><gml:Solid><gml:exterior><gml:CompositeSurface>{members}</gml:CompositeSurface>"
        "</gml:exterior></gml:Solid></bldg:lod2Solid>"
    )
    return (
        '<cityObjectMember><bldg:Building gml:id="b1"><gml:name>Mairie</gml:name>'
        '<gen:stringAttribute name="code"><gen:value>007</gen:value></gen:stringAttribute>'
        '<bldg:measuredHeight uom="#m">5.0</bldg:measuredHeight><bldg:storeysAboveGround>2</bldg:storeysAboveGround>'
        f"{solid if links else ''}{walls}</bldg:Building></cityObjectMember>"
    )


def write(
    path: Path,
    *parts: str,
    srs: str = "urn:ogc:def:crs,crs:EPSG::2154,crs:EPSG::5720",
    version: str = "2.0",
) -> Path:
    box = f'<gml:boundedBy><gml:Envelope srsName="{srs}" srsDimension="3"/></gml:boundedBy>'
    head = NAMESPACES.format(v=version)
    path.write_text(
        f"<?xml version='1.0'?><CityModel {head}>{box}{''.join(parts)}</CityModel>",
        encoding="utf-8",
    )
    return path


def read(path: Path, **options: object) -> tuple[FeatureTable, list[str]]:
    progress = Unattended()
    table = io.read(path, progress=progress, options=options)
    return table, sorted(keys(progress))


def volume(table: FeatureTable) -> float:
    mesh = table.mesh
    assert mesh is not None
    a, b, c = (mesh.xyz_in_crs[mesh.triangles[:, k]] - mesh.xyz_in_crs[0] for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


@pytest.mark.parametrize("version", ["1.0", "2.0", "3.0"])
def test_a_solid_that_names_its_walls_is_read_once(tmp_path: Path, version: str) -> None:
    path = write(tmp_path / "a.gml", building(), version=version)
    found = io.inspect(path)
    layer = found.layers[0]
    assert (found.format, layer.kind, layer.count, layer.lods) == ("CityGML", "mesh", 1, ("2",))
    assert layer.details["surfaces"] == 6
    assert layer.details["version"] == version
    assert layer.extent == (X, Y, X + 6, Y + 8)
    assert layer.z_range == (30.0, 35.0)
    table, problems = read(path)
    assert not problems
    assert volume(table) == pytest.approx(240.0)
    row = table.frame.iloc[0]
    assert (row["feature_id"], row["name"], row["code"]) == ("b1", "Mairie", "007")
    assert (row["measuredHeight"], row["storeysAboveGround"]) == (5.0, 2)
    assert table.mesh is not None
    assert set(table.mesh.surface_names) == {"", "GroundSurface", "RoofSurface", "WallSurface"}


def test_axes_are_put_in_order_where_only_one_order_can_be(tmp_path: Path) -> None:
    table, problems = read(write(tmp_path / "a.gml", building(north_first=True)))
    assert problems == ["io.gml_axes_swapped"]
    assert table.mesh is not None
    assert table.mesh.xyz_in_crs[:, 0].min() == X
    assert abs(volume(table)) == pytest.approx(240.0)


def test_latitude_comes_first_in_degrees(tmp_path: Path) -> None:
    text = building()
    lines = re.sub(r"(6470\d\d\.\d+) (68580\d\d\.\d+)", r"48.82 2.26", text)
    table, problems = read(write(tmp_path / "a.gml", lines, srs="urn:ogc:def:crs:EPSG::6697"))
    del table
    assert "io.gml_axes_swapped" in problems
    layer = io.inspect(write(tmp_path / "b.gml", lines, srs="EPSG:4326")).layers[0]
    assert layer.extent == pytest.approx((2.26, 48.82, 2.26, 48.82))


@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("urn:ogc:def:crs,crs:EPSG:6.12:25833,crs:EPSG:6.12:5783", "EPSG:25833+5783"),
        ("urn:adv:crs:ETRS89_UTM32*DE_DHHN92_NH", "EPSG:25832+5783"),
        ("urn:adv:crs:DE_DHDN_3GK4*DE_DHHN92_NH", "EPSG:31468+5783"),
        ("http://www.opengis.net/def/crs/EPSG/0/7415", "EPSG:7415"),
        ("EPSG:28992", "EPSG:28992"),
        ("#local-CRS-1", ""),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84"),
    ],
)
def test_names_of_crs(name: str, crs: str) -> None:
    assert crs_of(name) == crs


def test_a_shape_is_placed_by_its_matrix_also_where_it_is_only_named(tmp_path: Path) -> None:
    def lamp(name: str, shift: float, inner: str) -> str:
        return (
            f'<cityObjectMember><frn:CityFurniture gml:id="{name}"><frn:lod1ImplicitRepresentation><ImplicitGeometry>'
            "<transformationMatrix>2 0 0 0 0 2 0 0 0 0 2 0 0 0 0 1</transformationMatrix>"
            f"<relativeGMLGeometry{inner}<referencePoint><gml:Point><gml:pos>{X + shift} {Y} 30</gml:pos></gml:Point>"
            "</referencePoint></ImplicitGeometry></frn:lod1ImplicitRepresentation></frn:CityFurniture></cityObjectMember>"
        )

    shape = (
        '><gml:MultiSurface gml:id="shape"><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing>'
        "<gml:pos>0 0 0</gml:pos><gml:pos>1 0 0</gml:pos><gml:pos>0 1 0</gml:pos><gml:pos>0 0 0</gml:pos>"
        "</gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></relativeGMLGeometry>"
    )
    named = ' xlink:href="#shape"/>'
    path = write(
        tmp_path / "a.gml",
        lamp("l1", 0, named),
        lamp("l2", 50, shape),
        lamp("l3", 90, ' xlink:href="#no"/>'),
    )
    table, problems = read(path)
    assert problems == ["io.gml_links_broken"]
    mesh = table.mesh
    assert mesh is not None
    assert mesh.row_of_triangle.tolist() == [1, 0]
    first = mesh.xyz_in_crs[mesh.triangles[1]] - (X, Y, 30.0)
    assert first.tolist() == [[0, 0, 0], [2, 0, 0], [0, 2, 0]]


def appearance(image: str) -> str:
    places = "0 0 1 0 1 1 0 1 0 0"
    return (
        "<app:appearanceMember><app:Appearance><app:theme>visual</app:theme><app:surfaceDataMember><app:ParameterizedTexture>"
        f'<app:imageURI>{image}</app:imageURI><app:target uri="#south"><app:TexCoordList><app:textureCoordinates '
        f'ring="#south_ring">{places}</app:textureCoordinates></app:TexCoordList></app:target></app:ParameterizedTexture>'
        "</app:surfaceDataMember><app:surfaceDataMember><app:X3DMaterial><app:diffuseColor>1 0 0</app:diffuseColor>"
        "<app:target>#RoofSurface</app:target></app:X3DMaterial></app:surfaceDataMember></app:Appearance></app:appearanceMember>"
    )


def test_textures_and_materials(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (4, 2), (10, 200, 30)).save(tmp_path / "pictures" / "wall.png")
    table, problems = read(write(tmp_path / "a.gml", building(), appearance("pictures\\wall.png")))
    assert not problems
    mesh = table.mesh
    assert mesh is not None
    assert mesh.texture_of_triangle is not None
    assert mesh.uv_of_vertex is not None
    assert len(mesh.textures) == 1
    assert mesh.textures[0][0, 0].tolist() == [10, 200, 30]
    assert int((mesh.texture_of_triangle == 0).sum()) == 2
    corners = np.unique(mesh.triangles[mesh.texture_of_triangle == 0])
    # u runs along x, v up the wall
    assert (
        mesh.uv_of_vertex[corners, 0].tolist() == ((mesh.xyz_in_crs[corners, 0] - X) / 6).tolist()
    )
    assert (
        mesh.uv_of_vertex[corners, 1].tolist() == ((mesh.xyz_in_crs[corners, 2] - 30) / 5).tolist()
    )
    assert mesh.rgba_of_triangle is not None
    assert (mesh.rgba_of_triangle == (255, 0, 0, 255)).all(axis=1).sum() == 2


@pytest.mark.parametrize(
    "name",
    [
        "../secret.png",
        "/etc/secret.png",
        "C:\\secret.png",
        "http://example.org/a.png",
        "%2e%2e/secret.png",
    ],
)
def test_textures_outside_the_folder_are_not_opened(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    Image.new("RGB", (4, 2)).save(tmp_path / "secret.png")
    table, problems = read(write(folder / "a.gml", building(), appearance(name)))
    assert problems == ["io.textures_missing"]
    assert table.mesh is not None
    assert not table.mesh.textures


def test_a_file_that_breaks_off_shows_what_came_before(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gml", building(), building().replace('"b1"', '"b2"'))
    text = path.read_text()
    path.write_text(text[: int(len(text) * 0.9)])
    table, problems = read(path)
    assert problems == ["io.xml_truncated"]
    assert list(table.feature_ids) == ["b1"]


def test_buildings_without_a_city_model_around_them(tmp_path: Path) -> None:
    """INSPIRE: a collection of features of GML with solids."""
    text = (
        write(tmp_path / "a.gml", building()).read_text().replace("CityModel", "FeatureCollection")
    )
    path = tmp_path / "b.gml"
    path.write_text(text.replace("cityObjectMember", "gml:featureMember"))
    assert io.inspect(path).layers[0].count == 1
    assert volume(read(path)[0]) == pytest.approx(240.0)


@pytest.mark.shared_data
def test_models_of_many_producers_have_the_surfaces_that_were_counted(shared_data: Path) -> None:
    folder = shared_data / "citygml_models"
    tried = 0
    for line in (folder / "DATA.md").read_text(encoding="utf-8").splitlines():
        found = re.match(r"^- citygml `([^`]+)` (\{.*)$", line)
        if not found or not (folder / found[1]).is_file():
            continue
        about = json.loads(found[2])
        layer = io.inspect(folder / found[1]).layers[0]
        triangles_of_terrain = 9 if "TINRelief" in about["counts"] else 0
        assert layer.details["surfaces"] == about["polygons"] + triangles_of_terrain, found[1]
        assert layer.details["version"] == about["version"], found[1]
        for kind, count in about["counts"].items():
            assert layer.details["types"].get(kind) == count, (found[1], kind)
        tried += 1
    assert tried >= 12
