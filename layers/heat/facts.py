"""What a heat network says of itself: facts of a click, charts, indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.heat.reading import VALUES
from layers.heat.words import COLUMNS, KINDS, NETWORKS, SIDES, STATES, WELLS, known, name_of
from twin.api import Fact, FeatureTable, Provenance, Quality, Series, Text, live

TRANSLATED: Mapping[str, Mapping[str, Text]] = {
    "kind": KINDS,
    "network_kind": NETWORKS,
    "side": SIDES,
    "well_kind": WELLS,
}
ORDER = (
    "kind",
    "network_kind",
    "side",
    "well_kind",
    "building",
    "depth_m",
    "diameter_mm",
    "length_m",
    "power_kw",
    "from_node",
    "to_node",
    "valid_from",
    "valid_to",
)
NOTE: Text = {"en": "Note", "fr": "Remarque"}


def columns_at(table: FeatureTable, at: datetime) -> dict[str, NDArray[Any]]:
    """Return temperature, flow and heat of every row at a moment, and where they come from.

    Values of the series, linear between its times; outside them the nearest one, marked ``stale``.
    Rows without series keep the constant of the table. Nothing known stays NaN.
    """
    timeline = live.timeline_of(table, "series", VALUES)
    rows = len(table)
    state = np.full(rows, "", dtype=object)
    columns: dict[str, NDArray[Any]] = {}
    fresh = live.state_of_quality(_series_provenance(table).quality).value
    for name in VALUES:
        value = _constant(table, name)
        if timeline is not None and name in timeline:
            moving, stale = timeline.interpolate(name, at)
            has = np.isfinite(moving)
            value = np.where(has, moving, value)
            state[has & ~stale & (state == "")] = fresh
            state[has & stale] = live.State.STALE.value
        elif name not in table.frame:
            continue
        columns[name] = value
    return {**columns, "data_state": state}


def describe(table: FeatureTable, row: int, at: datetime) -> list[Fact]:
    """Return what a click on a feature shows."""
    values = table.frame.iloc[row]
    own = _row_provenance(table, values)
    facts = [_fact(table, "name", name_of(values), own)] if name_of(values) else []
    for name in ORDER:
        if name == "depth_m" and known(values, "depth_sources"):
            facts += _depths(values, own)
        elif known(values, name):
            word = TRANSLATED.get(name, {}).get(str(values[name]))
            facts.append(_fact(table, name, values[name] if word is None else word, own))
    facts += _moving(table, row, at, own)
    notes = {la: str(values[f"note_{la}"]) for la in ("en", "fr") if known(values, f"note_{la}")}
    if notes:
        facts.append(Fact(label=NOTE, value=notes, provenance=own))
    return facts


def series(table: FeatureTable, row: int) -> list[Series]:
    """Return the charts of a feature."""
    timeline = live.timeline_of(table, "series", VALUES)
    if timeline is None:
        return []
    made = []
    for name in VALUES:
        if name not in timeline:
            continue
        times, value = timeline.of_row(name, row)
        if len(times):
            column = COLUMNS[name]
            provenance = _series_provenance(table)
            made.append(
                Series(
                    name=column.label,
                    unit=column.unit,
                    time_utc=times,
                    value=value,
                    provenance=provenance,
                )
            )
    return made


def indicators(table: FeatureTable, at: datetime) -> list[Fact]:
    """Return the numbers of the whole network at a moment."""
    if not len(table):
        return []
    now = columns_at(table, at)
    kind = table.frame["kind"].to_numpy(object)
    provenance = _series_provenance(table)
    facts = []
    users = np.isin(kind, ("substation", "heat_pump"))
    heat = now.get("heat_kw", np.full(len(table), np.nan))
    if np.isfinite(heat[users]).any():
        label = {"en": "Heat delivered now", "fr": "Chaleur livrée"}
        total = float(np.nansum(heat[users]))
        facts.append(Fact(label=label, value=total, unit="kW", provenance=provenance))
    speed = np.abs(now.get("flow_m_s", np.full(len(table), np.nan)))
    if np.isfinite(speed).any():
        label = {"en": "Fastest flow", "fr": "Écoulement le plus rapide"}
        top = float(np.nanmax(speed))
        facts.append(Fact(label=label, value=top, unit="m/s", provenance=provenance))
    facts += _counts(table, kind, users)
    return facts


def _counts(table: FeatureTable, kind: NDArray[Any], users: NDArray[np.bool_]) -> list[Fact]:
    length = _trench_km(table, kind)
    computed = replace(table.provenance, quality=Quality.ESTIMATED)
    facts = []
    if length > 0:
        label = {"en": "Length of trench", "fr": "Longueur de tranchée"}
        facts.append(Fact(label=label, value=length, unit="km", provenance=computed))
    if users.any():
        label = {"en": "Sub-stations and heat pumps", "fr": "Sous-stations et pompes à chaleur"}
        facts.append(Fact(label=label, value=int(users.sum()), provenance=table.provenance))
    return facts


def _trench_km(table: FeatureTable, kind: NDArray[Any]) -> float:
    """Return the length of the pipes in plan, the return pipe beside a supply pipe not counted."""
    pipes = kind == "pipe"
    if "side" in table.frame:
        side = table.frame["side"].astype("string").fillna("").to_numpy(object)
        if (side[pipes] == "supply").any():
            pipes &= side != "return"
    return float(shapely.length(table.frame.geometry.to_numpy()[pipes]).sum() / 1000.0)


def _depths(values: Mapping[str, Any], own: Provenance) -> Iterator[Fact]:
    """One line a source: where they differ, none is preferred."""
    for part in str(values["depth_sources"]).split("|"):
        text, _, source = part.strip().partition("(")
        provenance = replace(own, source=source.rstrip(") ") or own.source)
        yield Fact(label=COLUMNS["depth_m"].label, value=text.strip(), provenance=provenance)


def _moving(table: FeatureTable, row: int, at: datetime, own: Provenance) -> Iterator[Fact]:
    now = columns_at(table, at)
    state = str(now["data_state"][row])
    provenance = _series_provenance(table) if state else own
    for name in VALUES:
        if name in now and np.isfinite(now[name][row]):
            yield _fact(table, name, float(now[name][row]), provenance)
    if state:
        yield _fact(table, "data_state", STATES.get(state, {"en": state, "fr": state}), provenance)


def _fact(table: FeatureTable, name: str, value: Any, provenance: Provenance) -> Fact:
    column = COLUMNS[name]
    unit = table.column(name).unit or column.unit
    return Fact(label=column.label, value=value, unit=unit, provenance=provenance)


def _row_provenance(table: FeatureTable, values: Mapping[str, Any]) -> Provenance:
    """Return the provenance of a row: its own columns ``source``, ``date``, ``quality``, else the table's."""
    whole = table.provenance
    return Provenance(
        source=str(values["source"]) if known(values, "source") else whole.source,
        date=str(values["date"]) if known(values, "date") else whole.date,
        licence=whole.licence,
        quality=_quality(values["quality"]) if known(values, "quality") else whole.quality,
    )


def _quality(text: Any) -> Quality:
    return Quality(text) if text in set(Quality) else Quality.UNKNOWN


def _series_provenance(table: FeatureTable) -> Provenance:
    return table.column("heat_kw").provenance


def _constant(table: FeatureTable, name: str) -> NDArray[np.float64]:
    if name not in table.frame:
        return np.full(len(table), np.nan)
    return table.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
