"""Drawables of an author: drawable at all, tied to rows that exist, the same every time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from twin import shapes
from twin.contract.findings import Findings, finding
from twin.drawables import ROWS, Drawable, Glyphs, Labels, Lines, check


def check_drawables(
    drawables: Sequence[Drawable], rows: int, columns: Mapping[str, Any], where: str
) -> Findings:
    """Yield a finding for each drawable that cannot be drawn, picked or coloured.

    Parameters
    ----------
    drawables : sequence of Drawable
    rows : int
        Rows of the table that they were made of.
    columns : mapping
        Columns of the table and of ``columns_at``: what a flow may refer to.
    """
    for drawable in drawables:
        kind = type(drawable).__name__
        try:
            check(drawable)
        except (ValueError, AttributeError, TypeError) as error:
            yield finding("contract.drawable", where, kind=kind, reason=str(error))
            continue
        yield from _rows(drawable, rows, where)
        yield from _references(drawable, columns, where)


def _rows(drawable: Drawable, rows: int, where: str) -> Findings:
    kind = type(drawable).__name__
    for name, beside in ROWS.items():
        index = getattr(drawable, name, None)
        if index is None:
            continue
        expected = len(getattr(drawable, beside)) - (name == "row_of_line")
        if len(index) != expected:
            reason = f"{name} has {len(index)} entries for {expected}"
            yield finding("contract.drawable", where, kind=kind, reason=reason)
        elif len(index) and (int(index.min()) < -1 or int(index.max()) >= rows):
            yield finding("contract.row_outside", where, kind=kind, rows=rows)


def _references(drawable: Drawable, columns: Mapping[str, Any], where: str) -> Findings:
    flow = drawable.flow_column if isinstance(drawable, Lines) else None
    if flow and flow not in columns:
        yield finding("contract.column_missing", where, column=flow, used="flow_column")
    if isinstance(drawable, Glyphs):
        yield from _glyphs(drawable, where)
    if isinstance(drawable, Labels):
        for text in drawable.texts[:20]:
            if not any(text.values()):
                yield finding("contract.text_missing", where, what="label", language="any")


def _glyphs(drawable: Glyphs, where: str) -> Findings:
    known = getattr(shapes, "GLYPHS", {})
    if isinstance(drawable.shape, str) and drawable.shape not in known:
        yield finding("contract.glyph_unknown", where, name=drawable.shape)
    if drawable.scale_m.shape != drawable.xyz_in_scene.shape:
        reason = "scale_m must be (n, 3)"
        yield finding("contract.drawable", where, kind="Glyphs", reason=reason)


def same(left: Any, right: Any) -> bool:
    """Return whether two values are the same, arrays to the last bit, NaN equal to NaN."""
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        if left.dtype != right.dtype or left.shape != right.shape:
            return False
        return (
            left.tobytes() == right.tobytes()
            if left.dtype != object
            else _same_objects(left, right)
        )
    if dataclasses.is_dataclass(left) and type(left) is type(right):
        fields = dataclasses.fields(left)
        return all(same(getattr(left, f.name), getattr(right, f.name)) for f in fields)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right) or (left != left and right != right)  # noqa: PLR0124 - NaN


def _same_objects(left: Any, right: Any) -> bool:
    return all(map(same, left.ravel().tolist(), right.ravel().tolist()))
