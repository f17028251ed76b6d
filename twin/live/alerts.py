"""Alerts: threshold, rate of change, silence, zone. Each is raised once, and stands until it is over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from twin.model.feed import AlertRule
from twin.store.history import UNTRUE, Datastream

RATE_OVER_US = 60_000_000


class Happened(StrEnum):
    """What an event of the log tells."""

    RAISED = "raised"
    OVER = "over"
    ACKNOWLEDGED = "acknowledged"
    FEED = "feed"
    MARK = "mark"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, for the log.

    Parameters
    ----------
    at_us : int
        When, microseconds since 1970 UTC.
    subject : str
        Rule, feed or mark; of a notice its feed.
    stream : str
        Datastream concerned, empty where there is none.
    thing : str
        Thing concerned.
    text : str
        What was marked, or how a feed stands.
    """

    at_us: int
    kind: Happened
    subject: str
    stream: str = ""
    thing: str = ""
    text: str = ""
    value: float = math.nan
    limit: float = math.nan
    unit: str = ""


@dataclass(slots=True)
class Standing:
    """An alert that is raised."""

    rule: AlertRule
    stream: Datastream
    since_us: int
    value: float
    acknowledged: bool = False


class AlertWatch:
    """Holds observations against rules. Not safe between threads: its owner sees to that."""

    def __init__(self, rules: Iterable[AlertRule] = ()) -> None:
        self._rules: tuple[AlertRule, ...] = ()
        self._standing: dict[tuple[str, str], Standing] = {}
        self._since: dict[tuple[str, str], int] = {}
        self._before: dict[str, tuple[int, float]] = {}
        self._heard: dict[str, int] = {}
        self._place: dict[str, dict[str, float]] = {}
        self._streams: dict[str, Datastream] = {}
        self._for: dict[str, tuple[AlertRule, ...]] = {}
        self.set_rules(rules)

    def set_rules(self, rules: Iterable[AlertRule]) -> None:
        """Watch by other rules; what stands by a rule that is gone is dropped."""
        self._rules = tuple(rule for rule in rules if rule.enabled)
        kept = {rule.id for rule in self._rules}
        self._standing = {k: v for k, v in self._standing.items() if k[0] in kept}
        self._for.clear()

    def begin_anew(self, now_us: int) -> None:
        """Count from now on: the clock was set. What is silent stays so, for as long as it was."""
        silent_s = {s.stream.id: s.value for s in self.standing if s.rule.kind == "silence"}
        self._heard = {n: now_us - round(silent_s.get(n, 0.0) * 1e6) for n in self._heard}
        self._before.clear()
        self._since.clear()

    @property
    def standing(self) -> list[Standing]:
        """The alerts that are raised now, the latest first."""
        return sorted(self._standing.values(), key=lambda s: -s.since_us)

    def acknowledge(self, rule_id: str, stream_id: str, *, at_us: int) -> Event | None:
        """Take note that somebody has seen an alert; return what to log."""
        found = self._standing.get((rule_id, stream_id))
        if found is None or found.acknowledged:
            return None
        found.acknowledged = True
        return self._event(Happened.ACKNOWLEDGED, found, at_us)

    def take(
        self,
        streams: Mapping[str, Datastream],
        ids: Sequence[str],
        times_us: Sequence[int],
        results: Sequence[float],
        qualities: Sequence[int],
    ) -> list[Event]:
        """Hold observations against the rules; return what was raised and what is over."""
        events: list[Event] = []
        if not self._rules:
            return events
        for name, at, value, quality in zip(ids, times_us, results, qualities, strict=True):
            if quality & int(UNTRUE):
                continue
            stream = streams.get(name) or self._streams.get(name) or Datastream(id=name)
            self._streams[name] = stream
            self._heard[name] = max(self._heard.get(name, 0), at)
            for rule in self._rules_of(stream):
                holds = self._holds(rule, stream, at, value)
                if holds is not None:
                    events += self._settle(rule, stream, at, value, holds=holds)
            before = self._before.get(name)
            if before is None or at - before[0] >= RATE_OVER_US:
                self._before[name] = (at, value)
        return events

    def listen(self, now_us: int) -> list[Event]:
        """Raise what is silent for too long."""
        events: list[Event] = []
        for name, heard in self._heard.items():
            stream = self._streams[name]
            for rule in self._rules_of(stream):
                if rule.kind == "silence":
                    silent_s = (now_us - heard) / 1e6
                    holds = silent_s > rule.limit
                    events += self._settle(rule, stream, now_us, silent_s, holds=holds)
        return events

    def _rules_of(self, stream: Datastream) -> tuple[AlertRule, ...]:
        if stream.id not in self._for:
            self._for[stream.id] = tuple(rule for rule in self._rules if _concerns(rule, stream))
        return self._for[stream.id]

    def _holds(self, rule: AlertRule, stream: Datastream, at: int, value: float) -> bool | None:
        """Whether the condition of a rule holds; None where this observation cannot tell."""
        if rule.kind == "above":
            return value > rule.limit
        if rule.kind == "below":
            return value < rule.limit
        if rule.kind == "silence":
            return False
        if rule.kind == "rate":
            before = self._before.get(stream.id)
            if before is None or at <= before[0]:
                return None
            return abs(value - before[1]) * 60e6 / (at - before[0]) > abs(rule.limit)
        return self._inside(rule, stream, value)

    def _inside(self, rule: AlertRule, stream: Datastream, value: float) -> bool | None:
        place = self._place.setdefault(stream.thing or stream.id, {})
        if stream.observed_property in ("longitude", "latitude"):
            place[stream.observed_property] = value
        elif stream.placed:
            place.update(longitude=stream.lon, latitude=stream.lat)
        if len(place) < 2:
            return None
        return contains(rule.zone, place["longitude"], place["latitude"])

    def _settle(
        self, rule: AlertRule, stream: Datastream, at: int, value: float, *, holds: bool
    ) -> list[Event]:
        # A zone is entered by a thing, not by its longitude and then by its latitude.
        subject = (stream.thing or stream.id) if rule.kind == "zone" else stream.id
        key = (rule.id, subject)
        standing = self._standing.get(key)
        if not holds:
            self._since.pop(key, None)
            if standing is None:
                return []
            del self._standing[key]
            standing.value = value
            return [self._event(Happened.OVER, standing, at)]
        if standing is not None:
            standing.value = value
            return []
        if at - self._since.setdefault(key, at) < rule.hold_s * 1e6:
            return []
        self._standing[key] = made = Standing(rule, stream, at, value)
        return [self._event(Happened.RAISED, made, at)]

    @staticmethod
    def _event(kind: Happened, standing: Standing, at: int) -> Event:
        rule, stream = standing.rule, standing.stream
        return Event(
            at_us=at,
            kind=kind,
            subject=rule.id,
            stream=stream.id,
            thing=stream.thing or stream.id,
            text=rule.title,
            value=math.nan if rule.kind == "zone" else standing.value,
            limit=rule.limit,
            unit="s" if rule.kind == "silence" else stream.unit,
        )


def _concerns(rule: AlertRule, stream: Datastream) -> bool:
    if rule.datastream:
        return rule.datastream == stream.id
    if rule.feed and stream.feed and rule.feed != stream.feed:
        return False
    return not rule.observed_property or rule.observed_property == stream.observed_property


def contains(ring: Sequence[tuple[float, float]], x: float, y: float) -> bool:
    """Whether a point is inside a ring, by the even-odd rule."""
    inside = False
    for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], *ring[:1]), strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            inside = not inside
    return inside
