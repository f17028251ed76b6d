"""Solving a network of ours: its kind chooses the library, the result comes back by our ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from twin.network import heat_recipe, model, power_recipe, vacuum
from twin.network.heat_recipe import Recipe
from twin.network.model import Network, NetworkError
from twin.network.profiles import Day, day_of, moments
from twin.network.results import Solution, solution
from twin.network.solve.client import shared
from twin.problems import Problem, Severity
from twin.progress import Progress

HEAT_KINDS = (model.HEAT, model.COLD, model.TEMPERATE)
IN_LIBRARIES = (*HEAT_KINDS, model.ELECTRICITY)
SOLVABLE = (*IN_LIBRARIES, model.VACUUM)


def recipe_for(network: Network, day: Day, settings: Mapping[str, float] | None = None) -> Recipe:
    """Return the net of a network as plain data.

    Parameters
    ----------
    settings : mapping
        ``supply_c`` or ``source_pu``: set-points of the run.

    Raises
    ------
    NetworkError
        Its commodity has no solver, or parts that a net needs are missing.
    """
    wanted = dict(settings or {})
    if network.commodity == model.ELECTRICITY:
        known = {k: v for k, v in wanted.items() if k == "source_pu"}
        return power_recipe.recipe_of(network, day, **known)
    if network.commodity in HEAT_KINDS:
        known = {k: v for k, v in wanted.items() if k == "supply_c"}
        return heat_recipe.recipe_of(network, day, **known)
    raise NetworkError("network.no_solver", network.id, commodity=network.commodity)


def solve(
    network: Network,
    day: Day,
    progress: Progress | None = None,
    *,
    settings: Mapping[str, float] | None = None,
    mode: str = "",
) -> Solution:
    """Solve a network at the moments of ``day``.

    Returns
    -------
    Solution
        Columns by node, edge and device id, with the names and units of the library.

    Raises
    ------
    NetworkError
        It cannot be solved; the problem names what is at fault.
    Cancelled
        The job was asked to stop.
    """
    if network.commodity == model.VACUUM:
        return vacuum.solve(network, day)
    made = recipe_for(network, day, settings)
    request: dict[str, Any] = {
        "recipe": made.recipe,
        "steps": made.steps,
        "where": network.id,
        "mode": mode or made.mode,
    }
    found = solution(shared().ask(request, progress), made.names)
    said = Problem("network.assumed", network.id, made.assumed, Severity.INFO)
    return replace(found, problems=(*found.problems, said))


def written(network: Network, day: Day, progress: Progress | None = None) -> bytes:
    """Return a network as a file of pandapower or pandapipes, with the demands of the first moment.

    Raises
    ------
    NetworkError
        Its commodity has no library, or parts that a net needs are missing.
    """
    made = recipe_for(network, day)
    request = {"recipe": made.recipe, "steps": made.steps, "where": network.id}
    return shared().write(request, progress)


def with_flow(network: Network, found: Solution, step: int = 0) -> Network:
    """Return the network with the direction of flow that was computed: traces follow it."""
    columns = ("mdot_from_kg_per_s", "p_from_mw", "p_hv_mw")
    flow = np.full(len(network.edges), np.nan)
    for name in columns:
        values = found.column("edge", name, network.edges.ids)
        if len(values):
            flow = np.where(np.isfinite(flow), flow, values[step])
    edges = replace(network.edges, values={**network.edges.values, "flow": flow})
    return replace(network, edges=edges)


def solve_for(
    network: Network, kind: str, ctx: Progress, *, at: datetime | None = None
) -> Solution:
    """Solve a network at a moment with estimated demands: what layers and plugins call as ``api.solve``.

    Parameters
    ----------
    kind : str
        ``""`` for the usual, ``hydraulics``, ``sequential``, ``bidirectional`` or ``unbalanced``.
    ctx : LoadContext or any Progress
        Told how far it is; stops the solver when cancelled.
    at : datetime or None
        None: now.

    Raises
    ------
    NetworkError
        It cannot be solved.
    """
    times = moments(at or datetime.now(UTC), 1)
    return solve(network, day_of(network, times), ctx, mode=kind)
