"""What this is, which versions it runs on, and whose work it stands on."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHeaderView,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

import twin
from ui.dialogs.frame import Dialog
from ui.dialogs.versions import components, report
from ui.forms.parts import heading, muted, wrapping
from ui.i18n import tr
from ui.text import font, licence_file


class AboutDialog(Dialog):
    """Versions, licences, and the renderer of the machine.

    Parameters
    ----------
    renderer : str or None
        Name of the OpenGL renderer; None: Qt is asked.
    """

    def __init__(self, parent: QWidget | None = None, *, renderer: str | None = None) -> None:
        super().__init__(parent)
        self._renderer = _renderer() if renderer is None else renderer
        self._name = heading("Belvedere", px=22)
        self._what, self._version = wrapping(), muted()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._table = _table()
        self._font_licence = QPlainTextEdit(readOnly=True)
        self._icons = wrapping()
        self._tabs.addTab(self._table, "")
        self._tabs.addTab(self._art(), "")
        for widget in (self._name, self._what, self._version):
            self.body.addWidget(widget)
        self.body.addWidget(self._tabs, 1)
        self._copy = self.buttons.addButton("", QDialogButtonBox.ButtonRole.ActionRole)
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(self._copy_report)
        self.resize(620, 560)
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("about.title"))
        self._what.setText(tr("about.what"))
        self._version.setText(
            tr(
                "about.version",
                version=twin.__version__,
                python=platform.python_version(),
                renderer=self._renderer or tr("about.no_renderer"),
            )
        )
        self._tabs.setTabText(0, tr("about.packages"))
        self._tabs.setTabText(1, tr("about.art"))
        self._icons.setText(tr("about.icons"))
        self._table.setAccessibleName(tr("about.packages"))
        self._table.setHorizontalHeaderLabels(
            [tr("about.name"), tr("about.package_version"), tr("about.licence")]
        )
        self._copy.setText(tr("about.copy"))

    def _art(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 10, 0, 0)
        layout.addWidget(self._icons)
        path = licence_file()
        self._font_licence.setFont(font(12))
        self._font_licence.setAccessibleName("SIL Open Font License")
        self._font_licence.setPlainText(path.read_text(encoding="utf-8") if path else "")
        layout.addWidget(self._font_licence, 1)
        return page

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(report(self._renderer))


def _table() -> QTableWidget:
    found = components()
    table = QTableWidget(len(found), 3)
    for row, component in enumerate(found):
        for place, words in enumerate((component.name, component.version, component.licence)):
            table.setItem(row, place, QTableWidgetItem(words))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(26)
    table.resizeColumnsToContents()
    table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    return table


def _renderer() -> str:
    from ui.viewport.surface import gl_renderer

    return gl_renderer(QGuiApplication.platformName())
