"""Trying an address before it becomes a feed: which kind it is, what is there, what could be shown."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from twin.live.decoded import TRIP
from twin.live.dialects import dialect_for
from twin.live.engine import LiveEngine
from twin.live.families import family_of
from twin.live.feed import Feed, FeedState, FeedStatus
from twin.live.fleet import vehicles_of
from twin.live.kinds import make_feed
from twin.live.kinds.mqtt import MqttFeed
from twin.live.kinds.poll import PollFeed
from twin.live.properties import PROPERTIES
from twin.live.recognise import kind_of
from twin.live.runner import Secrets
from twin.model.feed import FeedSpec

POSITIONS = ("lat", "lon", "lng", "latitude", "longitude", "bearing", "trip")
INNER = ("call", "due")
"""What is told of for the sake of vehicles alone."""
OF_TRIPS = ("gtfs_rt", "siri")
MOST_TOPICS = 500
LISTEN_S = 1.5
LIMITS: Mapping[str, tuple[float, float]] = {
    "air_no2": (40.0, 200.0),
    "air_pm10": (45.0, 80.0),
    "air_pm25": (15.0, 50.0),
    "air_o3": (120.0, 180.0),
    "noise": (65.0, 75.0),
    "parking": (85.0, 95.0),
    "waste_fill": (75.0, 90.0),
    "fillingrate": (75.0, 90.0),
}
"""Proposed warning and alarm: air by the EU's directive 2008/50/EC and the WHO's 2021 guidelines, noise by
the WHO's 2018 guidelines, the others where operators usually act."""

NAMES: Mapping[str, str] = {
    "no2": "air_no2",
    "pm10": "air_pm10",
    "pm25": "air_pm25",
    "pm2_5": "air_pm25",
    "o3": "air_o3",
    "laeq": "noise",
    "leq": "noise",
}
"""What platforms call properties for which limits are known."""
IN_UNITS: Mapping[str, frozenset[str]] = {
    "air": frozenset({"", "µg/m³", "μg/m³", "µg/m3", "ug/m3", "GQ"}),
    "noise": frozenset({"", "dB", "dB(A)", "dBA", "2N"}),
}
"""Units in which the limits of a family hold, those of no word among them; in others none are proposed."""


def limits_of(name: str, unit: str) -> tuple[float, float]:
    """Return the proposed warning and alarm of an observed property in a unit, 0 for none."""
    known = NAMES.get(name.lower().replace(".", "_"), name)
    units = IN_UNITS.get(family_of(known))
    return LIMITS.get(known, (0.0, 0.0)) if units is None or unit in units else (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A layer that could be made of what a feed shows.

    Parameters
    ----------
    things, placed : int
        How many things have the property, and how many of these a place.
    sample : float
        One value, NaN where none came yet.
    warn_above, alarm_above : float
        Proposed thresholds; 0: none.
    """

    observed_property: str
    unit: str
    things: int
    placed: int
    sample: float
    warn_above: float = 0.0
    alarm_above: float = 0.0


VEHICLES = "vehicles"
"""In place of an observed property: all that moves, as one layer."""


def _of_vehicles(count: int) -> Proposal:
    return Proposal(
        observed_property=VEHICLES, unit="", things=count, placed=count, sample=math.nan
    )


class Trial:
    """Connects to an address and looks at what comes. Nothing is kept.

    Parameters
    ----------
    spec : FeedSpec
        Its kind may be empty: it is found out.
    """

    def __init__(
        self,
        spec: FeedSpec,
        secrets: Secrets,
        *,
        make: Callable[[FeedSpec], Feed] = make_feed,
    ) -> None:
        self._made_by = make
        self.spec = replace(spec, kind=spec.kind or kind_of(spec.url))
        self._topics: dict[str, bytes] = {}
        self._feed: Feed | None = None
        self._engine = LiveEngine(None, make=self._make, secrets=secrets)
        self._begun = time.monotonic()
        self._settled = bool(spec.options.get("dialect")) or self.spec.kind != "mqtt"
        self._engine.start(self.spec)

    @property
    def status(self) -> FeedStatus:
        """How the connection stands."""
        return self._engine.statuses()[0]

    def look(self) -> None:
        """Draw conclusions from what came; called a few times a second."""
        if isinstance(self._feed, PollFeed) and self.spec.kind == "poll" and self._feed.kind:
            self.spec = replace(self.spec, kind=self._feed.kind)
        stands = self.status.state is not FeedState.CONNECTING
        if not self._settled and stands and self._topics:
            if time.monotonic() - self._begun < LISTEN_S:
                return
            self._settled = True
            dialect = dialect_for(self._topics)
            if dialect != "plain":
                self.spec = replace(self.spec, options={**self.spec.options, "dialect": dialect})
                self._engine.start(self.spec)

    @property
    def notices(self) -> int:
        """How many disturbances and works the platform tells of."""
        return len(self._engine.notices())

    def proposals(self) -> list[Proposal]:
        """Return the layers that could be made, that of the most things first; one for all that moves."""
        seen = self._engine.streams(self.spec.id)
        vehicles = vehicles_of(seen)
        moving = len(vehicles)
        within = {*INNER, *(POSITIONS if moving else ())}
        streams = [s for s in seen.values() if s.observed_property not in within]
        by_property: dict[str, list[Any]] = {}
        for stream in streams:
            by_property.setdefault(stream.observed_property, []).append(stream)
        made = []
        for name, own in by_property.items():
            value = next((v for s in own if (v := self._engine.latest.get(s.id))), None)
            unit = next((s.unit for s in own if s.unit), "")
            warn, alarm = limits_of(name, unit)
            known = PROPERTIES.get(name)
            made.append(
                Proposal(
                    observed_property=name,
                    unit=unit or (known.unit if known else ""),
                    things=len({s.thing for s in own}),
                    placed=len({s.thing for s in own if s.placed}),
                    sample=value.result if value else math.nan,
                    warn_above=warn,
                    alarm_above=alarm,
                )
            )
        last = [name in POSITIONS for name in by_property]
        order = dict(zip(by_property, last, strict=True))
        made.sort(
            key=lambda p: (order[p.observed_property], -p.placed, -p.things, p.observed_property),
        )
        if moving:
            # Sensors that stand may say where in every message: then their values come first.
            drives = any(own.keys() & {"speed", TRIP} for own in vehicles.values())
            made.insert(0 if drives or not made else len(made), _of_vehicles(moving))
        elif made and self.spec.kind in OF_TRIPS:  # a timetable knows where they are
            made.append(_of_vehicles(0))
        return made

    def close(self) -> None:
        """Let go."""
        self._engine.close()

    def _make(self, spec: FeedSpec) -> Feed:
        feed = self._made_by(spec)
        if isinstance(feed, MqttFeed):
            feed.overhear(self._hear)
        self._feed = feed
        return feed

    def _hear(self, topic: str, payload: bytes) -> None:
        if len(self._topics) < MOST_TOPICS:
            self._topics.setdefault(topic, payload[:4000])
