"""A net written as calls of the library's own ``create_`` functions: plain data, so that it can be sent and kept.

The names of the functions come from a list here; a recipe can call nothing else.
"""

from __future__ import annotations

from typing import Any

from twin.network.model import NetworkError

POWER = (
    "create_buses",
    "create_lines_from_parameters",
    "create_transformers_from_parameters",
    "create_loads",
    "create_sgens",
    "create_storages",
    "create_switches",
    "create_ext_grid",
)
PIPES = (
    "create_junctions",
    "create_pipes_from_parameters",
    "create_valves",
    "create_heat_consumers",
    "create_sinks",
    "create_sources",
    "create_ext_grid",
    "create_circ_pump_const_pressure",
)


def net_of(recipe: dict[str, Any]) -> Any:
    """Return the net of a recipe: ``{"sector": "power" | "pipes", "calls": [[name, arguments], ...]}``.

    Raises
    ------
    NetworkError
        A call that is not in the list.
    """
    library: Any
    if recipe["sector"] == "power":
        import pandapower

        library, allowed, net = pandapower, POWER, pandapower.create_empty_network()
    else:
        import pandapipes

        library, allowed = pandapipes, PIPES
        net = pandapipes.create_empty_network(fluid=str(recipe.get("fluid", "water")))
    for name, arguments in recipe["calls"]:
        if name not in allowed:
            raise NetworkError("network.forbidden_object", "", name=str(name)[:80])
        getattr(library, name)(net, **arguments)
    return net
