"""What an isolated layer says of itself before anything is drawn: its methods and its parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from twin.model.params import Choice, ColumnName, ParamField, Range, Unit, fields_of, params

METHODS = (
    "load",
    "build",
    "default_style",
    "ground",
    "columns_at",
    "describe",
    "series",
    "time_extent",
    "indicators",
    "networks",
)
TYPES: Mapping[str, type] = {"bool": bool, "int": int, "float": float, "str": str}
MAX_PARAMS = 200


def param_rows(cls: type) -> list[dict[str, Any]]:
    """Return the fields of a ``@params`` class as plain data."""
    return [_row(field) for field in fields_of(cls)]


def params_class(rows: Sequence[Mapping[str, Any]]) -> type:
    """Return a ``@params`` class made from :func:`param_rows`.

    Raises
    ------
    ValueError, TypeError, KeyError
        The rows describe no parameters.
    """
    if len(rows) > MAX_PARAMS:
        raise ValueError(f"more than {MAX_PARAMS} parameters")
    fields = []
    for row in rows:
        kind = TYPES[row["type"]]
        if not str(row["name"]).isidentifier() or str(row["name"]).startswith("_"):
            raise ValueError(f"{row['name']!r} is no name of a parameter")
        notes: list[Any] = []
        if row["range"]:
            notes.append(Range(float(row["range"][0]), float(row["range"][1])))
        if row["unit"]:
            notes.append(Unit(str(row["unit"])))
        if row["choice"]:
            notes.append(Choice(*map(str, row["choice"])))
        if row["column"] is not None:
            notes.append(ColumnName(numeric=bool(row["column"])))
        hint: Any = Annotated[(kind, *notes)] if notes else kind
        fields.append((str(row["name"]), hint, dataclasses.field(default=kind(row["default"]))))
    made = type(
        "IsolatedParams",
        (),
        {
            "__annotations__": {name: hint for name, hint, _ in fields},
            **{name: field.default for name, _, field in fields},
        },
    )
    return params(made)


def _row(field: ParamField) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": field.type.__name__,
        "default": field.default,
        "range": [field.range.low, field.range.high] if field.range else None,
        "unit": field.unit,
        "choice": list(field.choice),
        "column": None if field.column is None else field.column.numeric,
    }
