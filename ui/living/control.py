"""Keeps the feeds of the open project running and the scene up to date with them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from twin.live import memory
from twin.live.alerts import Event, Happened
from ui.credentials import Kept

if TYPE_CHECKING:
    from twin.model.project import Project
    from twin.work.living import FeedView, Living
    from twin.work.session import Session
    from ui.living.notices import Notices
    from ui.window.main import MainWindow

SCENE_MS = 100
TONE_OF = {Happened.RAISED: "danger", Happened.NOTICE: "warning", Happened.MARK: "accent"}
LOOK_MS = 1000
GROWING_S = 3.0
"""While ever more things come in, layers are loaded again this often at most: each time is work for all of them."""


class LivingControl(QObject):
    """What lives in the window's project; there is one for a window, whether a panel shows it or not."""

    looked = Signal()
    """How the feeds stand was looked at anew."""
    alerted = Signal(object)
    """Events of alerts that were raised just now."""
    _renewed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session: Session | None = None
        self.living: Living | None = None
        self.views: tuple[FeedView, ...] = ()
        self.kept = Kept()
        self._version = self._marked = -1
        self._tries: dict[str, int] = {}
        self._known, self._growing_s = 0, 0.0
        self._notices: Notices | None = None
        self._scene = QTimer(self, interval=SCENE_MS)
        self._scene.timeout.connect(self._show_news)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.look)
        self._renewed.connect(self._renew, Qt.ConnectionType.QueuedConnection)
        window.session_changed.connect(self._on_session)

    def _on_session(self, session: Session | None) -> None:
        self._end()
        self._session = session
        if session is None:
            return
        memory.renewed.happened.connect(self._on_renewed)
        session.project_changed.connect(self._on_project)
        if session.project.feeds:
            self._follow(session.project)

    def _on_project(self, before: Project, after: Project) -> None:
        if before.feeds != after.feeds or before.alerts != after.alerts:
            self._follow(after)

    def _follow(self, project: Project) -> None:
        from twin.work.feeds import maker
        from twin.work.living import Living

        if self._session is None:
            return
        if self.living is None:
            make = maker(self._session.registry)
            self.living = Living(self._session.folder, self.kept.secret_of, make=make)
        self.living.follow(project)
        self._scene.start()
        self._look.start()
        self.look()

    def look(self) -> None:
        """Ask how the feeds stand, and tell of new alerts."""
        if self.living is None:
            return
        self.views = tuple(self.living.look())
        self.looked.emit()
        self._mark_times()
        if self._session is not None and self._session.clock.following:
            self._reload_new_things(self._session)
        raised = self.living.taken()
        if raised:
            self._tell(raised)

    def _mark_times(self) -> None:
        """Show on the time bar what happened: alerts, disturbances, and what somebody marked."""
        from ui.living.words import moment

        events = self.living.events if self.living is not None else None
        if events is None or events.version == self._marked:
            return
        self._marked = events.version
        told = [(moment(e.at_us), TONE_OF[e.kind]) for e in events.recent() if e.kind in TONE_OF]
        self._window.time_bar.set_events(told)

    def _tell(self, raised: list[Event]) -> None:
        from ui.living.words import event_text

        self.alerted.emit(raised)
        if self._window.on_stage is not None:
            return  # a show is not interrupted
        self._window.status.say(event_text(raised[-1]))
        self._notify(raised)

    def _notify(self, raised: list[Event]) -> None:
        """Tell by the system as well, unless somebody looks at the window."""
        from ui.i18n import tr
        from ui.living.notices import Notices
        from ui.living.words import event_text

        if self._window.isActiveWindow():
            return
        if self._notices is None:
            self._notices = Notices(self._window.windowIcon(), self)
        shown = "\n".join(event_text(event) for event in raised[-3:])
        self._notices.show(tr("live.alert"), shown)

    def _show_news(self) -> None:
        """Recolour by what came in, ten times a second at most, while the present is shown."""
        session = self._session
        version = memory.versions()
        if session is None or version == self._version or not session.clock.following:
            return
        self._version = version
        session.renew()

    def _reload_new_things(self, session: Session) -> None:
        """Load layers again for which things came in that they do not know yet."""
        if self.living is None:
            return
        known = sum(view.status.streams for view in self.views)
        if self._still_growing(known):
            return
        for runtime in session.layers():
            table = runtime.table
            streams = table.tables.get("streams") if table is not None else None
            if streams is None or runtime.busy:
                continue
            if len(streams) < known and not self._tried(runtime.spec.id, known):
                session.reload(runtime.spec.id)

    def _still_growing(self, known: int) -> bool:
        """Whether more things came in since the last look, and it is worth waiting for the next."""
        now, grew = time.monotonic(), known > self._known
        self._known = known
        if not grew:
            self._growing_s = now
        if now - self._growing_s < GROWING_S:
            return grew
        self._growing_s = now
        return False

    def _tried(self, layer_id: str, known: int) -> bool:
        if self._tries.get(layer_id) == known:
            return True
        self._tries[layer_id] = known
        return False

    def _on_renewed(self) -> None:
        self._renewed.emit()  # from the thread that loaded

    def _renew(self) -> None:
        if self._session is not None:
            self._session.renew()

    def _end(self) -> None:
        self._scene.stop()
        self._look.stop()
        memory.renewed.happened.disconnect(self._on_renewed, missing_ok=True)
        if self._session is not None:
            self._session.project_changed.disconnect(self._on_project, missing_ok=True)
        living, self.living, self.views = self.living, None, ()
        self._marked = -1
        self._window.time_bar.set_events(())
        self._session = None
        if living is not None:
            living.close()
        for thread in [t for t in threading.enumerate() if t.name == "history"]:
            thread.join(5.0)
