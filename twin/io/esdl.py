"""ESDL as features: pipes and cables as lines, all other assets as points, under the ids of the file.

An asset that does not say where it is stands where what it is joined to says; a file without any place is laid out as a
diagram.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import drawn
from twin.io.esdl_file import JOINTS, LINES, Asset, EnergySystem, Place, parsed
from twin.io.loaded import Declared, Loaded, Request
from twin.problems import Problem

KINDS = (
    ("node", tuple(JOINTS)),
    ("well", ("GeothermalSource", "ATES")),
    ("heat_pump", ("HeatPump",)),
    ("valve", ("Valve",)),
    ("storage", ("Storage", "Battery")),
    ("pv", ("PVInstallation", "PVPanel", "PVPark")),
    ("charger", ("ChargingStation",)),
    ("generator", ("WindTurbine", "WindPark", "PowerPlant")),
)
"""Kinds by the end of the class."""
CONSUMERS = ("Demand", "Consumer", "Export", "Sink")
NUMBERS = ("length_m", "diameter_mm", "power_kw")


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a file."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a file.

    Raises
    ------
    ReadError
        Damaged, with entities, or without pipes and cables.
    """
    system = parsed(Path(request.opened))
    if not any(asset.sort in LINES for asset in system.assets):
        raise ReadError("io.no_layers", request.where)
    places = _places(system)
    laid_out = not places
    if laid_out:
        request.progress.report(Problem("io.network_laid_out", request.where))
        places = _diagram(system)
    shapes = np.empty(len(system.assets), dtype=object)
    shapes[:] = [_shape(asset, system, places) for asset in system.assets]
    lost = sum(shape is None for shape in shapes)
    if lost:
        values = {"count": lost}
        request.progress.report(Problem("io.network_places_missing", request.where, values))
    if laid_out:
        shapes = drawn.to_scale(shapes, np.array([a.length_m for a in system.assets]))
    return Loaded(
        name=layer_names(request)[0],
        count=len(system.assets),
        crs=Declared(metric=True, nowhere=True) if laid_out else Declared(text="EPSG:4326"),
        columns=_columns(system),
        geometry=shapes,
        row_names=np.array([asset.id for asset in system.assets], dtype=object),
        details={"network": "electricity" if system.electric else "esdl"},
    )


def _places(system: EnergySystem) -> dict[str, Place]:
    """Return where nodes are: at the asset that has a place, at its ends where it has a course.

    An asset without a place stands at one of its nodes; its other nodes are there as well.
    """
    found: dict[str, Place] = {}
    for asset in system.assets:
        if asset.at:
            for ports, place in ((asset.ins, asset.at[0]), (asset.outs, asset.at[-1])):
                for port in ports:
                    found.setdefault(system.node(port), place)
    for asset in system.assets:
        own = [system.node(port) for port in (*asset.ins, *asset.outs)]
        known = next((found[node] for node in own if node in found), None)
        if asset.sort not in LINES and known is not None:
            found.update({node: known for node in own if node not in found})
    return found


def _diagram(system: EnergySystem) -> dict[str, Place]:
    names = dict.fromkeys(system.node(p) for a in system.assets for p in (*a.ins, *a.outs))
    row = {name: i for i, name in enumerate(names)}
    pairs = [
        (row[system.node(a.ins[0])], row[system.node(a.outs[0])])
        for a in system.assets
        if a.ins and a.outs
    ]
    roots = [row[system.node(a.outs[0])] for a in system.assets if a.outs and not a.ins]
    xy = drawn.laid_out(len(row), pairs, roots)
    return {name: (float(x), float(y)) for name, (x, y) in zip(row, xy, strict=True)}


def _shape(asset: Asset, system: EnergySystem, places: dict[str, Place]) -> Any:
    """Return the course of a line, the middle of anything else; None where nobody knows."""
    ends = [
        places.get(system.node(ports[0])) if ports else None for ports in (asset.ins, asset.outs)
    ]
    known = [place for place in ends if place is not None]
    if asset.sort in LINES:
        course = asset.at if len(asset.at) > 1 else known
        return shapely.LineString(course) if len(course) > 1 else None
    own = asset.at or known[:1]
    return shapely.Point(np.mean(own, axis=0)) if own else None


def _kind(sort: str, *, electric: bool) -> str:
    if sort in LINES:
        return LINES[sort]
    told = next((kind for kind, ends in KINDS if sort.endswith(ends)), "")
    if told:
        return told
    if sort.endswith(CONSUMERS):
        return "load" if electric else "substation"
    return "substation" if electric else "plant"


def _columns(system: EnergySystem) -> dict[str, NDArray[Any]]:
    electric = system.electric
    rows = [
        {
            "kind": _kind(a.sort, electric=electric),
            "name": a.name,
            "asset_type": a.sort,
            "state": "" if a.in_service else "out_of_service",
            "length_m": a.length_m,
            "diameter_mm": a.diameter_mm,
            "power_kw": a.power_mw * 1000.0,
        }
        for a in system.assets
    ]
    return {
        name: np.array([row[name] for row in rows], np.float64 if name in NUMBERS else object)
        for name in rows[0]
    }
