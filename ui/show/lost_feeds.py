"""A feed that is lost during a show: the recorded day stands in for it, and the audience is told so."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

from twin.errors import BelvedereError
from twin.live.feed import FeedState
from twin.work.jobs import Job

if TYPE_CHECKING:
    from twin.work.living import FeedView, Living
    from twin.work.session import Session

log = logging.getLogger(__name__)

LOST = frozenset({FeedState.FAILED, FeedState.STALE, FeedState.ENDED})
PATIENCE_S = 10.0
"""A feed that is away for less is not missed: what it sent last is still shown, with its age."""
BACK_S = 5.0
DAY = timedelta(days=1)
Extent = tuple[datetime, datetime]


class Feeds(Protocol):
    """What is asked how the feeds stand: the living control of the window."""

    looked: SignalInstance
    living: Living | None
    views: Sequence[FeedView]


class LostFeeds(QObject):
    """Watches the feeds while a stop shows the present.

    Parameters
    ----------
    session : Session
        Its clock is set.
    feeds : Feeds
        Tells about once a second how every feed stands.
    """

    changed = Signal()
    """:attr:`standing_in` has changed."""

    def __init__(self, session: Session, feeds: Feeds, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._feeds = session, feeds
        self._watching = False
        self._lost_before = False
        self._since_s = time.monotonic()
        self._asked = False
        self._from: tuple[float, datetime] | None = None
        feeds.looked.connect(self.look)

    @property
    def standing_in(self) -> datetime | None:
        """The recorded moment that is shown in place of the present, None while nothing is lost."""
        return self._moment(time.monotonic()) if self._from is not None else None

    def watch(self, *, on: bool) -> None:
        """Watch from now on: a stop shows the present; or no longer."""
        self._watching = on
        if not on and self._from is not None:
            self._from = None
            self.changed.emit()
        if on and self._from is None and not self._session.clock.following:
            self._session.clock.follow()

    def close(self) -> None:
        """Watch no more."""
        self._feeds.looked.disconnect(self.look)

    def look(self) -> None:
        """See how the feeds stand; about once a second."""
        now, states = time.monotonic(), {view.status.state for view in self._feeds.views}
        # One that tries again is not yet back.
        trying = self._lost_before and FeedState.CONNECTING in states
        lost = bool(states & LOST) or trying
        if lost != self._lost_before:
            self._lost_before, self._since_s = lost, now
        if not self._watching:
            return
        if self._from is not None:
            self._session.clock.set(self._moment(now))
        for_s = now - self._since_s
        if lost and self._from is None and for_s >= PATIENCE_S:
            self._ask()
        elif not lost and self._from is not None and for_s >= BACK_S:
            self._return()

    def _named(self) -> str:
        """Return the feeds that are away now, for the log."""
        away = LOST | {FeedState.CONNECTING}
        return ", ".join(v.spec.id for v in self._feeds.views if v.status.state in away)

    def _ask(self) -> None:
        """Find out on a worker which day was recorded."""
        if self._asked or self._feeds.living is None:
            return
        self._asked = True
        place = Path(self._feeds.living.address)
        self._session.jobs.run(
            Job("job.load", "history"),
            lambda _job: recorded(place),
            done=self._stand_in,
            failed=lambda problem: log.warning("no recorded day: %s", problem),
        )

    def _stand_in(self, extent: Extent | None) -> None:
        self._asked = False
        if not self._watching or extent is None:
            return
        at = same_hour(extent, datetime.now(UTC))
        log.warning("feeds lost (%s): recorded values of %s stand in", self._named(), at)
        self._from = (time.monotonic(), at)
        self._session.clock.set(at)
        self.changed.emit()

    def _return(self) -> None:
        log.info("feeds are back: the present is shown")
        self._from = None
        self._session.clock.follow()
        self.changed.emit()

    def _moment(self, now_s: float) -> datetime:
        assert self._from is not None  # noqa: S101 - asked by the callers
        since_s, at = self._from
        return at + timedelta(seconds=now_s - since_s)


def recorded(place: Path) -> Extent | None:
    """Return from when to when was recorded, None where nothing was."""
    from twin.store.history import open_history

    try:
        with open_history(place) as history:
            return history.extent()
    except BelvedereError:
        return None


def same_hour(extent: Extent, now: datetime) -> datetime:
    """Return the last recorded moment of the same time of day; its beginning, where less than a day was recorded."""
    start, end = extent
    days = -(-(now - end) // DAY)  # rounded up: no later than what was recorded
    return max(now - max(days, 1) * DAY, start)
