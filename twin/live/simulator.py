"""Deterministic made-up observations: the same feature at the same time always has the same value.

No state is kept, so that the clock may jump and play in both directions. What this module makes is
to be shown as "simulated".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.live.properties import PROPERTIES, Profile

Float64 = NDArray[np.float64]
UInt64 = NDArray[np.uint64]

HOUR_MS = 3_600_000
NOISE_STEP_MS = 1_800_000
COLLECTION_DAYS = 2.0


def simulate(
    feature_ids: Sequence[str] | NDArray[Any],
    properties: Sequence[str] | NDArray[Any],
    at: datetime,
    *,
    utc_offset_h: float = 1.0,
) -> Float64:
    """Return one value of every feature at a moment, (n,) float64.

    Parameters
    ----------
    feature_ids : (n,) of str
    properties : (n,) of str
        Observed property of each, a name of :data:`twin.live.properties.PROPERTIES`; nothing
        (NaN) is made up for others.
    at : datetime
        Aware.
    utc_offset_h : float
        Local hour minus UTC, for the course of the day.
    """
    at_ms = np.array([round(at.timestamp() * 1000)], dtype=np.int64)
    value = np.full(len(feature_ids), np.nan)
    names = np.asarray(properties, dtype=object)
    seeds = seeds_of(feature_ids)
    for name in dict.fromkeys(names.tolist()):
        rows = np.flatnonzero(names == name)
        known = PROPERTIES.get(str(name))
        if known is not None:
            value[rows] = _values(known.profile, seeds[rows], at_ms, utc_offset_h)[:, 0]
    return value


def simulate_series(
    feature_id: str,
    observed_property: str,
    times_ms: NDArray[np.int64],
    *,
    utc_offset_h: float = 1.0,
) -> Float64:
    """Return the values of one feature at (m,) times in ms since 1970 UTC, (m,) float64."""
    known = PROPERTIES.get(observed_property)
    if known is None:
        return np.full(len(times_ms), np.nan)
    return np.asarray(_values(known.profile, seeds_of([feature_id]), times_ms, utc_offset_h)[0])


def seeds_of(feature_ids: Sequence[str] | NDArray[Any]) -> UInt64:
    """Return a number a feature, (n,) uint64: the same on every machine and in every process."""
    digests = b"".join(blake2b(str(i).encode(), digest_size=8).digest() for i in feature_ids)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def _values(
    profile: Profile, seeds: UInt64, times_ms: NDArray[np.int64], utc_offset_h: float
) -> Float64:
    """Return (n, m) values of n features at m times."""
    site = 1.0 + profile.spread * (2.0 * _unit(seeds, np.uint64(1)) - 1.0)[:, None]
    days = (times_ms / HOUR_MS + utc_offset_h) / 24.0
    shift = _unit(seeds, np.uint64(2))[:, None]
    course = SHAPES[profile.shape](np.broadcast_to(days, (len(seeds), len(days))), shift)
    value = site * (profile.base + profile.day * course) + profile.noise * _noise(seeds, times_ms)
    value = np.clip(value, profile.low, profile.high)
    return np.round(value) if profile.whole else value


def _noise(seeds: UInt64, times_ms: NDArray[np.int64]) -> Float64:
    """Return (n, m) smooth noise in -1..1: random numbers each half hour, joined smoothly."""
    step = np.floor_divide(times_ms, NOISE_STEP_MS)
    part = (times_ms - step * NOISE_STEP_MS) / NOISE_STEP_MS
    ease = part * part * (3.0 - 2.0 * part)
    low = _unit(seeds[:, None], step.astype(np.uint64)[None, :] + np.uint64(16))
    high = _unit(seeds[:, None], (step + 1).astype(np.uint64)[None, :] + np.uint64(16))
    return np.asarray(2.0 * (low + (high - low) * ease) - 1.0)


def _unit(seeds: UInt64, salt: np.uint64 | UInt64) -> Float64:
    """Return numbers in 0..1 from seeds and a salt (splitmix64, Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        z = seeds + salt * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return np.asarray((z >> np.uint64(11)).astype(np.float64) / 2.0**53)


def _bump(days: Float64, hour: float, width_h: float) -> Float64:
    """Return a bell of height 1 about an hour of the day, going round midnight."""
    off = np.mod(days * 24.0 - hour + 12.0, 24.0) - 12.0
    return np.asarray(np.exp(-0.5 * (off / width_h) ** 2))


def _filling(days: Float64, shift: Float64) -> Float64:
    """Return a container that fills up and is emptied every few days."""
    return np.asarray(np.mod(days / COLLECTION_DAYS + shift, 1.0))


def _plateau(days: Float64) -> Float64:
    hour = np.mod(days, 1.0) * 24.0
    return np.asarray(1.0 / (1.0 + np.exp(8.0 - hour)) - 1.0 / (1.0 + np.exp(18.5 - hour)))


SHAPES: Mapping[str, Callable[[Float64, Float64], Float64]] = MappingProxyType(
    {
        "flat": lambda days, _: np.zeros_like(days),
        "rush": lambda days, _: _bump(days, 8.3, 1.3) + 0.9 * _bump(days, 18.2, 1.8),
        "office": lambda days, _: _plateau(days),
        "evening": lambda days, _: 0.4 * _bump(days, 7.5, 1.2) + _bump(days, 20.0, 2.2),
        "morning": lambda days, _: _bump(days, 7.0, 1.6) + 0.6 * _bump(days, 20.0, 2.4),
        "warm": lambda days, _: 0.5 - 0.5 * np.cos((days * 24.0 - 3.0) / 24.0 * 2.0 * np.pi),
        "filling": _filling,
    }
)
"""Courses of a day by name: (n, m) local time in days and (n, 1) shift of a site, to (n, m) about
0..1.
"""
