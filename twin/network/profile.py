"""Values along a way: temperature and pressure, or voltage, at each node from the source to the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.network import model
from twin.network.graph import Path
from twin.network.model import Floats, Network
from twin.network.results import Solution

KELVIN = 273.15


@dataclass(frozen=True, eq=False)
class Profile:
    """One curve: metres from the source, and the value there; NaN where nothing came out."""

    quantity: str
    unit: str
    distance_m: Floats
    value: Floats


def along(network: Network, found: Solution, way: Path, step: int) -> tuple[Profile, ...]:
    """Return the curves along a way, starting at the source."""
    nodes, edges = way.nodes[::-1], way.edges[::-1]
    metres = np.concatenate([[0.0], np.cumsum(np.nan_to_num(network.edges.length_m[edges]))])
    wanted: tuple[tuple[str, str, str, float], ...] = (
        ("temperature", "°C", "t_k", -KELVIN),
        ("pressure", "bar", "p_bar", 0.0),
    )
    if network.commodity == model.ELECTRICITY:
        wanted = (("voltage", "pu", "vm_pu", 0.0),)
    ids = network.nodes.ids[nodes]
    curves = []
    for quantity, unit, column, shift in wanted:
        values = found.column("node", column, ids)
        if len(values) and np.isfinite(values[step]).any():
            curves.append(Profile(quantity, unit, metres, values[step] + shift))
    return tuple(curves)
