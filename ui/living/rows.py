"""One line of the panel of what happens: a feed, or an alert that stands."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from twin.live.alerts import Event, Happened, Standing
from ui.forms.parts import Chip, IconButton, muted
from ui.i18n import tr
from ui.living.words import TONES, event_text, state_text, status_text


class FeedRow(QWidget):
    """One feed: its name, its state, what comes, and what can be done with it."""

    toggled = Signal(str)
    removed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._id = name
        self._name = QLabel()
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._chip = Chip()
        self._words = muted(px=11)
        self._pause = IconButton("mdi6.pause", lambda: self.toggled.emit(self._id))
        self._drop = IconButton("mdi6.trash-can-outline", lambda: self.removed.emit(self._id))
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self._name, 1)
        for part in (self._chip, self._pause, self._drop):
            top.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self._words)
        self.retheme()

    def show_feed(self, title: str, status) -> None:
        """Show how the feed stands; None: it is switched off."""
        metrics = self._name.fontMetrics()
        room = max(80, self.width() - 190)
        self._name.setText(metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, room))
        self._name.setToolTip(title)
        running = status is not None
        self._pause.set_icon("mdi6.pause" if running else "mdi6.play")
        self._pause.say(tr("live.pause" if running else "live.resume"))
        self._drop.say(tr("live.remove"))
        if running:
            self._chip.show_as(state_text(status.state), TONES[status.state])
            self._words.setText(status_text(status))
        else:
            self._chip.show_as(tr("live.feed.off"), "plain")
            self._words.setText("")

    def retheme(self) -> None:
        """Draw the icons in the colours of the theme."""
        self._pause.retheme()
        self._drop.retheme()


class AlertRow(QWidget):
    """An alert that stands."""

    acknowledged = Signal(object)
    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._standing: Standing | None = None
        self._chip = Chip()
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._seen = IconButton("mdi6.check", self._acknowledge)
        self._go = IconButton("mdi6.crosshairs-gps", self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._chip)
        row.addWidget(self._words, 1)
        row.addWidget(self._go)
        row.addWidget(self._seen)
        self.retheme()

    def show_alert(self, standing: Standing) -> None:
        """Show an alert as it is now."""
        self._standing = standing
        seen = standing.acknowledged
        self._chip.show_as(tr("live.seen" if seen else "live.alert"), "plain" if seen else "danger")
        event = Event(
            at_us=standing.since_us,
            kind=Happened.RAISED,
            subject=standing.rule.id,
            thing=standing.stream.thing_name or standing.stream.thing or standing.stream.id,
            text=standing.rule.title,
            value=math.nan if standing.rule.kind == "zone" else standing.value,
            unit="s" if standing.rule.kind == "silence" else standing.stream.unit,
        )
        self._words.setText(event_text(event))
        self._seen.setVisible(not seen)
        self._seen.say(tr("live.acknowledge"))
        self._go.say(tr("live.show_thing"))

    def retheme(self) -> None:
        """Draw the icons in the colours of the theme."""
        self._seen.retheme()
        self._go.retheme()

    def _acknowledge(self) -> None:
        if self._standing is not None:
            self.acknowledged.emit(self._standing)

    def _choose(self) -> None:
        if self._standing is not None:
            self.chosen.emit(self._standing.stream.thing or self._standing.stream.id)
