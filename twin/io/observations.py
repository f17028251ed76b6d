"""Observations: which feature had which value when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import ReadError
from twin.io import guard
from twin.io.guess import names_of, normalised
from twin.io.loaded import Request
from twin.io.sniff import sniff
from twin.progress import Progress, Unattended

if TYPE_CHECKING:
    import pandas as pd

FEATURE, TIME, RESULT = "feature_id", "phenomenon_time", "result"

_NAMES = {
    FEATURE: names_of(
        "feature_id sensor_id station_id datastream_id device_id id_station station sensor device "
        "id code_site"
    ),
    TIME: names_of(
        "phenomenon_time phenomenontime time timestamp datetime date_time horodatage date "
        "observed_at date_heure instant"
    ),
    RESULT: names_of("result value valeur measurement mesure"),
}


def observations(path: Path, *, progress: Progress | None = None) -> pd.DataFrame:
    """Read a table of observations.

    Parameters
    ----------
    path : Path
        Parquet or CSV.

    Returns
    -------
    DataFrame
        ``feature_id`` (str), ``phenomenon_time`` (UTC), increasing, and the value columns: ``result``
        where the file has one value a row, else the columns of the file as they are.

    Raises
    ------
    ReadError
        No such table, or it lacks a column of feature or time.
    """
    import pandas as pd

    path = Path(path)
    kind = sniff(guard.sample(path))
    if kind not in {"parquet", "csv"}:
        raise ReadError("io.observations_format", path.name)
    request = Request(path=path, opened=str(path), progress=progress or Unattended(), format=kind)
    try:
        frame = _parquet(request) if kind == "parquet" else _csv(request)
    except (OSError, ValueError) as error:
        raise ReadError("io.damaged", path.name, reason=str(error)[:200]) from error
    frame = _renamed(frame, path)
    frame[FEATURE] = frame[FEATURE].map(_text)
    frame[TIME] = pd.to_datetime(frame[TIME], utc=True, errors="coerce", format="ISO8601")
    usable = frame[TIME].notna() & (frame[FEATURE] != "")
    if not usable.any() and len(frame):
        raise ReadError("io.observations_times", path.name, column=TIME)
    return frame[usable].sort_values(TIME, kind="stable").reset_index(drop=True)


def _text(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _parquet(request: Request) -> pd.DataFrame:
    import pyarrow.parquet as pq

    with pq.ParquetFile(request.opened) as file:
        frame: pd.DataFrame = file.read().to_pandas(ignore_metadata=True)
    return frame


def _csv(request: Request) -> pd.DataFrame:
    import pandas as pd

    from twin.io.delimited import read_table, typed

    table = read_table(Path(request.opened), request)
    return pd.DataFrame({name: typed(values) for name, values in table.columns.items()})


def _renamed(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    by_name = {normalised(str(name)): name for name in reversed(list(frame.columns))}
    names: dict[Any, str] = {}
    for wanted, candidates in _NAMES.items():
        found = next((by_name[name] for name in candidates if name in by_name), None)
        if found is not None:
            names[found] = wanted
        elif wanted != RESULT:
            listed = ", ".join(map(str, frame.columns[:20]))
            raise ReadError("io.observations_columns", path.name, column=wanted, columns=listed)
    return frame.rename(columns=names)
