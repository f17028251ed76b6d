"""Answers of analyses as files: kept as GeoParquet, exported as CSV, GeoPackage and GLB."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from twin.analysis.answer import Answer
from twin.errors import BelvedereError
from twin.progress import Progress
from twin.work.answer_styles import style_of

EXPORTS = (".csv", ".gpkg", ".geojson", ".glb")
RENAMED = {"feature_id": "of_feature", "allowed_m": "base_m"}
"""A row of an answer has an id of its own; that of the feature it speaks of stands beside it."""


def frame_of_answer(answer: Answer) -> Any:
    """Return an answer as a GeoDataFrame in its CRS: points with heights, or the geometry it has."""
    import geopandas as gpd
    import shapely

    columns = {n: v for n, v in answer.columns.items() if n != "geometry"}
    geometry: Any = answer.columns.get("geometry")
    if geometry is None:
        geometry = shapely.points(*(answer.columns[n].astype(float) for n in ("x_m", "y_m", "z_m")))
    frame = gpd.GeoDataFrame(columns, geometry=geometry, crs=answer.crs)
    return frame.rename(columns=RENAMED)


def read_answer(path: Path, kind: str) -> Answer:
    """Return a kept answer.

    Raises
    ------
    BelvedereError
        ``analyse.no_answer``: the file is gone or is none.
    """
    import geopandas as gpd

    try:
        frame = gpd.read_parquet(path)
    except (OSError, ValueError, KeyError) as error:
        raise BelvedereError("analyse.no_answer", path.name) from error
    back = {new: old for old, new in RENAMED.items()}
    named = [(str(name), back.get(str(name), str(name))) for name in frame.columns]
    columns = {old: frame[name].to_numpy() for name, old in named if old != "geometry"}
    if "x_m" not in columns or kind == "sight":
        columns["geometry"] = np.asarray(frame.geometry.array, object)
    return Answer(kind=kind, columns=columns, crs=str(frame.crs.to_string()) if frame.crs else "")


def write_answer(answer: Answer, path: Path) -> None:
    """Write an answer by suffix: ``.parquet``, ``.gpkg``, ``.geojson``, ``.csv`` or ``.glb``.

    Raises
    ------
    BelvedereError
        ``analyse.cannot_write``.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        plain = {n: v for n, v in answer.columns.items() if n != "geometry"}
        replace(answer, columns=plain).write_csv(path)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if suffix == ".parquet":
            frame_of_answer(answer).to_parquet(path, index=False)
        elif suffix == ".glb":
            from twin.work.answer_models import glb_of_answer

            path.write_bytes(glb_of_answer(answer, style_of(answer.kind, answer.columns)))
        else:
            frame_of_answer(answer).to_file(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("analyse.cannot_write", str(path), reason=reason) from error


def export_answer(kept: str, kind: str, out: str, _progress: Progress) -> str:
    """Write a kept answer as another kind of file. Runs in a process of its own."""
    write_answer(read_answer(Path(kept), kind), Path(out))
    return out
