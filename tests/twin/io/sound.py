"""What is wrong with the answers to both questions that a file is asked, whatever the file: nothing ever may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from twin import io
from twin.errors import ReadError
from twin.io.inspection import Inspection
from twin.model.geoframe import GeoFrame
from twin.model.table import FeatureTable
from twin.progress import Unattended

TARGETS = (None, GeoFrame(crs="EPSG:2154"))


def faults(path: Path) -> list[str]:
    """Return what breaks the promises of a reader; another exception than ReadError goes through."""
    found = io.inspect(path)
    wrong = [] if found.shown or found.problems else ["nothing shown, and not said why"]
    for table in _tables(path, found):
        wrong += _of_table(table)
    return wrong


def rows_and_cells(path: Path) -> int:
    """Return how much came."""
    tables = _tables(path, io.inspect(path))
    return sum(len(t) + (0 if t.raster is None else t.raster.values.size) for t in tables)


def _tables(path: Path, found: Inspection) -> Iterator[FeatureTable]:
    for layer in found.layers:
        name = layer.name if len(found.layers) > 1 else ""
        for target in TARGETS:
            try:
                yield io.read(path, sublayer=name, target=target, progress=Unattended())
            except ReadError:
                continue  # a clear message instead of a layer is an answer


def _of_table(table: FeatureTable) -> list[str]:
    wrong = []
    if len(set(table.feature_ids)) != len(table):
        wrong.append("feature ids come twice")
    mesh = table.mesh
    if mesh is not None and len(mesh.triangles):
        if mesh.triangles.min() < 0 or mesh.triangles.max() >= len(mesh.xyz_in_crs):
            wrong.append("a triangle has a corner that is not there")
        if mesh.row_of_triangle.max() >= len(table):
            wrong.append("a triangle belongs to no row")
        if not np.isfinite(mesh.xyz_in_crs).all():
            wrong.append("a corner is nowhere")
    cloud = table.points
    if cloud is not None and len(cloud.row_of_point):
        if cloud.row_of_point.max() >= len(table):
            wrong.append("a point belongs to no row")
        if not np.isfinite(cloud.xyz_in_crs).all():
            wrong.append("a point is nowhere")
    return wrong
