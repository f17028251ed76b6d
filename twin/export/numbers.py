"""Numbers for tables and charts of a page: indicators of all variants, columns of layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.indicator_words import AS_IT_IS, USES
from twin.analysis.indicators import Indicator
from twin.drawables import Text
from twin.errors import BelvedereError
from twin.model.numbers import numeric
from twin.progress import Unattended
from twin.render.furniture import number
from twin.render.label_pictures import worded

if TYPE_CHECKING:
    from twin.work.session import Session

MOST_ROWS = 400
OF_USES = frozenset(f"floor_area.{use}" for use in USES)
"""Indicators that a town only has where something is built for the use."""

WHAT: Text = {"en": "Indicator", "fr": "Indicateur", "ko": "지표", "ar": "المؤشر"}


class Numbers:
    """Counts what a report asks for, once."""

    def __init__(self, session: Session, lang: str) -> None:
        self._session, self._lang = session, lang
        self._found: dict[str, list[Indicator]] | None = None

    def all(self) -> dict[str, list[Indicator]]:
        """Return the indicators of the city as it is and of every variant."""
        if self._found is None:
            from twin.work.indicators import answer_of, asked_of

            self._found = answer_of(asked_of(self._session), Unattended())
        return self._found

    def name(self, variant: str) -> str:
        """Return how a variant is called."""
        for known in self._session.project.variants:
            if known.id == variant:
                return worded(known.label, self._lang) or variant
        return worded(AS_IT_IS, self._lang)

    def indicator(self, wanted: str) -> list[tuple[str, Indicator]]:
        """Return an indicator of each variant. Raises BelvedereError ``template.unknown``."""
        found = [
            (self.name(variant), one)
            for variant, own in self.all().items()
            for one in own
            if one.id == wanted
        ]
        if not found:
            known = ", ".join(i.id for i in next(iter(self.all().values())))
            raise BelvedereError("template.unknown", wanted, known=known)
        return found

    def rows(
        self, indicators: Sequence[str], layer: str, columns: Sequence[str]
    ) -> list[list[str]]:
        """Return the rows of a table: of a layer where one is named, else of indicators."""
        return self._of_layer(layer, columns) if layer else self._of_indicators(indicators)

    def column(self, layer: str, column: str) -> tuple[NDArray[np.float64], str]:
        """Return the numbers of a column that exist now, and its words."""
        runtime = self._layer(layer)
        values = runtime.column(column)
        if values is None:
            raise BelvedereError(
                "template.unknown", column, known=", ".join(runtime.column_names())
            )
        told = runtime.table.column(column)
        label = worded(told.label, self._lang) or column
        rows = runtime.rows_visible
        return numeric(values)[rows], f"{label} ({told.unit})" if told.unit else label

    def _layer(self, layer: str) -> Any:
        known = {r.spec.id: r for r in self._session.layers() if r.table is not None}
        if layer not in known:
            raise BelvedereError("template.unknown", layer, known=", ".join(known))
        return known[layer]

    def _of_layer(self, layer: str, columns: Sequence[str]) -> list[list[str]]:
        runtime = self._layer(layer)
        names = list(columns) or list(runtime.column_names())[:6]
        for name in names:
            if runtime.column(name) is None:
                known = ", ".join(runtime.column_names())
                raise BelvedereError("template.unknown", name, known=known)
        head = [worded(runtime.table.column(n).label, self._lang) or n for n in names]
        rows = np.flatnonzero(runtime.rows_visible)[:MOST_ROWS]
        columns_of = [runtime.column(n) for n in names]
        return [head, *([_cell(values[row], self._lang) for values in columns_of] for row in rows)]

    def _of_indicators(self, wanted: Sequence[str]) -> list[list[str]]:
        found = self.all()
        variants = list(found)
        head = [worded(WHAT, self._lang), *(self.name(v) for v in variants)]
        by_id = {v: {i.id: i for i in own} for v, own in found.items()}
        # A use that only one variant has is a row for all of them.
        every = list(dict.fromkeys(i.id for own in found.values() for i in own))
        rows = [head]
        for name in wanted or every:
            one = next((by_id[v][name] for v in variants if name in by_id[v]), None)
            if one is None and name in OF_USES:
                continue  # nobody builds for this use here
            if one is None:
                raise BelvedereError("template.unknown", name, known=", ".join(every))
            cells = [
                _cell(by_id[v][name].value if name in by_id[v] else None, self._lang)
                for v in variants
            ]
            rows.append([value_words(one.label, one.unit, self._lang), *cells])
        return rows


def value_words(label: Text, unit: str, lang: str) -> str:
    """Return the name of a number with its unit."""
    words = worded(label, lang)
    return f"{words} ({unit})" if unit else words


def _cell(value: Any, lang: str) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return "–"
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        plain = float(value)
        return number(round(plain) if abs(plain) >= 100 else plain, lang)
    return str(value)[:80]
