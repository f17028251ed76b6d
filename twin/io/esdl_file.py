"""ESDL, the Energy System Description Language (TNO): the assets of a file, and which of their ports are one node.

Ports that name each other in ``connectedTo`` are one node; the ports of a joint or busbar are one node as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import ReadError

MAX_BYTES = 256 * 1024 * 1024
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
LINES = {"Pipe": "pipe", "ElectricityCable": "line"}
JOINTS = frozenset({"Joint", "ElectricityNetwork", "Bus"})
IN, OUT = "InPort", "OutPort"
Place = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A thing of an energy system.

    Parameters
    ----------
    sort : str
        Its class: ``Pipe``, ``HeatingDemand`` ...
    ins, outs : tuple of str
        Ids of its ports.
    at : tuple of (lon, lat)
        Its course, outline or place; empty without one.
    """

    id: str
    name: str
    sort: str
    ins: tuple[str, ...]
    outs: tuple[str, ...]
    at: tuple[Place, ...]
    length_m: float
    diameter_mm: float
    power_mw: float
    in_service: bool


@dataclass(frozen=True, kw_only=True)
class EnergySystem:
    """The assets of a file.

    Parameters
    ----------
    temperatures_c : (supply, return)
        Of the heat that is carried, NaN where nobody says.
    """

    assets: tuple[Asset, ...]
    temperatures_c: tuple[float, float]
    _parent: dict[str, str] = field(default_factory=dict)

    def node(self, port: str) -> str:
        """Return the node of a port: one name for all ports that are joined."""
        while self._parent.setdefault(port, port) != port:
            self._parent[port] = self._parent[self._parent[port]]
            port = self._parent[port]
        return port

    def join(self, one: str, other: str) -> None:
        """Make two ports one node."""
        self._parent[self.node(one)] = self.node(other)

    @property
    def electric(self) -> bool:
        """Whether there are more cables than pipes."""
        sorts = [asset.sort for asset in self.assets]
        return sorts.count("ElectricityCable") > sorts.count("Pipe")


def parsed(path: Path) -> EnergySystem:
    """Return what a file holds.

    Raises
    ------
    ReadError
        Too large, no XML, or with entities.
    """
    from lxml import etree

    if path.stat().st_size > MAX_BYTES:
        raise ReadError("io.too_large_for_memory", path.name)
    content = path.read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ReadError("io.xml_entities", path.name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ReadError("io.xml_damaged", path.name, reason=str(error)[:120]) from error
    elements = list(root.iter("asset"))
    assets = tuple(_asset(element, number) for number, element in enumerate(elements))
    system = EnergySystem(assets=assets, temperatures_c=_temperatures(root))
    for element, asset in zip(elements, assets, strict=True):
        for port in element.iterchildren("port"):
            for other in str(port.get("connectedTo", "")).split():
                system.join(str(port.get("id", "")), other)
        if asset.sort in JOINTS:
            own = (*asset.ins, *asset.outs)
            for port in own[1:]:
                system.join(own[0], port)
    return system


def _asset(element: Any, number: int) -> Asset:
    ports = [(_class(p), str(p.get("id", ""))) for p in element.iterchildren("port")]
    places = (
        (_number(p.get("lon")), _number(p.get("lat"))) for p in element.iter("point", "geometry")
    )
    return Asset(
        id=str(element.get("id") or element.get("name") or number),
        name=str(element.get("name") or ""),
        sort=_class(element),
        ins=tuple(name for side, name in ports if side == IN),
        outs=tuple(name for side, name in ports if side == OUT),
        at=tuple(place for place in places if np.isfinite(place).all()),
        length_m=_number(element.get("length")),
        diameter_mm=_diameter_mm(element),
        power_mw=_number(element.get("power")) / 1e6,
        in_service=str(element.get("state") or "ENABLED") == "ENABLED",
    )


def _class(element: Any) -> str:
    return str(element.get(TYPE, "")).rpartition(":")[2]


def _temperatures(root: Any) -> tuple[float, float]:
    """Return the temperatures of supply and return of the heat that is carried, °C.

    Files have one carrier for both, or one for each with zero for the other.
    """
    return (
        _highest(c.get("supplyTemperature") for c in root.iter("carrier")),
        _highest(c.get("returnTemperature") for c in root.iter("carrier")),
    )


def _highest(texts: Iterable[Any]) -> float:
    return max((n for n in map(_number, texts) if n > 0), default=float("nan"))


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
