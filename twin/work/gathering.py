"""Values of a layer of sensors on the features of another one: a building by its own sensors.

A sensor belongs to the feature that it stands in or at. Nothing is interpolated: a feature without a sensor, or
whose sensors are silent, has no value.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Text
from twin.model.layer import Fact
from twin.model.table import FeatureTable, Provenance, Quality

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

VALUE, COUNT = "sensor_value", "sensor_count"
"""Columns that a layer gets: the mean of its sensors, and how many speak now."""
NEAR_M = 12.0
"""A sensor on a facade or at the door stands a little outside the outline."""
SILENT = ("stale", "missing")

OWN_SENSORS: Text = {
    "en": "Own sensors that speak",
    "fr": "Capteurs propres actifs",
    "ko": "응답하는 자체 센서",
    "ar": "مجسّات المبنى النشطة",
}

_OWNERS: WeakKeyDictionary[FeatureTable, tuple[ref[FeatureTable], NDArray[np.int64]]] = (
    WeakKeyDictionary()
)


def gather(session: Session, runtime: LayerRuntime, at: datetime) -> set[str]:
    """Put the values of its sensors onto a layer that gathers some; return the aspects that changed."""
    wanted = runtime.spec.gathers
    if wanted is None or runtime.table is None:
        return set()
    try:
        source = session.layer(wanted.layer)
    except KeyError:
        return set()
    count = len(runtime.table)
    columns = {VALUE: np.full(count, np.nan), COUNT: np.zeros(count)}
    if source.table is not None and hasattr(source.layer, "columns_at"):
        owner = _owners(runtime.table, source.table)
        now = source.layer.columns_at(source.table, source.params, at)
        value = np.asarray(now.get("value", np.full(len(owner), np.nan)), np.float64)
        good = (owner >= 0) & np.isfinite(value) & ~np.isin(now.get("state", ""), SILENT)
        good &= _is_property(source.table, wanted.observed_property)
        columns[COUNT] = np.bincount(owner[good], minlength=count).astype(np.float64)
        total = np.bincount(owner[good], weights=value[good], minlength=count)
        some = columns[COUNT] > 0
        columns[VALUE][some] = total[some] / columns[COUNT][some]
    runtime.columns_now = {**runtime.columns_now, **columns}
    return {"columns"}


def gathered(runtime: LayerRuntime, row: int) -> list[Fact]:
    """Return what the sensors of a feature say, for a click."""
    from twin.live.names import label_of
    from twin.live.properties import PROPERTIES

    wanted, columns = runtime.spec.gathers, runtime.columns_now
    if wanted is None or VALUE not in columns or not columns[COUNT][row]:
        return []
    known = PROPERTIES.get(wanted.observed_property)
    label = label_of(wanted.observed_property or wanted.layer)
    origin = Provenance(source=wanted.layer, quality=Quality.MEASURED)
    unit = known.unit if known is not None else ""
    value, count = round(float(columns[VALUE][row]), 2), int(columns[COUNT][row])
    return [
        Fact(label=label, value=value, unit=unit, provenance=origin),
        Fact(label=OWN_SENSORS, value=count, unit="1", provenance=origin),
    ]


def gatherers(session: Session, layer_id: str) -> list[LayerRuntime]:
    """Return the layers that the values of a layer go to."""
    return [
        runtime
        for runtime in session.layers()
        if runtime.spec.gathers is not None and runtime.spec.gathers.layer == layer_id
    ]


def _is_property(table: FeatureTable, name: str) -> NDArray[np.bool_]:
    if not name or "observed_property" not in table.frame:
        return np.ones(len(table), bool)
    return np.asarray(table.frame["observed_property"].astype(str) == name)


def _owners(table: FeatureTable, sensors: FeatureTable) -> NDArray[np.int64]:
    """Return the row that each sensor belongs to, -1 for none; worked out once."""
    import shapely

    known = _OWNERS.get(table)
    if known is not None and known[0]() is sensors:
        return known[1]
    areas = shapely.force_2d(table.frame.geometry.to_numpy())
    points = shapely.force_2d(sensors.frame.geometry.to_numpy())
    usable = np.flatnonzero(~shapely.is_missing(areas) & ~shapely.is_empty(areas))
    placed = np.flatnonzero(~shapely.is_missing(points) & ~shapely.is_empty(points))
    owner = np.full(len(points), -1, np.int64)
    if len(usable) and len(placed):
        found: Any = shapely.STRtree(areas[usable]).query_nearest(
            points[placed], max_distance=NEAR_M, all_matches=False
        )
        owner[placed[found[0]]] = usable[found[1]]
    _OWNERS[table] = ref(sensors), owner
    return owner
