"""Runs side by side: the numbers of each, and the difference to the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from twin.network import model
from twin.network.run import Run
from twin.network.whatif import Change
from ui.i18n import tr
from ui.i18n.formats import DASH, number, quantity

LINES = (
    ("delivered_mwh", "MWh"),
    ("peak_mw", "MW"),
    ("losses_mwh", "MWh"),
    ("bought_mwh", "MWh"),
    ("renewable_percent", "%"),
    ("co2_kg", "kg"),
    ("cost_eur", "€"),
    ("lowest", ""),
    ("highest", ""),
)


class RunsView(QTableWidget):
    """A column for each run of a network; cells tell how they differ from the first of that network."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setWordWrap(True)

    def show_runs(self, runs: Sequence[Run], named: Callable[[str], str] = str) -> None:
        """Show runs; those of the network that ran last."""
        shown = [r for r in runs if r.network.id == runs[-1].network.id] if runs else []
        self.setAccessibleName(tr("networks.runs"))
        self.setColumnCount(len(shown))
        self.setRowCount(len(LINES) + 1)
        self.setHorizontalHeaderLabels([tr("networks.run", number=r.name) for r in shown])
        names = [tr(f"networks.indicator.{self._key(name, shown)}") for name, _ in LINES]
        self.setVerticalHeaderLabels([tr("networks.changes"), *names])
        for column, run in enumerate(shown):
            words = "\n".join(said(run, named)) or tr("networks.as_it_is")
            self.setItem(0, column, QTableWidgetItem(words))
            for line, (name, unit) in enumerate(LINES, start=1):
                value = getattr(run.indicators, name)
                first = getattr(shown[0].indicators, name)
                item = QTableWidgetItem(
                    _cell(value, first, self._unit(name, unit, run), compare=column > 0)
                )
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(line, column, item)

    @staticmethod
    def _key(name: str, runs: Sequence[Run]) -> str:
        electric = bool(runs) and runs[0].network.commodity == model.ELECTRICITY
        if name in {"lowest", "highest"}:
            return f"{name}.{'power' if electric else 'heat'}"
        return name

    @staticmethod
    def _unit(name: str, unit: str, run: Run) -> str:
        electric = run.network.commodity == model.ELECTRICITY
        return {"lowest": "pu" if electric else "bar", "highest": "%" if electric else "°C"}.get(
            name, unit
        )


def _cell(value: float, first: float, unit: str, *, compare: bool) -> str:
    if value != value:  # noqa: PLR0124 - NaN: nothing is known
        return DASH
    words = quantity(value, unit, 3 if unit in {"pu", "MW"} else None)
    if compare and first == first and abs(value - first) > 1e-3 * abs(first):  # noqa: PLR0124
        difference = value - first
        words += f"  ({'+' if difference > 0 else '−'}{number(abs(difference), 3 if unit == 'pu' else None)})"
    return words


def said(run: Run, named: Callable[[str], str] = str) -> list[str]:
    """Return what was changed for a run, and what hangs on it, in words."""
    words = [change_words(change, named) for change in run.changes]
    asked = run.charged
    if asked is not None:
        words.append(
            tr("networks.chargers_said", count=asked.count, far=asked.far, installed=quantity(asked.installed_kw, "kW"),
               used=quantity(asked.in_use_kw, "kW"), once=quantity(asked.at_once_kw, "kW"))
        )  # fmt: skip
    return words


def change_words(change: Change, named: Callable[[str], str] = str) -> str:
    """Return a change in words, its places by their names."""
    return tr(
        f"networks.change_said.{change.kind}",
        at=named(change.at),
        to=named(change.to),
        value=number(change.value),
    )
