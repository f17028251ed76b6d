"""Typed parameters of a layer: saved, undoable, and the source of its settings form.

An author writes::

    @params
    class BoreholeParams:
        min_depth_m: Annotated[float, Range(0, 3000), Unit("m")] = 0.0
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

from twin.problems import Problem

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Range:
    """Smallest and largest value, both allowed."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Unit:
    """Unit of a quantity, as printed: ``m``, ``degC``, ``%``."""

    symbol: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The allowed values of a text parameter, in the order of the form."""

    values: tuple[str, ...]

    def __init__(self, *values: str) -> None:
        object.__setattr__(self, "values", values)


@dataclass(frozen=True, slots=True)
class ColumnName:
    """The text names a column of the layer's table; ``numeric`` keeps only number columns."""

    numeric: bool = False


@dataclass(frozen=True, slots=True)
class ParamField:
    """One row of a settings form."""

    name: str
    type: type
    default: Any
    range: Range | None = None
    unit: str = ""
    choice: tuple[str, ...] = ()
    column: ColumnName | None = None


@dataclass_transform(frozen_default=True, kw_only_default=True)
def params(cls: type[T]) -> type[T]:
    """Make a class of annotated fields into frozen, typed parameters.

    Raises
    ------
    TypeError
        A field has no default, or a type other than bool, int, float or str.
    """
    made = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
    for field in fields_of(made):
        if field.type not in (bool, int, float, str):
            raise TypeError(f"{cls.__name__}.{field.name}: type must be bool, int, float or str")
        if field.default is dataclasses.MISSING:
            raise TypeError(f"{cls.__name__}.{field.name}: needs a default")
    return made


def fields_of(cls: type) -> tuple[ParamField, ...]:
    """Return the fields of a ``@params`` class, in the order of the form."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return tuple(_field(f, hints[f.name]) for f in dataclasses.fields(cls))


def _field(field: dataclasses.Field[Any], hint: Any) -> ParamField:
    base: Any = hint
    notes: tuple[Any, ...] = ()
    if typing.get_origin(hint) is typing.Annotated:
        base, *rest = typing.get_args(hint)
        notes = tuple(rest)

    def note(kind: type[T]) -> T | None:
        return next((n for n in notes if isinstance(n, kind)), None)

    unit, choice = note(Unit), note(Choice)
    return ParamField(
        name=field.name,
        type=base,
        default=field.default,
        range=note(Range),
        unit=unit.symbol if unit else "",
        choice=choice.values if choice else (),
        column=note(ColumnName),
    )


def make(cls: type[T], values: Mapping[str, object], where: str = "") -> tuple[T, list[Problem]]:
    """Build parameters from saved values; a wrong one is reported and takes its default.

    Returns
    -------
    (params, problems)
    """
    accepted: dict[str, object] = {}
    problems: list[Problem] = []
    known = {f.name: f for f in fields_of(cls)}
    for name, value in values.items():
        field = known.get(name)
        if field is None:
            problems.append(Problem("params.unknown", where, {"name": name}))
            continue
        wrong = _wrong(field, value)
        if wrong is None:
            accepted[name] = field.type(value)
        else:
            key, more = wrong
            problems.append(Problem(key, where, {"name": name, "value": value, **more}))
    return cls(**accepted), problems


def _wrong(field: ParamField, value: object) -> tuple[str, Mapping[str, object]] | None:
    """Return key and values of what is wrong with a saved value, None if nothing is."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if field.type in (int, float) and not number:
        return "params.no_number", {}
    if field.type is bool and not isinstance(value, bool):
        return "params.no_truth", {}
    if field.type is str and not isinstance(value, str):
        return "params.no_text", {}
    allowed = field.range
    if allowed and number and not allowed.low <= float(value) <= allowed.high:  # type: ignore[arg-type]
        bounds = {"low": f"{allowed.low:g}", "high": f"{allowed.high:g}", "unit": field.unit}
        return "params.outside", bounds
    if field.choice and value not in field.choice:
        return "params.no_choice", {"allowed": ", ".join(field.choice)}
    return None
