"""Places the overlay's widgets on the viewport and keeps them in step with the session and the camera."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from ui.i18n import tr
from ui.viewport.overlay import contents
from ui.viewport.overlay.buttons import NavigationButtons
from ui.viewport.overlay.compass import Compass
from ui.viewport.overlay.legend import LegendCard
from ui.viewport.overlay.loading import LoadingCard
from ui.viewport.overlay.notices import NoticeBanner, SourcesLine
from ui.viewport.overlay.outline import HoverOutline
from ui.viewport.overlay.scale import ScaleBar
from ui.viewport.overlay.tip import HoverTip
from ui.viewport.overlay.welcome import FocusRing, Welcome

if TYPE_CHECKING:
    from twin.work.session import Session

MARGIN_PX = 12
POLL_MS = 200
LEGEND_SHARE = 0.56
"""Of the height of the view: the city matters more."""
SMALL_PX = (480, 340)
"""A view that is narrower or lower, one of several for instance, begins with its legend folded."""


class Overlay(QObject):
    """All widgets on the picture of one viewport."""

    north_requested = Signal()
    problems_requested = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._session: Session | None = None
        self._in_sight: frozenset[str] | None = None
        self._clean = False
        self.covered: list[QRect] = []
        """What others have laid over the picture: labels keep clear of it as well."""
        self.outline = HoverOutline(host)
        self.compass = Compass(host)
        self.buttons = NavigationButtons(host)
        self.scale = ScaleBar(host)
        self.legend = LegendCard(host)
        self.notice = NoticeBanner(host)
        self.sources = SourcesLine(host)
        self.loading = LoadingCard(host)
        self.tip = HoverTip(host)
        self.hint = NoticeBanner(host)
        self.welcome = Welcome(host)
        self.focus = FocusRing(host)
        self._soon = QTimer(self, singleShot=True, interval=60)
        self._soon.timeout.connect(self.refresh)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._show_loading)
        self.compass.clicked.connect(self.north_requested)
        self.loading.problems_requested.connect(self.problems_requested)
        self.legend.resized.connect(self.place)
        self.loading.resized.connect(self.place)

    def set_session(self, session: Session | None) -> None:
        """Show what another session says; None shows nothing."""
        self._disconnect()
        self._session = session
        self._in_sight = None
        if session is not None:
            session.layer_changed.connect(self._on_layer)
            session.project_changed.connect(self._on_project)
        self.refresh()

    def set_actions(self, actions: Sequence[QAction]) -> None:
        """Give the navigation buttons their actions."""
        self.buttons.set_actions(actions)
        self.place()

    def set_camera(self, *, heading_deg: float, metres_per_px: float) -> None:
        """Show where the camera looks and how far a pixel goes."""
        self.compass.set_heading(heading_deg)
        furnished = self._session is not None and not self._clean
        self.scale.set_scale(metres_per_px if furnished else float("nan"))

    def set_in_sight(self, layer_ids: frozenset[str]) -> None:
        """Have the legend explain only these layers: others cannot be seen from here."""
        if layer_ids != self._in_sight:
            self._in_sight = layer_ids
            self._soon.start()

    def set_walking(self, *, on: bool) -> None:
        """Say how to walk while the viewer does."""
        self.hint.set_notices([tr("viewport.walk_hint")] if on else ())
        self.place()

    def set_focus_shown(self, *, shown: bool) -> None:
        """Show or hide the ring of the keyboard focus; an audience never sees it."""
        self.focus.setVisible(shown and not self._clean)

    def set_clean(self, *, clean: bool) -> None:
        """Leave the picture alone: whoever shows it to an audience says what must be said."""
        self._clean = clean
        self.covered = []
        self.set_focus_shown(shown=False)
        self.refresh()

    def refresh(self) -> None:
        """Bring all texts up to date with the session."""
        self._soon.stop()
        session = self._session
        self.welcome.setVisible(session is None)
        furnished = session if not self._clean else None
        self.compass.setVisible(furnished is not None)
        self.buttons.setVisible(furnished is not None)
        self.legend.set_sections(contents.legends(furnished, self._in_sight) if furnished else ())
        self.notice.set_notices(contents.notices(furnished) if furnished else ())
        self.sources.set_sources(contents.sources(furnished) if furnished else ())
        self._show_loading()
        self.place()

    def retranslate(self) -> None:
        """Word everything again."""
        self.compass.retranslate()
        self.welcome.retranslate()
        if not self.hint.isHidden():
            self.set_walking(on=True)
        self.buttons.retranslate()
        self.legend.retranslate()
        self.loading.retranslate()
        self.scale.update()
        self.refresh()

    def retheme(self) -> None:
        """Take over the theme's colours."""
        self.notice.retheme()
        self.hint.retheme()
        self.welcome.retheme()
        self.loading.retheme()
        self.legend.retheme()

    def place(self) -> None:
        """Put every widget where it belongs for the size of the host."""
        area = self._host.rect().adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        if area.width() < 50 or area.height() < 50:
            return
        self._place_right(area)
        self._place_bottom(area)
        left = self.loading.width() + MARGIN_PX if not self.loading.isHidden() else 0
        self.notice.set_room(max(140, area.width() - 2 * max(left, 80)))
        self.notice.move(area.center().x() - self.notice.width() // 2, area.top())
        self.hint.set_room(max(140, area.width() - 2 * max(left, 80)))
        told = self.notice.height() + MARGIN_PX if not self.notice.isHidden() else 0
        self.hint.move(area.center().x() - self.hint.width() // 2, area.top() + told)
        self.welcome.move(area.center() - self.welcome.rect().center())
        self.focus.setGeometry(self._host.rect())
        self.outline.setGeometry(self._host.rect())
        self.loading.move(area.left(), area.top())
        head = self.loading.height() + MARGIN_PX if not self.loading.isHidden() else 0
        foot = self.scale.height() + MARGIN_PX
        room = min(area.height() - head - foot, round(LEGEND_SHARE * area.height()))
        narrow, low = (s < m for s, m in zip(self._host.size().toTuple(), SMALL_PX, strict=True))
        self.legend.set_small(small=narrow or low)
        self.legend.set_room(max(60, room))
        self.legend.move(area.left(), area.bottom() - foot - self.legend.height())

    def boxes(self) -> list[QRect]:
        """Return where widgets lie on the picture: labels of the scene keep clear of them."""
        parts = (self.compass, self.buttons, self.scale, self.legend, self.notice, self.loading)
        shown = [part.geometry() for part in (*parts, self.sources) if not part.isHidden()]
        return [*shown, *self.covered]

    def close(self) -> None:
        """Let go of the session."""
        self._disconnect()
        self._session = None
        self._soon.stop()
        self._poll.stop()

    def _place_right(self, area: QRect) -> None:
        self.compass.move(area.right() - self.compass.width() + 1, area.top())
        self.buttons.move(
            area.right() - self.buttons.width() + 1, area.top() + self.compass.height() + MARGIN_PX
        )

    def _place_bottom(self, area: QRect) -> None:
        self.scale.move(area.left(), area.bottom() - self.scale.height() + 1)
        self.sources.set_room(max(40, area.width() - self.scale.width() - MARGIN_PX))
        self.sources.move(
            area.right() - self.sources.width() + 1, area.bottom() - self.sources.height() + 1
        )

    def _show_loading(self) -> None:
        session = self._session
        rows = contents.loading(session) if session and not self._clean else []
        self.loading.set_rows(rows)
        if any(not row.failed for row in rows):
            self._poll.start()
        else:
            self._poll.stop()

    def _on_layer(self, _layer_id: str, _aspects: frozenset[str]) -> None:
        self._soon.start()

    def _on_project(self, _old: object, _new: object) -> None:
        self._soon.start()

    def _disconnect(self) -> None:
        if self._session is not None:
            self._session.layer_changed.disconnect(self._on_layer)
            self._session.project_changed.disconnect(self._on_project)
