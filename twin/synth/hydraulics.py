"""Flows and temperatures of a branched heat network over a day: mass and heat are conserved at every node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.synth.plane import Float64

WATER_KJ_KG_K = 4.18
WATER_KG_M3 = 997.0
GROUND_C = 13.0
LOSS_W_M_K = 0.9
"""Heat that a metre of buried, lightly insulated pipe loses for each kelvin; a usual order of magnitude."""
NOMINAL_MM = (50, 65, 80, 100, 125, 150, 200, 250, 300)
FASTEST_M_S = 1.3


@dataclass(frozen=True, eq=False)
class Branches:
    """A tree of pipes from a plant.

    Parameters
    ----------
    parent : (n,) int
        Pipe ``i`` joins node ``parent[i]`` to node ``i + 1``; node 0 is the plant. Parents come first.
    length_m : (n,) float64
    """

    parent: Sequence[int]
    length_m: Float64

    def flows(self, taken_kg_s: Float64) -> Float64:
        """Return the mass flow of each pipe, (n, hours), of what nodes 1..n take, (n, hours)."""
        flow = taken_kg_s.copy()
        for pipe in range(len(self.parent) - 1, -1, -1):
            if self.parent[pipe] > 0:
                flow[self.parent[pipe] - 1] += flow[pipe]
        return flow

    def supply_c(self, flow_kg_s: Float64, start_c: float) -> Float64:
        """Return the supply temperature at nodes 0..n, (n + 1, hours), cooling along the way."""
        temperature = np.full((len(self.parent) + 1, flow_kg_s.shape[1]), start_c)
        for pipe, parent in enumerate(self.parent):
            temperature[pipe + 1] = self._cooled(temperature[parent], flow_kg_s[pipe], pipe)
        return temperature

    def return_c(self, flow_kg_s: Float64, taken_kg_s: Float64, back_c: Float64) -> Float64:
        """Return the temperature of the return at the plant's end of each pipe, (n, hours).

        ``back_c`` (n, hours) is what consumers at nodes 1..n give back; streams mix by mass.
        """
        heat, arriving = taken_kg_s * back_c, np.zeros_like(flow_kg_s)
        for pipe in range(len(self.parent) - 1, -1, -1):
            mixed = heat[pipe] / np.maximum(flow_kg_s[pipe], 1e-9)
            arriving[pipe] = self._cooled(mixed, flow_kg_s[pipe], pipe)
            if self.parent[pipe] > 0:
                heat[self.parent[pipe] - 1] += arriving[pipe] * flow_kg_s[pipe]
        return arriving

    def _cooled(self, temperature: Float64, flow_kg_s: Float64, pipe: int) -> Float64:
        capacity = np.maximum(flow_kg_s, 0.02) * WATER_KJ_KG_K * 1000.0
        kept: Float64 = np.exp(-LOSS_W_M_K * self.length_m[pipe] / capacity)
        return GROUND_C + (temperature - GROUND_C) * kept


def diameters_mm(design_kg_s: Float64) -> Float64:
    """Return the smallest usual diameter in which the design flow stays below ``FASTEST_M_S``."""
    sizes = np.array(NOMINAL_MM, dtype=np.float64)
    area = design_kg_s / WATER_KG_M3 / FASTEST_M_S
    wanted = np.sqrt(4 * area / np.pi) * 1000.0
    return sizes[np.minimum(np.searchsorted(sizes, wanted), len(sizes) - 1)]


def speed_m_s(flow_kg_s: Float64, diameter_mm: Float64) -> Float64:
    """Return the mean speed of water of each pipe, (n, hours)."""
    area = np.pi * (diameter_mm / 1000.0) ** 2 / 4
    return flow_kg_s / WATER_KG_M3 / area[:, None]
