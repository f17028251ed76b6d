"""Feeds and events in words."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from twin.live.alerts import Event, Happened
from twin.live.feed import FeedState
from ui.i18n import problem_text, tr
from ui.i18n.formats import number, quantity

if TYPE_CHECKING:
    from twin.live.feed import FeedStatus

TONES = {
    FeedState.CONNECTING: "plain",
    FeedState.LIVE: "good",
    FeedState.STALE: "warning",
    FeedState.REPLAYED: "accent",
    FeedState.SIMULATED: "warning",
    FeedState.FAILED: "danger",
    FeedState.ENDED: "plain",
}


def state_text(state: FeedState) -> str:
    """Return the state of a feed."""
    return tr(f"live.feed.{state.value}")


def status_text(status: FeedStatus) -> str:
    """Return one line on a feed: how much comes, how late, or what is wrong and what happens next."""
    if status.state is FeedState.FAILED:
        words = problem_text(status.error) if status.error is not None else ""
        if math.isfinite(status.retry_in_s):
            again = tr("live.retry_in", seconds=f"{status.retry_in_s:.0f}")
            words = f"{words} {again}".strip()
        return words
    parts = [tr("live.rate", rate=quantity(round(status.rate, 1), ""), streams=status.streams)]
    if math.isfinite(status.age_s):
        parts.append(tr("live.age", seconds=f"{status.age_s:.0f}"))
    if status.lag_s > 0:  # while an address is tried nothing is kept
        parts.append(tr("live.lag", seconds=number(status.lag_s, 2)))
    if status.waiting > 1000:
        parts.append(tr("live.waiting", count=status.waiting))
    if status.wrong or status.duplicates:
        parts.append(tr("live.flagged", wrong=status.wrong, duplicates=status.duplicates))
    if status.held:
        parts.append(tr("live.held", count=quantity(status.held, "")))
    return " · ".join(parts)


def event_text(event: Event) -> str:
    """Return an event in words."""
    if event.kind is Happened.FEED:
        return tr("live.event.feed", feed=event.subject, state=tr(f"live.feed.{event.text}"))
    if event.kind is Happened.NOTICE:
        return tr("live.event.notice", text=event.text)
    if event.kind is Happened.MARK:
        return tr("live.event.mark", text=event.text)
    known = math.isfinite(event.value)  # who enters a zone has no value that says so
    thing = (
        f"{event.thing}, {quantity(round(event.value, 2), event.unit)}" if known else event.thing
    )
    if event.kind is Happened.ACKNOWLEDGED:
        thing = event.thing
    return tr(f"live.event.{event.kind.value}", title=event.text or event.subject, thing=thing)


def moment(at_us: int) -> datetime:
    """Return the time of an event."""
    return datetime.fromtimestamp(at_us / 1e6, UTC)
