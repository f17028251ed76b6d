"""The terrain layer: heights become the ground that everything else stands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from layers.terrain import pages, picture
from layers.terrain.colours import EARTH, ground_rgba
from twin import api
from twin.api import Choice, Range, Unit, params, shapes

Float64 = NDArray[np.float64]
CONTOUR_LIFT_M = 0.1
FAR_M = 15_000.0
"""What lies farther from the project is not read: the heights of a country are not the ground of a town."""

_WORDS = {
    "lowest": {"en": "Lowest point", "fr": "Point le plus bas", "ko": "최저점", "ar": "أدنى نقطة"},
    "highest": {
        "en": "Highest point", "fr": "Point le plus haut", "ko": "최고점", "ar": "أعلى نقطة",
    },
    "cell": {
        "en": "Cell of the model", "fr": "Maille du modèle", "ko": "모델 격자", "ar": "خلية النموذج",
    },
    "cells": {"en": "Cells", "fr": "Mailles", "ko": "격자", "ar": "الخلايا"},
}  # fmt: skip


@params
class TerrainParams:
    """How the ground is drawn."""

    vertical_exaggeration: Annotated[float, Range(0.1, 10)] = 1.0
    triangle_budget: Annotated[int, Range(2_000, 4_000_000)] = 500_000
    colours: Annotated[str, Choice("natural", "height", "slope", "plain")] = "natural"
    skirt_m: Annotated[float, Range(0, 1000), Unit("m")] = 20.0
    contours_m: Annotated[float, Range(0, 500), Unit("m")] = 0.0
    imagery_opacity: Annotated[float, Range(0, 1)] = 1.0
    radius_m: Annotated[float, Range(0, 200_000), Unit("m")] = 0.0
    clear_m: Annotated[float, Range(0, 500), Unit("m")] = 0.0


class Terrain:
    """The ground."""

    Params = TerrainParams
    load_params = ("vertical_exaggeration", "triangle_budget", "radius_m", "clear_m")

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read the heights, and the picture on them if there is one."""
        table = ctx.read("elevation", **_around(ctx))
        ctx.check_cancelled()
        raster = table.raster
        if raster is None:
            raise api.ReadError("terrain.not_heights", table.name)
        if picture.is_picture(raster):  # a map or an aerial picture, opened alone
            shown = picture.thinned(raster)
            return pages.with_file(ctx, replace(table, raster=shown), shown, "elevation")
        raster = replace(raster, values=_without_sentinels(raster.values))
        missing = int((~np.isfinite(raster.values)).sum())
        if missing == raster.values.size:
            raise api.ReadError("terrain.no_heights", table.name)
        if missing:
            values = {"percent": round(100 * missing / raster.values.size, 1)}
            ctx.report(api.Problem("terrain.gaps", table.name, values, api.Severity.INFO))
        if ctx.params.clear_m > 0:
            raster = shapes.bare_ground(raster, ctx.params.clear_m)
            ctx.report(api.Problem("terrain.cleared", table.name, {}, api.Severity.INFO))
        table = replace(table, raster=raster)
        _relief(
            table, ctx.params, ctx.frame
        )  # says now, not at each build, that it cannot be placed
        return picture.with_imagery(ctx, table, _around(ctx))

    def ground(
        self, table: api.FeatureTable, params: TerrainParams, frame: api.GeoFrame
    ) -> api.Ground | None:
        """Heights for all other layers, the same that are drawn; None for a picture."""
        if picture.is_picture(table.raster):
            return None
        return _relief(table, params, frame).ground

    def build(
        self, table: api.FeatureTable, params: TerrainParams, view: api.ViewQuery
    ) -> Sequence[api.Drawable]:
        """Draw the surface, its cut edge, and contour lines if wanted."""
        if table.raster is not None and picture.is_picture(table.raster):
            strength = params.imagery_opacity
            alone = picture.alone(table.raster, view, strength)
            return [*alone, *pages.of(table, view.ground, view.frame, strength)]
        relief = _relief(table, params, view.frame)
        foot = None
        if params.skirt_m > 0:
            foot = (
                float(np.min(relief.ground.z_in_scene[relief.valid], initial=np.inf))
                - params.skirt_m
            )
            foot = foot if np.isfinite(foot) else None
        mesh = shapes.ground_mesh(relief.ground, valid=relief.valid, skirt_to_z=foot)
        if not len(mesh.triangles):
            return []
        drawables: list[api.Drawable] = _surface(table, mesh, params, view.frame)
        if len(mesh.skirt_triangles):
            drawables.append(
                api.Mesh(
                    xyz_in_scene=mesh.skirt_xyz.astype(np.float32),
                    triangles=mesh.skirt_triangles,
                    rgba=EARTH,
                    styled=False,
                    role=api.Role.GROUND,
                    pickable=False,
                )
            )
        drawables += pages.of(table, relief.ground, view.frame, params.imagery_opacity)
        if params.contours_m > 0:
            drawables += _contours(mesh, params.contours_m, view.frame)
        return drawables

    def describe(
        self, table: api.FeatureTable, row: int, params: TerrainParams, at: Any
    ) -> Sequence[api.Fact]:
        """Say what the ground is made from."""
        raster = table.raster
        if raster is None or picture.is_picture(raster):
            return []
        finite = raster.values[np.isfinite(raster.values)]
        rows, columns = raster.values.shape
        source = raster.provenance if raster.provenance != api.Provenance() else table.provenance
        said = {
            "lowest": (float(finite.min()), "m"),
            "highest": (float(finite.max()), "m"),
            "cell": (float(raster.dx), "m" if raster.dx > 0.01 else "°"),
            "cells": (f"{columns} × {rows}", ""),
        }
        return [
            api.Fact(label=_WORDS[name], value=value, unit=unit, provenance=source)
            for name, (value, unit) in said.items()
        ]


def _around(ctx: api.LoadContext) -> dict[str, Any]:
    """Options that read of a raster only what can be shown."""
    (x, y, _), far = ctx.frame.origin, ctx.params.radius_m or FAR_M
    return {"window": (x - far, y - far, x + far, y + far), "window_crs": ctx.frame.crs}


def _without_sentinels(values: NDArray[Any]) -> NDArray[np.float32]:
    """Heights that no place on Earth has are missing ones that the file did not declare."""
    heights = values.astype(np.float32)
    with np.errstate(invalid="ignore"):
        return np.where((heights > -500) & (heights < 9000), heights, np.float32(np.nan))


def _relief(table: api.FeatureTable, params: TerrainParams, frame: api.GeoFrame) -> shapes.Relief:
    raster = table.raster
    if raster is None:
        raise api.ReadError("terrain.not_heights", table.name)
    nodes = max(params.triangle_budget // 2, 4)
    try:
        relief = shapes.relief(
            raster, frame, max_nodes=nodes, window=_window(raster, params, frame)
        )
    except ValueError as error:
        raise api.ReadError("terrain.cannot_place", table.name, reason=str(error)) from error
    factor = params.vertical_exaggeration
    if factor == 1.0:
        return relief
    z = relief.ground.z_in_scene
    low = z.min()
    return replace(
        relief,
        ground=replace(relief.ground, z_in_scene=(low + (z - low) * factor).astype(np.float32)),
    )


def _window(
    raster: api.Raster, params: TerrainParams, frame: api.GeoFrame
) -> tuple[float, float, float, float] | None:
    radius = params.radius_m
    if radius <= 0:
        corner = np.array([[-FAR_M] * 2, [FAR_M] * 2])
        share = shapes.raster_from_scene(raster, frame, corner)
        inside = (share > 0).all() and (
            share < 1
        ).all()  # goes on all around: far more than one city
        if not inside:
            return None
        radius = FAR_M
    return (-radius, -radius, radius, radius)


def _surface(
    table: api.FeatureTable, mesh: shapes.GroundMesh, params: TerrainParams, frame: api.GeoFrame
) -> list[api.Drawable]:
    bare = api.Mesh(
        xyz_in_scene=mesh.xyz.astype(np.float32),
        triangles=mesh.triangles,
        rgba_of_vertex=ground_rgba(params.colours, mesh.xyz[:, 2], mesh.normals),
        normals_of_vertex=mesh.normals.astype(np.float32),
        styled=False,
        role=api.Role.GROUND,
    )
    imagery = picture.imagery_of(table)
    if imagery is None or params.imagery_opacity == 0:
        return [bare]
    return picture.painted(bare, imagery, frame, params.imagery_opacity)


def _contours(
    mesh: shapes.GroundMesh, interval_m: float, frame: api.GeoFrame
) -> list[api.Drawable]:
    xyz, level = shapes.contours(mesh, interval_m, z_origin=frame.origin[2])
    if not len(xyz):
        return []
    xyz[:, 2] += CONTOUR_LIFT_M
    drawables: list[api.Drawable] = []
    main = level % 5 == 0
    for chosen, width in ((~main, 1.0), (main, 2.0)):
        points = xyz.reshape(-1, 2, 3)[chosen].reshape(-1, 3)
        if len(points):
            drawables.append(
                api.Lines(
                    xyz_in_scene=points.astype(np.float32),
                    offsets=np.arange(0, len(points) + 1, 2, dtype=np.int32),
                    rgba=(0.55, 0.47, 0.38, 1.0),
                    width_px=width,
                    styled=False,
                    role=api.Role.DECAL,
                    pickable=False,
                )
            )
    return drawables
