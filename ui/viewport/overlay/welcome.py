"""What the view shows without a project, and where the keyboard is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.icons import icon
from ui.text import SEMIBOLD, font
from ui.theme import current_palette
from ui.viewport.overlay.card import Card


class Welcome(Card):
    """Says that nothing is open, and offers what to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture, self._title, self._advice = QLabel(), QLabel(), QLabel()
        self._title.setFont(font(17, SEMIBOLD))
        self._advice.setProperty("muted", "true")
        self._buttons = QHBoxLayout()
        self._actions: tuple[QAction, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(34, 28, 34, 28)
        layout.setSpacing(10)
        for label in (self._picture, self._title, self._advice):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        layout.addSpacing(6)
        layout.addLayout(self._buttons)
        self.retheme()
        self.retranslate()
        self.hide()

    def set_actions(self, actions: Sequence[QAction]) -> None:
        """Offer these as buttons."""
        self._actions = tuple(actions)
        for action in self._actions:
            button = QPushButton(self)
            button.clicked.connect(action.trigger)
            button.setEnabled(action.isEnabled())
            action.enabledChanged.connect(button.setEnabled)
            self._buttons.addWidget(button)
        self.retranslate()

    def retranslate(self) -> None:
        """Word it again."""
        self._title.setText(tr("viewport.empty_title"))
        self._advice.setText(tr("viewport.empty_advice"))
        for i, action in enumerate(self._actions):
            button = self._buttons.itemAt(i).widget()
            if isinstance(button, QPushButton):
                button.setText(action.text())
                button.ensurePolished()  # its size depends on the style sheet
        self.adjustSize()

    def retheme(self) -> None:
        """Take over the theme's colours."""
        picture = icon("mdi6.city-variant-outline", current_palette().accent)
        self._picture.setPixmap(picture.pixmap(QSize(44, 44)))


class FocusRing(QWidget):
    """A line around the view while the keyboard, reached by key, is in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        del event
        painter = QPainter(self)
        painter.setPen(QPen(QColor(current_palette().accent), 3))
        painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()
