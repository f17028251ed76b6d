"""Filter expressions over the columns of a table: a small safe language, no code is ever run."""

from __future__ import annotations

from ui.filters.evaluate import matching_rows
from ui.filters.syntax import ExpressionError, parse

__all__ = ["ExpressionError", "matching_rows", "parse"]
