"""What the files of electric grids call their things, and what to do with what no longer exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.grid.words import COLUMNS, KINDS, PHASE_COLUMNS
from twin.api import FeatureTable, LoadContext, Problem, Severity, network

VALUES = ("loading_percent", "p_kw", "forecast_kw", "voltage_pu", "loss_kw", *PHASE_COLUMNS)
"""Columns that change with the clock. ``p_kw`` is signed: consumption and "from" to "to" are positive,
production negative."""

ENDED = "ended"
"""Column with the end of rows that are kept visible past it."""

ALIASES: Mapping[str, Sequence[tuple[str, float]]] = {
    "voltage_kv": (("vn_kv", 1.0), ("tension_kv", 1.0), ("kv", 1.0), ("voltage", 0.001)),
    "rated_kw": (("puissance_nominale", 1.0), ("power_kw", 1.0), ("puissance_kw", 1.0)),
    "rated_kva": (("sn_kva", 1.0), ("sn_mva", 1000.0)),
    "p_kw": (("p_mw", 1000.0),),
    "length_m": (("length_km", 1000.0), ("longueur_m", 1.0)),
    "depth_m": (("profondeur_m", 1.0), ("profondeur", 1.0)),
    "height_m": (("hauteur_m", 1.0), ("hauteur", 1.0), ("height", 1.0)),
}
VOCABULARY = network.Vocabulary(
    columns=COLUMNS,
    numbers=(
        "voltage_kv",
        "rated_kw",
        "rated_kva",
        "capacity_kwh",
        "area_m2",
        "depth_m",
        "height_m",
        "length_m",
        *VALUES,
    ),
    moving=VALUES,
    kinds=tuple(KINDS),
    line_kind="line",
    point_kind="node",
    area_kind="substation",
    aliases=ALIASES,
    words=network.GRID_WORDS,
    type_columns=("type", "nature", "category", "fclass", "class", "power", "amenity", "highway"),
)


def load(ctx: LoadContext) -> FeatureTable:
    """Read a grid; with ``show_past``, rows whose time is over stay visible and are marked."""
    table = network.read_network(ctx, VOCABULARY)
    if "valid_to" not in table.frame or not ctx.params.show_past:
        return table
    ends = _days(table.frame["valid_to"])
    over = ~np.isnat(ends)
    if not over.any():
        return table
    frame = table.frame.copy()
    frame[ENDED] = np.where(over, np.datetime_as_string(ends), "")
    frame["valid_to"] = np.where(over, None, frame["valid_to"].astype(object))
    # An end is the first moment without: the year that counts is that of the day before.
    last = str(ends[over].max() - np.timedelta64(1, "D"))[:4]
    values = {"count": int(over.sum()), "year": last}
    ctx.report(Problem("grid.past_shown", table.name, values, Severity.INFO))
    return replace(table, frame=frame)


def past_at(table: FeatureTable, at: datetime) -> NDArray[np.bool_]:
    """Return (n,) True for rows whose time is over at a moment."""
    if ENDED not in table.frame:
        return np.zeros(len(table), dtype=bool)
    now = np.datetime64(int(at.astimezone(UTC).timestamp()), "s")
    ends = _days(table.frame[ENDED])
    return ~np.isnat(ends) & (ends <= now)


def _days(values: pd.Series) -> NDArray[np.datetime64]:
    """Return (n,) datetime64[D] of dates, ISO texts or years; NaT for anything else."""
    if values.dtype.kind in "iuf":
        values = values.astype("Int64")  # years: 2019, not 2019.0
    texts = values.astype("string").replace("", None)
    utc = pd.to_datetime(texts, errors="coerce", utc=True, format="mixed")
    return utc.dt.tz_localize(None).to_numpy().astype("datetime64[D]")
