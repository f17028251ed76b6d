"""The navigation buttons: the same actions as menus and keys, large enough for a finger."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from ui.viewport.overlay.card import Card

SIDE_PX = 44


class NavigationButtons(Card):
    """A column of buttons, one an action."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(2, 2, 2, 2)
        self._column.setSpacing(0)
        self._buttons: list[QToolButton] = []

    def set_actions(self, actions: Sequence[QAction]) -> None:
        """Make a button of each action."""
        for button in self._buttons:
            button.deleteLater()
        self._buttons = [self._button(action) for action in actions]
        self.retranslate()
        self.setFixedSize(SIDE_PX + 4, SIDE_PX * len(actions) + 4)

    def retranslate(self) -> None:
        """Take over the wording of the actions."""
        for button in self._buttons:
            action = button.defaultAction()
            button.setAccessibleName(action.text().replace("&&", "&"))

    def _button(self, action: QAction) -> QToolButton:
        made = QToolButton(self)
        made.setDefaultAction(action)
        made.setIconSize(QSize(22, 22))
        made.setFixedSize(SIDE_PX, SIDE_PX)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._column.addWidget(made)
        return made
