"""Air at a moment: it follows the one valve that is open, and rests wherever none is.

What it takes is computed once, when the network is read (``api.solve``); here it is laid along the way of the inlet
that is being emptied: quasi-steady, since air settles within seconds and a valve is open for a minute or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin import api

from . import cycle

LOSS = "loss_kpa_m"
"""Column of tubes: friction, kPa for each metre."""
FROM_SOLVER = (
    ("suction_kpa", "dp_pa", 0.001),
    ("fan_kw", "fan_kw", 1.0),
    ("travel_s", "travel_s", 1.0),
)
SECONDS_OF_HOUR = 3600.0


def with_needs(table: api.FeatureTable, made: Any, ctx: api.LoadContext) -> api.FeatureTable:
    """Return the table with what it takes to empty each inlet, and the friction of each tube."""
    try:
        found = api.solve(made, "", ctx)
    except api.network.NetworkError as error:
        ctx.report(error.problem)
        return table
    frame = table.frame.copy()
    ids = frame["feature_id"].to_numpy(object)
    for ours, theirs, factor in FROM_SOLVER:
        frame[ours] = found.column("device", theirs, ids)[0] * factor
    row = {str(name): i for i, name in enumerate(ids)}
    loss = np.full(len(frame), np.nan)
    lost_pa = found.column("edge", "dp_friction_pa", made.edges.ids)[0]
    for name, pa, length_m in zip(made.edges.ids, lost_pa, made.edges.length_m, strict=True):
        if np.isfinite(pa) and length_m > 0:
            loss[row[str(name).partition("#")[0]]] = pa / length_m / 1000.0
    frame[LOSS] = loss
    return replace(table, frame=frame)


def with_hours(
    table: api.FeatureTable, ways: Any, params: Any, faulty: NDArray[np.bool_]
) -> api.FeatureTable:
    """Return the table with when each inlet is emptied, so that a day of the network can be computed."""
    frame = table.frame.copy()
    begins, works = np.full(len(frame), np.nan), ways.reached & ~faulty
    slot = ways.order * params.seconds_per_inlet
    begins[ways.rows[works]] = params.first_hour * SECONDS_OF_HOUR + slot[works]
    frame["opens_s"], frame["open_s"] = begins, params.seconds_per_inlet
    days = "".join(map(str, cycle.MOBILE_DAYS)) if params.collection == "mobile" else ""
    frame["open_days"] = days
    return replace(table, frame=frame)


def now(table: api.FeatureTable, ways: Any, sucking: int) -> Mapping[str, NDArray[Any]]:
    """Return under-pressure along the tubes and at the suction point, and the power of its fan, at a moment."""
    pressure, fan = np.full(len(table), np.nan), np.full(len(table), np.nan)
    if LOSS not in table.frame:
        return {"under_kpa": pressure, "fan_now_kw": fan}
    kind = table.frame["kind"].to_numpy(object)
    pressure[kind == "tube"] = 0.0
    ends = ways.ends[ways.ends >= 0]
    pressure[ends] = fan[ends] = 0.0
    if sucking >= 0:
        tubes, row = ways.tubes[sucking], ways.rows[sucking]
        lost = table.frame[LOSS].to_numpy(np.float64)[tubes] * ways.lengths[sucking]
        needed = float(table.frame["suction_kpa"].iloc[row])
        pressure[tubes] = needed - np.nansum(lost) + np.nancumsum(lost)
        if ways.ends[sucking] >= 0:
            pressure[ways.ends[sucking]] = needed
            fan[ways.ends[sucking]] = float(table.frame["fan_kw"].iloc[row])
    return {"under_kpa": pressure, "fan_now_kw": fan}
