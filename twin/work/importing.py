"""Buildings of files as changes of a plan: footprints with heights, or models with their own surfaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError, ReadError
from twin.model.project import Delta, Project
from twin.model.table import FeatureMesh, FeatureTable
from twin.problems import Problem
from twin.work import developments as dev
from twin.work import skins, solids

if TYPE_CHECKING:
    from twin.model.geoframe import GeoFrame
    from twin.progress import Progress

MOST_IMPORTED = 5_000
CITY_FORMATS = frozenset({".json", ".jsonl", ".gml", ".xml"})
"""Files whose rows are buildings of their own; of any other model all parts are one building."""

NEAR_M = 20_000.0
"""A model farther from the scene than this has no place of its own: it waits for one."""

KEPT = ("height", "storeys", "use", "year")
SEAM_M = 0.01
MOST_SKINS = 40_000_000
"""Characters of pictures that one import brings into a plan; what comes after stands plain."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Imported:
    """What a file brings.

    Parameters
    ----------
    placed : bool
        False: the file does not say where it stands; move it with :func:`at_place`.
    """

    deltas: tuple[Delta, ...]
    placed: bool


def imported(
    project: Project, place: tuple[str, str, str], path: Path, progress: Progress
) -> Imported:
    """Return changes that add the buildings of a file; ``place`` is variant, phase and layer.

    Footprints keep their columns (height, storeys, use ...). Surfaces (CityJSON, CityGML, glTF, IFC ...) are kept
    as models with their own colours, with their outline from above and their height.

    Raises
    ------
    BelvedereError
        ``plan.nothing_imported``, ``plan.model_too_large``, or why the file cannot be read.
    """
    table, placed = _read(path, project.frame, progress)
    one = path.suffix.lower() not in CITY_FORMATS
    found: list[Delta] = []
    current, pictures, plain = project, 0, 0
    for values in _values(table, one=one, name=path.stem):
        progress.check_cancelled()
        if len(found) == MOST_IMPORTED:
            told = {"count": len(table), "most": MOST_IMPORTED}
            progress.report(Problem("plan.too_many", path.name, told))
            break
        pictures += len(values.get(solids.SKIN, ""))
        if pictures > MOST_SKINS and values.pop(solids.SKIN, None):
            plain += 1
        delta = dev.new_building(current, place, values)
        current = replace(current, deltas=(*current.deltas, delta))
        found.append(delta)
    if not found:
        raise BelvedereError("plan.nothing_imported", path.name)
    if plain:
        progress.report(Problem("plan.pictures_left_out", path.name, {"count": plain}))
    return Imported(deltas=tuple(found), placed=placed and _is_near(found, project.frame))


def at_place(deltas: tuple[Delta, ...], xyz_in_crs: NDArray[np.float64]) -> list[Delta]:
    """Return buildings moved together so that the middle of the first one stands at a place (3,)."""
    x, y = dev.outline_of(deltas[0]).centroid.coords[0]
    made = []
    for delta in deltas:
        moved = dev.moved(delta, float(xyz_in_crs[0]) - x, float(xyz_in_crs[1]) - y)
        values = dict(moved.values)
        if solids.AT in values:
            values[solids.AT] = [*values[solids.AT][:2], round(float(xyz_in_crs[2]), 3)]
        made.append(replace(moved, values=values))
    return made


def _read(path: Path, frame: GeoFrame, progress: Progress) -> tuple[FeatureTable, bool]:
    """Return the table of a file, and whether the file says where it stands."""
    from twin import io

    try:
        return io.read(path, target=frame, progress=progress), True
    except ReadError as error:
        if error.problem.key != "io.crs_unplaceable":
            raise
    return io.read(path, progress=progress), False


def _is_near(found: list[Delta], frame: GeoFrame) -> bool:
    x, y = dev.outline_of(found[0]).centroid.coords[0]
    return bool(np.hypot(x - frame.origin[0], y - frame.origin[1]) < NEAR_M)


def _values(table: FeatureTable, *, one: bool, name: str) -> Iterator[dict[str, Any]]:
    import shapely

    mesh = table.mesh
    told = mesh.row_of_triangle if mesh is not None else np.zeros(0)
    solid_rows = np.unique(told).astype(np.intp)
    if mesh is not None and one and len(solid_rows):
        yield {**_of_solid(mesh, solid_rows), "name": name}
        return
    columns = _columns(table)
    for row, shape in enumerate(table.frame.geometry):
        if mesh is not None and row in solid_rows:
            yield {**_row(table, columns, row), **_of_solid(mesh, np.array([row]))}
        elif shape is not None and shape.geom_type in ("Polygon", "MultiPolygon"):
            flat = shapely.force_2d(shape)
            if flat.area >= dev.LEAST_M2:
                wkt = str(shapely.to_wkt(flat, rounding_precision=3))
                yield {**_row(table, columns, row), "geometry": wkt}


def _columns(table: FeatureTable) -> dict[str, str]:
    from twin.io.guess import meanings

    return {meaning: column for meaning, column in meanings(table).items() if meaning in KEPT}


def _row(table: FeatureTable, columns: Mapping[str, str], row: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for meaning, column in columns.items():
        value = table.frame[column].iloc[row]
        if value is not None and value == value:  # noqa: PLR0124 - NaN
            key = "height_m" if meaning == "height" else meaning
            values[key] = value.item() if hasattr(value, "item") else value
    return values


def _of_solid(mesh: FeatureMesh, rows: NDArray[np.intp]) -> dict[str, Any]:
    """Return outline from above, height and model of the surfaces of some rows."""
    import shapely

    solid, anchor = solids.of_mesh(mesh, rows)
    corners = (solid.xyz + anchor)[solid.triangles]
    flat = np.asarray(shapely.polygons(corners[:, [0, 1, 2, 0], :2]))
    outline = shapely.union_all(shapely.buffer(flat[shapely.area(flat) > 1e-6], SEAM_M))
    if outline.is_empty:
        raise BelvedereError("plan.nothing_imported", mesh.surface_names[0])
    shape = shapely.simplify(outline, 0.05)
    skin = {solids.SKIN: skins.packed(solid.skin)} if solid.skin is not None else {}
    return {
        "geometry": str(shapely.to_wkt(shape, rounding_precision=3)),
        "height_m": round(float(np.ptp(solid.xyz[:, 2])), 3),
        "quality": "declared",
        solids.MODEL: solids.packed(solid),
        solids.AT: [round(float(v), 3) for v in anchor],
        **skin,
    }
