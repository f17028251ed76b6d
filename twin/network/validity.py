"""A network as of a moment: parts that begin later are planned, parts that ended are removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from twin.network.model import Flags, Network, State

FIRST, LAST = ("begins", "valid_from"), ("ended", "valid_to")
"""Columns with the first moment of a part and the first moment without it; the first that is known counts."""


def in_time(network: Network, at: datetime) -> bool:
    """Whether a network as a whole exists at a moment."""
    now = at.astimezone(UTC).date().isoformat()
    first, last = network.valid
    return (not first or first[:10] <= now) and (not last or now < last[:10])


def as_of(network: Network, at: datetime | None) -> Network:
    """Return a network as of a moment; one that is past or to come as a whole stays as it was, to be looked at."""
    return network if at is None or not in_time(network, at) else at_moment(network, at)


def at_moment(network: Network, at: datetime) -> Network:
    """Return the network with what is not built yet planned and what is gone removed; neither conducts or works."""
    edges, devices = network.edges, network.devices
    early, late = _apart(edges.values, len(edges), at)
    soon, gone = _apart(devices.values, len(devices), at)
    if not (early.any() or late.any() or soon.any() or gone.any()):
        return network
    state = edges.state.copy()
    state[early], state[late] = State.PLANNED, State.REMOVED
    working = devices.in_service & ~soon & ~gone
    return replace(
        network,
        edges=replace(edges, state=state),
        devices=replace(devices, in_service=working),
    )


def _apart(values: Mapping[str, Any], count: int, at: datetime) -> tuple[Flags, Flags]:
    """Return which rows begin after a moment, and which ended before it."""
    now = at.astimezone(UTC).date().isoformat()
    first, last = _dates(values, FIRST, count), _dates(values, LAST, count)
    return (first != "") & (first > now), (last != "") & (last <= now)


def _dates(values: Mapping[str, Any], names: tuple[str, ...], count: int) -> Any:
    """Return ISO dates as texts of one length, empty where nothing is known."""
    made = np.full(count, "", dtype=object)
    for name in reversed(names):
        for row, value in enumerate(values.get(name, ())):
            text = "" if value is None or value != value else str(value)[:10]  # noqa: PLR0124 - NaN
            if text:
                made[row] = text
    return made
