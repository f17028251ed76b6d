"""A layer's features for Qt's table: cells are written when they are looked at, never all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor

from ui.docks.features import column_heading, in_words
from ui.docks.sources_view import provenance_line
from ui.i18n import tr
from ui.i18n.formats import value
from ui.text import MEDIUM, font
from ui.theme import current_palette

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TableModel(QAbstractTableModel):
    """Rows and columns of a layer as of the clock; which rows and in which order is set from outside."""

    sort_asked = Signal(str, bool)
    """Column (empty: the table's own order), and whether the largest comes first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._runtime: LayerRuntime | None = None
        self._columns: tuple[str, ...] = ()
        self._values: dict[str, NDArray[Any]] = {}
        self._rows: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._place_of_row: NDArray[np.intp] | None = None
        self._marked: NDArray[np.bool_] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, left to right."""
        return self._columns

    @property
    def rows(self) -> NDArray[np.intp]:
        """Rows of the layer's table, top to bottom."""
        return self._rows

    def show_layer(self, session: Session | None, runtime: LayerRuntime | None) -> None:
        """Show a layer's table, all rows; None shows nothing."""
        self.beginResetModel()
        self._session, self._runtime = session, runtime
        table = runtime.table if runtime is not None else None
        self._columns = runtime.column_names() if runtime is not None else ()
        self._values = {}
        self._set(np.arange(len(table) if table is not None else 0))
        self.endResetModel()

    def show_rows(self, rows: NDArray[np.intp]) -> None:
        """Show other rows, or in another order."""
        self.beginResetModel()
        self._set(rows)
        self.endResetModel()

    def mark(self, places: NDArray[np.intp] | None) -> None:
        """Paint lines as selected, None for none; for selections of very many pieces."""
        before = self._marked
        self._marked = None
        if places is not None:
            self._marked = np.zeros(len(self._rows), dtype=bool)
            self._marked[places] = True
        if before is not None or places is not None:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.BackgroundRole])

    def refresh_columns(self) -> None:
        """Read again what changes with the clock."""
        if self._runtime is None:
            return
        changed = [name for name in self._runtime.columns_now if name in self._columns]
        if self._runtime.column_names() != self._columns:
            self.show_layer(self._session, self._runtime)
            return
        for name in changed:
            self._values.pop(name, None)
            place = self._columns.index(name)
            last = self.rowCount() - 1
            if last >= 0:
                self.dataChanged.emit(self.index(0, place), self.index(last, place))

    def places_of(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return where rows of the layer stand in the view, increasing; hidden ones are left out."""
        if self._place_of_row is None:
            size = len(self._runtime.table) if self._runtime and self._runtime.table else 0
            self._place_of_row = np.full(size, -1, dtype=np.intp)
            self._place_of_row[self._rows] = np.arange(len(self._rows))
        places = self._place_of_row[rows]
        return np.sort(places[places >= 0])

    # What Qt asks.

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See Qt."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See Qt."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See Qt."""
        if not index.isValid():
            return None
        name = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self._of(name).dtype.kind in "fiu" else LEFT
        if role == Qt.ItemDataRole.BackgroundRole:
            marked = self._marked is not None and self._marked[index.row()]
            return QBrush(QColor(current_palette().accent_soft)) if marked else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._shown(name, int(self._rows[index.row()]))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See Qt: a column in the user's words with its unit; where it comes from as a tip."""
        if orientation != Qt.Orientation.Horizontal or self._session is None:
            return None
        runtime, name = self._runtime, self._columns[section]
        if runtime is None or runtime.table is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column_heading(self._session, runtime, name)
        if role == Qt.ItemDataRole.ToolTipRole:
            origin = runtime.table.column(name).provenance
            quality = tr(f"quality.{origin.quality.value}")
            return "\n".join(filter(None, (name, provenance_line(origin), quality)))
        if role == Qt.ItemDataRole.FontRole:
            return font(12, MEDIUM)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self._of(name).dtype.kind in "fiu" else LEFT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Tell what the header asks for; the rows come later, from a worker."""
        name = self._columns[column] if 0 <= column < len(self._columns) else ""
        self.sort_asked.emit(name, order == Qt.SortOrder.DescendingOrder)

    def _shown(self, name: str, row: int) -> str:
        held, session = self._of(name)[row], self._session
        if session is None:
            return value(held)
        return value(in_words(session, name, held), "", session.project.time_zone)

    def _of(self, name: str) -> NDArray[Any]:
        values = self._values.get(name)
        if values is None:
            found = self._runtime.column(name) if self._runtime is not None else None
            values = found if found is not None else np.full(len(self._rows), None)
            self._values[name] = values
        return values

    def _set(self, rows: NDArray[np.intp]) -> None:
        self._rows = rows
        self._place_of_row = None
        self._marked = None
