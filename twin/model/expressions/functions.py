"""The functions of expressions: reckoning, choosing, and what is around a feature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.model.expressions.syntax import Call, ExpressionError

Bools = NDArray[np.bool_]
Relation = Literal["within", "intersects"]


@dataclass(frozen=True, slots=True)
class Value:
    """``kind`` is number, bool, text or time; arrays of all rows, or of one element for literals."""

    kind: str
    data: NDArray[Any]
    missing: Bools


class Places(Protocol):
    """Where the rows of a table are, and what the other layers have."""

    @property
    def own(self) -> NDArray[Any]:
        """(n,) shapely geometries of the rows in the CRS, None where there is none."""

    def others(self, layer: str, condition: str, at: int) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Return geometries of a layer, and their rows where it is the own one, else -1.

        Raises
        ------
        ExpressionError
            There is no such layer, or its condition cannot be understood.
        """

    def served(self, layer: str, at: int) -> Bools:
        """Return (n,) True for rows that a network layer serves."""

    def existing(self, moment: str, at: int) -> Bools:
        """Return (n,) True for rows that exist at a day."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A call with the values of what stands in its brackets."""

    call: Call
    given: list[Value]
    rows: int
    places: Places | None

    def text(self, number: int, default: str | None = None) -> str:
        """Return a text that is the same for all rows."""
        if number >= len(self.given):
            if default is not None:
                return default
            raise ExpressionError("expression.text_wanted", self.call.at)
        value = self.given[number]
        if value.kind != "text" or len(value.data) != 1:
            raise ExpressionError("expression.text_wanted", self._at(number))
        return str(value.data[0])

    def number(self, number: int, default: float | None = None) -> float:
        """Return a number that is the same for all rows."""
        if number >= len(self.given):
            if default is not None:
                return default
            raise ExpressionError("expression.number_wanted", self.call.at)
        value = self.given[number]
        if value.kind != "number" or len(value.data) != 1:
            raise ExpressionError("expression.number_wanted", self._at(number))
        return float(value.data[0])

    def numbers(self, number: int) -> NDArray[np.float64]:
        """Return numbers, NaN where missing."""
        if number >= len(self.given) or self.given[number].kind != "number":
            raise ExpressionError("expression.number_wanted", self._at(number))
        value = self.given[number]
        return np.where(value.missing, np.nan, value.data.astype(np.float64))

    def around(self) -> Places:
        """Return what is around the rows."""
        if self.places is None:
            raise ExpressionError("expression.no_places", self.call.at, name=self.call.name)
        return self.places

    def _at(self, number: int) -> int:
        parts = self.call.parts
        return parts[number].at if number < len(parts) else self.call.at


def _within(asked: Asked) -> Value:
    return _certain(_related(asked, "within", asked.text(1, "")))


def _intersects(asked: Asked) -> Value:
    return _certain(_related(asked, "intersects", asked.text(1, "")))


def _near(asked: Asked) -> Value:
    own, _ = _pairs(asked, "intersects", asked.text(2, ""), asked.number(1))
    return _certain(_marked(asked, own))


def _count(asked: Asked) -> Value:
    own, _ = _pairs(asked, "intersects", asked.text(2, ""), asked.number(1))
    return _number(np.bincount(own, minlength=asked.rows).astype(np.float64))


def _distance(asked: Asked) -> Value:
    import shapely

    places = asked.around()
    geometry, row = places.others(asked.text(0), asked.text(1, ""), asked.call.at)
    nearest = np.full(asked.rows, np.nan)
    if len(geometry):
        tree = shapely.STRtree(geometry)
        exclusive = bool(len(row)) and bool((row >= 0).any())
        found, away = tree.query_nearest(
            places.own, return_distance=True, all_matches=False, exclusive=exclusive
        )
        nearest[found[0]] = away
    return _number(nearest)


def _related(asked: Asked, predicate: Relation, condition: str) -> Bools:
    own, _ = _pairs(asked, predicate, condition)
    return _marked(asked, own)


def _pairs(
    asked: Asked, predicate: Relation, condition: str, distance_m: float | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of own rows and others in a relation, or within a distance; no row is beside itself."""
    import shapely

    places = asked.around()
    geometry, row = places.others(asked.text(0), condition, asked.call.at)
    none = np.zeros(0, np.intp)
    if not len(geometry):
        return none, none
    tree = shapely.STRtree(geometry)
    if distance_m is None:
        own, other = tree.query(places.own, predicate=predicate)
    else:
        own, other = tree.query(places.own, predicate="dwithin", distance=distance_m)
    kept = row[other] != own
    return own[kept], other[kept]


def _marked(asked: Asked, own: NDArray[np.intp]) -> Bools:
    found = np.zeros(asked.rows, bool)
    found[own] = True
    return found


def _served_by(asked: Asked) -> Value:
    return _certain(asked.around().served(asked.text(0), asked.call.at))


def _exists(asked: Asked) -> Value:
    return _certain(asked.around().existing(asked.text(0), asked.call.at))


def _area(asked: Asked) -> Value:
    import shapely

    return _number(np.asarray(shapely.area(asked.around().own), np.float64))


def _length(asked: Asked) -> Value:
    import shapely

    return _number(np.asarray(shapely.length(asked.around().own), np.float64))


def _round(asked: Asked) -> Value:
    return _number(np.round(asked.numbers(0), int(asked.number(1, 0.0))))


def _absolute(asked: Asked) -> Value:
    return _number(np.abs(asked.numbers(0)))


def _least(asked: Asked) -> Value:
    return _extreme(asked, np.fmin)


def _most(asked: Asked) -> Value:
    return _extreme(asked, np.fmax)


def _extreme(asked: Asked, choose: Callable[[Any, Any], Any]) -> Value:
    found = asked.numbers(0)
    for number in range(1, len(asked.given)):
        found = choose(found, asked.numbers(number))
    return _number(found)


def _if(asked: Asked) -> Value:
    if len(asked.given) != 3 or asked.given[0].kind != "bool":
        raise ExpressionError("expression.if_wanted", asked.call.at)
    test, yes, no = asked.given
    if yes.kind != no.kind:
        raise ExpressionError("expression.cannot_compare", asked.call.at)
    chosen = test.data & ~test.missing
    data = np.where(chosen, yes.data, no.data)
    return Value(yes.kind, data, np.where(chosen, yes.missing, no.missing))


def _number(data: NDArray[np.float64]) -> Value:
    return Value("number", data, ~np.isfinite(data))


def _certain(data: Bools) -> Value:
    return Value("bool", data, np.zeros(len(data), dtype=bool))


_NAMES: Mapping[tuple[str, ...], Callable[[Asked], Value]] = {
    ("within", "dans_zone"): _within,
    ("intersects", "croise"): _intersects,
    ("near", "proche"): _near,
    ("served_by", "desservi_par"): _served_by,
    ("distance", "distance_a"): _distance,
    ("count", "nombre"): _count,
    ("exists", "existe"): _exists,
    ("area", "surface"): _area,
    ("length", "longueur"): _length,
    ("round", "arrondi"): _round,
    ("abs",): _absolute,
    ("min",): _least,
    ("max",): _most,
    ("if", "si"): _if,
}
FUNCTIONS: Mapping[str, Callable[[Asked], Value]] = {
    name: function for names, function in _NAMES.items() for name in names
}
"""By name, in English and French."""
