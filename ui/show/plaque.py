"""The name of one of two pictures on stage, and what must be said of its model."""

from __future__ import annotations

import html

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from twin.show.card import PLATE, PLATE_GAP, RIGHT_TO_LEFT, Plate
from ui.text import font

STYLE = "background: rgba(18, 26, 33, 214); color: white; border-radius: 10px; padding: 8px 14px;"


class Plaque(QLabel):
    """Lies over the beginning, or over the end, of a picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setStyleSheet(STYLE)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def tell(self, plate: Plate | None, language: str) -> None:
        """Show a name and a notice; None shows nothing."""
        mirrored = language in RIGHT_TO_LEFT
        way = Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight
        self.setLayoutDirection(way)
        if plate is None:
            self.clear()
            return
        small = f"<br><small>{html.escape(plate.notice)}</small>" if plate.notice else ""
        self.setText(f"<b>{html.escape(plate.title)}</b>{small}")
        self.setAccessibleName(f"{plate.title}. {plate.notice}")

    def place(self, picture: QRect, screen_height: int, *, at_end: bool) -> None:
        """Lie in an upper corner of a picture; sizes follow the height of the screen."""
        unit = max(screen_height / 720.0, 0.5)
        self.setFont(font(round(17 * unit)))
        self.setFixedWidth(min(round(PLATE * unit), round(picture.width() * 0.6)))
        self.setFixedHeight(self.heightForWidth(self.width()))
        gap = round(PLATE_GAP * unit)
        left = picture.right() - self.width() - gap if at_end else picture.left() + gap
        self.move(left, picture.top() + gap)
        self.raise_()
