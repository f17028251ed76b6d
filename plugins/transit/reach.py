"""Minutes to stops and streets from the place that the settings name."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from twin import api


def minutes_of(
    stops: gpd.GeoDataFrame,
    lines: gpd.GeoDataFrame | None,
    rides: api.routing.Rides,
    ctx: api.LoadContext,
) -> tuple[gpd.GeoDataFrame, Any, api.routing.Router]:
    """Return stops and streets in one frame, minutes for each row (NaN beyond the limit), and who found the ways.

    Parameters
    ----------
    stops : GeoDataFrame
        Rows with ``kind``, and ``stop_row`` of the timetable where they are stops.
    lines : GeoDataFrame or None
        Streets; None: stops are reached as the crow flies.
    """
    kept = None if lines is None else lines[_is_line(lines.geometry.to_numpy())]
    frame = stops if kept is None else api.stacked([stops, _named(kept, stops.crs)])
    minutes = np.full(len(frame), np.nan)
    at = np.flatnonzero((stops["kind"] == "stop").to_numpy() & ~stops.geometry.isna().to_numpy())
    row = stops["stop_row"].to_numpy(float)[at].astype(np.int64)
    stop_xy = np.full((rides.stop_count, 2), np.nan)
    stop_xy[row] = shapely.get_coordinates(stops.geometry.to_numpy()[at])
    if not len(at):
        return frame, minutes, api.routing.Router.ESTIMATE
    start = _start(ctx.params, ctx.frame, stop_xy[row])
    streets = None if kept is None else _streets(kept)
    ctx.check_cancelled()
    found = api.routing.how_far(start, (rides, stop_xy), streets, ctx.frame, ctx)
    minutes[at] = found.stop_s[row] / 60.0
    if len(found.street_s):
        minutes[len(stops) :] = found.street_s / 60.0
    return frame, minutes, found.router


def _is_line(geometry: Any) -> Any:
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    return there & np.isin(shapely.get_type_id(geometry), (1, 5))


def _named(lines: gpd.GeoDataFrame, crs: Any) -> gpd.GeoDataFrame:
    """Return streets with the columns of stops; their ids begin with what they are."""
    names = lines["name"] if "name" in lines else pd.Series([""] * len(lines), index=lines.index)
    made = pd.DataFrame(
        {
            "feature_id": ("street/" + lines[api.FEATURE_ID].astype(str)).to_numpy(),
            "kind": "street",
            "name": names.fillna("").astype(str).to_numpy(),
            "mode": "",
        }
    )
    return gpd.GeoDataFrame(made, geometry=gpd.GeoSeries(lines.geometry.to_numpy(), crs=crs))


def _streets(lines: gpd.GeoDataFrame) -> api.routing.Streets:
    known = {str(name): lines[name] for name in lines.columns if name != lines.geometry.name}
    return api.routing.streets_of(lines.geometry.to_numpy(), known)


def _start(params: Any, frame: api.GeoFrame, stop_xy: Any) -> api.routing.Start:
    x, y = _origin(params, frame, stop_xy)
    return api.routing.Start(
        xy=(float(x), float(y)),
        mode=api.routing.Mode(params.mode),
        leave_s=params.leave_hour * 3600.0,
        most_s=params.most_min * 60.0,
    )


def _origin(params: Any, frame: api.GeoFrame, stop_xy: Any) -> Any:
    if params.origin_lon == 0.0 and params.origin_lat == 0.0:
        return np.median(stop_xy, axis=0)
    xy = frame.scene_from_lonlat([(params.origin_lon, params.origin_lat)])[0]
    there = xy + np.array(frame.origin[:2])
    # A place where the project's coordinates mean nothing is no place to start from.
    return there if np.isfinite(there).all() else np.median(stop_xy, axis=0)
