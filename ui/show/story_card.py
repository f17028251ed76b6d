"""The words of a stop over the picture: title, text, figures with their sources; mirrored where the language is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPixmap, QTextLayout, QTextOption
from PySide6.QtWidgets import QWidget

from twin.show.card import RIGHT_TO_LEFT, Told
from ui.text import SEMIBOLD, font

CARD, INK, SOFT, GOLD = (
    QColor(18, 26, 33, 214),
    QColor("#ffffff"),
    QColor("#ccd8e0"),
    QColor("#ffcc5c"),
)
EDGE = 20.0
Row = tuple[QTextLayout, float, float, QColor]


class StoryCard(QWidget):
    """Draws what a stop says; takes no input. Sizes follow the height of the window it lies on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._told: Told | None = None
        self._rows: list[Row] = []
        self._pictures: list[tuple[QPixmap, QRectF]] = []
        self._scale = 1.0
        self.hide()

    def tell(self, told: Told | None, *, scale: float = 1.0) -> None:
        """Show the words of a stop; None shows nothing."""
        self._told, self._scale = told, scale
        self.setVisible(told is not None)
        if told is not None:
            self.setAccessibleName(f"{told.title}. {told.text}")
            self.place()

    def place(self) -> None:
        """Lie where the language begins, in the middle of the height."""
        host = self.parentWidget()
        if self._told is None or host is None:
            return
        unit = max(host.height() / 720.0, 0.5) * self._scale
        width = min(440.0 * unit, host.width() * 0.46)
        self._rows, height = self._laid_out(width, unit)
        edge = round(24 * unit)
        mirrored = self._told.language in RIGHT_TO_LEFT
        left = host.width() - round(width) - edge if mirrored else edge
        top = max(edge, (host.height() - round(height)) // 2)
        self.setGeometry(left, top, round(width), min(round(height), host.height() - 2 * edge))
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(CARD)
        painter.drawRoundedRect(QRectF(self.rect()), 12.0, 12.0)
        for layout, x, y, ink in self._rows:
            painter.setPen(ink)
            layout.draw(painter, QRectF(x, y, 1, 1).topLeft())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for picture, area in self._pictures:
            painter.drawPixmap(area.toRect(), picture)
        painter.end()

    def _laid_out(self, width: float, unit: float) -> tuple[list[Row], float]:
        told = self._told
        assert told is not None  # noqa: S101 - asked by place()
        rows: list[Row] = []
        edge = EDGE * unit
        room, y = width - 2 * edge, edge

        def put(text: str, face: QFont, ink: QColor, gap: float, *, own: bool = False) -> None:
            nonlocal y
            if text:
                layout, height = _paragraph(text, face, room, "en" if own else told.language, told)
                rows.append((layout, edge, y + gap * unit, ink))
                y += height + gap * unit

        put(told.title, font(round(28 * unit), SEMIBOLD), INK, 0)
        put(told.text, font(round(17 * unit)), INK, 8)
        for value, label, source in told.figures:
            put(value, font(round(24 * unit), SEMIBOLD), GOLD, 10)
            put(label, font(round(15 * unit)), INK, 0)
            put(source, font(round(11 * unit)), SOFT, 0, own=True)
        self._pictures = []
        for path in told.pictures:
            picture = QPixmap(path)
            if not picture.isNull():
                height = room * picture.height() / picture.width()
                self._pictures.append((picture, QRectF(edge, y + 10 * unit, room, height)))
                y += height + 10 * unit
        return rows, y + edge


def _paragraph(
    text: str, face: QFont, room: float, language: str, told: Told
) -> tuple[QTextLayout, float]:
    layout = QTextLayout(text, face)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    right = told.language in RIGHT_TO_LEFT
    own = language in RIGHT_TO_LEFT
    direction = Qt.LayoutDirection.RightToLeft if own else Qt.LayoutDirection.LeftToRight
    option.setTextDirection(direction)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
    layout.setTextOption(option)
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(room)
        line.setPosition(QRectF(0.0, height, 1.0, 1.0).topLeft())
        height += line.height() * 1.08
    layout.endLayout()
    return layout, height
