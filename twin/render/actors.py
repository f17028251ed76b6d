"""Numpy arrays to what VTK draws: triangles with vertex attributes, actors that share them, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonCore import vtkDataArray, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkDataObject, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

Array = NDArray[Any]


def to_vtk(values: Array) -> vtkDataArray:
    """Return a VTK array that shares memory with a contiguous one."""
    array: vtkDataArray = numpy_support.numpy_to_vtk(values)  # type: ignore[no-untyped-call]
    return array


def to_numpy(array: vtkDataArray) -> Array:
    """Return an array that shares memory with one of VTK."""
    values: Array = numpy_support.vtk_to_numpy(array)  # type: ignore[no-untyped-call]
    return values


def poly_data(
    xyz: NDArray[np.float32],
    triangles: NDArray[np.int32],
    attributes: Mapping[str, Array] | None = None,
) -> vtkPolyData:
    """Return triangles that share memory with the arrays.

    Parameters
    ----------
    attributes : mapping, optional
        Values of the vertices. ``colour`` (n, 4) uint8 arrives in a shader as ``scalarColor`` in 0..1; the
        others keep their names and numbers.
    """
    data = vtkPolyData()
    points = vtkPoints()
    points.SetData(to_vtk(np.ascontiguousarray(xyz, np.float32)))
    data.SetPoints(points)
    cells = vtkCellArray()
    cells.SetData(3, to_vtk(np.ascontiguousarray(triangles, np.int32).reshape(-1)))
    data.SetPolys(cells)
    for name, values in (attributes or {}).items():
        array = to_vtk(np.ascontiguousarray(values))
        array.SetName(name)
        if name == "colour":
            data.GetPointData().SetScalars(array)
        else:
            data.GetPointData().AddArray(array)
    return data


def actor_of(data: vtkPolyData) -> vtkActor:
    """Return an actor that hands every array of the data to its shader.

    Several actors of the same data share what is uploaded of it.
    """
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    # Scene coordinates are small already; VTK's own shift would give each tile another space.
    mapper.SetVBOShiftScaleMethod(0)
    mapper.SetColorModeToDirectScalars()
    values = data.GetPointData()
    mapper.SetScalarVisibility(values.GetScalars() is not None)
    for i in range(values.GetNumberOfArrays()):
        name = values.GetArrayName(i)
        if name != "colour":
            mapper.MapDataArrayToVertexAttribute(
                name, name, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1
            )
    actor = vtkActor()
    actor.SetMapper(mapper)
    return actor


def image_data(values: Array) -> vtkImageData:
    """Return a picture of (height, width) or (height, width, channels); row 0 is texture v = 0."""
    height, width = values.shape[:2]
    image = vtkImageData()
    image.SetDimensions(width, height, 1)
    flat = np.ascontiguousarray(values).reshape(height * width, -1)
    image.GetPointData().SetScalars(to_vtk(flat))
    return image


def make_texture(
    values: Array, *, smooth: bool = True, mipmaps: bool = False, slant: int = 1
) -> vtkTexture:
    """Return a texture of an array; row 0 is v = 0.

    VTK keeps floats of one or two channels in bytes of 0..1: use three.

    Parameters
    ----------
    slant : int
        So many looks at what is seen along its surface (anisotropic filtering); the processor takes many times longer.
    """
    texture = vtkTexture()
    texture.SetColorModeToDirectScalars()
    texture.SetInterpolate(smooth)
    texture.SetMipmap(mipmaps)
    texture.SetMaximumAnisotropicFiltering(slant)
    texture.SetWrap(vtkTexture.ClampToEdge)
    texture.SetInputData(image_data(values))
    return texture
