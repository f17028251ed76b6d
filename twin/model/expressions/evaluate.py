"""The values of an expression and the rows that a condition keeps, computed on whole columns."""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.expressions.functions import FUNCTIONS, Asked, Places, Value
from twin.model.expressions.syntax import Call, ExpressionError, Literal, Name, Node, Operation
from twin.model.numbers import numeric

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


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """What an expression is asked of.

    Parameters
    ----------
    count : int
        Number of rows.
    columns : sequence of str
        Names that may be used; capitals do not matter.
    column_of : callable
        Returns the (count,) values of a column.
    places : Places or None
        Where the rows are and what is around them; None: functions of places are refused.
    """

    count: int
    columns: Sequence[str]
    column_of: ColumnOf
    places: Places | None = None


def matching_rows(tree: Node, rows: Rows) -> Bools:
    """Return which rows a condition keeps, (n,) bool.

    A comparison with a missing value is never true. Texts are compared letter by letter by ``=``;
    ``contains`` and ``starts with`` take capitals and accents for the same. A text is read as a number
    or a day where it is compared with one.

    Parameters
    ----------
    tree : Node
        From :func:`twin.model.expressions.parse`.

    Raises
    ------
    ExpressionError
        An unknown column, kinds that cannot be compared, or no condition at all.
    """
    found = _Evaluation(rows).value(tree)
    if found.kind != "bool":
        raise ExpressionError("expression.no_condition", _start(tree))
    return np.broadcast_to(found.data & ~found.missing, (rows.count,)).copy()


def values_of(tree: Node, rows: Rows) -> NDArray[Any]:
    """Return the values of an expression, (n,): float64 with NaN, or objects with None, for what is missing.

    Raises
    ------
    ExpressionError
        As :func:`matching_rows`.
    """
    found = _Evaluation(rows).value(tree)
    shape = (rows.count,)
    missing = np.broadcast_to(found.missing, shape)
    if found.kind == "number":
        return np.where(missing, np.nan, np.broadcast_to(found.data, shape).astype(np.float64))
    if found.kind == "bool":
        texts: Any = np.broadcast_to(found.data, shape).astype(object)
    else:
        texts = np.broadcast_to(np.array(_texts(found), object), shape)
    return np.asarray(np.where(missing, None, texts), object)


class _Evaluation:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._columns = rows.columns
        self._column_of = rows.column_of
        self._works: tuple[tuple[Container[str], Callable[[Operation], Value]], ...] = (
            (("and", "or", "not"), self._logic),
            (_COMPARE, self._comparison),
            (("contains", "starts"), self._search),
            (("in",), self._inside),
            (("missing", "known"), self._missing),
            (("&",), self._texts_joined),
        )

    def value(self, node: Node) -> Value:
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Name):
            return self._column(node)
        if isinstance(node, Call):
            return self._call(node)
        for kinds, work in self._works:
            if node.kind in kinds:
                return work(node)
        return self._arithmetic(node)

    def _call(self, node: Call) -> Value:
        function = FUNCTIONS.get(node.name)
        if function is None:
            near = get_close_matches(node.name, FUNCTIONS, n=1, cutoff=0.5)
            words = {"name": node.name, "near": ", ".join(near)}
            raise ExpressionError("expression.unknown_function", node.at, **words)
        given = [self.value(part) for part in node.parts]
        return function(Asked(node, given, self._rows.count, self._rows.places))

    def _comparison(self, node: Operation) -> Value:
        left, right = (self.value(part) for part in node.parts)
        return _compare(node.kind, left, right, node.at)

    def _missing(self, node: Operation) -> Value:
        missing = self.value(node.parts[0]).missing
        return _certain(missing if node.kind == "missing" else ~missing)

    def _texts_joined(self, node: Operation) -> Value:
        return _joined(*(self.value(part) for part in node.parts))

    def _column(self, node: Name) -> Value:
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

    def _logic(self, node: Operation) -> Value:
        parts = [self.value(part) for part in node.parts]
        for part, tree in zip(parts, node.parts, strict=True):
            if part.kind != "bool":
                raise ExpressionError("expression.no_condition", _start(tree))
        kept = [part.data & ~part.missing for part in parts]
        if node.kind == "not":
            return Value("bool", ~kept[0], parts[0].missing)
        joined = kept[0]
        for other in kept[1:]:
            joined = joined & other if node.kind == "and" else joined | other
        return _certain(joined)

    def _search(self, node: Operation) -> Value:
        where, what = (self.value(part) for part in node.parts)
        if what.kind != "text" or len(what.data) != 1:
            raise ExpressionError("expression.text_wanted", _start(node.parts[1]))
        wanted = folded(str(what.data[0]))
        texts = [folded(text) for text in _texts(where)]
        if node.kind == "contains":
            hits = [wanted in text for text in texts]
        else:
            hits = [text.startswith(wanted) for text in texts]
        return Value("bool", np.array(hits, dtype=bool), where.missing)

    def _inside(self, node: Operation) -> Value:
        left, *items = (self.value(part) for part in node.parts)
        hit = np.zeros(1, dtype=bool)
        for item in items:
            equal = _compare("=", left, item, node.at)
            hit = hit | (equal.data & ~equal.missing)
        return Value("bool", hit, left.missing)

    def _arithmetic(self, node: Operation) -> Value:
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
        return Value("number", made, ~np.isfinite(made))


def _joined(left: Value, right: Value) -> Value:
    """Join texts; what is missing on one side leaves nothing, so that no label says half."""
    one, two = _texts(left), _texts(right)
    if len(one) == 1 or len(two) == 1:
        count = max(len(one), len(two))
        one, two = (part * count if len(part) == 1 else part for part in (one, two))
    made = np.array([a + b for a, b in zip(one, two, strict=True)], dtype=object)
    return Value("text", made, np.broadcast_to(left.missing | right.missing, made.shape))


def folded(text: str) -> str:
    """Return a text without capitals and accents, for finding."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def _literal(node: Literal) -> Value:
    value, known = node.value, np.zeros(1, dtype=bool)
    if isinstance(value, bool):
        return Value("bool", np.array([value]), known)
    if isinstance(value, str):
        return Value("text", np.array([value], dtype=object), known)
    return Value("number", np.array([float(value)]), known)


def _of_array(values: NDArray[Any]) -> Value:
    kind = values.dtype.kind
    if kind == "b":
        return Value("bool", values, np.zeros(len(values), dtype=bool))
    if kind in "iu":
        return Value("number", values.astype(np.float64), np.zeros(len(values), dtype=bool))
    if kind == "f":
        return Value("number", values.astype(np.float64), ~np.isfinite(values))
    if kind == "M":
        return Value("time", values, np.isnat(values))
    import pandas as pd

    missing = np.asarray(pd.isna(values), dtype=bool)
    known = values[~missing]
    if len(known) and all(isinstance(value, bool | np.bool_) for value in known[:1000]):
        return Value("bool", np.where(missing, False, values).astype(bool), missing)
    return Value("text", values, missing)


def _compare(sign: str, left: Value, right: Value, at: int) -> Value:
    kinds = {left.kind, right.kind}
    missing = left.missing | right.missing
    one: Any
    two: Any
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
    return Value("bool", np.asarray(_COMPARE[sign](one, two), dtype=bool), missing)


def _refuse_words(value: Value, numbers: NDArray[np.float64], at: int) -> None:
    """A word that stands against a number is a slip, not a condition that is never true."""
    if value.kind == "text" and len(numbers) == 1 and np.isnan(numbers[0]):
        raise ExpressionError("expression.not_a_number", at, found=str(value.data[0]))


def _numbers(value: Value) -> NDArray[np.float64]:
    if value.kind == "text":
        return numeric(value.data)
    return value.data.astype(np.float64)


def _times(value: Value, at: int) -> NDArray[np.datetime64]:
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


def _texts(value: Value) -> list[str]:
    if value.kind == "number":
        return [f"{number:.15g}" for number in value.data]
    if value.kind == "time":
        return [str(moment)[:19] for moment in value.data]
    if value.kind == "bool":
        return [str(v).lower() for v in value.data]
    return ["" if gone else str(v) for v, gone in zip(value.data, value.missing, strict=True)]


def _certain(data: Bools) -> Value:
    return Value("bool", data, np.zeros(len(data), dtype=bool))


def _start(node: Node) -> int:
    return _start(node.parts[0]) if isinstance(node, Operation) and node.parts else node.at
