"""Colours and textures of a mesh as the ``appearance`` of CityJSON: materials, pictures beside the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.table import FeatureMesh

THEME = "file"
Ints = NDArray[np.int64]


def write_pictures(mesh: FeatureMesh | None, path: Path) -> tuple[str, ...]:
    """Write the pictures of a mesh beside a model; return their names."""
    if mesh is None or mesh.texture_of_triangle is None or mesh.uv_of_vertex is None:
        return ()
    from PIL import Image

    names = []
    for number, picture in enumerate(mesh.textures):
        name = f"{path.name.split('.')[0]}_texture_{number}.png"
        Image.fromarray(picture).save(path.with_name(name), "PNG")
        names.append(name)
    return tuple(names)


class Appearance:
    """What the geometries of one document, or of one feature of a sequence, look like.

    Parameters
    ----------
    mesh : FeatureMesh
        Its vertices and triangles as in the table, not welded.
    pictures : tuple of str
        Names of the files of its textures; empty: none are written.
    """

    def __init__(self, mesh: FeatureMesh | None, pictures: tuple[str, ...]) -> None:
        self._mesh, self._pictures = mesh, pictures
        self._materials: dict[tuple[int, ...], int] = {}
        self._textures: dict[int, int] = {}
        self._places: list[list[float]] = []

    def dress(self, geometry: dict[str, Any], mine: Ints) -> None:
        """Add materials and textures to a geometry whose surfaces are the triangles ``mine``, in their order."""
        solid = geometry["type"] == "Solid"
        for name, values in (("material", self._material(mine)), ("texture", self._texture(mine))):
            if values is not None:
                geometry[name] = {THEME: {"values": [values] if solid else values}}

    def section(self) -> dict[str, Any]:
        """Return the member ``appearance``, empty where nothing has any."""
        found: dict[str, Any] = {}
        if self._materials:
            found["materials"] = [
                {
                    "name": f"#{red:02x}{green:02x}{blue:02x}",
                    "diffuseColor": [round(part / 255, 4) for part in (red, green, blue)],
                    "transparency": round(1 - alpha / 255, 4),
                }
                for red, green, blue, alpha in self._materials
            ]
        if self._textures:
            found["textures"] = [
                {"type": "PNG", "image": self._pictures[number]} for number in self._textures
            ]
            found["vertices-texture"] = self._places
        return found

    def _material(self, mine: Ints) -> list[int | None] | None:
        if self._mesh is None or self._mesh.rgba_of_triangle is None:
            return None
        values: list[int | None] = [
            None if not rgba[3] else self._materials.setdefault(tuple(rgba), len(self._materials))
            for rgba in self._mesh.rgba_of_triangle[mine].tolist()
        ]
        return values if any(value is not None for value in values) else None

    def _texture(self, mine: Ints) -> list[Any] | None:
        mesh = self._mesh
        if not self._pictures or mesh is None or mesh.texture_of_triangle is None:
            return None
        assert mesh.uv_of_vertex is not None  # noqa: S101 - pictures come with places in them
        numbers = mesh.texture_of_triangle[mine]
        if not (numbers >= 0).any():
            return None
        values: list[Any] = []
        for triangle, number in zip(mesh.triangles[mine].tolist(), numbers.tolist(), strict=True):
            if number < 0:
                values.append([[None]])
                continue
            first = len(self._places)
            places = mesh.uv_of_vertex[triangle].astype(float).round(6).tolist()
            self._places += places
            texture = self._textures.setdefault(number, len(self._textures))
            values.append([[texture, first, first + 1, first + 2]])
        return values
