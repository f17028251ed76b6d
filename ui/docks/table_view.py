"""How the attribute table looks and behaves under mouse and keys."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView

from ui.docks.table_model import TableModel
from ui.text import font, tabular


def table_view(model: TableModel) -> QTableView:
    """Return a view of whole rows, sorted by its headings."""
    view = QTableView()
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setFont(tabular(font(12)))
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(26)
    header = view.horizontalHeader()
    header.setResizeContentsPrecision(120)
    header.setMaximumSectionSize(320)
    header.setStretchLastSection(True)
    header.setSortIndicatorClearable(True)
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    header.setHighlightSections(False)
    # Its own, always empty: a header asks for each column whether every row of it is selected,
    # which for a large table takes a second after each change.
    header.setSelectionModel(QItemSelectionModel(model, header))
    view.setSortingEnabled(True)
    return view
