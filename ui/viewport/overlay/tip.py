"""The small card beside the cursor that names what is under it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui.text import MEDIUM, font
from ui.viewport.overlay.card import Card

OFFSET_PX = 16


class HoverTip(Card):
    """Two lines: the name of the feature and its layer. Never in the way of the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._name, self._layer = QLabel(self), QLabel(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(1)
        for label, weight in ((self._name, MEDIUM), (self._layer, 400)):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFont(font(12, weight))
            layout.addWidget(label)
        self._layer.setFont(font(11))
        self._layer.setProperty("muted", True)
        self.hide()

    @property
    def words(self) -> tuple[str, str]:
        """Name and layer as shown."""
        return self._name.text(), self._layer.text()

    def show_at(self, at: QPoint, room: QRect, *, name: str, layer: str) -> None:
        """Show two lines beside a place, inside ``room``."""
        self._name.setText(name)
        self._layer.setText(layer)
        self._layer.setVisible(layer != name)
        self.adjustSize()
        x = at.x() + OFFSET_PX
        if x + self.width() > room.right():
            x = at.x() - OFFSET_PX - self.width()
        y = min(max(at.y() + OFFSET_PX, room.top()), room.bottom() - self.height())
        self.move(max(x, room.left()), y)
        self.show()
        self.raise_()
