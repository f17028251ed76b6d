"""The feeds of an open project: started with it, recorded always, watched for alerts."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING

from twin.errors import BelvedereError
from twin.live import memory
from twin.live.alerts import AlertWatch, Event, Happened, Standing
from twin.live.engine import LiveEngine
from twin.live.eventlog import EventLog
from twin.live.feed import Feed, FeedState, FeedStatus, Notice
from twin.live.kinds import make_feed
from twin.live.runner import Runner, Secrets
from twin.live.wall import Wall
from twin.model.feed import FeedSpec, Retention
from twin.problems import Problem
from twin.work.recording import HISTORY, open_recording, tidied

if TYPE_CHECKING:
    from twin.model.project import Project
    from twin.store.history import FolderHistory

TIDY_EVERY_S = 3600.0
FIRST_TIDY_S = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedView:
    """A feed of the project and how it stands."""

    spec: FeedSpec
    status: FeedStatus


class Living:
    """What lives in an open project. Its methods belong to one thread, but for what feeds call.

    Parameters
    ----------
    folder : Path
        Of the project; observations are kept in it.
    secrets : callable
        Credentials by feed and name.
    make : callable
        Makes the feed of a spec.
    """

    def __init__(
        self,
        folder: Path,
        secrets: Secrets,
        *,
        make: Callable[[FeedSpec], Feed] = make_feed,
    ) -> None:
        self._folder = folder
        self._secrets = secrets
        self._make = make
        self._engine: LiveEngine | None = None
        self._history: FolderHistory | None = None
        self._specs: dict[str, FeedSpec] = {}
        self._states: dict[str, FeedState] = {}
        self._failed: dict[str, Problem] = {}
        self._retention = Retention()
        self._tidying: Thread | None = None
        self._tidied_s = time.monotonic() - TIDY_EVERY_S + FIRST_TIDY_S
        self._watch = AlertWatch()
        self._wall = Wall()
        self._lock = Lock()
        self.problem: Problem | None = None
        self.events = EventLog(folder / HISTORY if (folder / HISTORY).is_dir() else None)
        self.raised: list[Event] = []
        self.notices: list[Notice] = []
        """What platforms tell in words and holds now."""

    @property
    def address(self) -> str:
        """Of the history that is recorded into."""
        return str(self._folder / HISTORY)

    @property
    def running(self) -> bool:
        """Whether any feed is meant to run."""
        return bool(self._specs)

    def follow(self, project: Project) -> None:
        """Run the feeds that a project has now, and watch by its alerts."""
        self._retention = project.retention
        with self._lock:
            self._watch.set_rules(project.alerts)
        wanted = {feed.id: feed for feed in project.feeds if feed.enabled}
        for name in [n for n in self._specs if wanted.get(n) != self._specs[n]]:
            self._stop(name)
        for name, spec in wanted.items():
            if name not in self._specs:
                self._start(spec)

    def _start(self, spec: FeedSpec) -> None:
        try:
            self._open().start(spec)
        except BelvedereError as error:
            self._failed[spec.id] = error.problem
        else:
            self._failed.pop(spec.id, None)
        self._specs[spec.id] = spec

    def _stop(self, name: str) -> None:
        del self._specs[name]
        self._failed.pop(name, None)
        if self._engine is not None:
            self._engine.stop(name)

    def _open(self) -> LiveEngine:
        if self._engine is None:
            try:
                self._history = open_recording(self._folder)
            except BelvedereError as error:
                self.problem = error.problem  # feeds are shown all the same
            self._engine = LiveEngine(
                self._history, make=self._make, secrets=self._secrets, on_batch=self._on_batch
            )
            memory.running(self.address, self._engine.latest)
            if self._history is not None:
                self.events = EventLog(self._folder / HISTORY)
        return self._engine

    def _on_batch(
        self,
        runner: Runner,
        ids: list[str],
        times_us: list[int],
        results: list[float],
        qualities: list[int],
    ) -> None:
        """Hold observations against the alerts; on the thread of the feeds."""
        with self._lock:
            self._mind_the_clock()
            streams = runner.known
            events = self._watch.take(streams, ids, times_us, results, qualities)
            self.raised += [e for e in events if e.kind is Happened.RAISED]
        self.events.add(*events)

    def _mind_the_clock(self) -> None:
        """Let alerts count anew where the clock was set: an hour that never was is no silence."""
        if self._wall.stepped_us():
            self._watch.begin_anew(self._wall.now_us())

    def look(self) -> Sequence[FeedView]:
        """Return how every feed stands; what changed is logged. Called about once a second."""
        known = {s.id: s for s in self._engine.statuses()} if self._engine else {}
        views = []
        for spec in self._specs.values():
            status = known.get(spec.id)
            if spec.id in self._failed or status is None:
                status = FeedStatus(
                    id=spec.id, state=FeedState.FAILED, error=self._failed.get(spec.id)
                )
            if self._states.get(spec.id) is not status.state:
                self._states[spec.id] = status.state
                self._log(Happened.FEED, spec.title or spec.id, text=status.state.value)
            views.append(FeedView(spec, status))
        with self._lock:
            self._mind_the_clock()
            events = self._watch.listen(_now_us())
            self.raised += [e for e in events if e.kind is Happened.RAISED]
            alerted = frozenset(s.stream.thing or s.stream.id for s in self._watch.standing)
        memory.alerting(self.address, alerted)
        self.events.add(*events)
        if self._engine is not None:
            self.notices = self.events.take_notices(self._engine.notices(), _now_us())
            self.problem = self._engine.failed or self.problem
        self._tidy_when_due()
        return views

    def _tidy_when_due(self) -> None:
        """Once an hour forget and average what is old, beside the recording."""
        due = time.monotonic() - self._tidied_s >= TIDY_EVERY_S
        if due and self._retention and self._history is not None:
            self._tidied_s = time.monotonic()
            self._tidying = Thread(target=self._tidy, args=(self._history,), name="tidying")
            self._tidying.start()

    def _tidy(self, history: FolderHistory) -> None:
        try:
            tidied(history, self._retention, datetime.now(UTC))
        except (OSError, BelvedereError) as error:
            # What is old stays, and is tried again in an hour.
            log.warning("old observations could not be tidied: %s", type(error).__name__)

    def taken(self) -> list[Event]:
        """Return the alerts raised since this was last asked."""
        with self._lock:
            raised, self.raised = self.raised, []
        return raised

    @property
    def standing(self) -> list[Standing]:
        """The alerts that are raised now."""
        with self._lock:
            return self._watch.standing

    def acknowledge(self, standing: Standing) -> None:
        """Take note that somebody has seen an alert."""
        with self._lock:
            subject = standing.stream.id
            if standing.rule.kind == "zone":
                subject = standing.stream.thing or subject
            event = self._watch.acknowledge(standing.rule.id, subject, at_us=_now_us())
        if event is not None:
            self.events.add(event)

    def mark(self, at_us: int, text: str) -> None:
        """Remember a moment."""
        self.events.add(Event(at_us=at_us, kind=Happened.MARK, subject="mark", text=text))

    def _log(self, kind: Happened, subject: str, *, text: str) -> None:
        self.events.add(Event(at_us=_now_us(), kind=kind, subject=subject, text=text))

    def close(self) -> None:
        """Stop every feed and keep what came."""
        if self._tidying is not None:
            self._tidying.join()
            self._tidying = None
        if self._engine is not None:
            memory.running(self.address, None)
            self._engine.close()
            self._engine = None
        if self._history is not None:
            with contextlib.suppress(BelvedereError, OSError):
                self._history.close()
            self._history = None
        self._specs.clear()


def _now_us() -> int:
    return time.time_ns() // 1000
