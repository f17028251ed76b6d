"""Charts and tables as vectors on a canvas."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.export.canvas import INK, PT_MM, Box, Canvas
from twin.export.furnishing import shortened
from twin.render.furniture import number

COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")
"""P. Tol's "bright" scheme (SRON/EPS/TN/09-002, 2021)."""

SOFT, RULE = "#4d545e", "#c9ccd0"
CLASSES = 16
Rows = Sequence[Sequence[str]]


def table(canvas: Canvas, box: Box, rows: Rows, *, size_pt: float) -> None:
    """Draw rows, the first being the head; numbers stand right. What does not fit is counted at the end."""
    if not rows:
        return
    left, top, width, height = box
    step = size_pt * PT_MM * 1.75
    widths = _columns(canvas, rows, width, size_pt)
    starts = np.concatenate([[0.0], np.cumsum(widths)]) + left
    y = top + step
    fits = max(1, int(height / step) - 1)
    for number_of_row, row in enumerate(rows[: fits + 1]):
        head = number_of_row == 0
        for column, cell in enumerate(row):
            right = column > 0
            x = starts[column + 1] - 1.2 if right else starts[column]
            words = shortened(canvas, cell, widths[column] - 1.2, size_pt)
            canvas.words(
                words,
                float(x),
                y - step * 0.32,
                size_pt=size_pt,
                bold=head,
                colour=SOFT if head else INK,
                align="right" if right else "left",
            )
        canvas.line([(left, y), (left + width, y)], INK if head else RULE, 0.7 if head else 0.3)
        y += step
    if len(rows) > fits + 1:
        said = f"+ {len(rows) - fits - 1}"
        canvas.words(said, left, y - step * 0.32, size_pt=size_pt, colour=SOFT)


def _columns(canvas: Canvas, rows: Rows, width: float, size_pt: float) -> list[float]:
    """Return widths in millimetres. Where room is short, names and heads are cut before any value is."""
    widest = _widest(canvas, rows, size_pt)
    over = sum(widest) - width
    if over <= 0:
        widest[0] -= over
        return widest
    values = [0.0, *_widest(canvas, rows[1:] or rows, size_pt)[1:]]
    spare = width - sum(values)
    if spare <= 0:
        return [w * width / sum(widest) for w in widest]
    wanted = [w - v for w, v in zip(widest, values, strict=True)]
    return [v + w * spare / sum(wanted) for v, w in zip(values, wanted, strict=True)]


def _widest(canvas: Canvas, rows: Rows, size_pt: float) -> list[float]:
    return [
        max(canvas.width_mm(row[i], size_pt, bold=True) for row in rows) + 3.0
        for i in range(len(rows[0]))
    ]


def bars(
    canvas: Canvas,
    box: Box,
    values: Sequence[tuple[str, float | None]],
    label: str,
    lang: str,
) -> None:
    """Draw one bar for each value, from zero; one that is not known says so."""
    left, top, width, height = box
    size = 8.0
    canvas.words(shortened(canvas, label, width, size), left, top + 3.0, size_pt=size, bold=True)
    known = [v for _, v in values if v is not None and math.isfinite(v)]
    most = max([abs(v) for v in known], default=0.0) or 1.0
    step = (height - 7.0) / max(len(values), 1)
    names = min(max((canvas.width_mm(n, size) for n, _ in values), default=0) + 3, width * 0.4)
    room = width - names - 22.0
    for i, (name, value) in enumerate(values):
        y = top + 7.0 + i * step
        middle = y + step * 0.5 + 1.0
        canvas.words(shortened(canvas, name, names - 2, size), left, middle, size_pt=size)
        if value is None:
            canvas.words("–", left + names, middle, size_pt=size, colour=SOFT)
            continue
        long = max(room * abs(value) / most, 0.2)
        x, thick = left + names, min(step * 0.62, 9.0)
        low = y + (step - thick) / 2
        corners = [(x, low), (x + long, low), (x + long, low + thick), (x, low + thick)]
        canvas.area(corners, COLOURS[i % len(COLOURS)])
        canvas.words(number(value, lang), x + long + 1.5, middle, size_pt=size)


def histogram(canvas: Canvas, box: Box, values: NDArray[np.float64], label: str, lang: str) -> None:
    """Draw how many values fall into each class; what is missing is said, never counted as zero."""
    left, top, width, height = box
    size = 8.0
    known = values[np.isfinite(values)]
    missing = len(values) - len(known)
    title = f"{label}  (n = {len(known)}" + (f", {missing} –)" if missing else ")")
    canvas.words(shortened(canvas, title, width, size), left, top + 3.0, size_pt=size, bold=True)
    if not len(known):
        return
    counts, edges = np.histogram(known, bins=CLASSES)
    low, room = top + height - 5.0, height - 13.0
    wide = width / CLASSES
    for i, count in enumerate(counts):
        high = room * count / counts.max()
        x = left + i * wide
        corners = [(x, low), (x + wide * 0.92, low), (x + wide * 0.92, low - high), (x, low - high)]
        canvas.area(corners, COLOURS[0])
    canvas.line([(left, low), (left + width, low)], INK, 0.5)
    for share, align in ((0.0, "left"), (0.5, "centre"), (1.0, "right")):
        value = float(edges[0] + share * (edges[-1] - edges[0]))
        words = number(value, lang)
        canvas.words(words, left + share * width, low + 3.6, size_pt=7.0, colour=SOFT, align=align)
