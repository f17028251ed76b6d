"""A heat map of sensors on the ground: interpolated between them, and so estimated, as of the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from layers.sensors import reading, values
from layers.sensors.words import COLUMNS
from twin.api import (
    FEATURE_ID,
    Column,
    Drawable,
    Fact,
    FeatureTable,
    Graduated,
    LoadContext,
    Mesh,
    Problem,
    Provenance,
    Quality,
    Range,
    ReadError,
    Role,
    Severity,
    Style,
    Text,
    Unit,
    ViewQuery,
    live,
    params,
    shapes,
)

if TYPE_CHECKING:
    import geopandas as gpd

SIDE = 110
"""Corners along the longer side of the map."""
FEWEST = 3
NEIGHBOURS = 8
SENSORS = "sensors"
ESTIMATED: Text = {
    "en": "interpolated, estimated",
    "fr": "interpolé, estimé",
    "ko": "보간, 추정",
    "ar": "مُستكمَل، تقديري",
}
NEAREST: Text = {
    "en": "Nearest sensor",
    "fr": "Capteur le plus proche",
    "ko": "가장 가까운 센서",
    "ar": "أقرب مجسّ",
}

Float64 = NDArray[np.float64]


@params
class HeatMapParams:
    """Settings of a heat map; a reach of 0 is chosen by how far the sensors lie apart."""

    observed_property: str = ""
    feed: str = ""
    reach_m: Annotated[float, Range(0.0, 20_000.0), Unit("m")] = 0.0
    lift_m: Annotated[float, Range(0.0, 200.0), Unit("m")] = 2.0
    repeat_day: bool = False
    warn_above: Annotated[float, Range(0.0, 1e9)] = 0.0
    alarm_above: Annotated[float, Range(0.0, 1e9)] = 0.0
    value_column: str = ""
    time_column: str = ""


@dataclass(frozen=True, eq=False)
class _Sources:
    """The sensors of a map, and which of them, by which share, each corner is made of."""

    table: FeatureTable
    nearest: NDArray[np.int64]
    weight: Float64


_SOURCES: WeakKeyDictionary[FeatureTable, _Sources] = WeakKeyDictionary()


class HeatMap:
    """Corners of a grid about the sensors of one property; those too far from any are left out."""

    Params = HeatMapParams
    load_params = ("observed_property", "feed", "reach_m", "value_column", "time_column")

    def load(self, ctx: LoadContext) -> FeatureTable:
        """Read the sensors and lay a grid about those of one property.

        Raises
        ------
        ReadError
            Too few sensors of one property have a place.
        """
        sensors = reading.load(ctx)
        name, rows = _chosen(sensors, ctx.params.observed_property)
        if len(rows) < FEWEST:
            raise ReadError("heatmap.too_few", sensors.name, found=len(rows), needed=FEWEST)
        ctx.check_cancelled()
        kept = _of_rows(sensors, rows)
        xy = np.array([(p.x, p.y) for p in kept.frame.geometry])
        reach_m = ctx.params.reach_m or _reach(xy)
        corners = _corners(xy, reach_m)
        unit = str(kept.frame["unit"].iloc[0])
        origin = values.observed_provenance(kept)
        column = Column(
            unit=unit,
            label=live.label_of(name),
            provenance=Provenance(source=origin.source, quality=Quality.ESTIMATED),
        )
        ctx.report(
            Problem("heatmap.interpolated", sensors.name, {"count": len(rows)}, Severity.INFO)
        )
        return FeatureTable(
            frame=_frame(corners, ctx.frame.crs),
            crs=ctx.frame.crs,
            name=name,
            columns={"value": column, "nearest_m": Column(unit="m", label=NEAREST)},
            provenance=sensors.provenance,
            tables={**kept.tables, SENSORS: kept.frame},
        )

    def build(
        self, table: FeatureTable, params: HeatMapParams, view: ViewQuery
    ) -> Sequence[Drawable]:
        """Draw a surface on the ground, each corner in the colour of its value."""
        frame = table.frame
        xy = np.array([(p.x, p.y) for p in frame.geometry]).reshape(-1, 2)
        local = xy - np.asarray(view.frame.origin[:2])
        triangles = _triangles(frame["column"].to_numpy(), frame["line"].to_numpy())
        if not len(triangles):
            return []
        z = shapes.surface_height(view.ground, local) + params.lift_m
        return [
            Mesh(
                xyz_in_scene=np.column_stack([local, z]).astype(np.float32),
                triangles=triangles,
                row_of_vertex=np.arange(len(local), dtype=np.int32),
                role=Role.DECAL,
            )
        ]

    def default_style(self, table: FeatureTable) -> Style | None:
        """Colour by value, and say that it is estimated."""
        label = table.column("value").label
        title = {
            lang: f"{label.get(lang, table.name)} ({word})" for lang, word in ESTIMATED.items()
        }
        return Style(
            rule=Graduated(column="value", method="equal", classes=7, ramp="lajolla"), title=title
        )

    def columns_at(
        self, table: FeatureTable, params: HeatMapParams, at: datetime
    ) -> Mapping[str, NDArray[Any]]:
        """Return the value at each corner: the mean of the nearest sensors by inverse square distance."""
        sources = _sources_of(table)
        if sources is None:
            return {"value": np.full(len(table), np.nan)}
        now = values.columns_at(sources.table, at, repeat_day=params.repeat_day)
        told = np.where(np.isin(now["state"], ("stale", "missing")), np.nan, now["value"])
        found = told[sources.nearest]
        weight = np.where(np.isfinite(found), sources.weight, 0.0)
        total = weight.sum(axis=1)
        mean = (weight * np.nan_to_num(found)).sum(axis=1) / np.where(total > 0, total, 1.0)
        return {"value": np.where(total > 0, mean, np.nan)}

    def describe(
        self, table: FeatureTable, row: int, params: HeatMapParams, at: datetime
    ) -> Sequence[Fact]:
        """Say the value, and how it was come by."""
        column = table.column("value")
        value = float(self.columns_at(table, params, at)["value"][row])
        state: Text = {"en": "State", "fr": "État", "ko": "상태", "ar": "الحالة"}
        away = round(float(table.frame["nearest_m"].iloc[row]))
        return [
            Fact(
                label=column.label,
                value=round(value, 2) if np.isfinite(value) else None,
                unit=column.unit,
                provenance=column.provenance,
            ),
            Fact(label=state, value=ESTIMATED, provenance=column.provenance),
            Fact(label=NEAREST, value=away, unit="m", provenance=table.provenance),
        ]

    def time_extent(self, table: FeatureTable) -> tuple[datetime, datetime] | None:
        """Return the time that the observations cover."""
        sources = _sources_of(table)
        return values.time_extent(sources.table) if sources is not None else None


def _chosen(sensors: FeatureTable, wanted: str) -> tuple[str, NDArray[np.intp]]:
    """Return the property of the map, and the rows of the sensors of it that have a place."""
    names = sensors.frame["observed_property"].astype(str).to_numpy(object)
    placed = ~(sensors.frame.geometry.isna() | sensors.frame.geometry.is_empty).to_numpy()
    if not wanted and placed.any():
        found, count = np.unique(names[placed].astype(str), return_counts=True)
        wanted = str(found[np.argmax(count)])
    return wanted, np.flatnonzero(placed & (names == wanted))


def _of_rows(sensors: FeatureTable, rows: NDArray[np.intp]) -> FeatureTable:
    frame = sensors.frame.iloc[rows].reset_index(drop=True)
    return FeatureTable(
        frame=frame,
        crs=sensors.crs,
        name=sensors.name,
        columns={**COLUMNS, **sensors.columns},
        provenance=sensors.provenance,
        tables=sensors.tables,
    )


def _tree(xy: Float64) -> Any:
    from scipy.spatial import cKDTree

    return cKDTree(xy)


def _reach(xy: Float64) -> float:
    """Return how far the map goes beyond a sensor: about as far as to the next but one."""
    apart, _ = _tree(xy).query(xy, k=min(3, len(xy)))
    return max(100.0, 1.5 * float(np.median(apart[:, -1])))


def _corners(xy: Float64, reach_m: float) -> Float64:
    """Return the corners of a grid near enough to a sensor: x, y, column, line, distance."""
    low, high = xy.min(axis=0) - reach_m, xy.max(axis=0) + reach_m
    cell = float((high - low).max()) / SIDE
    columns, lines = (np.arange(int((high - low)[k] / cell) + 1) for k in (0, 1))
    column, line = (grid.ravel() for grid in np.meshgrid(columns, lines))
    at = np.column_stack([low[0] + column * cell, low[1] + line * cell])
    away, _ = _tree(xy).query(at)
    near = away <= reach_m
    return np.column_stack([at, column, line, away])[near]


def _frame(corners: Float64, crs: str) -> gpd.GeoDataFrame:
    import geopandas as gpd

    column, line = corners[:, 2].astype(np.int64), corners[:, 3].astype(np.int64)
    ids = [f"{c}/{n}" for c, n in zip(column, line, strict=True)]
    return gpd.GeoDataFrame(
        {FEATURE_ID: ids, "column": column, "line": line, "nearest_m": corners[:, 4]},
        geometry=gpd.points_from_xy(corners[:, 0], corners[:, 1]),
        crs=crs,
    )


def _triangles(column: NDArray[Any], line: NDArray[Any]) -> NDArray[np.int32]:
    """Return two triangles for each square whose four corners are there."""
    number = {
        place: row for row, place in enumerate(zip(column.tolist(), line.tolist(), strict=True))
    }
    made = []
    for (c, n), a in number.items():
        b, d, e = (number.get(place) for place in ((c + 1, n), (c + 1, n + 1), (c, n + 1)))
        if b is not None and d is not None and e is not None:
            made += [(a, b, d), (a, d, e)]
    return np.array(made, np.int32).reshape(-1, 3)


def _sources_of(table: FeatureTable) -> _Sources | None:
    """Return the sensors of a map, put together once a table."""
    frame = table.tables.get(SENSORS)
    if frame is None:
        return None
    if table not in _SOURCES:
        tables = {name: own for name, own in table.tables.items() if name != SENSORS}
        sensors = FeatureTable(
            frame=frame,
            crs=table.crs,
            columns={**COLUMNS, "value": Column(provenance=table.provenance)},
            provenance=table.provenance,
            tables=tables,
        )
        xy = np.array([(p.x, p.y) for p in frame.geometry])
        at = np.array([(p.x, p.y) for p in table.frame.geometry]).reshape(-1, 2)
        away, nearest = _tree(xy).query(at, k=min(NEIGHBOURS, len(xy)))
        _SOURCES[table] = _Sources(sensors, nearest, 1.0 / np.maximum(away, 1.0) ** 2)
    return _SOURCES[table]
