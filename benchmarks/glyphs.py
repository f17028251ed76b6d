"""100,000 trees and 100,000 lines in a turning view, beside VTK's own instances of the same tree.

The issue at hand is how much is drawn, not how it looks: trees are merged into parts of some thousand triangles, which
far away are plainer shapes, and lines into a few parts.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.common import SIZE, machine, main, side_by_side

MANY, FEW = 100_000, 5_000
TIMES = 12
APART_M = 8.0
STEP_DEG = 1.0
NONE = np.zeros((0, 4), np.uint8)


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - the benchmarks' one signature
    """Return milliseconds a frame and numbers of draws."""
    count = FEW if quick else MANY
    places = _places(count)
    reach = float(places[:, :2].max())
    ours, theirs = _trees(places, reach), _instances(places, reach)
    ours_ms, theirs_ms = side_by_side(lambda: _turn(ours), lambda: theirs(STEP_DEG), TIMES)
    found: dict[str, object] = {
        "machine": machine(),
        "trees": count,
        "trees_ms": round(ours_ms, 1),
        "vtk_instances_ms": round(theirs_ms, 1),
        "ratio": round(ours_ms / theirs_ms, 2),
        "trees_draws": _draws(ours),
    }
    ours.close()
    lines = _lines(places, reach)
    lines_ms, _ = side_by_side(lambda: _turn(lines), lambda: None, TIMES)
    found |= {"lines": count, "lines_ms": round(lines_ms, 1), "lines_draws": _draws(lines)}
    lines.close()
    return found


def _places(count: int) -> np.ndarray:
    side = math.ceil(math.sqrt(count))
    at = np.arange(count)
    xy = (np.column_stack([at % side, at // side]) - side / 2) * APART_M
    return np.column_stack([xy, np.zeros(count)]).astype(np.float32)


def _stage(drawable: Any, reach: float) -> Any:
    from twin.model.project import View
    from twin.render.stage import Stage

    stage = Stage(size=SIZE)
    stage.set_layer("many", [drawable], rgba=NONE, rows_visible=np.zeros(0, bool))
    while stage.upload(math.inf):
        pass
    eye = (0.0, -1.6 * reach, 1.1 * reach)
    stage.camera.look(View(id="", title={}, position=eye, target=(0.0, 0.0, 0.0)))
    stage.render()
    return stage


def _trees(places: np.ndarray, reach: float) -> Any:
    from twin.drawables import Glyphs, Role

    scale = np.tile(np.array([4.0, 4.0, 7.0], np.float32), (len(places), 1))
    trees = Glyphs(xyz_in_scene=places, shape="tree.broadleaf", scale_m=scale, role=Role.VEGETATION)
    return _stage(trees, reach)


def _lines(places: np.ndarray, reach: float) -> Any:
    from twin.drawables import Lines

    ends = np.stack([places, places + np.float32([5.0, 3.0, 0.0])], axis=1).reshape(-1, 3)
    offsets = np.arange(0, len(ends) + 1, 2, dtype=np.int32)
    return _stage(Lines(xyz_in_scene=ends, offsets=offsets), reach)


def _turn(stage: Any) -> None:
    stage.camera.orbit(STEP_DEG, 0.0)
    stage.render()
    stage.window.WaitForCompletion()


def _draws(stage: Any) -> int:
    """Return how many pieces the last frame drew."""
    return int(stage._canvas._scene.GetViewProps().GetNumberOfItems()) - 1  # noqa: SLF001 - the sky aside


def _instances(places: np.ndarray, reach: float) -> Any:
    """Return what turns and draws VTK's glyph mapper, which draws instances."""
    import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 - registers the OpenGL classes
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkPolyData
    from vtkmodules.vtkRenderingCore import vtkActor, vtkGlyph3DMapper, vtkRenderer, vtkRenderWindow

    from twin.render.actors import poly_data
    from twin.shapes.glyphs import GLYPHS

    tree = GLYPHS["tree.broadleaf"]
    points = vtkPoints()
    points.SetData(numpy_to_vtk(places))
    data = vtkPolyData()
    data.SetPoints(points)
    mapper = vtkGlyph3DMapper()
    mapper.SetInputData(data)
    mapper.SetSourceData(poly_data(tree.xyz * np.float32([4.0, 4.0, 7.0]), tree.triangles))
    mapper.ScalingOff()
    actor, renderer, window = vtkActor(), vtkRenderer(), vtkRenderWindow()
    actor.SetMapper(mapper)
    renderer.AddActor(actor)
    window.SetOffScreenRendering(True)
    window.SetMultiSamples(0)
    window.SetSize(*SIZE)
    window.AddRenderer(renderer)
    camera = renderer.GetActiveCamera()
    camera.SetPosition(0.0, -1.6 * reach, 1.1 * reach)
    camera.SetFocalPoint(0.0, 0.0, 0.0)
    camera.SetViewUp(0.0, 0.0, 1.0)
    camera.SetViewAngle(40.0)

    def turn(degrees: float) -> None:
        camera.Azimuth(degrees)
        renderer.ResetCameraClippingRange()
        window.Render()
        window.WaitForCompletion()

    turn(0.0)
    return turn


if __name__ == "__main__":
    main(run)
