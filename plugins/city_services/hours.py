"""Opening hours as OpenStreetMap writes them, as far as city services use it: days, times, 24/7, off.

``Mo-Fr 08:30-12:30,13:30-17:30; Sa 09:00-12:00; PH off``. What is not understood is not guessed: the answer
is then unknown. Syntax: https://wiki.openstreetmap.org/wiki/Key:opening_hours
"""

from __future__ import annotations

import re
from datetime import datetime

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_RULE = re.compile(
    r"^(?P<days>(?:[A-Z][a-z](?:-[A-Z][a-z])?,?)+)\s+(?P<times>off|closed|[\d:,\-\s]+)$"
)
_SPAN = re.compile(r"^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$")


def is_open(text: str, at: datetime) -> bool | None:
    """Return whether a place is open at a local moment; None where its hours do not say or are not understood."""
    text = text.strip()
    if not text:
        return None
    if text == "24/7":
        return True
    answer: bool | None = None
    for rule in (part.strip() for part in text.split(";")):
        if not rule or rule.startswith("PH"):
            continue  # public holidays: the calendar of each country is not known here
        found = _RULE.match(rule)
        if found is None:
            return None
        days = _days(found["days"])
        if days is None:
            return None
        if at.weekday() in days:
            answer = _within(found["times"], at)
    return False if answer is None else answer


def _days(text: str) -> set[int] | None:
    days: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            return None
        start, end = DAYS.index(first), DAYS.index(last or first)
        days |= {d % 7 for d in range(start, end + 1 + (7 if end < start else 0))}
    return days


def _within(text: str, at: datetime) -> bool | None:
    if text in {"off", "closed"}:
        return False
    now = at.hour * 60 + at.minute
    for span in text.split(","):
        found = _SPAN.match(span.strip())
        if found is None:
            return None
        start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
        if start <= now < end or (end < start and (now >= start or now < end)):
            return True
    return False
