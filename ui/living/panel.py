"""What is happening: the state of every feed, alerts that stand, and the last events."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from twin.live.alerts import Event, Happened, Standing
from ui.docks.panel import Panel
from ui.forms.parts import EmptyState, IconButton, Line, clear, heading
from ui.i18n import tr
from ui.i18n.formats import date_time
from ui.icons import icon
from ui.living.rows import AlertRow, FeedRow
from ui.living.unplaced import UnplacedList
from ui.living.words import event_text, moment

if TYPE_CHECKING:
    from twin.live.feed import Notice
    from twin.work.living import FeedView
    from twin.work.session import Session
    from ui.living.control import LivingControl

EVENT = Qt.ItemDataRole.UserRole
SHOWN_EVENTS = 100
SHOWN_NOTICES = 30
LATER_MS = 300
ICONS = {
    Happened.RAISED: ("mdi6.alert", "danger"),
    Happened.OVER: ("mdi6.check-circle-outline", "good"),
    Happened.ACKNOWLEDGED: ("mdi6.account-check-outline", "accent"),
    Happened.FEED: ("mdi6.access-point", "muted"),
    Happened.MARK: ("mdi6.flag-outline", "accent"),
    Happened.NOTICE: ("mdi6.bullhorn-outline", "warning"),
}


class LivePanel(Panel):
    """The feeds of the project and what they brought about.

    Parameters
    ----------
    control : LivingControl
        Keeps the feeds running.
    """

    connect_requested = Signal()
    rules_requested = Signal()
    thing_requested = Signal(str)
    chart_requested = Signal(str, str)

    def __init__(self, control: LivingControl, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self._control = control
        self._rows: dict[str, FeedRow] = {}
        self._alert_rows: dict[tuple[str, str], AlertRow] = {}
        self._version = -1
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self._look)
        self._add = QPushButton(flat=True)
        self._rules = QPushButton(flat=True)
        self._mark = IconButton("mdi6.flag-plus-outline", self._mark_moment)
        self._feeds = QVBoxLayout()
        self._alerts = QVBoxLayout()
        self._alerts_title, self._events_title = heading(px=13), heading(px=13)
        self._notices_title, self._notices = heading(px=13), QVBoxLayout()
        self._told: tuple[Notice, ...] = ()
        self._unplaced_title, self.unplaced = heading(px=13), UnplacedList()
        self._empty = EmptyState("mdi6.access-point-network")
        self.events = QListWidget()
        self._arrange()
        self._add.clicked.connect(lambda _checked=False: self.connect_requested.emit())
        self._rules.clicked.connect(lambda _checked=False: self.rules_requested.emit())
        self.events.itemActivated.connect(self._go_to)
        self.unplaced.chosen.connect(self.chart_requested)
        control.looked.connect(self._look)
        self._begin()

    def retranslate(self) -> None:
        """See base."""
        self._add.setText(tr("live.connect"))
        self._rules.setText(tr("live.rules"))
        self._mark.say(tr("live.mark"))
        self._alerts_title.setText(tr("live.alerts"))
        self._events_title.setText(tr("live.events"))
        self._notices_title.setText(tr("live.notices"))
        self.events.setAccessibleName(tr("live.events"))
        self._empty.say(tr("live.empty"), tr("live.empty_advice"))

    def retheme(self) -> None:
        """See base."""
        self._add.setIcon(icon("mdi6.connection"))
        self._rules.setIcon(icon("mdi6.bell-cog-outline"))
        for part in (self._mark, self._empty, *self._rows.values(), *self._alert_rows.values()):
            part.retheme()
        self._version = -1

    def showEvent(self, event: QShowEvent) -> None:
        """Look at once: while it was hidden nobody did."""
        super().showEvent(event)
        self._later.start()

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.addWidget(self._add)
        bar.addWidget(self._rules)
        bar.addStretch(1)
        bar.addWidget(self._mark)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 6, 12, 10)
        column.setSpacing(8)
        self._feeds.setSpacing(8)
        self._alerts.setSpacing(6)
        column.addWidget(self._empty)
        column.addLayout(self._feeds)
        column.addWidget(self._alerts_title)
        column.addLayout(self._alerts)
        column.addWidget(self._notices_title)
        column.addLayout(self._notices)
        column.addWidget(self._unplaced_title)
        column.addWidget(self.unplaced)
        column.addWidget(Line())
        column.addWidget(self._events_title)
        self.events.setFrameShape(QFrame.Shape.NoFrame)
        self.events.setWordWrap(True)
        self.events.setMinimumHeight(120)
        column.addWidget(self.events, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(area, 1)

    def _attach(self, session: Session) -> None:
        self._links.connect(session.project_changed, lambda _a, _b: self._refresh())
        self._links.connect(session.layer_changed, self._on_layer)

    def _on_layer(self, _layer: str, aspects: frozenset[str]) -> None:
        # A recording has no feeds that would be looked at every second.
        news = aspects & {"table", "removed"} or (not self._control.views and "columns" in aspects)
        if news and not self._later.isActive():
            self._later.start()

    def _refresh(self) -> None:
        self._version = -1
        self._add.setEnabled(self._session is not None)
        self._rules.setEnabled(self._session is not None)
        self._mark.setEnabled(self._control.living is not None)
        self._look()

    def _look(self) -> None:
        if not self.isVisibleTo(self.window()):
            return
        paused = self._paused()
        self._show_feeds(self._control.views, paused)
        self._show_alerts()
        self._show_notices()
        self._show_unplaced()
        self._show_events()
        some = bool(self._control.views or paused or self.unplaced.total)
        self._empty.setVisible(not some)
        self._mark.setEnabled(self._control.living is not None)

    def _paused(self) -> list[str]:
        feeds = self._session.project.feeds if self._session is not None else ()
        return [feed.id for feed in feeds if not feed.enabled]

    def _show_feeds(self, views: tuple[FeedView, ...], paused: list[str]) -> None:
        specs = {f.id: f for f in self._session.project.feeds} if self._session else {}
        wanted = {**{v.spec.id: v for v in views}, **dict.fromkeys(paused)}
        if list(self._rows) != list(wanted):
            clear(self._feeds)
            self._rows = {}
            for name in wanted:
                self._rows[name] = row = FeedRow(name)
                row.toggled.connect(self._toggle)
                row.removed.connect(self._remove)
                self._feeds.addWidget(row)
        for name, view in wanted.items():
            spec = specs.get(name)
            if spec is not None:
                self._rows[name].show_feed(spec.title or spec.url, view.status if view else None)

    def _show_alerts(self) -> None:
        living = self._control.living
        standing = {(s.rule.id, s.stream.id): s for s in (living.standing if living else [])}
        shown = dict(list(standing.items())[:30])
        if list(self._alert_rows) != list(shown):
            clear(self._alerts)
            self._alert_rows = {}
            for key in shown:
                self._alert_rows[key] = row = AlertRow()
                row.acknowledged.connect(self._acknowledge)
                row.chosen.connect(self.thing_requested)
                self._alerts.addWidget(row)
        for key, found in shown.items():
            self._alert_rows[key].show_alert(found)
        self._alerts_title.setVisible(bool(shown))

    def _show_notices(self) -> None:
        living = self._control.living
        told = tuple(living.notices[:SHOWN_NOTICES]) if living is not None else ()
        self._notices_title.setVisible(bool(told))
        if told == self._told:
            return
        self._told = told
        clear(self._notices)
        for notice in told:
            words = QLabel(notice.title)
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setWordWrap(True)
            words.setToolTip("\n".join(t for t in (", ".join(notice.concerns), notice.text) if t))
            words.setAccessibleDescription(notice.text)
            self._notices.addWidget(words)

    def _show_unplaced(self) -> None:
        self.unplaced.show_session(self._session)
        count = self.unplaced.total
        self._unplaced_title.setText(tr("live.unplaced", count=count))
        self.unplaced.setAccessibleName(tr("live.unplaced", count=count))
        for part in (self._unplaced_title, self.unplaced):
            part.setVisible(count > 0)

    def _show_events(self) -> None:
        living = self._control.living
        if living is None:
            self.events.clear()
            return
        if living.events.version == self._version:
            return
        self._version = living.events.version
        zone = self._session.project.time_zone if self._session is not None else "UTC"
        self.events.clear()
        for event in living.events.recent(SHOWN_EVENTS):
            words = f"{date_time(moment(event.at_us), zone)}  {event_text(event)}"
            name, tone = ICONS[event.kind]
            item = QListWidgetItem(icon(name, _colour(tone)), words)
            item.setData(EVENT, event)
            self.events.addItem(item)

    # What the user does.

    def _toggle(self, name: str) -> None:
        if self._session is not None:
            self._change(
                "edit.feed",
                lambda feeds: tuple(
                    replace(f, enabled=not f.enabled) if f.id == name else f for f in feeds
                ),
            )

    def _remove(self, name: str) -> None:
        self._change("edit.remove_feed", lambda feeds: tuple(f for f in feeds if f.id != name))

    def _change(self, label: str, change) -> None:
        if self._session is not None:
            self._session.do(label, lambda p: replace(p, feeds=change(p.feeds)))
            self._look()

    def _acknowledge(self, standing: Standing) -> None:
        if self._control.living is not None:
            self._control.living.acknowledge(standing)
            self._look()

    def _go_to(self, item: QListWidgetItem) -> None:
        event = item.data(EVENT)
        if self._session is not None and isinstance(event, Event):
            self._session.clock.set(moment(event.at_us))
            if event.thing:
                self.thing_requested.emit(event.thing)

    def _mark_moment(self) -> None:
        living, session = self._control.living, self._session
        if living is None or session is None:
            return
        words, given = QInputDialog.getText(self, tr("live.mark"), tr("live.mark_words"))
        if given and words.strip():
            living.mark(round(session.clock.at.timestamp() * 1e6), words.strip()[:200])
            self._look()


def _colour(tone: str) -> str:
    from ui.theme import current_palette

    return str(getattr(current_palette(), tone))
