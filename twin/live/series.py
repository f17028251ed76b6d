"""Recorded values beside a layer's features: reading them, and the timeline that answers for
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from twin.errors import ReadError
from twin.live.timeline import FEATURE, TIME, Timeline, in_utc
from twin.model.table import FeatureTable
from twin.problems import Problem
from twin.progress import Progress

if TYPE_CHECKING:
    import pandas as pd


def read_series(path: Path, columns: Sequence[str], *, progress: Progress) -> pd.DataFrame:
    """Read a long table of values over time: ``.parquet`` or ``.csv``.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        Value columns that are wanted; the file needs one of them, ``feature_id`` and
        ``phenomenon_time``. Times without a zone are taken as UTC, and that is reported.
    progress : Progress
        Told of rows that cannot be used.

    Returns
    -------
    DataFrame
        ``feature_id`` (str), ``phenomenon_time`` (UTC) and the value columns found (float64).

    Raises
    ------
    ReadError
        No file, not a table, or a needed column is missing.
    """
    progress.check_cancelled()
    table = _read(path)
    found = [name for name in columns if name in table]
    missing = [name for name in (FEATURE, TIME) if name not in table]
    if missing or not found:
        wanted = ", ".join(missing or columns)
        raise ReadError("series.columns_missing", path.name, columns=wanted)
    progress.check_cancelled()
    return _typed(table[[FEATURE, TIME, *found]], found, path.name, progress)


def timeline_of(
    table: FeatureTable, name: str, columns: Sequence[str], *, keep_missing: bool = False
) -> Timeline | None:
    """Return the timeline of a companion table, made once a table; None if there is none."""
    samples = table.tables.get(name)
    if samples is None:
        return None
    key = (name, tuple(columns), keep_missing)
    with _LOCK:
        known = _TIMELINES.setdefault(table, {})
        if key not in known:
            known[key] = Timeline.of(samples, table.feature_ids, columns, keep_missing=keep_missing)
        return known[key]


_LOCK = Lock()
_TIMELINES: WeakKeyDictionary[FeatureTable, dict[tuple[str, tuple[str, ...], bool], Timeline]] = (
    WeakKeyDictionary()
)


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    suffix = path.suffix.lower()
    if suffix not in (".parquet", ".csv"):
        raise ReadError("series.format", path.name, suffix=suffix or "?")
    try:
        return pd.read_parquet(path) if suffix == ".parquet" else pd.read_csv(path)
    except FileNotFoundError as error:
        raise ReadError("series.no_file", path.name) from error
    except (OSError, ValueError) as error:  # also what pandas and pyarrow raise for broken files
        raise ReadError("series.unreadable", path.name, reason=_first_line(error)) from error


def _typed(
    table: pd.DataFrame, columns: Sequence[str], where: str, progress: Progress
) -> pd.DataFrame:
    """Give times and numbers their types; what is neither becomes missing, and is counted."""
    import pandas as pd

    table = table.copy()
    table[FEATURE] = table[FEATURE].astype(str)
    times = table[TIME]
    naive = pd.api.types.is_datetime64_dtype(times) or (
        times.dtype == object and not times.astype(str).str.contains(_ZONE, regex=True).all()
    )
    utc: pd.Series[Any] = in_utc(times, format="ISO8601" if _text(times) else None)
    if naive and len(table):
        progress.report(Problem("series.time_without_zone", where))
    bad = int(utc.isna().sum())
    if bad:
        progress.report(Problem("series.bad_time", where, {"count": bad}))
    table[TIME] = utc
    for name in columns:
        numbers = pd.to_numeric(table[name], errors="coerce").astype("float64")
        lost = int((numbers.isna() & table[name].notna()).sum())
        if lost:
            values = {"count": lost, "column": name}
            progress.report(Problem("series.not_a_number", where, values))
        table[name] = numbers
    return table[utc.notna()].reset_index(drop=True)


_ZONE = r"(?:[zZ]|[+-]\d{2}:?\d{2})$"


def _text(times: pd.Series) -> bool:
    import pandas as pd

    return not pd.api.types.is_datetime64_any_dtype(times)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
