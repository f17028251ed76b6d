"""Columns that mean heights and storeys, made numbers: texts parsed, sentinels and zeros missing."""

from __future__ import annotations

import numpy as np

from twin.io.guess import COUNT_MEANINGS, ELEVATION_MEANINGS, LENGTH_MEANINGS, columns_for
from twin.io.loaded import Loaded, Request
from twin.io.quantities import Parsed, parse
from twin.problems import Problem, Severity

AS_WRITTEN = " (as written)"
"""Suffix of the column that keeps the texts of the file where not all were understood."""


def settle_numbers(loaded: Loaded, request: Request) -> None:
    """Make the columns of heights, elevations and storeys numbers, in place, and report what was done.

    Missing is NaN, never 0. Where a text was not understood the column is kept beside, as it was written.
    """
    found = columns_for(loaded.columns)
    for meaning in (*LENGTH_MEANINGS, *ELEVATION_MEANINGS, *COUNT_MEANINGS):
        name = found.get(meaning)
        if name is None or loaded.columns[name].dtype.kind not in "iufO":
            continue
        before = loaded.columns[name]
        parsed = parse(before, zero_is_none=meaning == "height")
        if not (parsed.texts or parsed.sentinels) or not np.isfinite(parsed.values).any():
            continue
        if parsed.not_understood:
            loaded.columns[name + AS_WRITTEN] = before
        loaded.columns[name] = parsed.values
        _report(request, name, parsed)


def _report(request: Request, name: str, parsed: Parsed) -> None:
    values = {"column": name}
    where, report = request.where, request.progress.report
    if parsed.texts:
        count = {**values, "count": parsed.texts}
        report(Problem("io.numbers_as_text", where, count, Severity.INFO))
    if parsed.not_understood:
        report(
            Problem("io.numbers_not_understood", where, {**values, "count": parsed.not_understood})
        )
    if parsed.sentinels:
        report(Problem("io.numbers_missing", where, {**values, "count": parsed.sentinels}))
