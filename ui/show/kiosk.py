"""The kiosk: large buttons for visitors, a choice of language that attracts, a reset when nobody is there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.forms.parts import clear
from ui.show.wording import NAMES, right_to_left
from ui.text import SEMIBOLD, font

if TYPE_CHECKING:
    from ui.show.audience import AudienceWindow
    from ui.show.on_stage import OnStage

ALLOWED = frozenset({"next", "back", "branch", "language", "go"})
"""What a visitor may do, unless less is chosen."""
VIEWS = (("left", "⟲"), ("right", "⟳"), ("nearer", "＋"), ("farther", "−"))
"""Large buttons for those who have never moved a camera."""
TURN_PX, CLOSER = 90.0, 1.35
HINTS = {
    "fr": "Un doigt tourne autour, deux déplacent et rapprochent, trois inclinent.",
    "en": "One finger turns around, two move and come closer, three tilt.",
    "ko": "한 손가락은 돌리기, 두 손가락은 이동과 확대, 세 손가락은 기울이기.",
    "ar": "إصبع واحد للدوران، وإصبعان للتحريك والتقريب، وثلاثة للإمالة.",
}
NAMED = {
    "back": ("Étape précédente", "Previous stop", "이전 장면", "المحطة السابقة"),
    "language": ("Langue", "Language", "언어", "اللغة"),
    "next": ("Étape suivante", "Next stop", "다음 장면", "المحطة التالية"),
    "left": ("Tourner à gauche", "Turn left", "왼쪽으로 돌리기", "الدوران يسارًا"),
    "right": ("Tourner à droite", "Turn right", "오른쪽으로 돌리기", "الدوران يمينًا"),
    "nearer": ("Se rapprocher", "Come closer", "가까이", "اقتراب"),
    "farther": ("S'éloigner", "Go farther", "멀리", "ابتعاد"),
}
"""French, English, Korean, Arabic: the visitor's language, not the interface's."""
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
    " border-radius: 16px; padding: 14px %dpx; } QPushButton:focus { border-color: #ffcc5c; }"
)
SIZES_PX = (30, 26, 22, 18, 15)
"""Of the signs on the buttons: the largest that fits is taken."""
EDGE_PX = 16
"""Between buttons and the edges of the screen."""

HINT = "background: rgba(18, 26, 33, 220); color: white; border-radius: 12px; padding: 8px 18px;"
LANGUAGES = ("fr", "en", "ko", "ar")
CHOICE_PX = (300, 92)
"""Least width and height of a language to choose: the same in every script."""


class Kiosk(QObject):
    """Guards a show that visitors steer themselves.

    Parameters
    ----------
    idle_s : float
        After this long without a touch the attract loop begins again.
    hours : (time, time) or None
        When the kiosk is open, local time; black outside.
    allowed : collection of str
        What a visitor may do, of :data:`ALLOWED`; buttons for anything else are not there.
    """

    def __init__(
        self,
        stage: OnStage,
        *,
        idle_s: float = 90.0,
        hours: tuple[time, time] | None = None,
        allowed: Collection[str] = ALLOWED,
    ) -> None:
        super().__init__(stage)
        self._stage, self._hours = stage, hours
        self._allowed = frozenset(allowed) & ALLOWED
        self.attracting = False
        self._closed = False
        self._bar = _Bar(stage, self._allowed)
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

    def attract(self, stop_id: str = "") -> None:
        """Run the story by itself and ask for a language; from its beginning, or where it stood."""
        self.attracting = True
        stage = self._stage
        stage.marks.clear()
        stage.player.loop = True
        stage.player.play(on=True)
        stage.player.go(stop_id or stage.player.story.line[0].id, jump=True)
        self._bar.hide()
        self._choice.show_over()

    def serve(self) -> None:
        """Let a visitor steer, from where the story stands."""
        self.attracting = False
        self._choice.hide()
        self._stage.player.play(on=False)
        self._bar.show_over()
        self._idle.start()

    def choose(self, language: str) -> None:
        """Begin for a visitor, in a language."""
        self._stage.do(f"language:{language}")
        self._stage.player.go(self._stage.player.story.line[0].id, jump=True)
        self.serve()

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
            if event.type() == QEvent.Type.TouchUpdate:
                self._bar.forget_hint()
        elif event.type() == QEvent.Type.Resize and watched is self._stage.audience:
            QTimer.singleShot(0, self, self._place)  # once the words have found their place
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

    def _place(self) -> None:
        self._bar.place()
        self._choice.place()

    def _do(self, command: str) -> None:
        if command.partition(":")[0] in self._allowed and not self.attracting:
            self._stage.do(command)


class _Bar(QWidget):
    """Back, language, next, branches, and the camera by buttons: all for a visitor who has never seen such a model."""

    def __init__(self, stage: OnStage, allowed: Collection[str]) -> None:
        super().__init__(stage.audience)
        self._stage, self._allowed = stage, allowed
        self._buttons: dict[str, QPushButton] = {}
        self._hint = QLabel()
        self._hint.setStyleSheet(HINT)
        self._hint.setFont(font(20))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        camera = self._camera = QWidget()
        camera.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # left is left in every language
        turns = QHBoxLayout(camera)
        turns.setContentsMargins(0, 0, 0, 0)
        turns.setSpacing(14)
        for name, sign in VIEWS:
            turns.addWidget(self._button(name, sign))
        row = QHBoxLayout()
        row.setSpacing(14)
        if "back" in allowed:
            row.addWidget(self._button("back", "◀"))
        row.addWidget(camera)
        for name, sign in (("language", "文 A"), ("next", "▶")):
            if name in allowed:
                row.addWidget(self._button(name, sign))
        self._branches = QHBoxLayout()
        self._branches.setSpacing(14)
        layout = QVBoxLayout(self)
        layout.addWidget(self._hint, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addLayout(self._branches)
        layout.addLayout(row)
        stage.stop_shown.connect(lambda _stop: self._word())
        self.hide()

    def show_over(self) -> None:
        """Lie over everything, with a word on how the hands move."""
        self._hint.show()
        self._word()
        self.show()
        self.raise_()

    def forget_hint(self) -> None:
        """The visitor has found out."""
        self._hint.hide()

    def place(self) -> None:
        """Stand at the bottom beside the words of the stop, above what must be said of the model, clear of the edges.

        On a screen too narrow for both it stands in the middle.
        """
        host = self._stage.audience
        for left, right in (_free(host), (0, host.width())):
            self._fit(right - left - 2 * EDGE_PX)
            if self.width() <= right - left - 2 * EDGE_PX:
                break
        bottom = host.notice.y() if host.notice.isVisible() else host.height()
        self.move((left + right - self.width()) // 2, bottom - self.height() - 10)

    def _fit(self, room_px: int) -> None:
        """Write in the largest signs for which there is room."""
        for px in SIZES_PX:
            for button in self.findChildren(QPushButton):
                asks = button.property("branch") is not None
                button.setFont(font(round(px * 0.7) if asks else px, SEMIBOLD))
                button.setStyleSheet(BUTTON % round(px * 0.9))
            self._hint.setFont(font(round(px * 0.67)))
            self._camera.adjustSize()
            self.adjustSize()
            if self.width() <= room_px:
                break

    def _button(self, name: str, sign: str) -> QPushButton:
        button = QPushButton(sign)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoRepeat(name in dict(VIEWS))
        button.clicked.connect(lambda _on=False: self._press(name))
        self._buttons[name] = button
        return button

    def _offer_branches(self) -> None:
        """Have a button for each branch of the stop: "ask me about heat"."""
        clear(self._branches)
        player = self._stage.player
        branches = player.stop.branches if "branch" in self._allowed else ()
        for number, branch in enumerate(branches):
            button = QPushButton(player.story.told(branch.title, self._stage.language))
            button.setProperty("branch", number)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _on=False, n=number: self._stage.do(f"branch:{n}"))
            self._branches.addWidget(button)

    def _press(self, name: str) -> None:
        pilot = self._stage.performer.viewport.pilot
        if name in ("left", "right"):
            pilot.orbit(TURN_PX if name == "left" else -TURN_PX, 0.0)
        elif name in ("nearer", "farther"):
            pilot.zoom_centre(CLOSER if name == "nearer" else 1.0 / CLOSER)
        else:
            self._stage.do(name)
            self._word()

    def _word(self) -> None:
        language = self._stage.language
        self._hint.setText(HINTS.get(language, HINTS["en"]))
        place = LANGUAGES.index(language) if language in LANGUAGES else 1
        for name, button in self._buttons.items():
            button.setAccessibleName(NAMED[name][place])
            button.setToolTip(NAMED[name][place])
        mirrored = right_to_left(language)
        for name, points_right in (("back", mirrored), ("next", not mirrored)):
            if name in self._buttons:
                self._buttons[name].setText("▶" if points_right else "◀")
        self._offer_branches()
        self.place()


def _free(host: AudienceWindow) -> tuple[int, int]:
    """Return from where to where the words of the stop leave the screen free."""
    left, right = 0, host.width()
    if host.card.isVisibleTo(host):
        card = host.card.geometry()
        if card.center().x() < host.width() // 2:
            left = card.right()
        else:
            right = card.left()
    return left, right


class _Choice(QWidget):
    """The languages, large, over the running story."""

    def __init__(self, stage: OnStage, choose: object) -> None:
        super().__init__(stage.audience)
        self._stage = stage
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        stage.stop_shown.connect(lambda _stop: self.place())  # its words may need more room
        self.buttons: dict[str, QPushButton] = {}
        for language in stage.player.story.languages:
            button = QPushButton(NAMES.get(language, language))
            button.setFont(font(34, SEMIBOLD))
            button.setStyleSheet(BUTTON % 28)
            button.setFixedHeight(CHOICE_PX[1])
            button.setMinimumWidth(CHOICE_PX[0])
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
        """Stand in the middle of what the words of the stop leave free."""
        host = self._stage.audience
        self.adjustSize()
        left, right = _free(host)
        x = (left + right - self.width()) // 2
        x = max(EDGE_PX, min(x, host.width() - self.width() - EDGE_PX))
        self.move(x, (host.height() - self.height()) // 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw nothing behind the buttons."""
