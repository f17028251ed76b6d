"""The tables inside a pandapower or pandapipes JSON file, without either library and without running anything.

These files may name Python classes and functions that the libraries would import: nothing of that is done here.
Only tables of plain values are taken, so that a hostile file is no more than wrong numbers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.network.model import NetworkError

MAX_BYTES = 512 * 1024 * 1024
POWER, PIPES = "pandapowerNet", "pandapipesNet"
TABLES = {"DataFrame", "GeoDataFrame"}


@dataclass(frozen=True, eq=False)
class Table:
    """One table: row labels, and columns of plain values with the types that the file states."""

    index: list[Any]
    columns: dict[str, list[Any]]
    dtypes: dict[str, str]

    def __len__(self) -> int:
        return len(self.index)

    def numbers(self, name: str, missing: float = np.nan) -> NDArray[np.float64]:
        """Return a column as float64; what is no number is ``missing``."""
        values = self.columns.get(name)
        if values is None:
            return np.full(len(self), missing)
        try:
            found = np.array(values, dtype=np.float64)
        except (TypeError, ValueError):
            found = np.array([_number(v) for v in values], dtype=np.float64)
        return np.where(np.isfinite(found), found, missing)

    def words(self, name: str) -> list[str]:
        """Return a column as texts, empty where there is nothing."""
        values = self.columns.get(name)
        return [""] * len(self) if values is None else ["" if v is None else str(v) for v in values]

    def flags(self, name: str, missing: bool = True) -> NDArray[np.bool_]:  # noqa: FBT001, FBT002
        """Return a column as booleans."""
        values = self.columns.get(name)
        if values is None:
            return np.full(len(self), missing)
        return np.array([missing if v is None else bool(v) for v in values], dtype=bool)


@dataclass(frozen=True, eq=False)
class Document:
    """A file: its class, its tables, and everything else that is no table."""

    kind: str
    tables: dict[str, Table]
    rest: dict[str, Any]

    def __getitem__(self, name: str) -> Table:
        """Return a table, empty if the file has none of that name."""
        return self.tables.get(name, _EMPTY)


_EMPTY = Table([], {}, {})


def read(path: Path) -> Document:
    """Read a file.

    Raises
    ------
    NetworkError
        Too large, no JSON, or neither of the two kinds of network.
    """
    if path.stat().st_size > MAX_BYTES:
        raise NetworkError("io.too_large_for_memory", path.name)
    content = path.read_bytes()
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        document = _lenient(content, path.name)
    return parsed(document, path.name)


def _lenient(content: bytes, where: str) -> Any:
    """Read JSON with the NaN and Infinity that Python writes although JSON has none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NetworkError("network.not_readable", where, reason=str(error)[:120]) from error


def parsed(document: Any, where: str) -> Document:
    """Return the tables of a decoded file; see :func:`read`."""
    if isinstance(document, dict) and isinstance(document.get("_object"), str):
        document = {**document, "_object": decoded(document["_object"])}
    kind = document.get("_class") if isinstance(document, dict) else None
    content = document.get("_object") if isinstance(document, dict) else None
    if kind not in {POWER, PIPES} or not isinstance(content, dict):
        raise NetworkError("network.not_a_network", where)
    tables, rest = {}, {}
    for name, value in content.items():
        if isinstance(value, dict) and value.get("_class") in TABLES:
            tables[name] = _table(value)
        else:
            rest[name] = value
    return Document(kind, tables, rest)


def _table(value: dict[str, Any]) -> Table:
    body = value.get("_object")
    split = decoded(body) if isinstance(body, str) else body
    if not isinstance(split, dict) or not {"columns", "index", "data"} <= split.keys():
        return _EMPTY
    names, rows = [str(c) for c in split["columns"]], split["data"]
    rows = [row if len(row) == len(names) else [None] * len(names) for row in rows]
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {
        name: [] for name in names
    }  # fmt: skip
    dtypes = value.get("dtype")
    index = list(split["index"])[: len(rows)]
    return Table(index, columns, dtypes if isinstance(dtypes, dict) else {})


def decoded(text: str) -> Any:
    """Return decoded JSON, None if it is none."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
