"""The small language of filters, rules and labels: columns, reckoning and places; no code is ever run."""

from __future__ import annotations

from twin.model.expressions.evaluate import Rows, matching_rows, values_of
from twin.model.expressions.functions import Places
from twin.model.expressions.syntax import ExpressionError, names_in, parse

__all__ = ["ExpressionError", "Places", "Rows", "matching_rows", "names_in", "parse", "values_of"]
