"""How far one gets from a place, on foot, by bike and by public transport: asked of a router, or estimated."""

from __future__ import annotations

from twin.io.gtfs import Timetable, read_timetable
from twin.routing.reach import how_far
from twin.routing.rides import Rides, mode_of, rides_of
from twin.routing.start import Mode, Reach, Router, Start
from twin.routing.streets import Streets, streets_of

__all__ = [
    "Mode",
    "Reach",
    "Rides",
    "Router",
    "Start",
    "Streets",
    "Timetable",
    "how_far",
    "mode_of",
    "read_timetable",
    "rides_of",
    "streets_of",
]
