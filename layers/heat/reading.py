"""From files to the table of a heat network: kinds guessed where a file does not say, series joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.heat.words import COLUMNS, KINDS
from twin.api import (
    FeatureTable,
    LoadContext,
    Problem,
    ReadError,
    Severity,
    live,
)

if TYPE_CHECKING:
    import geopandas as gpd

VALUES = ("temperature_c", "flow_m_s", "heat_kw")
"""Columns that change with the clock, in the table (constant) or in the series (by time)."""

NUMBERS = ("depth_m", "diameter_mm", "length_m", "power_kw", *VALUES)

ALIASES: Mapping[str, Sequence[tuple[str, float]]] = {
    "diameter_mm": (
        ("inner_diameter_mm", 1.0),
        ("dn", 1.0),
        ("diametre_mm", 1.0),
        ("diameter_m", 1000.0),
        ("inner_diameter_m", 1000.0),
    ),
    "depth_m": (("profondeur_m", 1.0), ("profondeur", 1.0), ("depth", 1.0)),
    "length_m": (("longueur_m", 1.0), ("length_km", 1000.0)),
    "power_kw": (("puissance_kw", 1.0), ("power_mw", 1000.0), ("power_w", 0.001)),
    "temperature_c": (("temperature_supply_c", 1.0), ("temperature", 1.0), ("temp_c", 1.0)),
    "flow_m_s": (("v_mean_m_per_s", 1.0), ("velocity_m_s", 1.0), ("vitesse_m_s", 1.0)),
}
"""Other names of a column, with the factor to our unit."""

TYPE_COLUMNS = ("type", "nature", "category", "fclass", "class", "asset_type", "substation_type")
WORDS: Sequence[tuple[str, Sequence[str]]] = (
    ("well", ("well", "puits", "forage", "borehole", "bohrung")),
    ("heat_pump", ("heat pump", "heat_pump", "heatpump", "pac", "pompe à chaleur")),
    ("plant", ("plant", "source", "generator", "chaufferie", "centrale", "central", "erzeuger")),
    ("substation", ("substation", "sous-station", "consumer", "demand", "sink", "transfer")),
    ("valve", ("valve", "vanne")),
)
"""Words in a type that tell the kind; the first that is found counts."""


def load(ctx: LoadContext) -> FeatureTable:
    """Read features and series.

    Raises
    ------
    ReadError
        The features cannot be read. Series that cannot be read are a problem, not an error.
    """
    table = ctx.read("features")
    ctx.check_cancelled()
    frame = _numbers(_renamed(table.frame, table.name, ctx), table.name, ctx)
    frame = _kinds(frame, table.name, ctx)
    columns = {**COLUMNS, **_own(table, frame)}
    table = replace(table, frame=frame, columns=columns)
    return _with_series(table, ctx)


def _own(table: FeatureTable, frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """Keep what the reader knows of a column, with our unit and label where it has none."""
    known = {}
    for name, column in table.columns.items():
        ours = COLUMNS.get(name)
        if name in frame and ours is not None:
            known[name] = replace(
                column, unit=column.unit or ours.unit, label=column.label or ours.label
            )
        else:
            known[name] = column
    return known


def _renamed(frame: gpd.GeoDataFrame, where: str, ctx: LoadContext) -> gpd.GeoDataFrame:
    """Give columns of other names ours, in our unit, and say so."""
    by_lower = {str(c).lower(): c for c in frame.columns}
    frame = frame.copy()
    for ours, others in ALIASES.items():
        found = next(((by_lower[o], f) for o, f in others if o in by_lower), None)
        if ours in frame or found is None:
            continue
        column, factor = found
        numbers = pd.to_numeric(frame[column], errors="coerce")
        if numbers.notna().any():
            frame[ours] = numbers * factor
            values = {"column": str(column), "as_": ours}
            ctx.report(Problem("heat.column_taken", where, values, Severity.INFO))
    return frame


def _numbers(frame: gpd.GeoDataFrame, where: str, ctx: LoadContext) -> gpd.GeoDataFrame:
    """Make number columns numbers; texts that are none become missing, and are counted."""
    for name in NUMBERS:
        if name not in frame:
            continue
        numbers = pd.to_numeric(frame[name], errors="coerce").astype("float64")
        lost = int((numbers.isna() & frame[name].notna()).sum())
        if lost:
            ctx.report(Problem("heat.not_numbers", where, {"column": name, "count": lost}))
        frame[name] = numbers
    return frame


def _kinds(frame: gpd.GeoDataFrame, where: str, ctx: LoadContext) -> gpd.GeoDataFrame:
    """Fill ``kind``: as the file says, else by words in its type, else by geometry."""
    kinds = frame["kind"].astype("string").str.lower() if "kind" in frame else None
    said = np.zeros(len(frame), bool) if kinds is None else kinds.isin(KINDS).to_numpy(bool)
    kind = np.where(said, "" if kinds is None else kinds.fillna("").to_numpy(object), "")
    guessed = _guess(frame)
    lines = frame.geometry.geom_type.isin(("LineString", "MultiLineString")).to_numpy()
    kind = np.where(said & (lines == (kind == "pipe")), kind, guessed)
    count = int((kind != "").sum() - said.sum())
    if count > 0:
        ctx.report(Problem("heat.kind_guessed", where, {"count": count}, Severity.INFO))
    areas = int((kind == "area").sum())
    if areas:
        ctx.report(Problem("heat.areas_left_out", where, {"count": areas}, Severity.INFO))
    frame["kind"] = kind.astype(object)
    return frame


def _guess(frame: gpd.GeoDataFrame) -> Any:
    """Return a kind for every row from words in type columns and from geometry."""
    shapes = frame.geometry.geom_type.fillna("").to_numpy(object)
    points = np.isin(shapes, ("Point", "MultiPoint"))
    kind = np.where(points, "node", "").astype(object)
    names = [c for c in frame.columns if str(c).lower() in TYPE_COLUMNS]
    words = frame[names].astype("string").fillna("").agg(" ".join, axis=1).str.lower()
    if names:
        for name, marks in reversed(WORDS):
            has = np.logical_or.reduce([words.str.contains(m, regex=False) for m in marks])
            kind[points & has.astype(bool)] = name
    kind[np.isin(shapes, ("LineString", "MultiLineString"))] = "pipe"
    kind[np.isin(shapes, ("Polygon", "MultiPolygon", "GeometryCollection"))] = "area"
    return kind


def _with_series(table: FeatureTable, ctx: LoadContext) -> FeatureTable:
    if "series" not in ctx.sources:
        return table
    try:
        samples = live.read_series(ctx.path("series"), VALUES, progress=ctx)
    except ReadError as error:
        ctx.report(error.problem)
        return table
    provenance = ctx.sources["series"].provenance
    columns = {n: replace(table.columns[n], provenance=provenance) for n in VALUES}
    table = replace(
        table,
        tables={**table.tables, "series": samples},
        columns={**table.columns, **columns},
    )
    timeline = live.timeline_of(table, "series", VALUES)
    if timeline is not None and timeline.unknown:
        values = {"count": timeline.unknown}
        ctx.report(Problem("series.unknown_features", ctx.path("series").name, values))
    return table
