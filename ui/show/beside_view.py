"""The second picture on stage: another place, variant or moment, its camera linked to the first."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from twin.errors import BelvedereError
from twin.model.story import Stop
from twin.show.beside import linked, other_session
from ui.bridge import Bridge
from ui.viewport import Viewport

if TYPE_CHECKING:
    from twin.render.pose import Pose
    from twin.work.session import Session


log = logging.getLogger(__name__)


class BesideView(QObject):
    """What stands beside one stop, until :meth:`close`.

    Parameters
    ----------
    stop : Stop
        With something beside it.
    session : Session
        Of the show.

    Raises
    ------
    BelvedereError
        The other place cannot be read.
    """

    ready = Signal()
    """Everything is loaded and drawn: it can be shown."""

    def __init__(self, stop: Stop, session: Session, parent: QWidget, language: str) -> None:
        super().__init__(parent)
        self.stop = stop
        self.is_ready = False
        self._bridge = Bridge(self)
        self._session = other_session(stop, session, deliver=self._bridge.deliver)
        self.clip = QWidget(parent)
        self.clip.hide()
        self.viewport = Viewport(self.clip)
        self.viewport.overlay.set_clean(clean=True)
        self.viewport.pilot.set_animated(on=False)
        self.viewport.completed.connect(self._complete)
        self._session.start()
        self.viewport.set_session(self._session)
        self.set_language(language)
        if stop.camera is not None and stop.camera.xray:
            self.viewport.set_xray(on=True)

    def follow(self, pose: Pose) -> None:
        """Look from where the first camera is, in this place."""
        self.viewport.stage.camera.pose = linked(pose, self.stop)
        self.viewport.frames.request()

    def set_language(self, language: str) -> None:
        """Word the labels in another language."""
        self.viewport.stage.set_language(language)
        self.viewport.frames.request()

    def close(self) -> None:
        """Let go of everything."""
        self.viewport.close()
        self._bridge.close()
        self._session.close()
        self.clip.hide()
        self.clip.deleteLater()
        self.deleteLater()

    def _complete(self) -> None:
        self.is_ready = True
        self.ready.emit()


class Neighbours(QObject):
    """The pictures beside the stop that is on and beside the one that follows, made before they are needed."""

    changed = Signal()
    """The picture beside the stop that is on has become ready."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._parent = session, parent
        self._views: dict[str, BesideView] = {}
        self._failed: set[str] = set()

    def keep(self, stops: list[Stop], language: str) -> None:
        """Have pictures for these stops and for no others."""
        wanted = {stop.id: stop for stop in stops if stop.beside is not None}
        for stop_id in [name for name in self._views if name not in wanted]:
            self._views.pop(stop_id).close()
        for stop_id, stop in wanted.items():
            if stop_id not in self._views and stop_id not in self._failed:
                self._make(stop, language)

    def of(self, stop: Stop) -> BesideView | None:
        """Return the picture beside a stop, None while there is none to be shown."""
        view = self._views.get(stop.id)
        return view if view is not None and view.is_ready else None

    def set_language(self, language: str) -> None:
        """Word the labels in another language."""
        for view in self._views.values():
            view.set_language(language)

    def close(self) -> None:
        """Let go of everything."""
        self.keep([], "")

    def _make(self, stop: Stop, language: str) -> None:
        try:
            view = BesideView(stop, self._session, self._parent, language)
        except BelvedereError as error:
            log.warning("nothing beside stop %s: %s", stop.id, error.problem)
            self._failed.add(stop.id)
            return
        view.ready.connect(self.changed)
        self._views[stop.id] = view
