"""What a plugin shows beside the scene: frozen parts that the application draws in its own widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Text
from twin.model.layer import Fact, Series

MOST_PARTS = 200
MOST_ROWS = 10_000
MOST_LETTERS = 20_000
LARGEST_PX = 4096

Value = bool | int | float | str


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Plain text, by language; a ``heading`` is set larger."""

    text: Text
    heading: bool = False


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table: a heading a column by language, and rows of texts and numbers."""

    columns: Sequence[Text]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Image:
    """A picture: (h, w, 4) uint8, and what it shows in words."""

    rgba: NDArray[np.uint8]
    text: Text


@dataclass(frozen=True, kw_only=True)
class Field:
    """A line of a form: its type is that of ``value``; numbers lie between ``low`` and ``high``.

    ``choices`` words each value that a text may have, by value; without them any text will do.
    """

    name: str
    label: Text
    value: Value
    low: float = 0.0
    high: float = 100.0
    unit: str = ""
    choices: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class Form:
    """Fields; what is typed is handed to the panel again, and to the commands of its buttons, by name."""

    fields: Sequence[Field]


@dataclass(frozen=True, kw_only=True)
class Button:
    """Runs a command of the same plugin, by the id of the command."""

    command: str
    text: Text


PanelPart = Paragraph | Grid | Image | Form | Button | Fact | Series
"""What a panel is made of; a run of facts is one list, a series is a chart."""


def checked_parts(answer: Any) -> tuple[PanelPart, ...]:
    """Return the parts of a panel.

    Raises
    ------
    ValueError, TypeError
        It is no sequence of parts, or is too large to be drawn.
    """
    parts = tuple(answer)
    if len(parts) > MOST_PARTS:
        raise ValueError(f"more than {MOST_PARTS} parts")
    for part in parts:
        if not isinstance(part, PanelPart):
            raise TypeError(f"{type(part).__name__} is no part of a panel")
        _require_drawable(part)
    return parts


def _require_drawable(part: PanelPart) -> None:
    if isinstance(part, Paragraph) and sum(map(len, part.text.values())) > MOST_LETTERS:
        raise ValueError(f"a text of more than {MOST_LETTERS} letters")
    if isinstance(part, Grid):
        wide = len(part.columns)
        if len(part.rows) > MOST_ROWS or wide > MOST_PARTS:
            raise ValueError(f"a table of {len(part.rows)} rows and {wide} columns")
        if any(len(row) != wide for row in part.rows):
            raise ValueError("a row is longer or shorter than the heading")
    if isinstance(part, Image):
        shape = np.shape(part.rgba)
        good = len(shape) == 3 and shape[2] == 4 and min(shape) > 0 and max(shape) <= LARGEST_PX
        if not good or part.rgba.dtype != np.uint8:
            raise ValueError(f"a picture of the shape {shape}")
    if isinstance(part, Form):
        names = [f.name for f in part.fields]
        if len(set(names)) != len(names) or len(names) > MOST_PARTS:
            raise ValueError("fields of a form with one name")
        for entry in part.fields:
            _require_value(entry)


def _require_value(entry: Field) -> None:
    if not entry.name.isidentifier() or not isinstance(entry.value, Value):
        raise TypeError(f"{entry.name}: {type(entry.value).__name__} cannot be typed")
    if isinstance(entry.value, bool | str):
        pass
    elif not entry.low <= entry.value <= entry.high:
        raise ValueError(f"{entry.name}: {entry.value} is not in {entry.low:g} to {entry.high:g}")
    if entry.choices and entry.value not in entry.choices:
        raise ValueError(f"{entry.name}: {entry.value!r} is not among its choices")
