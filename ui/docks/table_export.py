"""Saving the shown rows of a table as CSV or GeoPackage, on a worker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QFileDialog, QWidget

from twin.model.table import FeatureTable
from ui.i18n import tr

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime

FORMATS = ((".csv", "table.format_csv"), (".gpkg", "table.format_gpkg"))


def ask_path(parent: QWidget, name: str) -> Path | None:
    """Ask where to save; the chosen kind of file gives the suffix where none was typed."""
    kinds = {tr(key): suffix for suffix, key in FORMATS}
    chosen, kind = QFileDialog.getSaveFileName(
        parent, tr("table.export"), str(Path.home() / f"{name}.csv"), ";;".join(kinds)
    )
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix.lower() not in kinds.values():
        path = path.with_name(path.name + kinds.get(kind, ".csv"))
    return path


def table_of_rows(runtime: LayerRuntime, rows: NDArray[np.intp]) -> FeatureTable:
    """Return a table of some rows of a layer, with the columns of the clock as they are now.

    Raises
    ------
    ValueError
        The layer has no table yet.
    """
    if runtime.table is None:
        raise ValueError("the layer has no table yet")
    frame = runtime.table.frame.iloc[rows].reset_index(drop=True)
    for name, values in runtime.columns_now.items():
        if len(values) == len(runtime.table):
            frame[name] = values[rows]
    return replace(runtime.table, frame=frame, mesh=None, raster=None, tables={})


def write(table: FeatureTable, path: Path) -> Path:
    """Write a table; the suffix says how."""
    from twin import io

    io.write_table(table, path)
    return path
