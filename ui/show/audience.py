"""The window of the audience: the picture, the words of the stop, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import zip_longest

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QScreen,
)
from PySide6.QtWidgets import QLabel, QWidget

from twin.export.inset import inset_box
from twin.model.story import Beside
from twin.show.beside import COLUMN_RGB, layout, line_px
from twin.show.card import Told
from ui.show.marks import Marks, Tool
from ui.show.plaque import Plaque
from ui.show.story_card import StoryCard
from ui.text import font
from ui.viewport import Viewport

Key = Qt.Key
COMMANDS: Mapping[Qt.Key, str] = {
    # Presenter clickers send page keys, a full stop or B for black, and F5 or Escape.
    **dict.fromkeys(
        (Key.Key_PageDown, Key.Key_Right, Key.Key_Space, Key.Key_Return, Key.Key_N), "next"
    ),
    **dict.fromkeys((Key.Key_PageUp, Key.Key_Left, Key.Key_Backspace, Key.Key_P), "back"),
    **dict.fromkeys((Key.Key_B, Key.Key_Period), "blank"),
    Key.Key_F: "freeze",
    Key.Key_L: "laser",
    Key.Key_S: "spotlight",
    Key.Key_D: "draw",
    Key.Key_C: "clear",
    Key.Key_A: "autoplay",
    Key.Key_F5: "autoplay",
    Key.Key_Home: "first",
    Key.Key_End: "last",
    Key.Key_O: "console",
    Key.Key_T: "language",
    Key.Key_Escape: "end",
    **{Qt.Key(Key.Key_1 + n): f"branch:{n}" for n in range(9)},
}
"""What a key does on stage."""


ONLY_CHILDREN = Qt.FindChildOption.FindDirectChildrenOnly
CAPTION = 0.8
"""Width of a caption, of the room beside the words."""
NOTICE = "background: rgba(18, 26, 33, 200); color: white; border-radius: 6px; padding: 6px 10px;"


class AudienceWindow(QWidget):
    """Shows the viewport full screen while a story is told; gives it back when closed.

    Parameters
    ----------
    picture : QWidget
        The viewport: taken over here, and given back by :meth:`release`.
    """

    command = Signal(str)
    closed = Signal()

    def __init__(self, picture: QWidget) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("audience")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setStyleSheet("QWidget#audience { background: black; }")
        self._picture = picture
        picture.setParent(self)
        self.card = StoryCard(self)
        self.notice = QLabel(self)
        self.notice.setStyleSheet(NOTICE)
        self.notice.hide()
        self.caption = QLabel(self)
        self.caption.setStyleSheet(NOTICE)
        self.caption.setWordWrap(True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.caption.hide()
        self.marks = Marks(self)
        self.plates = (Plaque(self), Plaque(self))
        self._beside: Beside | None = None
        self._other: QWidget | None = None
        self._share, self._scale = 0.0, 1.0
        self._line = QWidget(self)
        self._line.setStyleSheet("background: white;")
        self._line.hide()
        self._chart: QWidget | None = None
        self._drawing = False
        picture.installEventFilter(self)
        picture.show()
        self._lay_out()

    def tell(self, told: Told | None, *, scale: float = 1.0) -> None:
        """Show the words of a stop."""
        self.card.tell(told, scale=scale)
        plates = told.plates if told is not None else ()
        for place, words in zip_longest(self.plates, plates):
            place.tell(words, told.language if told is not None else "en")
        self.notice.setText(told.notice if told is not None and not plates else "")
        self.notice.setVisible(bool(self.notice.text()))
        self.caption.setText(told.spoken if told is not None else "")
        self.caption.setVisible(bool(self.caption.text()))
        self._scale = scale
        self._place_notice()
        self._place_caption()
        self.marks.raise_()

    def show_beside(self, beside: Beside | None, other: QWidget | None) -> None:
        """Divide the screen between the viewport and another widget; None gives all of it to the viewport."""
        if self._other is not None and self._other is not other:
            self._other.hide()
        self._beside, self._other = (beside, other) if other is not None else (None, None)
        if other is not None:
            other.show()
        self._lay_out()

    def set_share(self, share: float) -> None:
        """Move the line of a swipe: how much of the stop has passed."""
        self._share = share
        if self._beside is not None and self._beside.kind == "swipe":
            self._place_pictures()

    def show_chart(self, chart: QWidget | None) -> None:
        """Lay a chart in the corner that the words leave free; None takes it away."""
        if self._chart is not None:
            self._chart.hide()
            self._chart.deleteLater()
        self._chart = chart
        if chart is not None:
            chart.setParent(self)
            chart.setAutoFillBackground(True)
            chart.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            chart.show()
            self._place_chart()

    def show_on(self, screen: QScreen | None, *, full: bool = True) -> None:
        """Fill a screen; None: the primary one."""
        screen = screen or QGuiApplication.primaryScreen()
        if screen is not None:
            self.setScreen(screen)
            self.setGeometry(screen.geometry())
        if full:
            self.showFullScreen()
        else:
            self.show()

    def covered(self) -> list[QRect]:
        """Return what lies over the viewport's picture, in its pixels: no label goes there."""
        words = (self.card, *(p for p in (*self.plates, self.caption) if not p.isHidden()))
        away = -self._picture.pos()
        return [part.geometry().translated(away) for part in words]

    def snapshot(self) -> QPixmap:
        """Return what the audience sees."""
        return self.grab()

    def freeze(self, *, on: bool) -> None:
        """Hold the picture of this moment while the presenter moves on."""
        if not on:
            self.marks.freeze(None)
            return
        self.marks.hide()
        self.card.raise_()
        held = self.grab()
        self.marks.show()
        self.marks.raise_()
        self.marks.freeze(held)

    def point_at(self, at: QPointF | None, *, drawing: bool = False, begins: bool = False) -> None:
        """Move laser, spotlight or pen to a share of width and height."""
        self.marks.point(at, drawing=drawing, begins=begins)

    def release(self, take: Callable[[QWidget], object]) -> None:
        """Give the viewport back and close."""
        self._picture.removeEventFilter(self)
        take(self._picture)
        self.hide()
        self.close()
        self.deleteLater()

    # Events.

    def eventFilter(self, _watched: object, event: object) -> bool:
        """Take the keys and the pointer before the viewport does."""
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            return self._key(event)
        if isinstance(event, QMouseEvent) and self.marks.tool is not Tool.NONE:
            return self._mouse(event)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key or a clicker says."""
        if not self._key(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the window."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Stay dark where no picture lies."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(*COLUMN_RGB))
        painter.end()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the show is over."""
        event.accept()
        self.closed.emit()

    def _key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            return False
        command = COMMANDS.get(Qt.Key(event.key()))
        if command is None:
            return False
        sideways = event.key() in (Key.Key_Left, Key.Key_Right)
        if sideways and self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            command = {"next": "back", "back": "next"}[command]
        self.command.emit(command)
        return True

    def _mouse(self, event: QMouseEvent) -> bool:
        at = event.position()
        share = QPointF(at.x() / max(self.width(), 1), at.y() / max(self.height(), 1))
        kind = event.type()
        if kind == QMouseEvent.Type.MouseButtonPress:
            self._drawing = True
            self.point_at(share, drawing=True, begins=True)
        elif kind == QMouseEvent.Type.MouseButtonRelease:
            self._drawing = False
        elif kind == QMouseEvent.Type.MouseMove:
            self.point_at(share, drawing=self._drawing)
        return True

    def _lay_out(self) -> None:
        self._place_pictures()
        self.marks.setGeometry(self.rect())
        self.card.place()
        self._place_notice()
        self._place_caption()
        self._place_chart()
        self.marks.raise_()

    def _place_pictures(self) -> None:
        """Lay viewport, the picture beside it, the line between them and their names out."""
        divided = self._beside is not None and self._other is not None
        self._line.setVisible(divided and self._beside.kind == "swipe")
        for plate in self.plates:
            plate.setVisible(divided and bool(plate.text()))
        if not divided:
            self._picture.setGeometry(self.rect())
            return
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        places = layout(self._beside, (self.width(), self.height()), mirrored=mirrored)
        self._picture.setGeometry(*places.own)
        clip = QRect(*places.other)
        if places.swipes:
            clip.setLeft(line_px(self._share, self.width()))
            self._line.setGeometry(clip.left() - 1, 0, 3, self.height())
        self._other.setGeometry(clip)
        for view in self._other.findChildren(Viewport, options=ONLY_CHILDREN):
            view.setGeometry(QRect(places.other[0] - clip.left(), 0, *places.other[2:]))
        self._other.raise_()
        self.card.raise_()
        self._line.raise_()
        for plate, place, far in zip(
            self.plates, (places.own, places.other), (False, places.swipes), strict=True
        ):
            plate.place(QRect(*place), self.height(), at_end=mirrored != far)

    def _place_chart(self) -> None:
        if self._chart is None:
            return
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        box = inset_box((self.width(), self.height()), mirrored=mirrored)
        self._chart.setGeometry(*box)
        self.marks.raise_()

    def _place_notice(self) -> None:
        self.notice.setFont(font(max(11, round(self.height() / 55))))
        self.notice.adjustSize()
        edge = round(self.height() / 36)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = edge if mirrored else self.width() - self.notice.width() - edge
        self.notice.move(left, self.height() - self.notice.height() - edge)
        self.notice.raise_()

    def _place_caption(self) -> None:
        """Write what is heard below the picture, beside the words of the stop."""
        if self.caption.isHidden():
            return
        edge = round(self.height() / 36)
        card, mirrored = self.card, self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        beside = 0 if card.isHidden() else card.width() + 2 * edge
        width = max(round((self.width() - beside) * CAPTION), 1)
        self.caption.setFont(font(max(13, round(self.height() / 34 * self._scale))))
        self.caption.setFixedWidth(width)
        self.caption.setFixedHeight(self.caption.heightForWidth(width))
        left = (self.width() - beside - width) // 2 + (0 if mirrored else beside)
        above = self.notice.height() + edge // 2 if self.notice.isVisible() else 0
        self.caption.move(left, self.height() - self.caption.height() - edge - above)
        self.caption.raise_()
