"""IFC: products with storeys and properties, and every way of saying where a model stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.twin.io.made import keys
from twin import io
from twin.model.table import FeatureTable
from twin.progress import Unattended

ifcopenshell = pytest.importorskip("ifcopenshell")
E, N, H = 647_000.0, 6_858_000.0, 35.0


def model(path: Path, place: str, *, schema: str = "IFC4", unit: str = "MILLI") -> Path:
    """A wall of 4 m by 0.2 m by 3 m on a storey, in millimetres."""
    import ifcopenshell.api.aggregate
    import ifcopenshell.api.context
    import ifcopenshell.api.geometry
    import ifcopenshell.api.pset
    import ifcopenshell.api.root
    import ifcopenshell.api.spatial
    import ifcopenshell.api.unit

    api = ifcopenshell.api
    file = ifcopenshell.file(schema=schema)
    _with_owner(file)
    project = api.root.create_entity(file, ifc_class="IfcProject", name="P")
    length = file.createIfcSIUnit(UnitType="LENGTHUNIT", Prefix=unit or None, Name="METRE")
    api.unit.assign_unit(file, units=[length])
    context = api.context.add_context(file, context_type="Model")
    body = api.context.add_context(
        file,
        context_type="Model",
        context_identifier="Body",
        target_view="MODEL_VIEW",
        parent=context,
    )
    site = api.root.create_entity(file, ifc_class="IfcSite", name="S")
    building = api.root.create_entity(file, ifc_class="IfcBuilding", name="B")
    storey = api.root.create_entity(file, ifc_class="IfcBuildingStorey", name="RDC")
    api.aggregate.assign_object(file, products=[site], relating_object=project)
    api.aggregate.assign_object(file, products=[building], relating_object=site)
    api.aggregate.assign_object(file, products=[storey], relating_object=building)
    wall = api.root.create_entity(file, ifc_class="IfcWall", name="Wall 1")
    api.geometry.edit_object_placement(file, product=wall)
    shape = api.geometry.add_wall_representation(
        file, context=body, length=4, height=3, thickness=0.2
    )
    api.geometry.assign_representation(file, product=wall, representation=shape)
    api.spatial.assign_container(file, products=[wall], relating_structure=storey)
    pset = api.pset.add_pset(file, product=wall, name="Pset_WallCommon")
    api.pset.edit_pset(file, pset=pset, properties={"FireRating": "REI 60", "IsExternal": True})
    _PLACES[place](file, context, site)
    file.write(str(path))
    return path


def _with_owner(file: Any) -> None:
    """IFC 2x3 wants to know who made every object."""
    from ifcopenshell.api.owner import settings

    if file.schema != "IFC2X3":
        return
    organisation = file.createIfcOrganization(Name="O")
    user = file.createIfcPersonAndOrganization(file.createIfcPerson(), organisation)
    application = file.createIfcApplication(organisation, "1", "A", "A")
    settings.get_user = lambda _file: user
    settings.get_application = lambda _file: application


def _conversion(file: Any, context: Any, _site: Any, scale: float | None = 0.001) -> None:
    crs = file.createIfcProjectedCRS(Name="EPSG:2154", VerticalDatum="NGF-IGN69")
    file.createIfcMapConversion(context, crs, E, N, H, 0.0, 1.0, scale)


def _forgotten_scale(file: Any, context: Any, site: Any) -> None:
    _conversion(file, context, site, scale=None)


def _sets(file: Any, _context: Any, site: Any) -> None:
    from ifcopenshell.api import pset

    told = {
        "ePSet_MapConversion": {
            "Eastings": E, "Northings": N, "OrthogonalHeight": H, "XAxisAbscissa": 0.0, "XAxisOrdinate": 1.0,
        },
        "ePSet_ProjectedCRS": {"Name": "EPSG:2154"},
    }  # fmt: skip
    for name, values in told.items():
        pset.edit_pset(file, pset=pset.add_pset(file, product=site, name=name), properties=values)


def _rigid(file: Any, context: Any, _site: Any) -> None:
    crs = file.create_entity("IfcProjectedCRS", Name="EPSG:2154")
    length = [file.create_entity("IfcLengthMeasure", value) for value in (E, N)]
    file.create_entity(
        "IfcRigidOperation", SourceCRS=context, TargetCRS=crs, FirstCoordinate=length[0], SecondCoordinate=length[1],
        Height=H,
    )  # fmt: skip


def _site_only(_file: Any, _context: Any, site: Any) -> None:
    site.RefLatitude, site.RefLongitude, site.RefElevation = (
        (48, 49, 12, 0),
        (2, 16, 30, 0),
        35_000.0,
    )


_PLACES: dict[str, Any] = {
    "conversion": _conversion,
    "forgotten": _forgotten_scale,
    "sets": _sets,
    "rigid": _rigid,
    "site": _site_only,
    "none": lambda *_: None,
}


def read(path: Path) -> tuple[FeatureTable, set[str]]:
    progress = Unattended()
    return io.read(path, progress=progress), keys(progress)


def extent(table: FeatureTable) -> tuple[list[float], list[float]]:
    assert table.mesh is not None
    xyz = table.mesh.xyz_in_crs
    return xyz.min(axis=0).tolist(), np.ptp(xyz, axis=0).tolist()


def test_products_storeys_and_properties(tmp_path: Path) -> None:
    table, problems = read(model(tmp_path / "a.ifc", "conversion"))
    assert not problems
    wall = table.frame[table.frame["type"] == "IfcWall"].iloc[0]
    assert (wall["name"], wall["storey"]) == ("Wall 1", "RDC")
    assert wall["Pset_WallCommon.FireRating"] == "REI 60"
    assert table.crs == "EPSG:2154"
    low, size = extent(table)
    # x of the model points north
    assert size == pytest.approx([0.2, 4.0, 3.0])
    assert low == pytest.approx([E - 0.2, N, H])


@pytest.mark.parametrize(
    ("place", "schema"), [("forgotten", "IFC4"), ("sets", "IFC2X3"), ("conversion", "IFC4X3")]
)
def test_ways_to_say_where_it_stands(tmp_path: Path, place: str, schema: str) -> None:
    low, size = extent(read(model(tmp_path / "a.ifc", place, schema=schema))[0])
    assert low == pytest.approx([E - 0.2, N, H])
    assert size == pytest.approx([0.2, 4.0, 3.0])


def test_a_rigid_operation(tmp_path: Path) -> None:
    low, size = extent(read(model(tmp_path / "a.ifc", "rigid", schema="IFC4X3"))[0])
    assert low == pytest.approx([E, N, H])
    assert size == pytest.approx([4.0, 0.2, 3.0])


def test_the_site_is_the_last_resort(tmp_path: Path) -> None:
    path = model(tmp_path / "a.ifc", "site")
    table, problems = read(path)
    assert problems == {"io.ifc_site_place"}
    assert table.crs == "EPSG:32631"
    low, _ = extent(table)
    from pyproj import Transformer

    x, y = Transformer.from_crs(4326, 32631, always_xy=True).transform(2.275, 48.82)
    assert low == pytest.approx([x, y, 35.0], abs=0.1)


def test_without_any_place_it_stays_around_zero(tmp_path: Path) -> None:
    table, problems = read(model(tmp_path / "a.ifc", "none"))
    assert problems == {"io.ifc_no_place", "io.crs_missing"}
    assert extent(table)[0] == pytest.approx([0, 0, 0])


def test_what_is_no_model_is_refused_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.ifc"
    path.write_text(
        "ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('IFC9'));\nENDSEC;\nDATA;\n#1=IFCWALL(;\nENDSEC;"
    )
    found = io.inspect(path)
    assert keys(found) & {"io.ifc_refused", "io.ifc_crashed"}


@pytest.mark.shared_data
def test_a_house_of_another_program(shared_data: Path) -> None:
    path = shared_data / "ifc_models" / "ud" / "Ifc" / "AC20-FZK-Haus.ifc"
    layer = io.inspect(path).layers[0]
    assert layer.count == 127 - 17  # openings are holes in walls, no rows
    assert layer.details["types"]["IfcWindow"] == 11
    assert layer.details["storeys"] == ["Erdgeschoss", "Dachgeschoss"]
