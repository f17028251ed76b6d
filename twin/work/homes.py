"""Where what a building uses comes from: traced through every network that serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.network import trace
from twin.network.reports import trace_report
from twin.network.serving import served_by
from twin.network.validity import in_time

if TYPE_CHECKING:
    from twin.work.systems import Systems

MAIN = ("network", "served_by", "rule", "path_to_source")


def of_building(opened: Systems, name: str) -> dict[str, Any]:
    """Return the trace of a building by its feature id; empty where there is none, or nothing serves it.

    The first network that serves it is told in full (``served_by`` names the device, ``rule`` says who says so), the
    ways through the others stand under ``also``.
    """
    houses = opened.buildings
    rows = (
        np.flatnonzero(houses.ids.astype(str) == name) if houses is not None else np.zeros(0, int)
    )
    told: list[dict[str, Any]] = []
    if houses is None or not len(rows):
        return {}
    for system in opened.systems:
        network = system.network
        if not in_time(network, opened.at):
            continue
        device, rule = served_by(network, houses)
        if device[rows[0]] >= 0:
            own = str(network.devices.ids[device[rows[0]]])
            report = trace_report(trace.trace(network, own))
            told.append({"network": network.id, "served_by": own, "rule": rule, **report})
    if not told:
        return {}
    return {"trace": name, **told[0], "also": [{key: one[key] for key in MAIN} for one in told[1:]]}
