"""CGMES 2.4.15 and 3.0: the nodes, lines, transformers, loads and machines of an electric grid, as features.

Places come from the profile GL; a model without it is laid out as a diagram. Flows are computed by pandapower from the
same file (:mod:`twin.network.solve.cgmes`): ids here are those that its converter keeps.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import shapely

from twin.errors import ReadError
from twin.io import cgmes_file, drawn
from twin.io.cim import Model, Thing
from twin.io.loaded import Declared, Loaded, Request
from twin.problems import Problem

DEVICES = {
    **dict.fromkeys(("EnergyConsumer", "ConformLoad", "NonConformLoad", "StationSupply"), "load"),
    **dict.fromkeys(("SynchronousMachine", "AsynchronousMachine", "EnergySource"), "generator"),
    **dict.fromkeys(("ExternalNetworkInjection", "EquivalentInjection"), "generator"),
    "PowerTransformer": "substation",
}
JOINING = (
    "PowerTransformer", "ACLineSegment", "DCLineSegment", "SeriesCompensator", "EquivalentBranch", "Breaker",
    "Disconnector", "LoadBreakSwitch", "Switch",
)  # fmt: skip
POWER = ("EnergyConsumer.p", "RotatingMachine.p", "ExternalNetworkInjection.p", "EquivalentInjection.p")  # fmt: skip
KW_OF_MW = 1000.0
VOLTAGES = (
    ("TopologicalNode.BaseVoltage",),
    ("ConductingEquipment.BaseVoltage",),
    ("ConnectivityNode.ConnectivityNodeContainer", "VoltageLevel.BaseVoltage"),
    ("ConnectivityNode.ConnectivityNodeContainer", "Bay.VoltageLevel", "VoltageLevel.BaseVoltage"),
)
"""Ways of references to the nominal voltage."""


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a model."""
    return [request.path.name.split(".")[0]]


def load(request: Request) -> Loaded:
    """Read a model: nodes, lines, and what is connected.

    Raises
    ------
    ReadError
        Damaged, with entities, or without a node.
    """
    cgmes_file.checked(request.path)
    model = Model(request.path)
    request.progress.check_cancelled()
    grid = _Grid(model)
    if not grid.nodes:
        raise ReadError("io.cgmes_without_nodes", request.where)
    rows, geometry = grid.rows()
    nowhere = not grid.placed
    if nowhere:
        request.progress.report(Problem("io.network_laid_out", request.where))
        geometry = drawn.to_scale(geometry, np.array([r.get("length_m", np.nan) for r in rows]))
    elif grid.lost:
        values = {"count": grid.lost}
        request.progress.report(Problem("io.network_places_missing", request.where, values))
    return Loaded(
        name=layer_names(request)[0],
        count=len(rows),
        crs=Declared(metric=True, nowhere=True) if nowhere else Declared(text=grid.crs),
        columns=_columns(rows),
        geometry=geometry,
        row_names=np.array([row["id"] for row in rows], dtype=object),
        details={"network": "cgmes", "nodes": len(grid.nodes)},
    )


class _Grid:
    """A model with its nodes, what ends at each, and where that is."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.nodes = dict(model.of("ConnectivityNode")) or dict(model.of("TopologicalNode"))
        self.ends: dict[str, list[str]] = defaultdict(list)
        for _, terminal in sorted(
            model.of("Terminal"), key=lambda pair: pair[1].number("ACDCTerminal.sequenceNumber")
        ):
            node = self._node_of(terminal)
            if node:
                self.ends[terminal.links.get("Terminal.ConductingEquipment", "")].append(node)
        self.courses = self._courses()
        own = {key: self._place(node) for key, node in self.nodes.items()}
        self.at = {key: at for key, at in own.items() if at is not None}
        self.placed = bool(self.at)
        if not self.placed:
            self.at = self._diagram()
        self.lost = len(self.nodes) - len(self.at)
        urn = next(
            (c.texts.get("CoordinateSystem.crsUrn", "") for _, c in model.of("CoordinateSystem")),
            "",
        )
        self.crs = f"EPSG:{urn.rpartition(':')[2]}" if "EPSG" in urn.upper() else "EPSG:4326"

    def _node_of(self, terminal: Thing) -> str:
        for name in ("Terminal.ConnectivityNode", "Terminal.TopologicalNode"):
            found = terminal.links.get(name, "")
            if found in self.nodes:
                return found
        return ""

    def _courses(self) -> dict[str, list[tuple[float, float]]]:
        """Return the positions of whatever has any, in their order."""
        points: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
        for _, point in self.model.of("PositionPoint"):
            xy = (point.number("PositionPoint.xPosition"), point.number("PositionPoint.yPosition"))
            if np.isfinite(xy).all():
                number = point.number("PositionPoint.sequenceNumber")
                points[point.links.get("PositionPoint.Location", "")].append((number, *xy))
        found: dict[str, list[tuple[float, float]]] = {}
        for key, location in self.model.of("Location"):
            owner = location.links.get("Location.PowerSystemResources", "")
            if key in points:
                found[owner] = [(x, y) for _, x, y in sorted(points[key])]
        return found

    def _place(self, node: Thing) -> tuple[float, float] | None:
        """Return where a node is: at its voltage level, or its substation."""
        key = node.links.get("TopologicalNode.ConnectivityNodeContainer") or node.links.get(
            "ConnectivityNode.ConnectivityNodeContainer", ""
        )
        for link in ("Bay.VoltageLevel", "VoltageLevel.Substation", ""):
            if key in self.courses:
                return self.courses[key][0]
            holder = self.model.things.get(key)
            key = holder.links.get(link, key) if holder is not None else ""
        return None

    def _diagram(self) -> dict[str, tuple[float, float]]:
        row = {key: i for i, key in enumerate(self.nodes)}
        pairs = []
        for key, _ in self.model.of(*JOINING):
            ends = self.ends.get(key, [])
            pairs += [(row[ends[0]], row[other]) for other in ends[1:]]
        feeding = [
            e
            for k, _ in self.model.of("ExternalNetworkInjection", "SynchronousMachine")
            for e in self.ends.get(k, ())
        ]
        xy = drawn.laid_out(len(row), pairs, [row[e] for e in feeding])
        return {key: (float(x), float(y)) for key, (x, y) in zip(row, xy, strict=True)}

    def rows(self) -> tuple[list[dict[str, Any]], Any]:
        """Return the rows of all features with their geometry."""
        rows, shapes = [], []
        for key, node in self.nodes.items():
            rows.append(
                {
                    "id": key,
                    "kind": "node",
                    "name": node.name,
                    **self._voltage(node),
                }
            )
            shapes.append(shapely.Point(self.at[key]) if key in self.at else None)
        for key, line in self.model.of("ACLineSegment"):
            rows.append({"id": key, "kind": "line", "name": line.name, **self._line(key, line)})
            shapes.append(self._course(key))
        for key, thing in self.model.of(*DEVICES):
            ends = [self.at[e] for e in self.ends.get(key, ()) if e in self.at]
            rows.append(
                {"id": key, "kind": DEVICES[thing.kind], "name": thing.name, **self._power(thing)}
            )
            shapes.append(shapely.Point(ends[0]) if ends else None)
        geometry = np.empty(len(shapes), dtype=object)
        geometry[:] = shapes
        return rows, geometry

    def _course(self, key: str) -> Any:
        course = self.courses.get(key, []) if self.placed else []
        if len(course) < 2:
            course = [self.at[e] for e in self.ends.get(key, ()) if e in self.at]
        return shapely.LineString(course) if len(course) > 1 else None

    def _line(self, key: str, line: Thing) -> dict[str, Any]:
        ends = [*self.ends.get(key, ()), "", ""]
        row = {
            "from_node": ends[0],
            "to_node": ends[1],
            **self._voltage(line),
        }
        length_m = line.number("Conductor.length") * 1000.0
        return {**row, "length_m": length_m} if length_m > 0 else row

    def _voltage(self, thing: Thing) -> dict[str, float]:
        """Return the nominal voltage: of the thing itself, else of the voltage level that holds it."""
        for way in VOLTAGES:
            base = self.model.linked(thing, *way)
            kv = base.number("BaseVoltage.nominalVoltage") if base is not None else float("nan")
            if np.isfinite(kv):
                return {"voltage_kv": kv}
        return {}

    @staticmethod
    def _power(thing: Thing) -> dict[str, float]:
        known = [thing.number(name) for name in POWER if name in thing.texts]
        return {"p_kw": known[0] * KW_OF_MW} if known else {}


def _columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = dict.fromkeys(name for row in rows for name in row if name != "id")
    texts = {"kind", "name", "from_node", "to_node"}
    return {
        name: np.array(
            [row.get(name) for row in rows], dtype=object if name in texts else np.float64
        )
        for name in names
    }
