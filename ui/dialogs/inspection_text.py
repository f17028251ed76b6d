"""What a file was found to hold, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.errors import CrsError
from twin.model.geoframe import parse_crs
from ui.i18n import problem_text, tr
from ui.i18n.formats import number

if TYPE_CHECKING:
    from twin.io import Inspection, LayerInfo

MOST_PROBLEMS = 4


def layer_line(layer: LayerInfo) -> str:
    """Return a layer of a file in one line."""
    what = tr(f"import.kind.{layer.kind}", count=layer.count)
    return f"{layer.name} – {what}" if layer.name else what


def layer_details(layer: LayerInfo) -> str:
    """Return count, CRS, extent, heights and levels of detail, a line each."""
    lines = [tr(f"import.kind.{layer.kind}", count=layer.count), crs_text(layer.crs)]
    if layer.extent is not None:
        decimals = 5 if max(abs(value) for value in layer.extent) <= 180 else 0
        west, south, east, north = (number(value, decimals) for value in layer.extent)
        lines.append(tr("import.extent", west=west, south=south, east=east, north=north))
    if layer.z_range is not None:
        low, high = (number(value, 1) for value in layer.z_range)
        lines.append(tr("import.heights", low=low, high=high))
    if layer.lods:
        lines.append(tr("import.lods", lods=", ".join(layer.lods)))
    return "\n".join(lines)


def crs_text(crs: str) -> str:
    """Return a CRS by code and name."""
    if not crs:
        return tr("import.no_crs")
    try:
        name = parse_crs(crs).name
    except CrsError:
        return crs[:60]
    return f"{crs} · {name}" if len(crs) < 16 else name


def problem_lines(inspection: Inspection) -> str:
    """Return what is wrong with a file, the first few."""
    lines = [problem_text(problem) for problem in inspection.problems[:MOST_PROBLEMS]]
    more = len(inspection.problems) - len(lines)
    if more > 0:
        lines.append(tr("import.more_problems", count=more))
    return "\n".join(lines)
