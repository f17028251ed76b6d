"""The words of a stop over the picture: title, text, figures with their sources; mirrored where the language is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPixmap, QTextLayout, QTextOption
from PySide6.QtWidgets import QWidget

from twin.show.card import LEADING, LETTERS, RIGHT_TO_LEFT, Told
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
        page = _Page(told, width - 2 * EDGE * unit, unit)
        page.write(told.title, _face(28, unit, bold=True), INK)
        page.write(told.text, _face(17, unit), INK, gap=8)
        if told.beside:
            page.compare()
        else:
            page.figures()
        self._pictures = page.pictures()
        return page.rows, page.y + EDGE * unit


class _Page:
    """Sets the words of a card from above to below.

    Attributes
    ----------
    rows : list of Row
        What was set.
    y : float
        Where the next goes.
    """

    def __init__(self, told: Told, room: float, unit: float) -> None:
        self._told, self._room, self._unit = told, room, unit
        self.rows: list[Row] = []
        self.y = EDGE * unit

    def write(
        self, text: str, face: QFont, ink: QColor, *, gap: float = 0.0, own: bool = False
    ) -> None:
        """Set a paragraph; ``own``: a name, that runs from left to right in every language."""
        if text:
            self.y += gap * self._unit
            self.y += self._set(text, face, ink, (0.0, self._room), own=own)

    def figures(self) -> None:
        """Set the figures one below the other."""
        for value, label, source in self._told.figures:
            self.write(value, _face(24, self._unit, bold=True), GOLD, gap=10)
            self.write(label, _face(15, self._unit), INK)
            self.write(source, _face(11, self._unit), SOFT, own=True)

    def compare(self) -> None:
        """Set the figures of two places as a table."""
        told, unit = self._told, self._unit
        self.y += 10 * unit
        self._pair([some.title for some in told.plates], _face(15, unit, bold=True), SOFT)
        for mine, theirs in zip(told.figures, told.beside, strict=False):
            self.write(mine[1], _face(15, unit), INK, gap=10)
            self._pair((mine[0], theirs[0]), _face(24, unit, bold=True), GOLD)
            self._pair((mine[2], theirs[2]), _face(11, unit), SOFT, own=True)

    def pictures(self) -> list[tuple[QPixmap, QRectF]]:
        """Set the pictures of the stop; return them with their places."""
        found = []
        for path in self._told.pictures:
            picture = QPixmap(path)
            if not picture.isNull():
                height = self._room * picture.height() / picture.width()
                gap = 10 * self._unit
                area = QRectF(EDGE * self._unit, self.y + gap, self._room, height)
                found.append((picture, area))
                self.y += height + gap
        return found

    def _pair(self, texts: Sequence[str], face: QFont, ink: QColor, *, own: bool = False) -> None:
        half = self._room / 2 - 8 * self._unit
        columns = [(0.0, half), (self._room - half, half)]
        if self._told.language in RIGHT_TO_LEFT:
            columns.reverse()
        heights = [
            self._set(text, face, ink, column, own=own)
            for text, column in zip(texts, columns, strict=True)
        ]
        # First lines stand on one line: letters of another script make one taller.
        begun = len(self.rows) - len(texts)
        rises = [layout.lineAt(0).ascent() for layout, _, _, _ in self.rows[begun:]]
        for row, rise in enumerate(rises, start=begun):
            layout, x, y, colour = self.rows[row]
            self.rows[row] = (layout, x, y + max(rises) - rise, colour)
        self.y += max(heights)

    def _set(
        self, text: str, face: QFont, ink: QColor, column: tuple[float, float], *, own: bool
    ) -> float:
        left, width = column
        language = "en" if own else self._told.language
        layout, height = _paragraph(text, face, width, language, self._told)
        self.rows.append((layout, EDGE * self._unit + left, self.y, ink))
        return height


def _face(px: float, unit: float, *, bold: bool = False) -> QFont:
    return font(round(px * unit), SEMIBOLD) if bold else font(round(px * unit))


def _paragraph(
    text: str, face: QFont, room: float, language: str, told: Told
) -> tuple[QTextLayout, float]:
    right = told.language in RIGHT_TO_LEFT
    own = language in RIGHT_TO_LEFT
    if own:
        face = QFont(face)
        face.setPixelSize(round(face.pixelSize() * LETTERS))
    layout = QTextLayout(text, face)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
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
        height += line.height() * (LEADING if own else 1.08)
    layout.endLayout()
    return layout, height
