"""Geometry to triangles: pure functions on arrays of shapely geometries, no drawing."""

from __future__ import annotations

from twin.shapes.bare import bare_ground
from twin.shapes.drape import (
    drape_lines,
    drape_polygons,
    line_parts,
    own_lines,
    own_polygons,
    ribbon,
)
from twin.shapes.extrude import extrude
from twin.shapes.glyphs import GLYPHS, GlyphShape
from twin.shapes.measured import Measured, measure
from twin.shapes.mosaic import mosaic
from twin.shapes.parts import Float64, Part, Triangles, explode, joined
from twin.shapes.pictures import faded
from twin.shapes.places import arcs, rings, standing
from twin.shapes.regrid import Relief, raster_from_scene, relief, same_crs
from twin.shapes.roof_profiles import roof_kind
from twin.shapes.roofs import roofs
from twin.shapes.terrain import GroundMesh, contours, ground_mesh, surface_height, surface_normals
from twin.shapes.triangulate import triangulate

__all__ = [
    "GLYPHS",
    "Float64",
    "GlyphShape",
    "GroundMesh",
    "Measured",
    "Part",
    "Relief",
    "Triangles",
    "arcs",
    "bare_ground",
    "contours",
    "drape_lines",
    "drape_polygons",
    "explode",
    "extrude",
    "faded",
    "ground_mesh",
    "joined",
    "line_parts",
    "measure",
    "mosaic",
    "own_lines",
    "own_polygons",
    "raster_from_scene",
    "relief",
    "ribbon",
    "rings",
    "roof_kind",
    "roofs",
    "same_crs",
    "standing",
    "surface_height",
    "surface_normals",
    "triangulate",
]
