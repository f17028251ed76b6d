"""ESDL, the Energy System Description Language: assets joined by their ports, as a network.

Ports that name each other in ``connectedTo`` are one node; a joint is one node as well. Pipes and cables are edges,
consumers between a supply and a return are edges that water crosses, producers feed where their out port is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.network import model
from twin.network.heat_recipe import RETURN_NODE
from twin.network.model import Devices, Edges, Network, NetworkError, Nodes, Role, State

MAX_BYTES = 256 * 1024 * 1024
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
LINES = {"Pipe": "pipe", "ElectricityCable": "line"}
ACROSS = {"Valve": "valve", "CheckValve": "valve", "Switch": "switch", "Transformer": "trafo", "Pump": "pump",
          "HeatExchange": "heat_exchanger", "GenericConversion": "conversion", "GConversion": "conversion"}  # fmt: skip
SOURCES = ("Source", "Producer", "Import", "GasHeater", "ResidualHeat", "HeatPump", "CHP")
CONSUMERS = ("Demand", "Consumer", "Export", "Sink")
STORES = ("ATES", "Storage", "Battery")


def network_of(path: Path) -> Network:
    """Return the network of an ESDL file, in longitude and latitude.

    Raises
    ------
    NetworkError
        Too large, no XML, with entities, or without pipes and cables.
    """
    from lxml import etree

    if path.stat().st_size > MAX_BYTES:
        raise NetworkError("io.too_large_for_memory", path.name)
    content = path.read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise NetworkError("network.forbidden_object", path.name, name="XML entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NetworkError("network.not_readable", path.name, reason=str(error)[:120]) from error
    build = _Build(temperatures=_temperatures(root))
    for element in root.iter("asset"):
        build.asset(element)
    if not build.edges:
        raise NetworkError("network.no_lines", path.name)
    return build.network(path.stem)


@dataclass
class _Build:
    """Assets while they are gathered."""

    temperatures: tuple[float, float] = (float("nan"), float("nan"))
    parent: dict[str, str] = field(default_factory=dict)
    assets: list[dict[str, Any]] = field(default_factory=list)

    @property
    def edges(self) -> list[dict[str, Any]]:
        """The assets that join two nodes."""
        return [a for a in self.assets if a["edge"]]

    def asset(self, element: Any) -> None:
        """Take one asset with its ports and its place."""
        sort = str(element.get(TYPE, "")).rpartition(":")[2]
        ports: dict[str, list[str]] = {"InPort": [], "OutPort": []}
        for port in element.iterchildren("port"):
            side = str(port.get(TYPE, "")).rpartition(":")[2]
            name = str(port.get("id", ""))
            ports.setdefault(side, []).append(name)
            for other in str(port.get("connectedTo", "")).split():
                self._join(name, other)
        both = [*ports["InPort"], *ports["OutPort"]]
        if sort in {"Joint", "ElectricityNetwork", "Bus"}:
            for name in both[1:]:
                self._join(both[0], name)
        coordinates = [
            (_number(p.get("lon")), _number(p.get("lat"))) for p in element.iter("point", "geometry")
            if p.get("lon") is not None
        ]  # fmt: skip
        is_line = sort in LINES
        edge = bool(ports["InPort"] and ports["OutPort"]) and (
            is_line or sort in ACROSS or sort.endswith(CONSUMERS)
        )
        self.assets.append(
            {
                "id": str(element.get("id") or element.get("name") or len(self.assets)),
                "name": str(element.get("name") or ""),
                "sort": sort,
                "kind": LINES.get(sort) or ACROSS.get(sort) or sort.lower(),
                "in": ports["InPort"],
                "out": ports["OutPort"],
                "edge": edge,
                "at": coordinates,
                "length_m": _number(element.get("length")),
                "diameter_mm": _diameter_mm(element),
                "power_mw": _number(element.get("power")) / 1e6,
                "state": str(element.get("state") or "ENABLED"),
            }
        )

    def _root(self, name: str) -> str:
        while self.parent.setdefault(name, name) != name:
            self.parent[name] = self.parent[self.parent[name]]
            name = self.parent[name]
        return name

    def _join(self, one: str, other: str) -> None:
        self.parent[self._root(one)] = self._root(other)

    def network(self, name: str) -> Network:
        """Return what was gathered."""
        index: dict[str, int] = {}
        places: list[tuple[float, float]] = []

        def node(port: str, at: tuple[float, float]) -> int:
            root = self._root(port)
            if root not in index:
                index[root] = len(places)
                places.append(at)
            elif np.isnan(places[index[root]][0]):
                places[index[root]] = at
            return index[root]

        nowhere = (np.nan, np.nan)
        edges: list[tuple[dict[str, Any], int, int]] = []
        devices: list[tuple[dict[str, Any], int, Role, int]] = []
        returns: list[int] = []
        for asset in self.assets:
            first, last = (asset["at"][0], asset["at"][-1]) if asset["at"] else (nowhere, nowhere)
            ends = [node(p, first) for p in asset["in"]], [node(p, last) for p in asset["out"]]
            edge = -1
            if asset["edge"]:
                edge = len(edges)
                edges.append((asset, ends[0][0], ends[1][0]))
            role = _role(asset["sort"])
            if asset["sort"] in LINES or asset["sort"] in ACROSS or asset["sort"] == "Joint":
                continue
            supply = ends[1] if role is Role.SOURCE else ends[0]
            if not (supply or ends[0] or ends[1]):
                continue
            back = ends[0] if role is Role.SOURCE else []
            returns += back
            asset["return_node"] = back[0] if back else -1
            devices.append((asset, (supply or ends[0] or ends[1])[0], role, edge))
        xy = np.array(places).reshape(-1, 2)
        return Network(
            id=name,
            commodity=_commodity(self.assets),
            crs="EPSG:4326",
            nodes=Nodes(
                ids=_objects([f"n{i}" for i in range(len(places))]), x_m=xy[:, 0], y_m=xy[:, 1]
            ),
            edges=_edges(edges),
            devices=_devices(devices, self.temperatures),
            returns=np.array(returns, np.intp),
        )


def _edges(rows: list[tuple[dict[str, Any], int, int]]) -> Edges:
    assets = [row[0] for row in rows]
    lines = [shapely.LineString(a["at"]) if len(a["at"]) > 1 else None for a in assets]
    states = [State.IN_SERVICE if a["state"] == "ENABLED" else State.OUT_OF_SERVICE for a in assets]
    return Edges(
        ids=_objects([a["id"] for a in assets]),
        start=np.array([row[1] for row in rows], np.intp),
        end=np.array([row[2] for row in rows], np.intp),
        kind=_objects([a["kind"] for a in assets]),
        state=_objects(states),
        length_m=np.nan_to_num(np.array([a["length_m"] for a in assets], np.float64)),
        geometry=_objects(lines),
        values={
            "name": _objects([a["name"] for a in assets]),
            "diameter_mm": _objects([a["diameter_mm"] for a in assets]),
        },
    )


def _devices(
    rows: list[tuple[dict[str, Any], int, Role, int]], temperatures: tuple[float, float]
) -> Devices:
    supply_c, return_c = temperatures
    source = np.array([row[2] is Role.SOURCE for row in rows], bool)
    return Devices(
        ids=_objects([row[0]["id"] for row in rows]),
        node=np.array([row[1] for row in rows], np.intp),
        kind=_objects([row[0]["kind"] for row in rows]),
        role=_objects([row[2] for row in rows]),
        power_mw=np.array([row[0]["power_mw"] for row in rows], np.float64),
        in_service=np.array([row[0]["state"] == "ENABLED" for row in rows], bool),
        edge=np.array([row[3] for row in rows], np.intp),
        values={
            "name": _objects([row[0]["name"] for row in rows]),
            RETURN_NODE: np.array([row[0]["return_node"] for row in rows], np.intp),
            "supply_c": np.where(source, supply_c, np.nan),
            "drop_k": np.where(source, supply_c - return_c, np.nan),
        },
    )


def _temperatures(root: Any) -> tuple[float, float]:
    """Return the temperatures of supply and return of the heat that is carried, °C; NaN where nobody says.

    Files have one carrier for both, or one for each with zero for the other.
    """
    found = [
        max((_number(c.get(name)) for c in root.iter("carrier") if _number(c.get(name)) > 0), default=float("nan"))
        for name in ("supplyTemperature", "returnTemperature")
    ]  # fmt: skip
    return found[0], found[1]


def _role(sort: str) -> Role:
    if sort.endswith(CONSUMERS):
        return Role.CONSUMER
    if any(word in sort for word in STORES):
        return Role.STORAGE
    return Role.SOURCE if sort.endswith(SOURCES) else Role.OTHER


def _commodity(assets: list[dict[str, Any]]) -> str:
    pipes = sum(a["sort"] == "Pipe" for a in assets)
    cables = sum(a["sort"] == "ElectricityCable" for a in assets)
    return model.HEAT if pipes >= cables else model.ELECTRICITY


def _diameter_mm(element: Any) -> float:
    inner = _number(element.get("innerDiameter"))
    if np.isfinite(inner) and inner > 0:
        return inner * 1000.0
    return _number(str(element.get("diameter") or "").removeprefix("DN"))


def _number(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return float("nan")


def _objects(values: list[Any]) -> NDArray[Any]:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
