"""Wavefront OBJ: groups named after the rows, z up, with all digits; materials and pictures beside the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from twin.io.write_appearance import write_pictures
from twin.model.table import FeatureMesh, FeatureTable


def write_obj(table: FeatureTable, path: Path) -> None:
    """Write a table with a mesh. Coordinates stay those of the map; the first line names their CRS."""
    mesh = table.mesh
    if mesh is None:
        raise ValueError("a model without surfaces")  # write_table has asked
    materials = _Materials(mesh, write_pictures(mesh, path))
    faces = _faces(mesh, [str(name) for name in table.feature_ids], materials)
    lines = [f"# {' '.join(table.name.split())}  CRS: {' '.join(table.crs.split())}  z up, metres"]
    if materials.names:
        lines.append(f"mtllib {path.stem}.mtl")
        path.with_suffix(".mtl").write_text(materials.text(), encoding="utf-8")
    lines += [f"v {x:.4f} {y:.4f} {z:.4f}" for x, y, z in mesh.xyz_in_crs.tolist()]
    if materials.pictures and mesh.uv_of_vertex is not None:
        lines += [f"vt {u:.6f} {v:.6f}" for u, v in mesh.uv_of_vertex.tolist()]
    path.write_text("\n".join([*lines, *faces]) + "\n", encoding="utf-8")


@dataclass
class _Materials:
    """The materials of a mesh, one for each colour and each picture that a triangle has."""

    mesh: FeatureMesh
    pictures: tuple[str, ...]
    names: dict[tuple[int, ...], str] = field(default_factory=dict)

    def of(self, triangle: int) -> tuple[str, bool]:
        """Return the name of a triangle's material, empty where it has none, and whether that has a picture."""
        texture = self.mesh.texture_of_triangle
        number = -1 if texture is None or not self.pictures else int(texture[triangle])
        colours = self.mesh.rgba_of_triangle
        rgba = (0, 0, 0, 0) if colours is None else tuple(colours[triangle].tolist())
        if number < 0 and not rgba[3]:
            return "", False
        return self.names.setdefault((number, *rgba), f"m{len(self.names)}"), number >= 0

    def text(self) -> str:
        """Return the library of materials."""
        parts = []
        for (number, *rgba), name in self.names.items():
            parts.append(f"newmtl {name}")
            if rgba[3]:
                shade = " ".join(f"{value / 255:.4f}" for value in rgba[:3])
                parts.append(f"Kd {shade}\nd {rgba[3] / 255:.4f}")
            if number >= 0:
                parts.append(f"map_Kd {self.pictures[number]}")
        return "\n".join(parts) + "\n"


def _faces(mesh: FeatureMesh, names: list[str], materials: _Materials) -> list[str]:
    """Return the lines of groups, materials and faces, row after row."""
    lines: list[str] = []
    at, worn = -1, ""
    for triangle in np.argsort(mesh.row_of_triangle, kind="stable").tolist():
        row = int(mesh.row_of_triangle[triangle])
        if row != at:
            at = row
            lines.append("o " + " ".join(names[row].split()))
        material, textured = materials.of(triangle)
        if material != worn:
            worn = material
            lines.append(f"usemtl {material or 'none'}")
        corners = (mesh.triangles[triangle] + 1).tolist()
        lines.append("f " + " ".join(f"{c}/{c}" if textured else str(c) for c in corners))
    return lines
