"""The buildings layer: footprints with heights or storeys, or the surfaces of a city model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.buildings import columns, heights, surfaces, uses
from twin import api
from twin.api import Choice, ColumnName, Range, Unit, params, shapes

Float64 = NDArray[np.float64]
SINK_M = 0.4
"""How far walls go below the lowest ground under them, so that no light shows under a wall."""
AGREES_M = 5.0
"""Ground altitudes of the data are believed up to this far from the terrain."""
ROOF_TONE, WALL_TONE = 0.93, 1.0


@params
class BuildingsParams:
    """How buildings are read and drawn."""

    storey_height_m: Annotated[float, Range(1.5, 10), Unit("m")] = 3.0
    default_height_m: Annotated[float, Range(1, 300), Unit("m")] = 6.0
    roofs: bool = True
    lod: Annotated[str, Choice("highest", "0", "1", "2", "3")] = "highest"
    place: Annotated[str, Choice("auto", "ground", "own")] = "auto"
    height_column: Annotated[str, ColumnName(numeric=True)] = ""
    storeys_column: Annotated[str, ColumnName(numeric=True)] = ""
    ground_column: Annotated[str, ColumnName(numeric=True)] = ""
    roof_shape_column: Annotated[str, ColumnName()] = ""
    roof_height_column: Annotated[str, ColumnName(numeric=True)] = ""
    use_column: Annotated[str, ColumnName()] = ""


class Buildings:
    """Buildings that stand on the ground."""

    Params = BuildingsParams
    load_params = (
        "storey_height_m", "default_height_m", "height_column", "storeys_column", "ground_column",
        "roof_shape_column", "roof_height_column", "use_column",
    )  # fmt: skip

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read footprints or surfaces, and work out heights, areas and volumes."""
        table = ctx.read("buildings")
        ctx.check_cancelled()
        found = columns.find(table, _chosen(ctx.params))
        resolved = _resolve(table, found, ctx.params)
        _report(ctx, table, resolved)
        return _with_columns(table, found, resolved)

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by use where it is known."""
        return uses.style(table)

    def build(
        self, table: api.FeatureTable, params: BuildingsParams, view: api.ViewQuery
    ) -> Sequence[api.Drawable]:
        """Raise the footprints and place the surfaces."""
        drawables: list[api.Drawable] = []
        given = surfaces.drawable(table, params.lod, view, params.place)
        if given is not None:
            drawables.append(given)
        raised = _raised(table, params, view)
        if raised is not None:
            drawables.append(raised)
        return drawables

    def indicators(
        self, table: api.FeatureTable, params: BuildingsParams, at: Any
    ) -> Sequence[api.Fact]:
        """Numbers of the whole layer."""
        frame = table.frame
        return [
            api.Fact(label={"en": "Buildings", "fr": "Bâtiments"}, value=len(frame)),
            api.Fact(
                label={"en": "Built footprint", "fr": "Emprise bâtie"},
                value=float(np.nansum(frame["footprint_m2"])), unit="m²",
            ),
            api.Fact(
                label={"en": "Built volume", "fr": "Volume bâti"},
                value=float(np.nansum(frame["volume_m3"])), unit="m³",
            ),
            api.Fact(
                label={"en": "Mean height", "fr": "Hauteur moyenne"},
                value=float(np.nanmean(frame["height_m"])) if len(frame) else None, unit="m",
            ),
        ]  # fmt: skip


def _chosen(params: BuildingsParams) -> dict[str, str]:
    return {
        "height": params.height_column,
        "storeys": params.storeys_column,
        "ground": params.ground_column,
        "roof_shape": params.roof_shape_column,
        "roof_height": params.roof_height_column,
        "use": params.use_column,
    }


def _resolve(
    table: api.FeatureTable, found: Mapping[str, str], params: BuildingsParams
) -> heights.Heights:
    return heights.resolve(
        table,
        found,
        storey_height_m=params.storey_height_m,
        default_height_m=params.default_height_m,
    )


def _has_surfaces(table: api.FeatureTable) -> NDArray[np.bool_]:
    has = np.zeros(len(table), bool)
    if table.mesh is not None:
        has[table.mesh.row_of_triangle] = True
    return has


def _footprints(table: api.FeatureTable) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """The polygons to raise and their rows; rows with surfaces of their own are left out."""
    geometry = np.asarray(table.frame.geometry.array, dtype=object)
    areal = np.isin(shapely.get_type_id(geometry), (3, 6, 7)) & ~shapely.is_empty(geometry)
    rows = np.flatnonzero(areal & ~_has_surfaces(table))
    return geometry[rows], rows.astype(np.int32)


def _report(ctx: api.LoadContext, table: api.FeatureTable, resolved: heights.Heights) -> None:
    drawn = np.zeros(len(table), bool)
    drawn[_footprints(table)[1]] = True
    storeys = int((drawn & resolved.from_storeys).sum())
    default = int((drawn & resolved.estimated & ~resolved.from_storeys).sum())
    p, where = ctx.params, table.name
    if storeys:
        values = {"count": storeys, "storey_height_m": p.storey_height_m}
        ctx.report(api.Problem("buildings.height_from_storeys", where, values, api.Severity.INFO))
    if default:
        all_of_them = default == int(drawn.sum())
        values = {"count": default, "default_height_m": p.default_height_m}
        severity = api.Severity.WARNING if all_of_them else api.Severity.INFO
        ctx.report(api.Problem("buildings.height_missing", where, values, severity))


def _with_columns(
    table: api.FeatureTable, found: Mapping[str, str], resolved: heights.Heights
) -> api.FeatureTable:
    measured = surfaces.measures(table)
    given = _has_surfaces(table)
    area = shapely.area(shapely.force_2d(np.asarray(table.frame.geometry.array, dtype=object)))
    area = np.where(given, measured["footprint_m2"], np.where(area > 0, area, np.nan))
    height = np.where(given & resolved.estimated, measured["height_m"], resolved.top_m)
    height = np.where(np.isfinite(area) | given, height, np.nan)
    quality = np.where(
        given & resolved.estimated,
        "measured",
        np.where(resolved.estimated, "estimated", "declared"),
    )
    volume = np.where(given, measured["volume_m3"], area * (height - resolved.min_height_m))
    ground = np.where(np.isfinite(resolved.ground_m), resolved.ground_m, measured["ground_m"])
    frame = table.frame.assign(
        height_m=height,
        height_quality=quality,
        ground_m=ground,
        footprint_m2=area,
        volume_m3=volume,
    )
    frame[uses.USE_GROUP] = uses.groups(columns.texts(table, found.get("use")))
    return replace(table, frame=frame, columns={**table.columns, **_column_notes(table, found)})


def _column_notes(table: api.FeatureTable, found: Mapping[str, str]) -> dict[str, api.Column]:
    def source_of(meaning: str) -> api.Provenance:
        name = found.get(meaning)
        return table.column(name).provenance if name else table.provenance

    worked_out = replace(table.provenance, quality=api.Quality.ESTIMATED)

    def column(unit: str, provenance: api.Provenance, english: str, french: str) -> api.Column:
        return api.Column(unit=unit, provenance=provenance, label={"en": english, "fr": french})

    return {
        "height_m": column("m", source_of("height"), "Height", "Hauteur"),
        "height_quality": column("", worked_out, "Quality of height", "Qualité de la hauteur"),
        "ground_m": column("m", source_of("ground"), "Altitude of ground", "Altitude du sol"),
        "footprint_m2": column("m²", worked_out, "Footprint", "Emprise au sol"),
        "volume_m3": column("m³", worked_out, "Volume", "Volume"),
        uses.USE_GROUP: column("", source_of("use"), "Use (group)", "Usage (groupe)"),
    }


def _raised(
    table: api.FeatureTable, params: BuildingsParams, view: api.ViewQuery
) -> api.Mesh | None:
    polygons, rows = _footprints(table)
    if not len(polygons):
        return None
    found = columns.find(table, _chosen(params))
    resolved = _as_loaded(_resolve(table, found, params), table)
    polygons = shapely.transform(shapely.force_2d(polygons), lambda xy: xy - view.frame.origin[:2])
    under = _lowest_ground(polygons, view.ground)
    base = _base(under, resolved.ground_m[rows], view, params.place)
    roof = _roofs(table, found, resolved, polygons, rows) if params.roofs else None
    lowest = resolved.min_height_m[rows]
    bottom = np.where(lowest > 0, base + lowest, np.minimum(under, base) - SINK_M)
    if roof is None:
        made = shapes.extrude(polygons, rows, z_bottom=bottom, z_top=base + resolved.top_m[rows])
    else:
        made = _with_roofs(polygons, rows, roof, base, bottom)
    if not len(made):
        return None
    tone = np.where(made.part_of_vertex == shapes.Part.ROOF, ROOF_TONE, WALL_TONE).astype(
        np.float32
    )
    return api.Mesh(
        xyz_in_scene=made.xyz.astype(np.float32),
        triangles=made.triangles,
        row_of_vertex=made.row_of_vertex,
        shade_of_vertex=tone,
        closed=True,
    )


def _as_loaded(resolved: heights.Heights, table: api.FeatureTable) -> heights.Heights:
    """The heights that the table shows are the ones that are drawn."""
    shown = table.frame["height_m"].to_numpy(np.float64)
    return replace(resolved, top_m=np.where(np.isfinite(shown), shown, resolved.top_m))


def _lowest_ground(polygons: NDArray[Any], ground: api.Ground) -> Float64:
    """Lowest ground under the vertices of each polygon."""
    xy, index = shapely.get_coordinates(polygons, return_index=True)
    starts = np.flatnonzero(np.append(True, index[1:] != index[:-1]))
    return np.asarray(np.minimum.reduceat(ground.height_m(xy), starts))


def _base(under: Float64, told_m: Float64, view: api.ViewQuery, place: str) -> Float64:
    """Z in the scene from which heights count."""
    told = told_m - view.frame.origin[2]
    if place == "own":
        return np.where(np.isfinite(told), told, under)
    if place == "ground" or not np.isfinite(view.ground.cell_m):
        return under
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(told - under) <= AGREES_M, told, under)


def _roofs(
    table: api.FeatureTable,
    found: Mapping[str, str],
    resolved: heights.Heights,
    polygons: NDArray[Any],
    rows: NDArray[np.int32],
) -> heights.Roofs | None:
    if "roof_shape" not in found and "ridge" not in found:
        return None
    half_width = np.zeros(len(table))
    half_width[rows] = shapely.area(polygons) / np.maximum(shapely.length(polygons), 1e-9)
    # area / perimeter is half the width of a long strip and a quarter of a square's: correct towards the latter.
    half_width[rows] *= 1.35
    all_rows = heights.roofs(table, found, resolved, half_width)
    return heights.Roofs(
        eaves_m=all_rows.eaves_m[rows], rise_m=all_rows.rise_m[rows], shape=all_rows.shape[rows]
    )


def _with_roofs(
    polygons: NDArray[Any],
    rows: NDArray[np.int32],
    roof: heights.Roofs,
    base: Float64,
    bottom: Float64,
) -> shapes.Triangles:
    flat = (roof.shape == "flat") | ~(roof.rise_m > 0)
    eaves = base + roof.eaves_m
    pieces = [
        shapes.extrude(polygons[flat], rows[flat], z_bottom=bottom[flat], z_top=eaves[flat]),
        shapes.roofs(
            polygons[~flat],
            rows[~flat],
            z_eaves=eaves[~flat],
            rise_m=roof.rise_m[~flat],
            shape=list(roof.shape[~flat]),
            z_bottom=bottom[~flat],
        ),
    ]
    return shapes.joined(pieces)
