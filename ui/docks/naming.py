"""Names for those who hear a panel: a field is called by the label before it, a list by the panel it fills."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QFormLayout,
    QLabel,
    QLayoutItem,
    QWidget,
)

BY_PANEL = "named_by_panel"
"""Property of widgets that were given the name of their panel: it is renewed with the language."""


def name_parts(root: QWidget) -> None:
    """Name the fields of every form of a panel, and its lists that nobody named."""
    for form in root.findChildren(QFormLayout):
        for row in range(form.rowCount()):
            label = _widget(form.itemAt(row, QFormLayout.ItemRole.LabelRole))
            field = _widget(form.itemAt(row, QFormLayout.ItemRole.FieldRole))
            if isinstance(label, QLabel) and label.buddy() is None and field is not None:
                label.setBuddy(field)
    title = _title(root)
    for view in root.findChildren(QAbstractItemView):
        if title and (not view.accessibleName() or view.property(BY_PANEL)):
            view.setAccessibleName(title)
            view.setProperty(BY_PANEL, True)


def _widget(item: QLayoutItem | None) -> QWidget | None:
    """Return the widget of a cell of a form; of several, the first."""
    if item is None:
        return None
    layout = item.layout()
    if layout is not None:
        return next((w for i in range(layout.count()) if (w := layout.itemAt(i).widget())), None)
    return item.widget()


def _title(widget: QWidget) -> str:
    """Return the title of the dock that a panel stands in."""
    at: QWidget | None = widget
    while at is not None:
        if isinstance(at, QDockWidget):
            return at.windowTitle()
        at = at.parentWidget()
    return ""
