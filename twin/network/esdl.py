"""A network from the assets of an ESDL file (:mod:`twin.io.esdl_file`).

Pipes and cables are edges, consumers between a supply and a return are edges that water crosses, producers feed where
their out port is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.io.esdl_file import LINES, Asset, EnergySystem, Place, parsed
from twin.network import model
from twin.network.heat_recipe import RETURN_NODE
from twin.network.model import Devices, Edges, Network, NetworkError, Nodes, Role, State

ACROSS = {"Valve": "valve", "CheckValve": "valve", "Switch": "switch", "Transformer": "trafo", "Pump": "pump",
          "HeatExchange": "heat_exchanger", "GenericConversion": "conversion", "GConversion": "conversion"}  # fmt: skip
SOURCES = ("Source", "Producer", "Import", "GasHeater", "ResidualHeat", "HeatPump", "CHP")
CONSUMERS = ("Demand", "Consumer", "Export", "Sink")
STORES = ("ATES", "Storage", "Battery")
NOWHERE = (float("nan"), float("nan"))


def network_of(
    path: Path, drawn: Mapping[str, Any] | None = None, crs: str = "EPSG:4326"
) -> Network:
    """Return the network of an ESDL file.

    Parameters
    ----------
    drawn : mapping of str to geometry or None
        Where its assets are in ``crs``, by id; None: in longitude and latitude, as the file says.

    Raises
    ------
    BelvedereError
        Too large, no XML, with entities, or without pipes and cables.
    """
    system = parsed(path)
    if drawn is not None:
        moved = (replace(a, at=_course(drawn.get(a.id))) for a in system.assets)
        system = replace(system, assets=tuple(moved))
    build = _Build(system)
    for asset in system.assets:
        build.take(asset)
    if not build.edges:
        raise NetworkError("network.no_lines", path.name)
    return build.network(path.stem, crs)


def _course(shape: Any) -> tuple[Place, ...]:
    if shape is None or shapely.is_empty(shape):
        return ()
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(shape))


class _Build:
    """Nodes, edges and devices while they are gathered."""

    def __init__(self, system: EnergySystem) -> None:
        self.system = system
        self.index: dict[str, int] = {}
        self.places: list[Place] = []
        self.edges: list[tuple[Asset, int, int]] = []
        self.devices: list[tuple[Asset, int, Role, int, int]] = []
        self.returns: list[int] = []

    def take(self, asset: Asset) -> None:
        """Take one asset with its ports and its place."""
        first, last = (asset.at[0], asset.at[-1]) if asset.at else (NOWHERE, NOWHERE)
        ins = [self._node(p, first) for p in asset.ins]
        outs = [self._node(p, last) for p in asset.outs]
        edge = -1
        if ins and outs and _joins(asset.sort):
            edge = len(self.edges)
            self.edges.append((asset, ins[0], outs[0]))
        if asset.sort in LINES or asset.sort in ACROSS or asset.sort == "Joint":
            return
        role = _role(asset.sort)
        feeding = role is Role.SOURCE
        at = (outs if feeding else ins) or ins or outs
        if at:
            back = ins[0] if feeding and ins else -1
            self.returns += [back] if back >= 0 else []
            self.devices.append((asset, at[0], role, edge, back))

    def _node(self, port: str, at: Place) -> int:
        root = self.system.node(port)
        if root not in self.index:
            self.index[root] = len(self.places)
            self.places.append(at)
        elif np.isnan(self.places[self.index[root]][0]):
            self.places[self.index[root]] = at
        return self.index[root]

    def network(self, name: str, crs: str) -> Network:
        """Return what was gathered."""
        xy = np.array(self.places).reshape(-1, 2)
        ids = _objects([f"n{i}" for i in range(len(xy))])
        return Network(
            id=name,
            commodity=model.ELECTRICITY if self.system.electric else model.HEAT,
            crs=crs,
            nodes=Nodes(ids=ids, x_m=xy[:, 0], y_m=xy[:, 1]),
            edges=_edges(self.edges),
            devices=_devices(self.devices, self.system.temperatures_c),
            returns=np.array(self.returns, np.intp),
        )


def _joins(sort: str) -> bool:
    return sort in LINES or sort in ACROSS or sort.endswith(CONSUMERS)


def _edges(rows: list[tuple[Asset, int, int]]) -> Edges:
    assets = [row[0] for row in rows]
    states = [State.IN_SERVICE if a.in_service else State.OUT_OF_SERVICE for a in assets]
    return Edges(
        ids=_objects([a.id for a in assets]),
        start=np.array([row[1] for row in rows], np.intp),
        end=np.array([row[2] for row in rows], np.intp),
        kind=_objects([_kind(a.sort) for a in assets]),
        state=_objects(states),
        length_m=np.nan_to_num(np.array([a.length_m for a in assets], np.float64)),
        geometry=_objects([shapely.LineString(a.at) if len(a.at) > 1 else None for a in assets]),
        values={
            "name": _objects([a.name for a in assets]),
            "diameter_mm": _objects([a.diameter_mm for a in assets]),
        },
    )


def _devices(
    rows: list[tuple[Asset, int, Role, int, int]], temperatures_c: tuple[float, float]
) -> Devices:
    supply_c, return_c = temperatures_c
    assets = [row[0] for row in rows]
    source = np.array([row[2] is Role.SOURCE for row in rows], bool)
    return Devices(
        ids=_objects([a.id for a in assets]),
        node=np.array([row[1] for row in rows], np.intp),
        kind=_objects([_kind(a.sort) for a in assets]),
        role=_objects([row[2] for row in rows]),
        power_mw=np.array([a.power_mw for a in assets], np.float64),
        in_service=np.array([a.in_service for a in assets], bool),
        edge=np.array([row[3] for row in rows], np.intp),
        values={
            "name": _objects([a.name for a in assets]),
            RETURN_NODE: np.array([row[4] for row in rows], np.intp),
            "supply_c": np.where(source, supply_c, np.nan),
            "drop_k": np.where(source, supply_c - return_c, np.nan),
        },
    )


def _kind(sort: str) -> str:
    return LINES.get(sort) or ACROSS.get(sort) or sort.lower()


def _role(sort: str) -> Role:
    if sort.endswith(CONSUMERS):
        return Role.CONSUMER
    if any(word in sort for word in STORES):
        return Role.STORAGE
    return Role.SOURCE if sort.endswith(SOURCES) else Role.OTHER


def _objects(values: list[Any]) -> NDArray[Any]:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
