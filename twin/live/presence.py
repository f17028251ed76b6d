"""What says whether somebody is at home: it is not taken at all, whatever dialect tells it."""

from __future__ import annotations

NEVER = frozenset(
    {
        *("presence", "occupancy", "motion", "occupied", "home", "away", "moving", "vibration"),
        *("door", "garage_door", "window", "opening", "lock", "device_tracker", "person"),
    }
)
"""Names of properties and classes."""


def tells_of_presence(name: str) -> bool:
    """Whether a property by its name or class says that somebody is at home."""
    return name.strip().lower().replace(" ", "_") in NEVER
