"""Observations on the clock of the project: recorded ones replayed, made-up ones simulated."""

from __future__ import annotations

from twin.io.gtfs import Timetable, read_timetable
from twin.live.families import family_of
from twin.live.fleet import Fleet, Placed, vehicles_of
from twin.live.memory import HISTORY, Memory, history_streams, history_table, memory_of, things_of
from twin.live.message import read_message
from twin.live.names import label_of
from twin.live.properties import PROPERTIES, ObservedProperty, Profile
from twin.live.schedule import Schedule
from twin.live.series import read_series, timeline_of
from twin.live.simulator import simulate, simulate_series
from twin.live.states import (
    STALE_AFTER_S,
    STATE_WORDS,
    State,
    Status,
    state_of_quality,
    states,
    statuses,
    words_at,
)
from twin.live.timeline import Timeline, recorded_day
from twin.store.history import is_history

__all__ = [
    "HISTORY",
    "PROPERTIES",
    "STALE_AFTER_S",
    "STATE_WORDS",
    "Fleet",
    "Memory",
    "ObservedProperty",
    "Placed",
    "Profile",
    "Schedule",
    "State",
    "Status",
    "Timeline",
    "Timetable",
    "family_of",
    "history_streams",
    "history_table",
    "is_history",
    "label_of",
    "memory_of",
    "read_message",
    "read_series",
    "read_timetable",
    "recorded_day",
    "simulate",
    "simulate_series",
    "state_of_quality",
    "states",
    "statuses",
    "things_of",
    "timeline_of",
    "vehicles_of",
    "words_at",
]
