"""How the views of a comparison lie: beside each other, one under a line that is drawn aside, or one alone."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.i18n import tr
from ui.theme import current_palette

LINE_PX, STEP = 14, 0.02
HEAD_GAP_PX, GAP_PX = 6, 2


class Mode(StrEnum):
    """How states are compared."""

    BESIDE = "beside"
    SWIPE = "swipe"
    GHOST = "ghost"


class SwipeLine(QWidget):
    """The line between two views; drawn with the mouse, or moved with the arrow keys."""

    moved = Signal(float)
    """Share of the width that lies left of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.share = 0.5
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.retranslate()

    def retranslate(self) -> None:
        """Word it again."""
        self.setAccessibleName(tr("compare.line"))
        self.setToolTip(tr("compare.line"))

    def set_share(self, share: float) -> None:
        """Move it."""
        self.share = min(max(share, 0.0), 1.0)
        self.moved.emit(self.share)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            whole = max(self.parentWidget().width(), 1)
            self.set_share(self.mapToParent(event.position()).x() / whole)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move it."""
        way = {Qt.Key.Key_Left: -STEP, Qt.Key.Key_Right: STEP}.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
        else:
            self.set_share(self.share + way)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line and its grip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = current_palette()
        middle, half = self.rect().center(), LINE_PX // 2
        painter.fillRect(QRect(middle.x() - 1, 0, 3, self.height()), Qt.GlobalColor.white)
        painter.setPen(Qt.GlobalColor.white)
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(middle, half - 1, half + 9)


class Sights(QWidget):
    """Lays the views out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode = Mode.BESIDE
        self.line = SwipeLine(self)
        self.line.moved.connect(lambda _share: self.place())
        self._heads: list[QWidget] = []
        self._views: list[QWidget] = []
        self._clips: list[QWidget] = []

    def set_views(self, heads: Sequence[QWidget], views: Sequence[QWidget]) -> None:
        """Take other views; each is clipped by a widget of its own, so that one may end at the line."""
        for clip in self._clips:
            clip.deleteLater()
        self._heads, self._views, self._clips = list(heads), list(views), []
        for head, view in zip(heads, views, strict=True):
            clip = QWidget(self)
            view.setParent(clip)
            head.setParent(self)
            view.show()
            self._clips.append(clip)
        self.place()

    def set_mode(self, mode: Mode) -> None:
        """Lay the views out in another way."""
        self.mode = mode
        self.place()

    @property
    def shown(self) -> int:
        """How many views are laid out."""
        return len(self._views) if self.mode is Mode.BESIDE else min(2, len(self._views))

    def place(self) -> None:
        """Lay everything out."""
        self.line.setVisible(self.mode is Mode.SWIPE and len(self._views) > 1)
        tall = max((h.sizeHint().height() for h in self._heads), default=0)
        cells = self._cells()
        for i, (head, clip) in enumerate(zip(self._heads, self._clips, strict=True)):
            # A ghost is seen in the second view; the first is only what shines through.
            seen = i < self.shown and not (self.mode is Mode.GHOST and i == 0)
            clip.setVisible(seen)
            head.setVisible(i < self.shown)
            if i < self.shown:
                self._place_one(i, cells[i], tall)
        if self.mode is Mode.SWIPE and self._clips:
            self._clips[0].raise_()
            x = round(self.width() * self.line.share)
            top = tall + HEAD_GAP_PX
            self.line.setGeometry(x - LINE_PX // 2, top, LINE_PX, self.height() - top)
            self.line.raise_()

    def _place_one(self, i: int, cell: QRect, tall: int) -> None:
        view = QRect(cell.x(), cell.y() + tall + HEAD_GAP_PX, cell.width(), cell.height())
        view.setHeight(max(cell.height() - tall - HEAD_GAP_PX, 1))
        clip = QRect(view)
        if self.mode is not Mode.BESIDE:
            half = self.width() // 2
            self._heads[i].setGeometry(i * half, 0, half - GAP_PX, tall)
            if self.mode is Mode.SWIPE and i == 0:
                clip.setWidth(max(round(self.width() * self.line.share), 1))
        else:
            self._heads[i].setGeometry(cell.x(), cell.y(), cell.width(), tall)
        self._clips[i].setGeometry(clip)
        self._views[i].setGeometry(0, 0, view.width(), view.height())

    def _cells(self) -> list[QRect]:
        if self.mode is not Mode.BESIDE:
            return [self.rect()] * len(self._views)
        count = max(len(self._views), 1)
        columns = 2 if count == 4 else count
        rows = -(-count // columns)
        wide, high = self.width() // columns, self.height() // rows
        return [
            QRect(i % columns * wide, i // columns * high, wide - GAP_PX, high - GAP_PX)
            for i in range(count)
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out again."""
        super().resizeEvent(event)
        self.place()
