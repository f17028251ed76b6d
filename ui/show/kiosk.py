"""The kiosk: large buttons for visitors, a choice of language that attracts, a reset when nobody is there."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.show.wording import NAMES, right_to_left
from ui.text import SEMIBOLD, font

if TYPE_CHECKING:
    from ui.show.on_stage import OnStage

ALLOWED = frozenset({"next", "back", "branch", "language", "go"})
"""What a visitor may do."""
INPUT = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.KeyPress,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.Wheel,
    }
)
BUTTON = (
    "QPushButton { background: rgba(18, 26, 33, 220); color: white; border: 2px solid rgba(255, 255, 255, 90);"
    " border-radius: 16px; padding: 14px 28px; } QPushButton:focus { border-color: #ffcc5c; }"
)


class Kiosk(QObject):
    """Guards a show that visitors steer themselves.

    Parameters
    ----------
    idle_s : float
        After this long without a touch the attract loop begins again.
    hours : (time, time) or None
        When the kiosk is open, local time; black outside.
    """

    def __init__(
        self, stage: OnStage, *, idle_s: float = 90.0, hours: tuple[time, time] | None = None
    ) -> None:
        super().__init__(stage)
        self._stage, self._hours = stage, hours
        self.attracting = False
        self._closed = False
        self._bar = _Bar(stage)
        self._choice = _Choice(stage, self.choose)
        self._idle = QTimer(self, singleShot=True, interval=round(idle_s * 1000))
        self._idle.timeout.connect(self.attract)
        self._schedule = QTimer(self, interval=30_000)
        self._schedule.timeout.connect(self.keep_hours)
        stage.audience.command.disconnect(stage.do)
        stage.audience.command.connect(self._do)
        stage.audience.installEventFilter(self)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self._schedule.start()
        self.keep_hours()

    def attract(self) -> None:
        """Run the story by itself and ask for a language."""
        self.attracting = True
        stage = self._stage
        stage.marks.clear()
        stage.player.loop = True
        stage.player.play(on=True)
        stage.player.go(stage.player.story.line[0].id, jump=True)
        self._bar.hide()
        self._choice.show_over()

    def choose(self, language: str) -> None:
        """Begin for a visitor, in a language."""
        self.attracting = False
        self._choice.hide()
        self._stage.do(f"language:{language}")
        self._stage.player.play(on=False)
        self._stage.player.go(self._stage.player.story.line[0].id, jump=True)
        self._bar.show_over()
        self._idle.start()

    def keep_hours(self, now: datetime | None = None) -> None:
        """Show black outside the opening hours."""
        if self._hours is None:
            return
        begin, end = self._hours
        at = (now or datetime.now().astimezone()).time()
        is_open = begin <= at < end if begin <= end else at >= begin or at < end
        self._stage.marks.set_blank(on=not is_open)

    def close(self) -> None:
        """Let go: the presenter has the stage again."""
        if self._closed:
            return
        self._closed = True
        self._stage.audience.command.disconnect(self._do)
        self._stage.audience.command.connect(self._stage.do)
        self._idle.stop()
        self._schedule.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._stage.audience.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that somebody is there; refuse what would lead out of the kiosk."""
        if event.type() in INPUT:
            if not self.attracting:
                self._idle.start()
        elif event.type() == QEvent.Type.Resize and watched is self._stage.audience:
            self._bar.place()
            self._choice.place()
        elif event.type() == QEvent.Type.Close and watched is self._stage.audience:
            event.ignore()
            return True
        keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        leaving = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if leaving and event.key() == Qt.Key.Key_Q and event.modifiers() == keys:  # type: ignore[attr-defined]
            self.close()
            self._stage.end()
            return True
        return False

    def _do(self, command: str) -> None:
        if command.partition(":")[0] in ALLOWED and not self.attracting:
            self._stage.do(command)


class _Bar(QWidget):
    """Back, language, next: all that a visitor needs."""

    def __init__(self, stage: OnStage) -> None:
        super().__init__(stage.audience)
        self._stage = stage
        layout = QHBoxLayout(self)
        layout.setSpacing(18)
        for words, command in (("◀", "back"), ("文 A", "language"), ("▶", "next")):
            button = QPushButton(words)
            button.setFont(font(30, SEMIBOLD))
            button.setStyleSheet(BUTTON)
            button.setAccessibleName(command)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _on=False, c=command: stage.do(c))
            layout.addWidget(button)
        self.hide()

    def show_over(self) -> None:
        """Lie over everything."""
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Stand at the bottom, in the middle."""
        host = self._stage.audience
        self.adjustSize()
        self.move((host.width() - self.width()) // 2, host.height() - self.height() - 18)


class _Choice(QWidget):
    """The languages, large, over the running story."""

    def __init__(self, stage: OnStage, choose: object) -> None:
        super().__init__(stage.audience)
        self._stage = stage
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        self.buttons: dict[str, QPushButton] = {}
        for language in stage.player.story.languages:
            button = QPushButton(NAMES.get(language, language))
            button.setFont(font(34, SEMIBOLD))
            button.setStyleSheet(BUTTON)
            button.setMinimumWidth(360)
            way = (
                Qt.LayoutDirection.RightToLeft
                if right_to_left(language)
                else Qt.LayoutDirection.LeftToRight
            )
            button.setLayoutDirection(way)
            button.clicked.connect(lambda _on=False, name=language: choose(name))  # type: ignore[operator]
            layout.addWidget(button)
            self.buttons[language] = button
        self.hide()

    def show_over(self) -> None:
        """Lie over everything."""
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Stand in the middle."""
        host = self._stage.audience
        self.adjustSize()
        self.move((host.width() - self.width()) // 2, (host.height() - self.height()) // 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw nothing behind the buttons."""
