"""Values of a network on the clock: from its series, else the constants of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Text
from twin.live import State, recorded_day, state_of_quality, timeline_of
from twin.model.layer import Fact, Series
from twin.model.rows import provenance_of, word
from twin.model.table import Column, FeatureTable, Provenance

DATA_STATE = "data_state"
STATE_COLUMN = Column(
    label={
        "en": "State of the values",
        "fr": "État des valeurs",
        "ko": "값의 상태",
        "ar": "حالة القيم",
    }
)
STATE_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "simulated": {"en": "simulated", "fr": "simulé", "ko": "모의", "ar": "محاكاة"},
        "replayed": {"en": "replayed", "fr": "rejoué", "ko": "재생", "ar": "مُعاد"},
        "stale": {
            "en": "outside the recorded time",
            "fr": "hors de la période enregistrée",
            "ko": "기록 기간 밖",
            "ar": "خارج الفترة المسجّلة",
        },
    }
)


def values_at(
    table: FeatureTable, moving: Sequence[str], at: datetime, *, repeat_day: bool = False
) -> dict[str, NDArray[Any]]:
    """Return the moving columns of every row at a moment, and where they come from.

    Parameters
    ----------
    moving : sequence of str
        Names of the columns; those that neither table nor series has are left out.
    repeat_day : bool
        Outside the recorded time, a series of one day is played again at the same hour.

    Returns
    -------
    dict
        (n,) float64 by name: linear between the times of the series; outside them the nearest
        value, marked ``stale``; the table's constant where a row has no series; NaN where nothing
        is known. And ``data_state``, (n,) object: ``simulated``, ``replayed``, ``stale`` or empty.
    """
    timeline = timeline_of(table, "series", moving)
    state = np.full(len(table), "", dtype=object)
    columns: dict[str, NDArray[Any]] = {}
    if timeline is not None and repeat_day:
        at = recorded_day(at, timeline.extent)
    for name in moving:
        value = constant(table, name)
        if timeline is not None and name in timeline:
            changing, stale = timeline.interpolate(name, at)
            has = np.isfinite(changing)
            value = np.where(has, changing, value)
            fresh = state_of_quality(table.column(name).provenance.quality)
            state[has & ~stale & (state == "")] = fresh.value
            state[has & stale] = State.STALE.value
        elif name not in table.frame:
            continue
        columns[name] = value
    return {**columns, DATA_STATE: state}


def constant(table: FeatureTable, name: str) -> NDArray[np.float64]:
    """Return a number column, (n,) float64, NaN where there is none."""
    if name not in table.frame:
        return np.full(len(table), np.nan)
    values: NDArray[np.float64] = table.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return values


def texts(table: FeatureTable, name: str) -> NDArray[Any]:
    """Return a text column in lower case, (n,) object, empty where there is none."""
    if name not in table.frame:
        return np.full(len(table), "", dtype=object)
    values: NDArray[Any] = (
        table.frame[name].astype("string").fillna("").str.lower().to_numpy(object)
    )
    return values


def fact(table: FeatureTable, name: str, value: Any, provenance: Provenance) -> Fact:
    """Return a fact with the label and unit of a column."""
    column = table.column(name)
    label = column.label or {"en": name, "fr": name}
    return Fact(label=label, value=value, unit=column.unit, provenance=provenance)


def moving_facts(table: FeatureTable, row: int, now: Mapping[str, NDArray[Any]]) -> list[Fact]:
    """Return the facts of a row that change with the clock, from :func:`values_at`."""
    state = str(now[DATA_STATE][row])
    own = provenance_of(table, table.frame.iloc[row])
    found = []
    for name, values in now.items():
        if values.dtype.kind == "f" and np.isfinite(values[row]):
            provenance = table.column(name).provenance if state else own
            found.append(fact(table, name, float(values[row]), provenance))
    if state:
        label = STATE_COLUMN.label
        found.append(Fact(label=label, value=word(STATE_WORDS, state), provenance=own))
    return found


def series_of(table: FeatureTable, moving: Sequence[str], row: int) -> list[Series]:
    """Return the charts of a row."""
    timeline = timeline_of(table, "series", moving)
    charts = []
    for name in moving:
        if timeline is None or name not in timeline:
            continue
        times, values = timeline.of_row(name, row)
        if len(times):
            column = table.column(name)
            charts.append(
                Series(
                    name=column.label or {"en": name, "fr": name},
                    unit=column.unit,
                    time_utc=times,
                    value=values,
                    provenance=column.provenance,
                )
            )
    return charts
