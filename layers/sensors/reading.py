"""From files to the table of sensors: what is observed, in which unit, and the recorded observations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.sensors.joining import features_of
from layers.sensors.words import COLUMNS, THRESHOLDS
from twin.api import FEATURE_ID, FeatureTable, LoadContext, Problem, ReadError, Severity, live

if TYPE_CHECKING:
    import geopandas as gpd

RESULT = ("result",)
OBSERVATIONS = "observations"
NUMBERS = ("height_m", "stale_after_s", *THRESHOLDS)
ALIASES = {"warn_above": ("warn", "warning"), "alarm_above": ("alarm", "alert")}
PROPERTY_NAMES = ("observedproperty", "controlled_property", "property", "grandeur", "polluant")
VALUE_NAMES = ("result", "value", "valeur", "mesure")
TIME_NAMES = ("phenomenon_time", "last_update", "last_updated", "date_observed", "timestamp")


def load(ctx: LoadContext) -> FeatureTable:
    """Read sensors and their observations.

    Observations come from the source of that role; else from value columns of the features; else
    there are none, and sensors of a known property are simulated.

    Raises
    ------
    ReadError
        The sensors cannot be read. Observations that cannot be read are a problem, not an error.
    """
    if OBSERVATIONS in ctx.sources and _remembers(ctx):
        return from_history(ctx)
    table = ctx.read("features")
    ctx.check_cancelled()
    frame = _typed(table.frame, table.name, ctx)
    own = {name: column for name, column in table.columns.items() if name not in COLUMNS}
    table = replace(table, frame=frame, columns={**COLUMNS, **own})
    samples = _recorded(ctx) if OBSERVATIONS in ctx.sources else _in_columns(table, ctx)
    if samples is None:
        if OBSERVATIONS not in ctx.sources:
            _say_simulated(table, ctx)
        return table
    columns = dict(table.columns)
    if OBSERVATIONS in ctx.sources:
        origin = ctx.sources[OBSERVATIONS].provenance
        columns["value"] = replace(columns["value"], provenance=origin)
    table = replace(table, tables={**table.tables, OBSERVATIONS: samples}, columns=columns)
    timeline = live.timeline_of(table, OBSERVATIONS, RESULT, keep_missing=True)
    if timeline is not None and timeline.unknown:
        values = {"count": timeline.unknown}
        ctx.report(Problem("series.unknown_features", table.name, values))
    return table


def _remembers(ctx: LoadContext) -> bool:
    """Whether the observations are a history: a folder, or one that a feed is about to make."""
    path = ctx.path(OBSERVATIONS)
    return live.is_history(path) or (not path.suffix and not path.is_file())


def from_history(ctx: LoadContext) -> FeatureTable:
    """Return the things of a history, each with the datastream that stands for it.

    Where the layer has features of its own, they give places, names and thresholds, see
    :mod:`layers.sensors.joining`; things that they do not know are added.
    """
    import geopandas as gpd

    path = ctx.path(OBSERVATIONS)
    wanted, feed = ctx.params.observed_property, ctx.params.feed
    streams = live.history_streams(path) if live.is_history(path) else {}
    if feed:
        streams = {name: s for name, s in streams.items() if s.feed == feed}
    things = live.things_of(streams, wanted)
    if wanted:
        things = things[things["observed_property"] == wanted].reset_index(drop=True)
    ctx.check_cancelled()
    frame = gpd.GeoDataFrame(
        things.drop(columns=["lon", "lat", "datastreams"]),
        geometry=_points_of(things, ctx),
        crs=ctx.frame.crs,
    )
    columns = dict(COLUMNS)
    origin = ctx.sources[OBSERVATIONS].provenance
    columns["value"] = replace(columns["value"], provenance=origin)
    remembered = {live.HISTORY: live.history_table(path)} if live.is_history(path) else {}
    table = FeatureTable(
        frame=_typed(frame, path.name, ctx),
        crs=ctx.frame.crs,
        name=path.name,
        columns=columns,
        provenance=origin,
        tables={**remembered, "streams": _streams_of(things)},
    )
    table = _with_features(table, ctx) if "features" in ctx.sources else table
    for name in ("warn_above", "alarm_above"):
        limit = getattr(ctx.params, name)
        if limit and name not in table.frame:
            table.frame[name] = float(limit)
    lost = int(table.frame.geometry.isna().sum())
    if lost:
        values = {"count": lost, "total": len(table)}
        ctx.report(Problem("sensors.no_place", path.name, values, Severity.INFO))
    return table


def _points_of(things: pd.DataFrame, ctx: LoadContext) -> NDArray[np.object_]:
    """Return where things stand, in the project's CRS; None where that is not known."""
    import shapely

    placed = (things["lon"].notna() & things["lat"].notna()).to_numpy()
    points = np.full(len(things), None, dtype=object)
    if placed.any():
        lonlat = things.loc[placed, ["lon", "lat"]].to_numpy(np.float64)
        xy = ctx.frame.scene_from_lonlat(lonlat) + np.asarray(ctx.frame.origin[:2])
        points[placed] = shapely.points(xy)
    return points


def _streams_of(things: pd.DataFrame) -> pd.DataFrame:
    """Return (feature_id, datastream) of every datastream of every thing."""
    pairs = things[[FEATURE_ID, "datastreams"]].explode("datastreams", ignore_index=True)
    return pairs.rename(columns={"datastreams": "datastream"})


def _with_features(table: FeatureTable, ctx: LoadContext) -> FeatureTable:
    """Return the table with places, names and thresholds of the layer's own features."""
    try:
        own = ctx.read("features").frame
    except ReadError as error:  # what was recorded is there all the same
        ctx.report(error.problem)
        return table
    frame = table.frame.copy()
    own = features_of(frame, _typed(own, "features", ctx))
    for name in own.columns:
        if name == own.geometry.name:
            found = own.geometry.to_numpy()
            known = np.array([g is not None and not g.is_empty for g in found], dtype=bool)
            geometry = frame.geometry.to_numpy().copy()
            geometry[known] = found[known]
            frame = frame.set_geometry(geometry, crs=table.crs)
        elif name not in (FEATURE_ID, "value", "state", "status", "age_s"):
            given = own[name].to_numpy()
            before = frame[name].to_numpy() if name in frame else np.full(len(frame), None)
            told = pd.notna(given) & (given != "")
            frame[name] = np.where(told, given, before)
    return replace(table, frame=frame)


def _typed(frame: gpd.GeoDataFrame, where: str, ctx: LoadContext) -> gpd.GeoDataFrame:
    """Give every sensor a property, a unit and thresholds that are numbers."""
    frame = frame.copy()
    for ours, others in ALIASES.items():
        other = _first(frame, others)
        if ours not in frame and other:
            frame[ours] = frame[other]
    for name in NUMBERS:
        if name in frame:
            numbers = pd.to_numeric(frame[name], errors="coerce").astype("float64")
            lost = int((numbers.isna() & frame[name].notna()).sum())
            if lost:
                values = {"column": name, "count": lost}
                ctx.report(Problem("network.not_numbers", where, values))
            frame[name] = numbers
    if "observed_property" not in frame:
        other = _first(frame, PROPERTY_NAMES)
        frame["observed_property"] = frame[other] if other else ""
    names = frame["observed_property"].astype("string").fillna("").str.strip()
    frame["observed_property"] = names.astype(object)
    units = {name: known.unit for name, known in live.PROPERTIES.items()}
    printed = names.map(units).astype("string")
    given = frame["unit"].astype("string") if "unit" in frame else printed
    frame["unit"] = given.fillna(printed).fillna("").astype(object)
    return frame


def _recorded(ctx: LoadContext) -> pd.DataFrame | None:
    """Return the observations of the source, None where they cannot be read."""
    try:
        samples = live.read_series(ctx.path(OBSERVATIONS), RESULT, progress=ctx)
    except ReadError as error:
        ctx.report(error.problem)
        return pd.DataFrame({FEATURE_ID: [], "phenomenon_time": [], "result": []})
    return samples


def _in_columns(table: FeatureTable, ctx: LoadContext) -> pd.DataFrame | None:
    """Return one observation a sensor from columns of its own, None without such columns."""
    frame = table.frame
    value = ctx.params.value_column or _first(frame, VALUE_NAMES)
    time = ctx.params.time_column or _first(frame, TIME_NAMES)
    for name in (value, time):
        if name and name not in frame:
            ctx.report(Problem("sensors.no_column", table.name, {"column": name}))
            return None
    if not value or not time:
        if value:
            ctx.report(Problem("sensors.no_time_column", table.name, {"column": value}))
        return None
    times = pd.to_datetime(frame[time].astype("string"), errors="coerce", utc=True, format="mixed")
    samples = pd.DataFrame(
        {
            FEATURE_ID: frame[FEATURE_ID].astype(str),
            "phenomenon_time": times,
            "result": pd.to_numeric(frame[value], errors="coerce").astype("float64"),
        }
    )
    return samples[times.notna()].reset_index(drop=True)


def _say_simulated(table: FeatureTable, ctx: LoadContext) -> None:
    """Say how many sensors are simulated, and how many have nothing to show."""
    known = table.frame["observed_property"].isin(live.PROPERTIES)
    if known.any():
        values = {"count": int(known.sum())}
        ctx.report(Problem("sensors.simulated", table.name, values, Severity.INFO))
    if not known.all():
        values = {"count": int((~known).sum())}
        ctx.report(Problem("sensors.nothing_to_show", table.name, values, Severity.INFO))


def _first(frame: gpd.GeoDataFrame, names: Sequence[str]) -> str:
    """Return the first column of a name, compared without case; empty if there is none."""
    by_lower = {str(column).lower(): str(column) for column in frame.columns}
    return next((by_lower[name] for name in names if name in by_lower), "")
