"""The session in the viewport: binds it to the stage, uploads in small pieces, lets flows move."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from twin.render import SessionStage
    from twin.work.session import Session
    from ui.viewport.frames import Frames
    from ui.viewport.surface import Surface

UPLOAD_MS = 8.0
"""Uploading takes this long at a time; input and painting come in between."""
SHOW_EVERY_S = 0.15
"""While much is uploaded a frame shows how far it is, this often."""
FLOW_MS = 66
SLOWEST_FLOW_MS = 200
"""Flows move at least this often: the picture must not turn fine between two steps."""


class Scene(QObject):
    """What the stage shows of a session.

    Attributes
    ----------
    complete : bool
        Everything of the session is loaded, uploaded and drawn.
    """

    completed = Signal()
    """Everything is drawn, for the first time since a session was set."""

    def __init__(self, surface: Surface, frames: Frames, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._surface = surface
        self._frames = frames
        self._session: Session | None = None
        self._binding: SessionStage | None = None
        self._upload = QTimer(self, interval=0)
        self._upload.timeout.connect(self._upload_some)
        self._flow = QTimer(self, interval=FLOW_MS)
        self._flow.timeout.connect(self._flow_on)
        self._last_shown_s = 0.0
        self._last_flow_s = 0.0
        self._seen = True
        self.complete = False
        frames.drawn.connect(self._drawn)

    @property
    def uploading(self) -> bool:
        """Whether pieces wait to be uploaded."""
        return self._upload.isActive()

    def set_session(self, session: Session | None) -> None:
        """Show another session, or an empty scene."""
        self._unbind()
        self._session = session
        self.complete = False
        if session is not None:
            from twin.render import SessionStage

            self._binding = SessionStage(session, self._surface.stage)
            self._binding.dirty.connect(self._on_dirty)
            self._on_dirty()
        self._frames.request()

    def set_seen(self, *, seen: bool) -> None:
        """Rest while nobody can see the view."""
        self._seen = seen
        if seen:
            self._frames.resume()
            self._on_dirty()
        else:
            self._flow.stop()
            self._frames.pause()

    def close(self) -> None:
        """Let go of the session and stop every timer."""
        self._unbind()
        self._session = None
        self._upload.stop()
        self._flow.stop()

    def _unbind(self) -> None:
        self._upload.stop()
        self._flow.stop()
        if self._binding is not None:
            self._binding.dirty.disconnect(self._on_dirty)
            self._binding.close()
            self._binding = None
            for layer_id in self._surface.stage.layer_ids:
                self._surface.stage.remove_layer(layer_id)

    def _on_dirty(self) -> None:
        self._upload.start()
        if self._seen and not self._flow.isActive():
            self._last_flow_s = time.perf_counter()
            self._flow.start()
        self._frames.request()

    def _upload_some(self) -> None:
        more = self._surface.stage.upload(UPLOAD_MS)
        now = time.perf_counter()
        if not more:
            self._upload.stop()
            self._frames.request()
        elif now - self._last_shown_s > SHOW_EVERY_S:
            self._last_shown_s = now
            self._frames.request()

    def _flow_on(self) -> None:
        now = time.perf_counter()
        moves = self._surface.stage.advance(now - self._last_flow_s)
        self._last_flow_s = now
        if not moves:
            self._flow.stop()
            return
        # Never more than a third of the time for drawing what only decorates.
        wanted = min(SLOWEST_FLOW_MS, max(FLOW_MS, round(3 * self._frames.last_ms)))
        self._flow.setInterval(wanted)
        self._frames.request()

    def _drawn(self, _fine: bool) -> None:
        session = self._session
        if self.complete or session is None or self.uploading:
            return
        if any(runtime.busy for runtime in session.layers()):
            return
        self.complete = True
        self.completed.emit()
