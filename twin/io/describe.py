"""What ``inspect`` says of a layer that a format module read."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io import geometry as shapes
from twin.io.assemble import place_layer
from twin.io.crs import Placed
from twin.io.guess import column_for
from twin.io.inspection import AttributeInfo, Bounds, LayerInfo
from twin.io.loaded import Loaded, Request
from twin.io.quantities import parse
from twin.problems import Problem, Severity

_EXAMPLE_LENGTH = 60
LOWEST_GROUND_M = -430.0
SAMPLED = 100_000
FOOT_PERCENT = 10
"""The lowest hundredths of a model may be cellars and strays."""


def describe(loaded: Loaded, request: Request) -> LayerInfo:
    """Return the description of a layer; what is wrong with it goes to the progress of the request."""
    placed = place_layer(loaded, request, given="", target="")
    _report(loaded, request)
    return LayerInfo(
        name=loaded.name,
        kind=_kind(loaded),
        count=_count(loaded),
        crs=placed.text,
        crs_reason=placed.reason,
        lods=loaded.lods,
        extent=_extent(loaded),
        z_range=_z_range(loaded),
        attributes=tuple(attribute(name, values) for name, values in loaded.columns.items()),
        details={**loaded.details, **_ground(loaded, placed)},
    )


def _ground(loaded: Loaded, placed: Placed) -> dict[str, float]:
    """Return the altitude about which the ground lies, as the columns or the feet of a model tell it."""
    name = column_for("ground_z", loaded.columns)
    if name and loaded.kind not in {"mesh", "cloud"}:
        told = parse(loaded.columns[name], zero_is_none=False).values
        told = told[np.isfinite(told) & (told > LOWEST_GROUND_M)]
        return {"ground_m": round(float(np.median(told)), 1)} if len(told) else {}
    model = loaded.mesh if loaded.mesh is not None else loaded.points
    if model is None or not len(model.xyz_in_crs):
        return {}
    if placed.text and placed.split().geocentric:
        return {}
    z = model.xyz_in_crs[:: max(1, len(model.xyz_in_crs) // SAMPLED), 2]
    z = z[np.isfinite(z)]
    return {"ground_m": round(float(np.percentile(z, FOOT_PERCENT)), 1)} if len(z) else {}


def _kind(loaded: Loaded) -> str:
    if loaded.kind:
        return loaded.kind
    if loaded.geometry is None:
        return "table"
    found = shapes.kinds(loaded.geometry)
    return shapes.kind_of(found) if found else str(loaded.details.get("kind", "table"))


def _count(loaded: Loaded) -> int:
    if loaded.raster is not None:
        return int(loaded.details["width"]) * int(loaded.details["height"])
    if loaded.points is not None and loaded.mesh is None:
        return max(loaded.points.total, len(loaded.points.xyz_in_crs))
    return loaded.count


def _extent(loaded: Loaded) -> Bounds | None:
    if loaded.raster is not None:
        return loaded.raster.extent
    if loaded.mesh is not None and len(loaded.mesh.xyz_in_crs):
        low, high = loaded.mesh.xyz_in_crs.min(axis=0), loaded.mesh.xyz_in_crs.max(axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    if loaded.points is not None and len(loaded.points.xyz_in_crs):
        low, high = loaded.points.xyz_in_crs.min(axis=0), loaded.points.xyz_in_crs.max(axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    if loaded.geometry is not None and len(loaded.geometry):
        return shapes.full_bounds(loaded.geometry)
    return None


def _z_range(loaded: Loaded) -> tuple[float, float] | None:
    if loaded.raster is not None:
        low, high = loaded.details.get("min"), loaded.details.get("max")
        return None if low is None or high is None else (float(low), float(high))
    if loaded.mesh is not None and len(loaded.mesh.xyz_in_crs):
        z = loaded.mesh.xyz_in_crs[:, 2]
        return (float(z.min()), float(z.max()))
    if loaded.points is not None and len(loaded.points.xyz_in_crs):
        z = loaded.points.xyz_in_crs[:, 2]
        return (float(z.min()), float(z.max()))
    if loaded.geometry is not None and len(loaded.geometry):
        return shapes.z_range(loaded.geometry)
    return None


def _report(loaded: Loaded, request: Request) -> None:
    where, report = request.where, request.progress.report
    if loaded.raster is not None:
        return
    if loaded.count == 0:
        report(Problem("io.no_features", where))
    if loaded.geometry is None or loaded.kind in {"mesh", "cloud"}:
        return
    gone = shapes.missing(loaded.geometry)
    if gone.any():
        report(Problem("io.geometry_null", where, {"count": int(gone.sum())}))
    import shapely

    broken = int((~np.asarray(shapely.is_valid(loaded.geometry)) & ~gone).sum())
    if broken:
        report(Problem("io.geometry_invalid", where, {"count": broken}))
    found = shapes.kinds(loaded.geometry)
    if len(found) > 1:
        values = {kind: found.get(kind, 0) for kind in ("point", "line", "polygon", "mixed")}
        report(Problem("io.mixed_geometry", where, values, Severity.INFO))


def attribute(name: str, values: NDArray[Any]) -> AttributeInfo:
    """Return type, gaps and an example of a column."""
    if values.dtype == object:
        known = [value for value in values if not _is_gap(value)]
        kind, nulls = _kind_of_objects(known), len(values) - len(known)
        example = known[0] if known else None
    else:
        gaps = _gaps(values)
        nulls = int(gaps.sum())
        kept = values[~gaps]
        kind, example = _kind_of_array(values, kept), (kept[0] if len(kept) else None)
    return AttributeInfo(name=name, type=kind, null_count=nulls, example=_example(example))


def _is_gap(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _gaps(values: NDArray[Any]) -> NDArray[np.bool_]:
    if values.dtype.kind in "mM":
        return np.asarray(np.isnat(values))
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values))
    return np.zeros(len(values), dtype=bool)


def _kind_of_array(values: NDArray[Any], kept: NDArray[Any]) -> str:
    kind = values.dtype.kind
    if (
        kind == "f"
        and len(kept) < len(values)
        and len(kept)
        and bool((kept == np.rint(kept)).all())
    ):
        return "integer"  # numbers with gaps arrive as floats
    return {
        "b": "boolean",
        "i": "integer",
        "u": "integer",
        "f": "number",
        "M": "date",
        "m": "number",
    }.get(kind, "text")


def _kind_of_objects(known: list[Any]) -> str:
    for kind, name in (
        (bool, "boolean"),
        (int, "integer"),
        (int | float, "number"),
        (str, "text"),
        (list, "list"),
    ):
        if known and all(isinstance(value, kind) for value in known):
            return name
    return "object" if known else "text"


def _example(value: Any) -> str:
    if value is None:
        return ""
    text = str(value.item() if hasattr(value, "item") else value).replace("\n", " ")
    return text if len(text) <= _EXAMPLE_LENGTH else text[: _EXAMPLE_LENGTH - 1] + "…"
