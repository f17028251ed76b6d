"""Where a feature is, what it is called, and how its columns are worded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.model.plans import PHASE, STATUS, VARIANT
from twin.model.table import FEATURE_ID, FeatureTable
from ui.i18n import text, tr, translator
from ui.i18n.formats import unit_symbol

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

Bounds = tuple[float, float, float, float, float, float]
"""x_min, y_min, z_min, x_max, y_max, z_max in the scene, metres."""

NAME_COLUMNS = ("name", "nom", "label", "libelle", "titre", "title", "toponyme", "designation")
BY_LANGUAGE = ("name_{}", "label_{}", "title_{}", "nom_{}")
UNIT_OF_ENDING = {
    "c": "degC",
    "deg": "deg",
    "kv": "kV",
    "kw": "kW",
    "kwh": "kWh",
    "m": "m",
    "m2": "m2",
    "mm": "mm",
    "percent": "%",
}
"""Units by how the columns of this application's own data end: ``height_m``, ``power_kw``."""

LEAST_SIZE_M = 30.0
"""A single point is looked at with this much around it."""


def layer_title(session: Session, layer_id: str) -> str:
    """Return what a layer is called, its id when it is gone."""
    try:
        return text(session.project.layer(layer_id).title, layer_id)
    except KeyError:
        return layer_id


def runtime_of(session: Session | None, layer_id: str) -> LayerRuntime | None:
    """Return a layer at work, None where there is none of that id."""
    if session is None or not layer_id:
        return None
    try:
        return session.layer(layer_id)
    except KeyError:
        return None


def column_label(session: Session, runtime: LayerRuntime, name: str) -> str:
    """Return a column in the user's words: its own label, its plugin's, a usual one, its name."""
    if runtime.table is not None:
        own = text(runtime.table.column(name).label)
        if own:
            return own
    label = session.registry.label(runtime.spec.type, f"column.{name}", translator.language)
    if label != name.replace("_", " "):
        return label
    key = f"column.{name}"
    return tr(key) if translator.has(key) else name


def column_unit(runtime: LayerRuntime, name: str) -> str:
    """Return the unit of a column as printed; of our own columns, that which the name ends in."""
    unit = runtime.table.column(name).unit if runtime.table is not None else ""
    if not unit and translator.has(f"column.{name}"):  # nothing is guessed for others' columns
        unit = UNIT_OF_ENDING.get(name.rpartition("_")[2], "")
    return unit_symbol(unit)


def column_heading(session: Session, runtime: LayerRuntime, name: str) -> str:
    """Return a column in the user's words with its unit."""
    unit = column_unit(runtime, name)
    label = column_label(session, runtime, name)
    return f"{label} ({unit})" if unit else label


def columns_by_name(
    session: Session, runtime: LayerRuntime, columns: Iterable[str]
) -> dict[str, str]:
    """Return columns by what they may be called in an expression: their names, and their words."""
    names = list(columns)
    return {
        **{column_label(session, runtime, name): name for name in names},
        **{n: n for n in names},
    }


def in_words(session: Session, name: str, value: object) -> object:
    """Return a value of a column, that of a mark of the plan as the planner called it."""
    if name == STATUS and translator.has(f"plan.status_{value}"):
        return tr(f"plan.status_{value}")
    called = {PHASE: session.project.phases, VARIANT: session.project.variants}.get(name, ())
    return next((text(one.label, one.id) for one in called if one.id == value), value)


def name_columns(columns: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that name features, the one in the user's language first."""
    by_lower = {str(c).lower(): str(c) for c in columns}
    languages = dict.fromkeys((translator.language, *translator.languages))
    wanted = [form.format(language) for language in languages for form in BY_LANGUAGE]
    return tuple(by_lower[name] for name in (*wanted, *NAME_COLUMNS) if name in by_lower)


def feature_title(runtime: LayerRuntime, row: int) -> str:
    """Return what a feature is called: its name, else its id."""
    if runtime.table is None:
        return ""
    frame = runtime.table.frame
    for named in name_columns(runtime.column_names()):
        value = runtime.value(row, named)
        if isinstance(value, str) and value.strip():
            return value
    return str(frame[FEATURE_ID].iloc[row])


def rows_of(table: FeatureTable, feature_ids: Iterable[str]) -> NDArray[np.intp]:
    """Return the rows of features, increasing; ids that the table does not have are left out."""
    wanted = frozenset(feature_ids)
    if not wanted:
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(table.frame[FEATURE_ID].isin(wanted).to_numpy())


def bounds_of_rows(session: Session, runtime: LayerRuntime, rows: Sequence[int]) -> Bounds | None:
    """Return the box around features in the scene, on the ground and up; None without geometry."""
    table = runtime.table
    if table is None or not len(rows):
        return None
    box = _mesh_box(table, np.asarray(rows))
    if box is None:
        box = _geometry_box(table, np.asarray(rows))
    if box is None:
        return None
    corners = session.project.frame.scene_from_crs(np.array([box[:3], box[3:]]))
    low, high = corners[0].astype(float), corners[1].astype(float)
    if not np.isfinite(low[2]):
        centre = (low + high)[None, :2] / 2
        low[2] = high[2] = float(session.ground.height_m(centre)[0])
    spare = np.maximum(LEAST_SIZE_M - (high - low)[:2], 0) / 2
    low[:2] -= spare
    high[:2] += spare
    return (*map(float, low), *map(float, high))  # type: ignore[return-value]


def _mesh_box(table: FeatureTable, rows: NDArray[np.intp]) -> NDArray[np.float64] | None:
    if table.mesh is None:
        return None
    triangles = table.mesh.triangles[np.isin(table.mesh.row_of_triangle, rows)]
    if not len(triangles):
        return None
    xyz = table.mesh.xyz_in_crs[triangles.ravel()]
    return np.concatenate([xyz.min(axis=0), xyz.max(axis=0)])


def _geometry_box(table: FeatureTable, rows: NDArray[np.intp]) -> NDArray[np.float64] | None:
    import shapely

    shapes = table.frame.geometry.to_numpy()[rows]
    flat = shapely.total_bounds(shapes)
    if not np.isfinite(flat).all():
        return None
    return np.array([flat[0], flat[1], np.nan, flat[2], flat[3], np.nan])
