"""What a network carries at some moments: its own loads, and charging points that hang on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from twin.network.model import ELECTRICITY, Network
from twin.problems import Problem, Severity

if TYPE_CHECKING:
    from twin.network.chargers import Charger
    from twin.network.profiles import Day
    from twin.work.systems import System


def carried(
    system: System,
    times: tuple[datetime, ...],
    chargers: Sequence[Charger],
    merged: dict[str, Any],
    problems: list[Problem],
) -> tuple[Network, Day]:
    """Return a network and what it carries at some moments, chargers among it; they are told in ``merged``."""
    from twin.network.chargers import demand, measured
    from twin.network.profiles import day_of

    network, far = _charged(system.network, chargers)
    day = day_of(network, times, system.timeline, row_of=system.row_of)
    if far is None:
        return network, day
    asked = demand(chargers, far)
    merged["chargers"] = asked.as_dict()
    said = {"count": asked.count, "far": far}
    problems.append(Problem("network.chargers", network.id, said, Severity.INFO))
    return network, measured(network, day, chargers)


def _charged(network: Network, chargers: Sequence[Charger]) -> tuple[Network, int | None]:
    """Hang charging points on an electric network, and say how many are too far; None where there are none for it."""
    from twin.network.chargers import connected

    if not chargers or network.commodity != ELECTRICITY:
        return network, None
    return connected(network, chargers)
