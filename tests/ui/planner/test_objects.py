"""Trees, roads and parks in a variant; features and values of any layer; models of files."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import trimesh
from PySide6.QtCore import Qt

from tests.ui.planner.conftest import X, Y
from tests.ui.planner.hands import click, look_down, panel, settle
from twin.drawables import Role
from twin.model import plans
from twin.work import solids

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def box(window, qtbot):
    look_down(window)
    desk = panel(window, "plans")
    desk.add_phase()
    desk.add_variant()
    window.session.clock.set(window.session.project.phases[0].start)
    return desk.sketch.objects


def draw(window, qtbot, box, sort: str, places: list[tuple[float, float]]) -> None:
    box.sort.setCurrentIndex(box.sort.findData(sort))
    qtbot.mouseClick(box.draw, LEFT)
    for place in places:
        click(window, qtbot, *place)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Escape)
    settle(window, qtbot)
    assert window.viewport.tool is None


def test_trees_roads_and_parks_stand_in_the_variant(window, qtbot, box) -> None:
    session = window.session
    box.spacing.setValue(10.0)
    draw(window, qtbot, box, "trees", [(60, -60), (100, -60)])
    assert len(session.layer("planned_trees").table) == 5
    assert session.layer("planned_trees").problems == ()
    box.width_m.setValue(7.5)
    draw(window, qtbot, box, "road", [(0, -30), (120, -30)])
    road = session.layer("planned_roads")
    assert road.table.frame["width_m"][0] == 7.5
    drawn = np.ptp(road.drawables[0].xyz_in_scene[:, 1])
    assert drawn == pytest.approx(7.5, abs=0.3)
    # Clear of the road: corners snap to those of neighbours.
    draw(window, qtbot, box, "park", [(120, -110), (160, -110), (160, -90), (120, -90)])
    park = session.layer("planned_parks").table.frame.geometry[0]
    assert park.area == pytest.approx(800.0, abs=30.0)
    # Before its phase, and in the city as it is, there is none of it, and nothing is wrong.
    session.set_variant("")
    settle(window, qtbot)
    assert len(session.layer("planned_trees").table) == 0
    assert session.layer("planned_trees").problems == ()
    for _ in range(3):
        session.undo()
    assert all(not spec.id.startswith("planned") for spec in session.project.layers)


def test_a_feature_is_added_to_any_layer_and_given_values(window, qtbot, box) -> None:
    session = window.session
    session.selection.set([("parcels", "parcel")], current=("parcels", "parcel"))
    draw(window, qtbot, box, "parcels", [(0, -80), (40, -80), (40, -60), (0, -60)])
    (change,) = plans.changes_of(session.project, "variant-1")["parcels"]
    assert change.values["rule"] == "UA 10"  # as the selected one has it
    session.selection.set([("parcels", "parcel")], current=("parcels", "parcel"))
    box.column.setCurrentText("max_height_m")
    box.value.setText("15,5")
    qtbot.mouseClick(box.set, LEFT)
    settle(window, qtbot)
    frame = session.layer("parcels").table.frame.set_index("feature_id")
    assert frame.loc["parcel", "max_height_m"] == 8.0
    assert frame.loc["parcel~phase-1", "max_height_m"] == 15.5


def test_a_model_keeps_its_own_mesh_and_is_placed_moved_and_turned(
    window, qtbot, box, tmp_path
) -> None:
    session, sketch = window.session, panel(window, "plans").sketch
    tower = trimesh.creation.cylinder(radius=8.0, height=30.0, sections=24)
    tower.apply_translation([0.0, 0.0, 15.0])
    tower.visual.face_colors = [200, 40, 40, 255]
    turned = trimesh.transformations.rotation_matrix(-np.pi / 2, [1, 0, 0])  # y up, as glTF has it
    tower.copy().apply_transform(turned).export(tmp_path / "tower.glb")
    sketch.import_file(tmp_path / "tower.glb")
    qtbot.waitUntil(lambda: window.viewport.tool is not None, timeout=20_000)
    click(window, qtbot, 130, -50)  # it has no place of its own
    settle(window, qtbot)
    runtime = session.layer("houses")
    row = runtime.table.row_of("plan-1")
    frame = runtime.table.frame
    mesh = runtime.table.mesh
    assert (mesh.row_of_triangle == row).sum() == len(tower.faces)
    assert frame["height_m"][row] == pytest.approx(30.0, abs=0.01)
    assert frame["volume_m3"][row] == pytest.approx(tower.volume, rel=0.01)
    centre = shapely.Point(X + 130, Y - 50)
    assert frame.geometry[row].centroid.distance(centre) < 0.6
    assert np.ptp(mesh.xyz_in_crs[:, 2]) == pytest.approx(30.0, abs=0.01)
    # The other houses are still raised from their outlines, beside the model.
    names = {len(d.xyz_in_scene) > 0 for d in runtime.drawables}
    assert names == {True}
    assert sum(d.role is Role.SOLID for d in runtime.drawables) == 2
    (delta,) = session.project.deltas
    changes = panel(window, "plans").changes
    qtbot.waitUntil(lambda: changes.topLevelItemCount() == 1)
    changes.choose(("houses", "plan-1"))
    sketch.edit.dx.setValue(10.0)
    sketch.edit.turn.setValue(45.0)
    sketch.storeys.setValue(10)
    qtbot.mouseClick(sketch.edit.apply, LEFT)
    settle(window, qtbot)
    (after,) = session.project.deltas
    assert after.values[solids.AT][0] == pytest.approx(delta.values[solids.AT][0] + 10.0, abs=0.01)
    assert after.values[solids.TURN] == 45.0


def test_models_of_hostile_files_are_refused() -> None:
    solid = solids.Solid(
        xyz=np.eye(3), triangles=np.array([[0, 1, 2]], np.int32), rgba=np.zeros((1, 4), np.uint8)
    )
    text = solids.packed(solid)
    again = solids.unpacked(text)
    assert again is not None
    np.testing.assert_allclose(again.xyz, solid.xyz, atol=1e-3)
    for bad in ("", "x", text[:12], text[::-1], "AAAA"):
        assert solids.unpacked(bad) is None
