"""Sensors that say no place: they cannot stand in the scene, so they stand in a list, with value and chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from ui.i18n.formats import quantity

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

SENSORS = "belvedere.sensors"
MOST = 300
WHO = Qt.ItemDataRole.UserRole
HEIGHT_PX = 150


class UnplacedList(QListWidget):
    """The sensors without a place of all layers; a double click shows the chart of one."""

    chosen = Signal(str, str)
    """Layer and feature."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[tuple[str, str]] = []
        self.total = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMaximumHeight(HEIGHT_PX)
        self.itemActivated.connect(lambda item: self.chosen.emit(*item.data(WHO)))

    def show_session(self, session: Session | None) -> None:
        """Show what has no place now, with its value."""
        found = [
            (runtime, row)
            for runtime in (session.layers() if session is not None else ())
            if runtime.spec.type == SENSORS and runtime.table is not None
            for row in _without_place(runtime)
        ]
        self.total = len(found)
        found = found[:MOST]
        keys = [(r.spec.id, str(r.table.feature_ids[row])) for r, row in found if r.table]
        if keys != self._shown:
            self.clear()
            self._shown = keys
            for key in keys:
                item = QListWidgetItem()
                item.setData(WHO, key)
                self.addItem(item)
        for place, (runtime, row) in enumerate(found):
            words = _words(runtime, row)
            item = self.item(place)
            if item.text() != words:
                item.setText(words)


def _without_place(runtime: LayerRuntime) -> list[int]:
    table = runtime.table
    if table is None:
        return []
    geometry = table.frame.geometry
    return [int(row) for row in (geometry.isna() | geometry.is_empty).to_numpy().nonzero()[0]]


def _words(runtime: LayerRuntime, row: int) -> str:
    table = runtime.table
    if table is None:
        return ""
    features = table.frame.iloc[row]
    name = str(features.get("name") or table.feature_ids[row])
    value = runtime.value(row, "value")
    known = value is not None and value == value  # noqa: PLR0124 - NaN
    shown = quantity(round(float(value), 2), str(features.get("unit") or "")) if known else "–"
    return f"{name}   {shown}"
