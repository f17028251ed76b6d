"""Columns of Arrow and of plain lists as numpy arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

_EXACT_INTEGER = 2**53


AT_ONCE = 20_000
"""Texts that Arrow makes in one call: meanwhile it holds the interpreter's lock, and the window waits."""


def column_of(array: Any) -> NDArray[Any]:
    """Return an Arrow array as a numpy column.

    Texts, and booleans with gaps, become objects; gaps in numbers become NaN; lists and structures become
    JSON text; times are in milliseconds, UTC.
    """
    import pyarrow as pa

    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return _texts(array)
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        return np.asarray(array.cast(pa.float64()).to_numpy(zero_copy_only=False))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _times(array)
    if pa.types.is_nested(kind) or pa.types.is_time(kind):
        return as_objects([cell(value) for value in array.to_pylist()])
    if str(kind) == "string_view":
        return _texts(array.cast(pa.string()))
    return np.asarray(array.to_numpy(zero_copy_only=False))


def _texts(array: Any) -> NDArray[Any]:
    """Texts that are not UTF-8 whatever the file says are read as Windows-1252, which never fails here."""
    import pyarrow as pa

    texts = np.empty(len(array), dtype=object)
    try:
        for start in range(0, len(array), AT_ONCE):
            some = array.slice(start, AT_ONCE)
            texts[start : start + AT_ONCE] = some.to_pandas(deduplicate_objects=True)
        return texts
    except (pa.ArrowException, UnicodeDecodeError):
        raw = (
            array.view(pa.binary()) if array.type == pa.string() else array.view(pa.large_binary())
        )
        return as_objects([None if item is None else _decoded(item) for item in raw.to_pylist()])


def _decoded(item: bytes) -> str:
    try:
        return item.decode("utf-8")
    except UnicodeDecodeError:
        return item.decode("cp1252", errors="replace")


def _times(array: Any) -> NDArray[Any]:
    """Times in milliseconds: years before 1677 and after 2262 stay what they are."""
    import pyarrow as pa

    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("ms", tz=array.type.tz), safe=False)
    return np.asarray(array.to_numpy(zero_copy_only=False)).astype("datetime64[ms]")


def times_of(texts: NDArray[Any]) -> NDArray[Any]:
    """Return (n,) datetime64[ms] in UTC of ISO 8601 texts, each with a zone of its own or in UTC."""
    known = {text: _instant(text) for text in set(texts.tolist()) if isinstance(text, str)}
    gap = np.datetime64("NaT", "ms")
    return np.array([known.get(text, gap) for text in texts], dtype="datetime64[ms]")


def _instant(text: str) -> np.datetime64:
    try:
        found = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return np.datetime64("NaT", "ms")
    if found.tzinfo is not None:
        found = found.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(found, "ms")


def as_objects(values: Sequence[Any]) -> NDArray[Any]:
    """Return (n,) objects, lists among them kept whole."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def cell(value: Any) -> Any:
    """Return a value that fits in a table cell: lists and objects as JSON text."""
    if isinstance(value, list | tuple | Mapping):
        try:
            return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str).decode()
        except TypeError:
            return str(value)
    return value


def as_column(values: Sequence[Any]) -> NDArray[Any]:
    """Return values as the plainest array that holds them: bool, int, float with NaN, or object."""
    known = [value for value in values if value is not None]
    whole = len(known) == len(values)
    if known and whole and all(isinstance(value, bool) for value in known):
        return np.array(values, dtype=bool)
    if known and all(_is_number(value) for value in known):
        if whole and all(isinstance(value, int) for value in known):
            return np.array(values, dtype=np.int64)
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return as_objects(values)


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and (isinstance(value, float) or abs(value) < _EXACT_INTEGER)
    )


def columns_of_rows(
    rows: Sequence[Mapping[str, Any]], first: Sequence[str] = ()
) -> dict[str, NDArray[Any]]:
    """Return the columns of rows that need not have the same keys, in the order in which they appear."""
    names: dict[str, None] = dict.fromkeys(first)
    for row in rows:
        names.update(dict.fromkeys(row))
    return {name: as_column([row.get(name) for row in rows]) for name in names}
