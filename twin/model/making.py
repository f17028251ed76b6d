"""Tables from plain rows: for sources that are no tables of features, such as the JSON of a service."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.model.layer import Fact
from twin.model.table import FEATURE_ID, Column, FeatureTable, Provenance

if TYPE_CHECKING:
    import geopandas as gpd

MOST_BYTES = 256_000_000


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    ReadError
        It cannot be opened, is too large, or is no JSON.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ReadError("io.too_large_for_memory", path.name)
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ReadError("io.cannot_open", path.name, reason=error.strerror or "") from error
    except (ValueError, RecursionError) as error:
        raise ReadError("io.damaged", path.name, reason=str(error)[:200]) from error


def read_rows(path: Path) -> list[Mapping[str, str]]:
    """Return the rows of a CSV file by column name: comma or semicolon, UTF-8 (with or without a BOM) or Latin-1.

    Raises
    ------
    ReadError
        It cannot be opened, is too large, or is no table.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ReadError("io.too_large_for_memory", path.name)
        data = path.read_bytes()
    except OSError as error:
        raise ReadError("io.cannot_open", path.name, reason=error.strerror or "") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    head = text.partition("\n")[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    try:
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise ReadError("io.damaged", path.name, reason=str(error)[:200]) from error


def with_columns(
    table: FeatureTable, columns: Mapping[str, Column], frame: gpd.GeoDataFrame | None = None
) -> FeatureTable:
    """Return a table that says unit and label of columns; those that it lacks are there, and empty.

    Parameters
    ----------
    frame : GeoDataFrame or None
        Rows in place of those of the table.
    """
    rows = (table.frame if frame is None else frame).copy()
    for name, column in columns.items():
        if name not in rows:
            rows[name] = np.nan if column.unit else None
    return replace(table, frame=rows, columns={**table.columns, **columns})


def table_from_lonlat(
    rows: Sequence[Mapping[str, Any]],
    frame: GeoFrame,
    *,
    name: str = "",
    columns: Mapping[str, Column] | None = None,
    provenance: Provenance | None = None,
    fields: Sequence[str] = (),
) -> FeatureTable:
    """Return a table of points from rows with ``lon`` and ``lat`` (degrees WGS 84).

    Parameters
    ----------
    rows : sequence of mappings
        ``feature_id`` of each is made unique; a row whose position is missing or impossible has no geometry.
    columns : mapping
        Units and labels by column name.
    fields : sequence of str
        Columns that exist even where no row has them.
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    made = pd.DataFrame([{k: v for k, v in r.items() if k not in ("lon", "lat")} for r in rows])
    for field in (FEATURE_ID, *fields):
        if field not in made:
            made[field] = pd.Series([None] * len(rows), dtype=object)
    made[FEATURE_ID] = _unique([str(r.get(FEATURE_ID, i)) for i, r in enumerate(rows)])
    lonlat = np.array([[_degrees(r.get("lon")), _degrees(r.get("lat"))] for r in rows])
    lonlat = lonlat.reshape(-1, 2)
    there = np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat) <= (180.0, 90.0)).all(axis=1)
    points = np.full(len(rows), None, dtype=object)
    if there.any():
        xy = frame.scene_from_lonlat(lonlat[there]) + frame.origin[:2]
        points[there] = shapely.points(xy)
    geometry = gpd.GeoSeries(points, crs=frame.crs, index=made.index)
    return FeatureTable(
        frame=gpd.GeoDataFrame(made, geometry=geometry),
        crs=frame.crs,
        name=name,
        columns=dict(columns or {}),
        provenance=provenance or Provenance(),
    )


def stacked(frames: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return the rows of several frames of one CRS below each other; what a frame lacks is missing."""
    import geopandas as gpd
    import pandas as pd

    names = list(dict.fromkeys(str(c) for frame in frames for c in frame.columns))
    columns = {}
    for name in names:
        parts = [
            frame[name].to_numpy(dtype=object)
            if name in frame
            else np.full(len(frame), None, dtype=object)
            for frame in frames
        ]
        columns[name] = pd.Series(np.concatenate(parts), dtype=object).infer_objects()
    shapes = columns.pop("geometry")
    geometry = gpd.GeoSeries(shapes.to_numpy(), crs=frames[0].crs)
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=geometry)


def facts_of(table: FeatureTable, row: int, names: Sequence[str]) -> list[Fact]:
    """Return what a row says in some columns, with units and provenance; what is missing is left out."""
    found = []
    for name in names:
        value = table.frame[name].iloc[row] if name in table.frame else None
        if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
            continue
        column = table.column(name)
        found.append(
            Fact(
                label=column.label or {"en": name},
                value=value,
                unit=column.unit,
                provenance=column.provenance,
            )
        )
    return found


def number(value: object) -> float:
    """Return a number as files write it (also with a comma), NaN where there is none."""
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return float("nan")


def _degrees(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")


def _unique(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    made = []
    for name in names:
        count = seen.get(name, 0)
        seen[name] = count + 1
        made.append(name if not count else f"{name} ({count + 1})")
    return made
