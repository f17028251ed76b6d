"""The rows of a table that a filter keeps, computed on whole columns."""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.styling import numeric
from ui.filters.syntax import ExpressionError, Literal, Name, Node, Operation

ColumnOf = Callable[[str], NDArray[Any] | None]
Bools = NDArray[np.bool_]

_MARKS = re.compile("[\u0300-\u036f]+")
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}


def matching_rows(tree: Node, rows: int, columns: Sequence[str], column_of: ColumnOf) -> Bools:
    """Return which rows a filter keeps.

    A comparison with a missing value is never true. Texts are compared letter by letter by ``=``;
    ``contains`` and ``starts with`` take capitals and accents for the same. A text is read as a number
    or a day where it is compared with one.

    Parameters
    ----------
    tree : Node
        From :func:`ui.filters.parse`.
    rows : int
        Number of rows.
    columns : sequence of str
        Names that may be used; capitals do not matter.
    column_of : callable
        Returns the (rows,) values of a column.

    Returns
    -------
    (rows,) bool

    Raises
    ------
    ExpressionError
        An unknown column, kinds that cannot be compared, or no condition at all.
    """
    found = _Evaluation(rows, columns, column_of).value(tree)
    if found.kind != "bool":
        raise ExpressionError("expression.no_condition", _start(tree))
    return np.broadcast_to(found.data & ~found.missing, (rows,)).copy()


@dataclass(frozen=True, slots=True)
class _Value:
    """``kind`` is number, bool, text or time; arrays of all rows, or of one element for literals."""

    kind: str
    data: NDArray[Any]
    missing: Bools


class _Evaluation:
    def __init__(self, rows: int, columns: Sequence[str], column_of: ColumnOf) -> None:
        self._rows = rows
        self._columns = columns
        self._column_of = column_of

    def value(self, node: Node) -> _Value:
        if isinstance(node, Literal):
            return _literal(node.value)
        if isinstance(node, Name):
            return self._column(node)
        if node.kind in ("and", "or", "not"):
            return self._logic(node)
        if node.kind in _COMPARE:
            left, right = (self.value(part) for part in node.parts)
            return _compare(node.kind, left, right, node.at)
        if node.kind in ("contains", "starts"):
            return self._search(node)
        if node.kind == "in":
            return self._inside(node)
        if node.kind in ("missing", "known"):
            missing = self.value(node.parts[0]).missing
            return _certain(missing if node.kind == "missing" else ~missing)
        return self._arithmetic(node)

    def _column(self, node: Name) -> _Value:
        name = node.name
        if name not in self._columns:
            same = [column for column in self._columns if column.lower() == name.lower()]
            if not same:
                near = get_close_matches(name, self._columns, n=1, cutoff=0.5)
                key = "expression.unknown_column_near" if near else "expression.unknown_column"
                raise ExpressionError(key, node.at, name=name, near=near[0] if near else "")
            name = same[0]
        values = self._column_of(name)
        if values is None:
            raise ExpressionError("expression.unknown_column", node.at, name=name)
        return _of_array(values)

    def _logic(self, node: Operation) -> _Value:
        parts = [self.value(part) for part in node.parts]
        for part, tree in zip(parts, node.parts, strict=True):
            if part.kind != "bool":
                raise ExpressionError("expression.no_condition", _start(tree))
        kept = [part.data & ~part.missing for part in parts]
        if node.kind == "not":
            return _Value("bool", ~kept[0], parts[0].missing)
        joined = kept[0]
        for other in kept[1:]:
            joined = joined & other if node.kind == "and" else joined | other
        return _certain(joined)

    def _search(self, node: Operation) -> _Value:
        where, what = (self.value(part) for part in node.parts)
        if what.kind != "text" or len(what.data) != 1:
            raise ExpressionError("expression.text_wanted", _start(node.parts[1]))
        wanted = folded(str(what.data[0]))
        texts = [folded(text) for text in _texts(where)]
        if node.kind == "contains":
            hits = [wanted in text for text in texts]
        else:
            hits = [text.startswith(wanted) for text in texts]
        return _Value("bool", np.array(hits, dtype=bool), where.missing)

    def _inside(self, node: Operation) -> _Value:
        left, *items = (self.value(part) for part in node.parts)
        hit = np.zeros(1, dtype=bool)
        for item in items:
            equal = _compare("=", left, item, node.at)
            hit = hit | (equal.data & ~equal.missing)
        return _Value("bool", hit, left.missing)

    def _arithmetic(self, node: Operation) -> _Value:
        parts = [self.value(part) for part in node.parts]
        numbers = [_numbers(part) for part in parts]
        for part, tree in zip(parts, node.parts, strict=True):
            if part.kind not in ("number", "text"):
                raise ExpressionError("expression.number_wanted", _start(tree))
        with np.errstate(all="ignore"):
            if node.kind == "negative":
                made = -numbers[0]
            else:
                made = _ARITHMETIC[node.kind](numbers[0], numbers[1])
        return _Value("number", made, ~np.isfinite(made))


def folded(text: str) -> str:
    """Return a text without capitals and accents, for finding."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def _literal(value: float | str | bool) -> _Value:
    known = np.zeros(1, dtype=bool)
    if isinstance(value, bool):
        return _Value("bool", np.array([value]), known)
    if isinstance(value, str):
        return _Value("text", np.array([value], dtype=object), known)
    return _Value("number", np.array([float(value)]), known)


def _of_array(values: NDArray[Any]) -> _Value:
    kind = values.dtype.kind
    if kind == "b":
        return _Value("bool", values, np.zeros(len(values), dtype=bool))
    if kind in "iu":
        return _Value("number", values.astype(np.float64), np.zeros(len(values), dtype=bool))
    if kind == "f":
        return _Value("number", values.astype(np.float64), ~np.isfinite(values))
    if kind == "M":
        return _Value("time", values, np.isnat(values))
    import pandas as pd

    missing = np.asarray(pd.isna(values), dtype=bool)
    known = values[~missing]
    if len(known) and all(isinstance(value, bool | np.bool_) for value in known[:1000]):
        return _Value("bool", np.where(missing, False, values).astype(bool), missing)
    return _Value("text", values, missing)


def _compare(sign: str, left: _Value, right: _Value, at: int) -> _Value:
    kinds = {left.kind, right.kind}
    missing = left.missing | right.missing
    if "time" in kinds:
        one, two = _times(left, at), _times(right, at)
    elif "number" in kinds:
        if "bool" in kinds:
            raise ExpressionError("expression.cannot_compare", at)
        one, two = _numbers(left), _numbers(right)
        missing = missing | np.isnan(one) | np.isnan(two)
        _refuse_words(left, one, at)
        _refuse_words(right, two, at)
    elif kinds == {"bool"}:
        one, two = left.data, right.data
    elif "bool" in kinds:
        raise ExpressionError("expression.cannot_compare", at)
    else:
        one, two = np.array(_texts(left), dtype=object), np.array(_texts(right), dtype=object)
    return _Value("bool", np.asarray(_COMPARE[sign](one, two), dtype=bool), missing)


def _refuse_words(value: _Value, numbers: NDArray[np.float64], at: int) -> None:
    """A word that stands against a number is a slip, not a condition that is never true."""
    if value.kind == "text" and len(numbers) == 1 and np.isnan(numbers[0]):
        raise ExpressionError("expression.not_a_number", at, found=str(value.data[0]))


def _numbers(value: _Value) -> NDArray[np.float64]:
    if value.kind == "text":
        return numeric(value.data)
    return value.data.astype(np.float64)


def _times(value: _Value, at: int) -> NDArray[np.datetime64]:
    if value.kind == "time":
        return value.data
    if value.kind != "text":
        raise ExpressionError("expression.not_a_day", at)
    import pandas as pd

    made = pd.to_datetime(pd.Series(value.data), errors="coerce", utc=True, format="ISO8601")
    times = made.dt.tz_convert(None).to_numpy()
    if len(times) == 1 and np.isnat(times[0]):
        raise ExpressionError("expression.not_a_day", at)
    return times


def _texts(value: _Value) -> list[str]:
    if value.kind == "number":
        return [f"{number:.15g}" for number in value.data]
    if value.kind == "time":
        return [str(moment)[:19] for moment in value.data]
    return ["" if gone else str(v) for v, gone in zip(value.data, value.missing, strict=True)]


def _certain(data: Bools) -> _Value:
    return _Value("bool", data, np.zeros(len(data), dtype=bool))


def _start(node: Node) -> int:
    return _start(node.parts[0]) if isinstance(node, Operation) and node.parts else node.at
