"""A run: a network solved over moments, with what was changed, its balance and its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from twin.network import balance, chargers, solving, whatif
from twin.network.balance import Indicators
from twin.network.chargers import Charger, Demand
from twin.network.model import Network, Role
from twin.network.profiles import Day, day_of
from twin.network.results import Solution
from twin.network.whatif import SCALE, Change
from twin.progress import Progress

if TYPE_CHECKING:
    from twin.live.timeline import Timeline


@dataclass(frozen=True, eq=False, kw_only=True)
class Run:
    """What was asked and what came out."""

    name: str
    network: Network
    changes: tuple[Change, ...]
    day: Day
    solution: Solution
    indicators: Indicators
    charged: Demand | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Data:
    """What is known beside the network itself: its series, and charging points that are to hang on it."""

    timeline: Timeline | None = None
    row_of: Mapping[str, int] | None = None
    chargers: Sequence[Charger] = ()


def run(
    network: Network,
    times: tuple[datetime, ...],
    data: Data,
    *,
    name: str = "",
    changes: Sequence[Change] = (),
    prices: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> Run:
    """Solve a network with changes.

    Raises
    ------
    NetworkError
        It cannot be changed so, or not be solved.
    """
    changed, settings = whatif.applied(network, changes)
    charged = None
    if data.chargers:
        changed, far = chargers.connected(changed, data.chargers)
        at = chargers.places(changed, data.chargers)
        charged = replace(chargers.demand(data.chargers, far), places=at)
    day = day_of(changed, times, data.timeline, row_of=data.row_of)
    day = chargers.measured(changed, day, data.chargers)
    share = settings.pop(SCALE, 100.0) / 100.0
    demand = (changed.devices.role == Role.CONSUMER).astype(bool)
    day = replace(day, power_kw=np.where(demand, day.power_kw * share, day.power_kw))
    found = solving.solve(changed, day, progress, settings=settings)
    return Run(
        name=name,
        network=changed,
        changes=tuple(changes),
        day=day,
        solution=found,
        indicators=balance.indicators(changed, found, day, **dict(prices or {})),
        charged=charged,
    )
