"""A problem that answers something the user just asked for is told in a box; all others go to the panel."""

from __future__ import annotations

import logging

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from twin.problems import Problem
from ui.i18n import tr, translator

log = logging.getLogger(__name__)


def tell(parent: QWidget, problem: Problem) -> None:
    """Show what went wrong and what to do, without stopping anything else."""
    what, advice = translator.problem(problem)
    if getattr(parent.window(), "on_stage", None) is not None:
        log.warning("not told while a story is on stage: %s %s", what, advice)
        return
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("files.cannot_title"))
    box.setText(what)
    box.setInformativeText(advice)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.open()
