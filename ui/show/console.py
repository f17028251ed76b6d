"""The presenter's console: what the audience sees, notes, this stop and the next, time, and all that can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.forms.parts import clear, heading, muted, wrapping
from ui.i18n import tr, translator
from ui.icons import icon
from ui.show.audience import COMMANDS
from ui.show.marks import Tool
from ui.show.wording import NAMES
from ui.text import SEMIBOLD, set_weight, tabular

if TYPE_CHECKING:
    from twin.drawables import Text
    from twin.show.player import Player
    from ui.show.on_stage import OnStage

SIZE_PX = (1180, 720)
PREVIEW_MS = 400
KEYS_IN_ROW = 5
BUTTONS = (
    ("back", "mdi6.skip-previous", False),
    ("next", "mdi6.skip-next", False),
    ("autoplay", "mdi6.play", True),
    ("loop", "mdi6.repeat", True),
    ("blank", "mdi6.monitor-off", True),
    ("freeze", "mdi6.snowflake", True),
    ("laser", "mdi6.laser-pointer", True),
    ("spotlight", "mdi6.spotlight-beam", True),
    ("draw", "mdi6.draw", True),
    ("clear", "mdi6.eraser", False),
    ("alerts", "mdi6.bell-off", True),
    ("remote", "mdi6.cellphone-link", True),
    ("end", "mdi6.stop", False),
)


class PresenterConsole(QWidget):
    """Shows a running story to who tells it, in the language of the interface: the audience may read another."""

    command = Signal(str)

    def __init__(self, stage: OnStage) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("console")
        self._stage = stage
        self._preview = _Preview(stage)
        self._title, self._notes, self._next = heading(px=20), wrapping(), muted(px=13)
        self._clock, self._alert = QLabel(), wrapping()
        self._buttons = {name: QPushButton(checkable=on) for name, _, on in BUTTONS}
        self._branches = QHBoxLayout()
        self._stops = QListWidget()
        self._languages = QComboBox()
        self._pads = QScrollArea(widgetResizable=True)
        self._heads = {name: muted() for name in ("notes", "stops", "layers", "language")}
        self._timer = QTimer(self, interval=PREVIEW_MS)
        self._timer.timeout.connect(self.refresh)
        self._arrange()
        self._connect()
        self._offer_languages()
        self.retheme()
        self.retranslate()
        self.resize(*SIZE_PX)

    def retranslate(self) -> None:
        """Word everything again."""
        self.setWindowTitle(tr("console.title"))
        for name, button in self._buttons.items():
            button.setText(tr(f"console.{name}"))
            button.setAccessibleName(tr(f"console.{name}"))
        for name, label in self._heads.items():
            label.setText(tr(f"console.head_{name}"))
        self._preview.setAccessibleName(tr("console.preview"))
        self._stops.setAccessibleName(tr("console.head_stops"))
        self._languages.setAccessibleName(tr("console.head_language"))
        self._fill_stops()
        self.show_stop(self._stage.player)

    def retheme(self) -> None:
        """Draw the icons in the colours of the theme."""
        for name, symbol, _ in BUTTONS:
            self._buttons[name].setIcon(icon(symbol))

    def refresh(self) -> None:
        """Show how things stand: time, buttons, and what the audience sees."""
        stage, player = self._stage, self._stage.player
        number, count = player.place
        place = tr("console.place", number=number or "·", count=count)
        self._clock.setText(
            f"{place}   {_clock(player.total_s)} / {_clock(player.story.duration_s())}"
        )
        states = {
            "autoplay": player.autoplay,
            "loop": player.loop,
            "blank": stage.marks.blank,
            "freeze": stage.marks.frozen,
            "remote": stage.remote is not None,
            "alerts": stage.alerts is not None and stage.alerts.blanked,
            **{tool.value: stage.marks.tool is tool for tool in Tool if tool is not Tool.NONE},
        }
        for name, on in states.items():
            self._buttons[name].setChecked(on)
        self._alert.setText(stage.alerts.last if stage.alerts is not None else "")
        self._alert.setVisible(bool(self._alert.text()))
        self._languages.setCurrentIndex(self._languages.findData(stage.language))
        self._buttons["next"].setEnabled(player.following is not None)
        self._buttons["back"].setEnabled(player.previous is not None)
        self._preview.take(stage.snapshot())

    def show_stop(self, player: Player) -> None:
        """Show the stop that has begun and the one that follows."""
        stop, following = player.stop, player.following
        self._title.setText(self._told(stop.title))
        self._notes.setText(self._told(stop.notes) or self._told(stop.text))
        named = self._told(following.title) if following is not None else "–"
        self._next.setText(tr("console.following", title=named))
        for row in range(self._stops.count()):
            entry = self._stops.item(row)
            if entry.data(Qt.ItemDataRole.UserRole) == stop.id:
                self._stops.setCurrentItem(entry)
        self._fill_branches()
        self._fill_pads()

    def showEvent(self, event: QShowEvent) -> None:
        """Look again, also after it was put away."""
        self._timer.start()
        super().showEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Only put away: the show goes on."""
        self._timer.stop()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clickers work here as on stage."""
        command = COMMANDS.get(Qt.Key(event.key()))
        if command is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.command.emit(command)
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        keys = QGridLayout()
        for number, (name, _, _) in enumerate(BUTTONS):
            self._buttons[name].setMinimumHeight(40)
            keys.addWidget(self._buttons[name], number // KEYS_IN_ROW, number % KEYS_IN_ROW)
        left = QVBoxLayout()
        left.addWidget(self._preview, 1)
        left.addLayout(self._branches)
        left.addLayout(keys)
        set_weight(self._clock, SEMIBOLD, px=18)
        self._clock.setFont(tabular(self._clock.font()))
        right = QVBoxLayout()
        told = (self._title, self._next, self._heads["notes"], self._notes)
        for part in (self._clock, self._alert, *told):
            right.addWidget(part)
        for name, part in (
            ("language", self._languages),
            ("stops", self._stops),
            ("layers", self._pads),
        ):
            right.addWidget(self._heads[name])
            right.addWidget(part, 0 if name == "language" else 1)
        whole = QHBoxLayout(self)
        whole.addLayout(left, 3)
        whole.addLayout(right, 2)

    def _connect(self) -> None:
        for name, button in self._buttons.items():
            button.clicked.connect(lambda _on=False, name=name: self.command.emit(name))
        self._stops.itemActivated.connect(self._go)
        self._stops.itemClicked.connect(self._go)
        self._languages.activated.connect(
            lambda row: self.command.emit(f"language:{self._languages.itemData(row)}")
        )

    def _told(self, words: Text) -> str:
        return self._stage.player.story.told(words, translator.language)

    def _offer_languages(self) -> None:
        for language in self._stage.player.story.languages:
            self._languages.addItem(NAMES.get(language, language), language)
        self._languages.setCurrentIndex(self._languages.findData(self._stage.language))

    def _fill_stops(self) -> None:
        self._stops.clear()
        for stop in self._stage.player.story.stops:
            mark = "   ↳ " if stop.aside else ""
            entry = QListWidgetItem(mark + self._told(stop.title))
            entry.setData(Qt.ItemDataRole.UserRole, stop.id)
            self._stops.addItem(entry)

    def _fill_branches(self) -> None:
        clear(self._branches)
        for number, branch in enumerate(self._stage.player.stop.branches):
            button = QPushButton(f"{number + 1}  {self._told(branch.title)}")
            button.clicked.connect(lambda _on=False, n=number: self.command.emit(f"branch:{n}"))
            self._branches.addWidget(button)

    def _fill_pads(self) -> None:
        pads = QWidget()
        column = QVBoxLayout(pads)
        column.setContentsMargins(0, 0, 0, 0)
        for layer_id, title, on in self._stage.layers():
            pad = QPushButton(title, checkable=True, checked=on, toolTip=title)
            pad.clicked.connect(lambda _on=False, name=layer_id: self.command.emit(f"layer:{name}"))
            column.addWidget(pad)
        column.addStretch(1)
        self._pads.setWidget(pads)

    def _go(self, entry: QListWidgetItem) -> None:
        self.command.emit(f"go:{entry.data(Qt.ItemDataRole.UserRole)}")


class _Preview(QLabel):
    """What the audience sees; the pointer on it points on the stage."""

    def __init__(self, stage: OnStage) -> None:
        super().__init__()
        self._stage = stage
        self.setMinimumSize(QSize(320, 180))
        self.setMouseTracking(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._size = QSize(1, 1)

    def take(self, picture: QPixmap) -> None:
        """Show a picture of the stage."""
        smooth = Qt.TransformationMode.SmoothTransformation
        ratio = self.devicePixelRatioF()  # the stage may stand on a screen of another scaling
        room = self.size() * ratio
        scaled = picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, smooth)
        scaled.setDevicePixelRatio(ratio)
        self._size = scaled.deviceIndependentSize().toSize()
        self.setPixmap(scaled)

    def sizeHint(self) -> QSize:
        """Return a size that does not follow the picture."""
        return QSize(640, 360)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        self._point(event, drawing=True, begins=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point, or draw."""
        self._point(event, drawing=bool(event.buttons()))

    def _point(self, event: QMouseEvent, *, drawing: bool, begins: bool = False) -> None:
        at = event.position()
        left = (self.width() - self._size.width()) / 2
        top = (self.height() - self._size.height()) / 2
        x = (at.x() - left) / max(self._size.width(), 1)
        y = (at.y() - top) / max(self._size.height(), 1)
        inside = 0.0 <= x <= 1.0 and 0.0 <= y <= 1.0
        self._stage.point_at(QPointF(x, y) if inside else None, drawing=drawing, begins=begins)


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02}"
