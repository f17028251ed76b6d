"""Plays a story on the viewport: camera, layers, clock and selection follow the player, frame by frame."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from twin.model.story import Stop, Story
from twin.problems import Problem
from twin.show.following import whereabouts
from twin.show.journey import Journey
from twin.show.motion import Mover
from twin.show.player import Phase, Player
from twin.show.staging import pose_at, skyline_at
from twin.work.jobs import Job

if TYPE_CHECKING:
    from twin.show.obstacles import Skyline
    from twin.work.session import Session
    from ui.viewport import Viewport

log = logging.getLogger(__name__)

TICK_MS = 33
LONGEST_TICK_S = 0.25
"""A frame that took long does not make the camera jump: the flight takes longer instead."""


class Performer(QObject):
    """A story on a viewport, until :meth:`close`."""

    stop_shown = Signal(object)
    """A Stop has begun."""
    moved = Signal()
    """Time has passed: the camera may be elsewhere, a part of the stop is over."""

    def __init__(
        self, viewport: Viewport, session: Session, story: Story, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.viewport, self.session = viewport, session
        self.player = Player(story)
        self.frozen = False
        self._skyline: Skyline | None = None
        self._journey: Journey | None = None
        self._mover: Mover | None = None
        self._moved_by_hand = False
        self._last_s = 0.0
        self._own = False
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._before = (
            session.clock.at,
            session.selection.features,
            viewport.xray,
            session.variant,
            session.clock.following,
            viewport.section.planes,
        )
        self.player.stop_changed.connect(self._on_stop)
        viewport.pilot.moved.connect(self._on_hand)
        viewport.section.failed.connect(self._hollow)
        session.jobs.changed.connect(self._look_out)
        self._look_out()

    def start(self, stop_id: str = "", *, autoplay: bool = False) -> None:
        """Begin at a stop, by default the first."""
        self.player.play(on=autoplay)
        self.player.go(stop_id or self.player.story.line[0].id, jump=True)
        self._last_s = time.monotonic()
        self._timer.start()

    def close(self) -> None:
        """Stop, and show the project again as it says itself."""
        self._timer.stop()
        self.viewport.stage.foresee([])
        self.player.stop_changed.disconnect(self._on_stop)
        self.viewport.pilot.moved.disconnect(self._on_hand)
        self.viewport.section.failed.disconnect(self._hollow)
        self.session.jobs.changed.disconnect(self._look_out)
        at, features, xray, variant, following, planes = self._before
        self.viewport.scene.present(None)
        self.session.clock.set(at)
        if following:
            self.session.clock.follow()
        self.session.selection.set(features)
        self.viewport.section.show(planes)
        self._set_variant(variant)
        if self.viewport.xray != xray:
            self.viewport.set_xray(on=xray)

    def advance(self, seconds: float) -> None:
        """Let time pass; the timer does so, and tests."""
        if self.frozen:
            return
        self.player.advance(seconds)
        self._move()
        self.moved.emit()

    # Insides.

    def _tick(self) -> None:
        now = time.monotonic()
        passed, self._last_s = min(now - self._last_s, LONGEST_TICK_S), now
        self.advance(passed)

    def _move(self) -> None:
        phase = self.player.phase
        if phase is Phase.FLYING and self._journey is not None:
            self._set_pose(self._journey.pose(self.player.share))
        elif phase is Phase.HOLDING and self._journey is not None:
            self._set_pose(self._journey.end)
            self._journey = None
        elif phase is Phase.HOLDING and self._mover is not None and not self._moved_by_hand:
            moment = self._mover.at(self.player.share)
            if self.player.stop.motion.kind != "time_lapse":
                self._set_pose(moment.pose)
            if moment.at is not None:
                self.session.clock.set(moment.at)

    def _set_pose(self, pose: object) -> None:
        self.viewport.stage.camera.pose = pose  # type: ignore[assignment]
        self.viewport.frames.request()

    def _on_stop(self, stop: Stop, _before: Stop | None) -> None:
        viewport, session = self.viewport, self.session
        viewport.pilot.stop()
        self._moved_by_hand = False
        layers = None if stop.layers is None else frozenset(stop.layers)
        viewport.scene.present(layers, stop.styles)
        if stop.at is not None and not stop.live:
            session.clock.set(stop.at)
        session.selection.set(stop.selection)
        self._set_variant(stop.variant)
        self._cut_open(stop)
        camera = stop.camera
        if camera is not None and camera.xray != viewport.xray:
            viewport.set_xray(on=camera.xray)
        self._journey = self._mover = None
        if camera is not None:
            mover = Mover(stop, self._skyline, whereabouts(session, stop.motion.subject))
            goal = mover.at(0.0).pose
            if self.player.phase is Phase.FLYING:
                start = viewport.stage.camera.pose
                self._journey = Journey(start, goal, self._skyline)
            else:
                self._set_pose(goal)
            if stop.motion.kind != "still" and not self.player.calm:
                self._mover = mover
        self._foresee(stop)
        viewport.frames.request()
        self.stop_shown.emit(stop)

    def _cut_open(self, stop: Stop) -> None:
        """Cut the scene as a stop says; or close it."""
        from twin.work.sections import from_story

        section = self.viewport.section
        if stop.section or section.planes:
            section.show(from_story(stop.section), stop.layers)

    def _foresee(self, stop: Stop) -> None:
        """Let streamed cities load what the end of the flight and the stops after it will show."""
        stops = (stop, *self.player.ahead)
        self.viewport.stage.foresee([pose_at(s.camera) for s in stops if s.camera is not None])

    def _set_variant(self, variant: str) -> None:
        change = getattr(self.session, "set_variant", None)
        if change is not None and variant != self.session.variant:
            change(variant)

    def _on_hand(self) -> None:
        """The presenter has taken the camera: the stop's own motion gives way until the next stop."""
        if self.player.phase is Phase.HOLDING:
            self._moved_by_hand = True
            self._journey = None

    def _look_out(self) -> None:
        """Find what flights must clear, once everything is loaded; a job, and once."""
        if self._own or self._skyline is not None:
            return
        if any(runtime.busy for runtime in self.session.layers()):
            return
        self._own = True
        job = Job("job.skyline", self.player.story.id)
        self.session.jobs.run(
            job,
            lambda _job: skyline_at(self.session),
            done=self._take_skyline,
            failed=self._without,
        )

    def _hollow(self, problem: Problem) -> None:
        log.warning("a section stays hollow: %s", problem)

    def _take_skyline(self, skyline: Skyline) -> None:
        self._skyline = skyline

    def _without(self, problem: Problem) -> None:
        log.warning("flights go straight: %s", problem)
