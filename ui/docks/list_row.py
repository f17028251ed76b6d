"""What every drawn line of a list starts with: its ground, and its icon at the side where reading begins."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

ICON_PX = 17
BESIDE_ICON_PX = 28
EDGE_PX = 10


class ListRow(QStyledItemDelegate):
    """Draws the ground and the icon; what is written beside is the line's own."""

    def begin(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Any
    ) -> tuple[QRect, str, bool]:
        """Draw ground and icon.

        Returns
        -------
        box : QRect
            The room that is left.
        title : str
        chosen : bool
            Whether the line is selected: its words then stand on the ground of selections.
        """
        self.initStyleOption(option, index)
        picture, title = QIcon(option.icon), option.text
        option.icon, option.text = QIcon(), ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        box = QRect(option.rect).adjusted(EDGE_PX, 0, -EDGE_PX, 0)
        if not picture.isNull():
            picture.paint(painter, QRect(box.left(), box.center().y() - 8, ICON_PX, ICON_PX))
            box.setLeft(box.left() + BESIDE_ICON_PX)
        return box, title, bool(option.state & QStyle.StateFlag.State_Selected)
