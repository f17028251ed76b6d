"""Files of networks under one set of column names: renamed, made numbers, kinds guessed, series joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.live import read_series, timeline_of
from twin.model.layer import LoadContext
from twin.model.table import Column, FeatureTable
from twin.network import drawing
from twin.network.kinds import TYPE_COLUMNS
from twin.problems import Problem, Severity

if TYPE_CHECKING:
    import geopandas as gpd

SNAP_LABEL = {
    "en": "Ends joined within",
    "fr": "Extrémités raccordées à moins de",
    "ko": "이 거리 안의 끝을 연결",
    "ar": "وُصلت النهايات ضمن",
}
LINES = ("LineString", "MultiLineString")
POINTS = ("Point", "MultiPoint")


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What a kind of network calls its things.

    Parameters
    ----------
    columns : mapping of str to Column
        Unit and label of the columns.
    numbers : sequence of str
        Columns that hold numbers.
    moving : sequence of str
        Number columns that a series may give by time.
    aliases : mapping
        For a column, its other names with the factor to its unit; compared without case.
    kinds : sequence of str
        Values of ``kind``.
    words : sequence of (kind, marks)
        Texts in a type that tell the kind of a point; the first kind that is found counts.
    line_kind, point_kind : str
        Kind of a line, and of a point of which nothing else is known.
    area_kind : str
        Kind of a polygon; ``""`` leaves polygons out.
    """

    columns: Mapping[str, Column]
    numbers: Sequence[str]
    moving: Sequence[str]
    kinds: Sequence[str]
    line_kind: str
    point_kind: str
    area_kind: str = ""
    aliases: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)
    words: Sequence[tuple[str, Sequence[str]]] = ()
    type_columns: Sequence[str] = TYPE_COLUMNS


def read_network(ctx: LoadContext, vocabulary: Vocabulary) -> FeatureTable:
    """Read the sources ``features`` and, where there is one, ``series``.

    The table has a column ``kind`` for every row, and numbers in the columns that hold numbers.
    What was guessed is reported.

    Raises
    ------
    ReadError
        The features cannot be read. Series that cannot be read are a problem, not an error.
    """
    table = ctx.read("features", mixed=True)
    ctx.check_cancelled()
    source = ctx.sources.get("features")
    meaning = drawing.of_options(source.options) if source is not None else None
    if meaning is not None:
        joined = Column(unit="m", label=SNAP_LABEL)
        columns = {**table.columns, "snap_m": joined}
        table = replace(table, frame=drawing.taken(table.frame, meaning), columns=columns)
    frame = _renamed(table.frame, table.name, vocabulary, ctx)
    frame = _numbers(frame, table.name, vocabulary, ctx)
    frame = _kinds(frame, table.name, vocabulary, ctx)
    table = replace(table, frame=frame, columns=_columns(table.columns, vocabulary.columns))
    return _with_series(table, vocabulary, ctx)


def _columns(read: Mapping[str, Column], ours: Mapping[str, Column]) -> dict[str, Column]:
    """Keep what the reader knows of a column; unit and label are ours where it has none."""
    merged = dict(ours)
    for name, column in read.items():
        own = ours.get(name, Column())
        unit, label = column.unit or own.unit, column.label or own.label
        merged[name] = replace(column, unit=unit, label=label)
    return merged


def _renamed(
    frame: gpd.GeoDataFrame, where: str, vocabulary: Vocabulary, ctx: LoadContext
) -> gpd.GeoDataFrame:
    """Give columns of other names ours, in our unit, and say so."""
    import pandas as pd

    by_lower = {str(c).lower(): c for c in frame.columns}
    frame = frame.copy()
    for ours, others in vocabulary.aliases.items():
        found = next(((by_lower[o], f) for o, f in others if o in by_lower), None)
        if ours in frame or found is None:
            continue
        column, factor = found
        numbers = pd.to_numeric(frame[column], errors="coerce")
        if numbers.notna().any():
            frame[ours] = numbers * factor
            values = {"column": str(column), "meaning": ours}
            ctx.report(Problem("network.column_taken", where, values, Severity.INFO))
    return frame


def _numbers(
    frame: gpd.GeoDataFrame, where: str, vocabulary: Vocabulary, ctx: LoadContext
) -> gpd.GeoDataFrame:
    """Make number columns numbers; texts that are none become missing, and are counted."""
    import pandas as pd

    for name in vocabulary.numbers:
        if name in frame:
            numbers = pd.to_numeric(frame[name], errors="coerce").astype("float64")
            lost = int((numbers.isna() & frame[name].notna()).sum())
            if lost:
                values = {"column": name, "count": lost}
                ctx.report(Problem("network.not_numbers", where, values))
            frame[name] = numbers
    return frame


def _kinds(
    frame: gpd.GeoDataFrame, where: str, vocabulary: Vocabulary, ctx: LoadContext
) -> gpd.GeoDataFrame:
    """Fill ``kind``: as the file says, else by words in its type, else by geometry.

    A line is a line whatever the file calls it; other geometry never is one.
    """
    said = np.full(len(frame), "", dtype=object)
    if "kind" in frame:
        said = frame["kind"].astype("string").str.lower().str.strip().fillna("").to_numpy(object)
    guessed, lines = _guess(frame, vocabulary)
    good = np.isin(said, vocabulary.kinds) & (lines == (said == vocabulary.line_kind))
    kind = np.where(good, said, guessed)
    empty = frame.geometry.isna().to_numpy() | frame.geometry.is_empty.to_numpy()
    count = int((~good & (kind != "") & ~empty).sum())
    if count:
        problem = Problem("network.kind_guessed", where, {"count": count}, Severity.INFO)
        ctx.report(problem)
    left_out = int(((kind == "") & ~empty).sum())
    if left_out:
        problem = Problem("network.areas_left_out", where, {"count": left_out}, Severity.INFO)
        ctx.report(problem)
    frame["kind"] = kind.astype(object)
    return frame


def _guess(
    frame: gpd.GeoDataFrame, vocabulary: Vocabulary
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return a kind for every row from words in type columns and geometry, and which are lines."""
    shapes = frame.geometry.geom_type.fillna("").to_numpy(object)
    lines, points = np.isin(shapes, LINES), np.isin(shapes, POINTS)
    area = vocabulary.area_kind
    kind = np.where(points, vocabulary.point_kind, np.where(lines, vocabulary.line_kind, area))
    kind = kind.astype(object)
    names = [c for c in frame.columns if str(c).lower() in vocabulary.type_columns]
    if names:
        words = frame[names].astype("string").fillna("").agg(" ".join, axis=1).str.lower()
        for name, marks in reversed(vocabulary.words):
            has = np.logical_or.reduce([words.str.contains(m, regex=False) for m in marks])
            kind[~lines & (kind != "") & has.astype(bool)] = name
    return kind, lines


def _with_series(table: FeatureTable, vocabulary: Vocabulary, ctx: LoadContext) -> FeatureTable:
    if "series" not in ctx.sources:
        return table
    where = ctx.path("series").name
    try:
        samples = read_series(ctx.path("series"), vocabulary.moving, progress=ctx)
    except ReadError as error:
        ctx.report(error.problem)
        return table
    provenance = ctx.sources["series"].provenance
    moving = {n: replace(table.columns[n], provenance=provenance) for n in vocabulary.moving}
    table = replace(
        table,
        tables={**table.tables, "series": samples},
        columns={**table.columns, **moving},
    )
    timeline = timeline_of(table, "series", vocabulary.moving)
    if timeline is not None and timeline.unknown:
        ctx.report(Problem("series.unknown_features", where, {"count": timeline.unknown}))
    return table
