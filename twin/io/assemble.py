"""From what a format module read to the table that a layer draws: CRS, repairs, ids, numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import CrsError, ReadError
from twin.io import geometry as shapes
from twin.io.adjust import adjusted, place_of
from twin.io.crs import DIAGRAM, GIVEN, Placed, place
from twin.io.heights import settle_numbers
from twin.io.ids import feature_ids
from twin.io.inspection import Bounds
from twin.io.loaded import Loaded, Request
from twin.io.vertical import split
from twin.model.table import FEATURE_ID, FeatureMesh, FeatureTable, PointCloud, Raster
from twin.problems import Problem, Severity

if TYPE_CHECKING:
    import geopandas as gpd

GEOMETRY = "geometry"


def place_layer(loaded: Loaded, request: Request, *, given: str, target: str) -> Placed:
    """Decide the CRS of a layer; problems go to the progress of the request."""
    if loaded.crs.nowhere:
        return Placed(text=target, reason=DIAGRAM)
    return place(
        loaded.crs,
        typical_extent(loaded),
        given=given,
        target=target,
        where=request.where,
        report=request.progress.report,
    )


def typical_extent(loaded: Loaded) -> Bounds | None:
    """Return the bounds of a layer in the CRS of its file, stray points left out."""
    if loaded.raster is not None:
        return loaded.raster.extent
    if loaded.mesh is not None and len(loaded.mesh.xyz_in_crs):
        xy = loaded.mesh.xyz_in_crs[:, :2]
        low, high = np.quantile(xy, 0.01, axis=0), np.quantile(xy, 0.99, axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    if loaded.points is not None and len(loaded.points.xyz_in_crs):
        xy = loaded.points.xyz_in_crs[:: max(1, len(loaded.points.xyz_in_crs) // 100_000), :2]
        low, high = np.nanquantile(xy, 0.01, axis=0), np.nanquantile(xy, 0.99, axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    if loaded.geometry is not None and len(loaded.geometry):
        return shapes.typical_bounds(loaded.geometry)
    return None


def assemble(loaded: Loaded, request: Request, *, given: str, target: str) -> FeatureTable:
    """Return the table in the CRS of the project.

    Raises
    ------
    ReadError
        The coordinates cannot be brought to the CRS of the project.
    """
    goal = _horizontal(target)
    if place_of(request.options, request.where) is not None:
        placed = adjusted(loaded, Placed(text=goal, reason=GIVEN), request, goal)
    else:
        placed = place_layer(loaded, request, given=given, target=target)
        if loaded.crs.nowhere and goal and loaded.geometry is not None:
            loaded.geometry = shapely.transform(loaded.geometry, lambda xy: xy + request.middle)
        placed = adjusted(loaded, placed, request, goal)
    crs = goal or (placed.split().horizontal if placed.text else "")
    if placed.text and placed.split().geocentric and not goal:
        crs = "EPSG:4326"
    geometry, mesh, raster = _moved(loaded, request, placed, goal)
    if loaded.count == 0 and raster is None:
        request.progress.report(Problem("io.no_features", request.where))
    settle_numbers(loaded, request)
    frame = _frame(loaded, request, geometry, crs)
    points = _moved_points(loaded, request, placed, goal)
    return FeatureTable(
        frame=frame, crs=crs, name=loaded.name, mesh=mesh, raster=raster, points=points
    )


def _horizontal(target: str) -> str:
    if not target:
        return ""
    try:
        return split(target).horizontal
    except CrsError as error:
        raise ReadError("io.crs_target_unknown", target[:80]) from error


def _moved(
    loaded: Loaded, request: Request, placed: Placed, goal: str
) -> tuple[NDArray[Any] | None, FeatureMesh | None, Raster | None]:
    where, progress = request.where, request.progress
    geometry, mesh, raster = loaded.geometry, loaded.mesh, loaded.raster
    if geometry is not None:
        geometry = shapes.settle(
            geometry,
            placed,
            goal,
            where=where,
            progress=progress,
            null_is_normal=loaded.kind in {"mesh", "cloud"},
        )
        if loaded.kind != "mesh":
            _report_mixed(geometry, request)
    if mesh is not None and placed.text:
        moved = shapes.move_xyz(mesh.xyz_in_crs, placed, goal, where=where, progress=progress)
        mesh = without_lost(replace(mesh, xyz_in_crs=moved), request)
    elif mesh is not None:
        mesh = without_lost(mesh, request)
    if raster is not None:
        from twin.io.warp import warp

        raster = warp(raster, placed, goal, where=where, progress=progress)
    return geometry, mesh, raster


def _moved_points(loaded: Loaded, request: Request, placed: Placed, goal: str) -> PointCloud | None:
    cloud = loaded.points
    if cloud is None:
        return None
    xyz = cloud.xyz_in_crs
    if placed.text:
        xyz = shapes.move_xyz(xyz, placed, goal, where=request.where, progress=request.progress)
    good = np.asarray(np.isfinite(xyz).all(axis=1))
    lost = int((~good).sum())
    if not lost:
        return replace(cloud, xyz_in_crs=xyz)
    request.progress.report(Problem("io.points_not_finite", request.where, {"count": lost}))
    rgba = cloud.rgba_of_point
    return replace(
        cloud,
        xyz_in_crs=xyz[good],
        row_of_point=cloud.row_of_point[good],
        rgba_of_point=None if rgba is None else rgba[good],
        columns={name: values[good] for name, values in cloud.columns.items()},
    )


def without_lost(mesh: FeatureMesh, request: Request) -> FeatureMesh:
    """Drop triangles that have a vertex which is nowhere, and say how many."""
    finite = np.asarray(np.isfinite(mesh.xyz_in_crs).all(axis=1))
    if finite.all():
        return mesh
    keep = np.asarray(finite[mesh.triangles].all(axis=1))
    lost = int((~keep).sum())
    if lost:
        request.progress.report(Problem("io.mesh_not_finite", request.where, {"count": lost}))
    return replace(
        mesh,
        xyz_in_crs=np.where(finite[:, None], mesh.xyz_in_crs, 0.0),
        triangles=mesh.triangles[keep],
        row_of_triangle=mesh.row_of_triangle[keep],
        surface_of_triangle=mesh.surface_of_triangle[keep],
        lod_of_triangle=None if mesh.lod_of_triangle is None else mesh.lod_of_triangle[keep],
        rgba_of_triangle=None if mesh.rgba_of_triangle is None else mesh.rgba_of_triangle[keep],
        texture_of_triangle=(
            None if mesh.texture_of_triangle is None else mesh.texture_of_triangle[keep]
        ),
    )


def _report_mixed(geometry: NDArray[Any], request: Request) -> None:
    found = shapes.kinds(geometry)
    # A network is points and lines by nature: its layer says that it expects both.
    if len(found) > 1 and not request.options.get("mixed"):
        values = {kind: found.get(kind, 0) for kind in ("point", "line", "polygon", "mixed")}
        problem = Problem("io.mixed_geometry", request.where, values, Severity.INFO)
        request.progress.report(problem)


def _frame(
    loaded: Loaded, request: Request, geometry: NDArray[Any] | None, crs: str
) -> gpd.GeoDataFrame:
    import geopandas as gpd

    ids = feature_ids(loaded, request)
    columns: dict[str, Any] = {FEATURE_ID: ids}
    for name, values in loaded.columns.items():
        if name == FEATURE_ID and list(map(str, values)) == ids.tolist():
            continue  # the file's own ids, taken as they are
        columns[_free_name(name, columns)] = values
    if geometry is None:
        geometry = np.full(loaded.count, None, dtype=object)
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(geometry, crs=crs or None))


def _free_name(name: str, taken: dict[str, Any]) -> str:
    """The table has its own ``feature_id`` and ``geometry``: attributes of those names step aside."""
    free = name
    while free == GEOMETRY or free in taken:
        free += "_"
    return free
