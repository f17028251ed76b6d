"""Heights and roofs of bare footprints from a measured surface, as columns that say that they are estimates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.buildings import blocks
from layers.buildings.heights import MEASURED_FORM, MEASURED_RISE, Heights
from twin import api
from twin.api import shapes

SURFACE, GROUND = "surface", "ground"
MARGIN_M = 20.0


def with_measured(
    ctx: api.LoadContext, table: api.FeatureTable, resolved: Heights
) -> tuple[api.FeatureTable, Heights]:
    """Return table and heights with what the surface says of the buildings whose height nothing else tells."""
    if SURFACE not in ctx.sources:
        return table, resolved
    polygons, rows = blocks.footprints(table)
    wanted = resolved.estimated[rows]
    if not wanted.any():
        return table, resolved
    polygons, rows = polygons[wanted], rows[wanted]
    try:
        surface, ground = _rasters(ctx, shapely.total_bounds(polygons))
    except api.ReadError as error:
        ctx.report(error.problem)
        return table, resolved
    found = shapes.measure(polygons, surface, ground)
    if ctx.params.surface_is == "above_ground":
        found = replace(found, ground_m=np.full(len(rows), np.nan))
    seen = np.isfinite(found.top_m)
    values = {"count": int(seen.sum()), "total": len(rows)}
    ctx.report(api.Problem("buildings.height_measured", table.name, values, api.Severity.INFO))
    return _with_columns(table, rows[seen], found, seen), _taken(resolved, rows[seen], found, seen)


def _rasters(
    ctx: api.LoadContext, bounds: NDArray[np.float64]
) -> tuple[api.Raster, api.Raster | None]:
    margin = np.array([-MARGIN_M, -MARGIN_M, MARGIN_M, MARGIN_M])
    around = {"window": (bounds + margin).tolist(), "window_crs": ctx.frame.crs}
    surface = ctx.read(SURFACE, **around).raster
    if surface is None or surface.values.ndim != 2:
        raise api.ReadError("terrain.not_heights", SURFACE)
    if ctx.params.surface_is == "above_ground":
        return surface, replace(surface, values=np.zeros_like(surface.values))
    return surface, ctx.read(GROUND, **around).raster if GROUND in ctx.sources else None


def _taken(
    resolved: Heights, rows: NDArray[np.int32], found: shapes.Measured, seen: NDArray[np.bool_]
) -> Heights:
    top, ground = resolved.top_m.copy(), resolved.ground_m.copy()
    measured = np.zeros(len(top), bool)
    measured[rows] = True
    # Where heights count to the eaves (BD TOPO), the measured ones do too.
    top[rows] = (found.top_m - (found.rise_m if resolved.to_eaves else 0.0))[seen]
    ground[rows] = np.where(np.isfinite(ground[rows]), ground[rows], found.ground_m[seen])
    return replace(
        resolved,
        top_m=top,
        ground_m=ground,
        from_storeys=resolved.from_storeys & ~measured,
        measured=measured,
    )


def _with_columns(
    table: api.FeatureTable,
    rows: NDArray[np.int32],
    found: shapes.Measured,
    seen: NDArray[np.bool_],
) -> api.FeatureTable:
    form, rise = np.full(len(table), None, dtype=object), np.full(len(table), np.nan)
    form[rows], rise[rows] = found.form[seen], found.rise_m[seen]
    worked_out = replace(table.provenance, quality=api.Quality.ESTIMATED)
    columns = {
        MEASURED_FORM: api.Column(
            provenance=worked_out,
            label={
                "en": "Roof shape (measured surface)",
                "fr": "Forme du toit (surface mesurée)",
                "ko": "지붕 형태 (측정 표면)",
                "ar": "شكل السقف (سطح مقيس)",
            },
        ),
        MEASURED_RISE: api.Column(
            unit="m",
            provenance=worked_out,
            label={
                "en": "Roof height (measured surface)",
                "fr": "Hauteur du toit (surface mesurée)",
                "ko": "지붕 높이 (측정 표면)",
                "ar": "ارتفاع السقف (سطح مقيس)",
            },
        ),
    }
    frame = table.frame.assign(**{MEASURED_FORM: form, MEASURED_RISE: rise})
    return replace(table, frame=frame, columns={**table.columns, **columns})
