"""The session in the viewport: binds it to the stage, uploads in small pieces, lets flows move."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twin.model.style import Style
    from twin.render import SessionStage
    from twin.work.session import Session
    from ui.viewport.frames import Frames
    from ui.viewport.surface import Surface

UPLOAD_MS = 8.0
"""Uploading takes this long at a time; input and painting come in between."""
FIRST_UPLOAD_MS = 24.0
"""The same until the first picture is complete: each time looks through all pieces, and nothing moves yet."""
WAIT_MS = 15
RETRY_MS = 2_000
"""What could not be loaded is looked for again no more often."""
AHEAD_MS = 60
"""So long after a coarse frame, what the fine one will need is uploaded, in the time until it is due."""
FLOW_MS = 66
FLOW_SHARE = 0.3
"""Of the time at most, for drawing what only decorates."""


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
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._try_again)
        self._ahead = QTimer(self, interval=AHEAD_MS)
        self._ahead.timeout.connect(self._prepare_some)
        self._flow = QTimer(self, interval=FLOW_MS)
        self._flow.timeout.connect(self._flow_on)
        self._last_flow_s = 0.0
        self._seen = True
        self._held = False
        self._flowing = False
        self._bare = True
        self.complete = False
        frames.drawn.connect(self._drawn)

    @property
    def uploading(self) -> bool:
        """Whether pieces wait to be uploaded."""
        return self._upload.isActive() or self._ahead.isActive()

    def set_session(self, session: Session | None) -> None:
        """Show another session, or an empty scene."""
        self._unbind()
        self._session = session
        self.complete = False
        self._bare = True
        if session is not None:
            from twin.render import SessionStage

            self._binding = SessionStage(session, self._surface.stage)
            self._binding.dirty.connect(self._on_dirty)
            session.jobs.changed.connect(self._on_jobs)
            self._on_dirty()
        self._frames.request()

    def refresh(self) -> None:
        """Bring to the screen what was put on the stage beside the session: what a tool draws."""
        self._on_dirty()

    def set_seen(self, *, seen: bool) -> None:
        """Rest while nobody can see the view."""
        self._seen = seen
        if seen:
            self._frames.resume()
            self._on_dirty()
        else:
            self._rest()
            self._frames.pause()

    def present(
        self, layer_ids: frozenset[str] | None, styles: Mapping[str, Style] | None = None
    ) -> None:
        """Show exactly these layers until told otherwise; None: as the project says."""
        if self._binding is not None:
            self._binding.present(layer_ids, styles)

    def hold(self) -> None:
        """Let nothing move by itself: two pictures of one view are the same."""
        self._held = True
        self._rest()

    def close(self) -> None:
        """Let go of the session and stop every timer."""
        self._unbind()
        self._session = None

    def _unbind(self) -> None:
        self._upload.stop()
        self._again.stop()
        self._ahead.stop()
        self._rest()
        if self._binding is not None:
            self._binding.dirty.disconnect(self._on_dirty)
            self._binding.session.jobs.changed.disconnect(self._on_jobs)
            self._binding.close()
            self._binding = None
            for layer_id in self._surface.stage.layer_ids:
                self._surface.stage.remove_layer(layer_id)

    def _on_dirty(self) -> None:
        self._upload.start()
        self._request()

    def _on_jobs(self) -> None:
        # A layer that failed changes nothing to be drawn, but nothing is waited for any more.
        if not self._loading():
            self._request()

    def _request(self) -> None:
        # While much arrives, the workers need the processor more than the picture does.
        self._settle()
        if self._loading():
            self._frames.request_lazily()
        else:
            self._frames.request()

    def _settle(self) -> None:
        """Let the picture become fine, unless more is to come."""
        self._frames.flowing = self._flowing
        self._frames.set_restless(restless=self._loading())

    def _busy(self) -> bool:
        session = self._session
        return session is not None and (
            session.plate.busy or any(r.busy for r in session.layers() if r.spec.visible)
        )

    def _loading(self) -> bool:
        stage = self._surface.stage
        # The first picture waits for its labels too: it would be drawn twice.
        first = not self.complete and self._session is not None and stage.uploading
        return self._busy() or ((stage.arriving or first) and not stage.stalled)

    def _upload_some(self) -> None:
        stage = self._surface.stage
        more = stage.upload(UPLOAD_MS if self.complete else FIRST_UPLOAD_MS)
        self._upload.setInterval(WAIT_MS if stage.starved else 0)
        if not more:
            self._upload.stop()
            self._request()
            self._retry_later()
            if self._bare and stage.layer_ids:
                self._frames.request()  # what is there first is seen at once
        else:
            self._show_meanwhile()

    def _retry_later(self) -> None:
        wait_s = self._surface.stage.retry_s
        if math.isfinite(wait_s):
            self._again.start(max(round(wait_s * 1000.0), RETRY_MS))

    def _try_again(self) -> None:
        """Look whether tiles that failed come now; nothing is drawn for that."""
        if self._upload.isActive() or not self._surface.stage.upload(UPLOAD_MS):
            self._retry_later()
        else:
            self._upload.start(0)

    def _show_meanwhile(self) -> None:
        """Show what has come while more is on its way, and well where that takes its time."""
        self._settle()
        if self._surface.stage.levels_changed and self._loading():
            self._frames.request_lazily()
        elif self._surface.stage.levels_changed:
            self._frames.request_fine()

    def _prepare_some(self) -> None:
        self._ahead.setInterval(0)
        if self._loading() or not self._surface.stage.prepare(UPLOAD_MS):
            self._ahead.stop()

    def _flow_on(self) -> None:
        now = time.perf_counter()
        moves = self._surface.stage.advance(now - self._last_flow_s)
        self._last_flow_s = now
        if not moves:
            self._rest()
            return
        self._flowing = True
        self._settle()
        # In the quality of a picture that rests: on a slow machine less often.
        self._flow.setInterval(max(FLOW_MS, round(self._frames.fine_ms / FLOW_SHARE)))
        self._frames.request_fine()

    def _rest(self) -> None:
        self._flow.stop()
        self._flowing = False
        self._settle()

    def _drawn(self, fine: bool) -> None:
        session = self._session
        if not (fine or self._held or session is None or self._flow.isActive()):
            self._last_flow_s = time.perf_counter()
            self._flow.start(FLOW_MS)  # something that flows may have come into sight
        stage = self._surface.stage
        self._bare = not stage.layer_ids
        if stage.uploading and not self._upload.isActive() and session is not None:
            self._upload.start(0)  # more has come into sight than a frame may upload
            self._settle()  # the picture would be made fine meanwhile
        if not fine:
            self._ahead.start(AHEAD_MS)
        elif self._binding is not None and not stage.piecing:
            self._binding.follow()
        if self.complete or session is None or self._busy() or stage.uploading:
            return
        self.complete = True
        self._settle()
        self.completed.emit()
        session.holds_hidden = False
        session.load_hidden()
