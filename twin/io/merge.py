"""Several tables as one: the rows of all, the columns of each, meshes side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from twin.errors import ReadError
from twin.io.write_solids import joined
from twin.model.table import FEATURE_ID, FeatureTable


def merged(tables: Sequence[FeatureTable], *, name: str) -> FeatureTable:
    """Return one table of several in the same CRS; ids that occur twice are told apart.

    Raises
    ------
    ReadError
        The tables are in different coordinate systems, or rasters or point clouds.
    """
    import geopandas as gpd
    import pandas as pd

    crs = {table.crs for table in tables}
    if len(crs) > 1:
        raise ReadError("io.merge_crs", name, crs=", ".join(sorted(text[:60] for text in crs)))
    if any(table.raster is not None or table.points is not None for table in tables):
        raise ReadError("io.merge_kind", name)
    frames = [
        table.frame
        if table.frame.geometry.name == "geometry"
        else table.frame.rename_geometry("geometry")
        for table in tables
    ]
    frame = pd.concat(frames, ignore_index=True)
    ids: list[str] = []
    taken: set[str] = set()
    for text in frame[FEATURE_ID]:
        free, number = str(text), 2
        while free in taken:
            free, number = f"{text}#{number}", number + 1
        taken.add(free)
        ids.append(free)
    frame[FEATURE_ID] = np.array(ids, dtype=object)
    starts = np.cumsum([0, *(len(table) for table in tables)])
    meshes = [
        replace(table.mesh, row_of_triangle=(table.mesh.row_of_triangle + start).astype(np.int32))
        for table, start in zip(tables, starts, strict=False)
        if table.mesh is not None
    ]
    columns = {key: value for table in tables for key, value in table.columns.items()}
    return FeatureTable(
        frame=gpd.GeoDataFrame(frame, geometry="geometry", crs=tables[0].frame.crs),
        crs=tables[0].crs,
        name=name,
        columns=columns,
        mesh=joined(meshes) if meshes else None,
        provenance=tables[0].provenance,
    )
