"""A problem that answers something the user just asked for is told in a box; all others go to the panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from twin.problems import Problem
from ui.i18n import tr, translator


def tell(parent: QWidget, problem: Problem) -> None:
    """Show what went wrong and what to do, without stopping anything else."""
    what, advice = translator.problem(problem)
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("files.cannot_title"))
    box.setText(what)
    box.setInformativeText(advice)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.open()
