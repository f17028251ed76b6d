"""What the benchmarks share: a synthetic city, raw VTK beside it, a stop watch, and the JSON at the end."""

from __future__ import annotations

import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZE = (1920, 1080)
HOUSE_M = 12.0
"""From the middle of the outermost lots to the edges of their houses, both sides together."""
MANY, FEW = 100_000, 5_000
"""Buildings of the full and of the quick run."""


@dataclass(frozen=True, eq=False)
class City:
    """Closed blocks on a street grid, in scene coordinates.

    Parameters
    ----------
    xyz : (n, 3) float32
    triangles : (m, 3) int32
    row : (n,) int32
    shade : (n,) float32
        As the buildings layer gives it: walls darker than roofs, so that they get windows.
    height_m : (k,) float64
        Of each building.
    use : (k,) object
    span_m : float
        From edge to edge.
    """

    xyz: NDArray[np.float32]
    triangles: NDArray[np.int32]
    row: NDArray[np.int32]
    shade: NDArray[np.float32]
    height_m: NDArray[np.float64]
    use: NDArray[Any]
    span_m: float

    @property
    def bounds(self) -> tuple[float, float, float, float, float, float]:
        """x_min, y_min, z_min, x_max, y_max, z_max."""
        low, high = self.xyz.min(axis=0), self.xyz.max(axis=0)
        return (*map(float, low), *map(float, high))  # type: ignore[return-value]


def city(buildings: int) -> City:
    """Return a city of so many buildings, always the same."""
    from twin.synth.grid import synthetic_city

    return city_of(synthetic_city(buildings, 1))


def span_of(buildings: int) -> float:
    """Return how wide such a city is. Making it to know that would bring libraries that viewing it does without."""
    from twin.synth.grid import LOT_M, LOTS_A_BLOCK, STREET_M

    lots = math.ceil(math.sqrt(buildings)) - 1
    return lots * LOT_M + lots // LOTS_A_BLOCK * STREET_M + HOUSE_M


def city_of(table: Any) -> City:
    """Return the blocks of a table of footprints with heights."""
    from twin.shapes import Part, extrude
    from twin.synth.grid import CENTRE

    buildings = len(table)
    polygons = table.geometry.translate(-CENTRE[0], -CENTRE[1]).to_numpy()
    height = table["height_m"].to_numpy(np.float64)
    rows = np.arange(buildings, dtype=np.int32)
    made = extrude(polygons, rows, z_bottom=np.zeros(buildings), z_top=height)
    xyz = made.xyz.astype(np.float32)
    span = float(np.ptp(xyz[:, 0]))
    shade = np.where(made.part_of_vertex == Part.ROOF, 1.0, 0.9).astype(np.float32)
    use = table["use"].to_numpy()
    return City(xyz, made.triangles, made.row_of_vertex, shade, height, use, span)


def views(
    span_m: float,
) -> dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """Return eye and target of what people look at: the whole city, a quarter, a street."""
    return {
        "city": ((0.0, -0.95 * span_m, 0.65 * span_m), (0.0, 0.0, 0.0)),
        "oblique": ((-0.16 * span_m, -0.16 * span_m, 0.05 * span_m), (0.0, 0.0, 0.0)),
        "street": ((6.0, -0.16 * span_m, 2.0), (6.0, 0.0, 10.0)),
    }


def rgba_by(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Return (n, 4) uint8: a colour for each distinct value, or along the range of numbers."""
    if values.dtype == object:
        _, code = np.unique(values.astype(str), return_inverse=True)
        share = code / max(int(code.max()), 1)
    else:
        share = (values - values.min()) / max(float(np.ptp(values)), 1e-9)
    rgba = np.full((len(values), 4), 255, np.uint8)
    rgba[:, 0], rgba[:, 1], rgba[:, 2] = 90 + 150 * share, 200 - 90 * share, 170 - 60 * share
    return rgba


class RawVtk:
    """One merged mesh in one off-screen window, as VTK draws it by itself, no multi-sampling."""

    def __init__(self, made: City, rgba_of_rows: NDArray[np.uint8]) -> None:
        import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 - registers the OpenGL classes
        from vtkmodules.util.numpy_support import numpy_to_vtk
        from vtkmodules.vtkCommonCore import vtkPoints
        from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
        from vtkmodules.vtkRenderingCore import (
            vtkActor,
            vtkPolyDataMapper,
            vtkRenderer,
            vtkRenderWindow,
        )

        self.window = vtkRenderWindow()
        self.window.SetOffScreenRendering(True)
        self.window.SetMultiSamples(0)
        self.window.SetSize(*SIZE)
        self.renderer = vtkRenderer()
        self.window.AddRenderer(self.renderer)
        points, cells = vtkPoints(), vtkCellArray()
        points.SetData(numpy_to_vtk(made.xyz))
        offsets = np.arange(0, 3 * len(made.triangles) + 1, 3, dtype=np.int32)
        cells.SetData(numpy_to_vtk(offsets), numpy_to_vtk(made.triangles.reshape(-1)))
        mesh = vtkPolyData()
        mesh.SetPoints(points)
        mesh.SetPolys(cells)
        mesh.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(rgba_of_rows[made.row])))
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(mesh)
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.renderer.AddActor(self.actor)

    def look(self, eye: Sequence[float], target: Sequence[float]) -> None:
        """Set the camera."""
        camera = self.renderer.GetActiveCamera()
        camera.SetPosition(*eye)
        camera.SetFocalPoint(*target)
        camera.SetViewUp(0.0, 0.0, 1.0)
        camera.SetViewAngle(40.0)
        self.renderer.ResetCameraClippingRange()

    def turn(self, degrees: float) -> None:
        """Orbit, draw, and wait until it is drawn."""
        self.renderer.GetActiveCamera().Azimuth(degrees)
        self.window.Render()
        self.window.WaitForCompletion()

    def close(self) -> None:
        """Free the window."""
        self.renderer.RemoveAllViewProps()
        self.window.RemoveRenderer(self.renderer)
        self.window.Finalize()


def ssim(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the mean structural similarity of two pictures (Wang et al. 2004), on their luminance."""
    from scipy.ndimage import gaussian_filter

    weights = np.array([0.299, 0.587, 0.114])
    a, b = one[..., :3] @ weights, other[..., :3] @ weights
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2

    def blurred(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(gaussian_filter(values, 1.5, truncate=3.5))

    mean_a, mean_b = blurred(a), blurred(b)
    var_a, var_b = blurred(a * a) - mean_a**2, blurred(b * b) - mean_b**2
    both = blurred(a * b) - mean_a * mean_b
    top = (2 * mean_a * mean_b + c1) * (2 * both + c2)
    return float((top / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))).mean())


def picture_of(surface: Any) -> NDArray[np.float64]:
    """Return what a surface shows, (height, width, 3)."""
    image = surface.grab().toImage()
    image = image.convertToFormat(image.Format.Format_RGB888)
    rows = np.array(image.constBits()).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), -1, 3).astype(np.float64)


def ms(work: Callable[[], object]) -> float:
    """Return how long a call takes, in milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000.0


def side_by_side(
    first: Callable[[], object], second: Callable[[], object], times: int
) -> tuple[float, float]:
    """Return the median milliseconds of two calls, taken in turns so that both meet the same machine."""
    pairs = [(ms(first), ms(second)) for _ in range(times)]
    a, b = np.median(np.array(pairs), axis=0)
    return float(a), float(b)


def machine() -> dict[str, object]:
    """Return on what was measured."""
    return {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def main(run: Callable[[bool], dict[str, object]]) -> None:
    """Run a benchmark and print its result as one line of JSON."""
    print(json.dumps(run("--quick" in sys.argv[1:])))
