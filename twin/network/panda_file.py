"""The network in a pandapower or pandapipes file: nodes, edges and devices by the indices of the file.

Ids are those of the file: node ``12`` is bus or junction 12, edge ``12`` is line or pipe 12. What is in other
tables carries their name: ``trafo:3``, ``valve:0``, ``load:7``. A switch at a line is no edge: its name leads
to the line that it opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.network import model
from twin.network.model import Devices, Edges, Network, Nodes, Role, State
from twin.network.panda_tables import PIPES, Document, Table

MAIN = {"line", "pipe"}
"""Tables whose edges keep their plain index as id."""

ENDS: Mapping[str, tuple[str, ...]] = {
    "line": ("from_bus", "to_bus"),
    "trafo": ("hv_bus", "lv_bus"),
    "impedance": ("from_bus", "to_bus"),
    "dcline": ("from_bus", "to_bus"),
    "tcsc": ("from_bus", "to_bus"),
    "pipe": ("from_junction", "to_junction"),
    "valve": ("from_junction", "to_junction"),
    "pump": ("from_junction", "to_junction"),
    "compressor": ("from_junction", "to_junction"),
    "pressure_control": ("from_junction", "to_junction"),
    "press_control": ("from_junction", "to_junction"),
    "flow_control": ("from_junction", "to_junction"),
    "heat_exchanger": ("from_junction", "to_junction"),
    "heat_consumer": ("from_junction", "to_junction"),
}
AT: Mapping[str, tuple[str, Role]] = {
    "ext_grid": ("", Role.SOURCE),
    "load": ("bus", Role.CONSUMER),
    "asymmetric_load": ("bus", Role.CONSUMER),
    "motor": ("bus", Role.CONSUMER),
    "ward": ("bus", Role.CONSUMER),
    "xward": ("bus", Role.CONSUMER),
    "sgen": ("bus", Role.PRODUCER),
    "asymmetric_sgen": ("bus", Role.PRODUCER),
    "gen": ("bus", Role.PRODUCER),
    "storage": ("bus", Role.STORAGE),
    "shunt": ("bus", Role.OTHER),
    "sink": ("junction", Role.CONSUMER),
    "source": ("junction", Role.PRODUCER),
    "mass_storage": ("junction", Role.STORAGE),
    "circ_pump_pressure": ("flow_junction", Role.SOURCE),
    "circ_pump_mass": ("flow_junction", Role.SOURCE),
}
CONSUMING_EDGES = ("heat_consumer", "heat_exchanger")


def edge_id(table: str, index: object) -> str:
    """Return the id of an edge: its index, with the name of its table unless that is the main one."""
    return str(index) if table in MAIN else f"{table}:{index}"


def network_of(document: Document, name: str) -> Network:
    """Return the network of a file."""
    pipes = document.kind == PIPES
    node = "junction" if pipes else "bus"
    table = document[node]
    row = {index: i for i, index in enumerate(table.index)}
    x_m, y_m = _positions(document, table, node)
    nodes = Nodes(
        ids=np.array([str(i) for i in table.index], dtype=object),
        x_m=x_m,
        y_m=y_m,
        values=_node_values(table),
    )
    build = _Build(document, row)
    build.edges(table.flags("in_service"))
    build.devices(node)
    return Network(
        id=name,
        commodity=_commodity(document, pipes=pipes),
        nodes=nodes,
        edges=build.made_edges(),
        devices=build.made_devices(),
        returns=build.returns(),
        aliases=build.aliases | {f"{node}:{i}": str(i) for i in table.index},
    )


def _commodity(document: Document, *, pipes: bool) -> str:
    if not pipes:
        return model.ELECTRICITY
    fluid = str(document.rest.get("fluid"))
    return model.HEAT if "water" in fluid and 'is_gas\\": true' not in fluid else model.GAS


def _node_values(table: Table) -> dict[str, NDArray[Any]]:
    values: dict[str, NDArray[Any]] = {"name": np.array(table.words("name"), dtype=object)}
    if "vn_kv" in table.columns:
        values["voltage_kv"] = table.numbers("vn_kv")
    return values


def _positions(
    document: Document, table: Table, node: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions as the file has them; the reader of features says more of their CRS."""
    import orjson

    x, y = np.full(len(table), np.nan), np.full(len(table), np.nan)
    for i, geo in enumerate(table.columns.get("geo", [])):
        try:
            at = orjson.loads(geo) if isinstance(geo, str) else geo
            x[i], y[i] = at["coordinates"][:2]
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            continue
    apart = document[f"{node}_geodata"]
    if len(apart) and not np.isfinite(x).any():
        row = {index: i for i, index in enumerate(table.index)}
        for i, (a, b) in zip(
            apart.index, zip(apart.numbers("x"), apart.numbers("y"), strict=True), strict=True
        ):
            if i in row:
                x[row[i]], y[row[i]] = a, b
    return x, y


@dataclass
class _Build:
    """Edges and devices while they are gathered from the tables."""

    document: Document
    row: Mapping[Any, int]
    aliases: dict[str, str] = field(default_factory=dict)
    edge_rows: list[tuple[Any, ...]] = field(default_factory=list)
    device_rows: list[tuple[Any, ...]] = field(default_factory=list)
    switches: dict[int, tuple[str, ...]] = field(default_factory=dict)
    edge_of: dict[str, int] = field(default_factory=dict)

    def edges(self, alive: NDArray[np.bool_]) -> None:
        """Gather what joins two nodes."""
        for name, (first, last) in ((n, e[:2]) for n, e in ENDS.items()):
            table = self.document[name]
            working = table.flags("in_service") & table.flags("opened")
            length = np.nan_to_num(table.numbers("length_km") * 1000.0)
            for i, start, end in self._ends(table, first, last):
                state = State.IN_SERVICE if working[i] else State.OUT_OF_SERVICE
                if name == "valve" and not table.flags("opened")[i]:
                    state = State.CLOSED
                if not (alive[start] and alive[end]):
                    state = State.OUT_OF_SERVICE
                self._edge(name, table.index[i], (start, end), state, float(length[i]))
        self._three_windings()
        self._switches()

    def _ends(self, table: Table, first: str, last: str) -> Iterator[tuple[int, int, int]]:
        pairs = zip(table.columns.get(first, []), table.columns.get(last, []), strict=True)
        for i, (a, b) in enumerate(pairs):
            if a in self.row and b in self.row:
                yield i, self.row[a], self.row[b]

    def _edge(
        self, table: str, index: Any, ends: tuple[int, int], state: State, length_m: float = 0.0
    ) -> None:
        name = edge_id(table, index)
        self.edge_of[f"{table}:{index}"] = len(self.edge_rows)
        if table in MAIN:
            self.aliases[f"{table}:{index}"] = name
        self.edge_rows.append((name, *ends, table, state, length_m))

    def _three_windings(self) -> None:
        table = self.document["trafo3w"]
        working = table.flags("in_service")
        for low in ("mv_bus", "lv_bus"):
            for i, start, end in self._ends(table, "hv_bus", low):
                state = State.IN_SERVICE if working[i] else State.OUT_OF_SERVICE
                self._edge("trafo3w", f"{table.index[i]}.{low[:2]}", (start, end), state)

    def _switches(self) -> None:
        table = self.document["switch"]
        closed = table.flags("closed")
        kinds = {"l": "line", "t": "trafo", "t3": "trafo3w"}
        rows = zip(
            table.index,
            table.columns.get("bus", []),
            table.columns.get("element", []),
            table.words("et"),
            closed,
            strict=True,
        )
        for index, bus, element, sort, shut in rows:
            name = f"switch:{index}"
            if sort == "b" and bus in self.row and element in self.row:
                state = State.IN_SERVICE if shut else State.OPEN
                self._edge("switch", index, (self.row[bus], self.row[element]), state)
                continue
            edge = self.edge_of.get(f"{kinds.get(sort, '')}:{element}")
            if edge is None:
                continue
            self.aliases[name] = str(self.edge_rows[edge][0])
            if not shut:
                row = self.edge_rows[edge]
                if row[4] == State.IN_SERVICE:
                    self.edge_rows[edge] = (*row[:4], State.OPEN, row[5])
                self.switches[edge] = (*self.switches.get(edge, ()), name)

    def devices(self, node: str) -> None:
        """Gather what hangs on one node, and consumers between two."""
        for name, (column, role) in AT.items():
            table = self.document[name]
            working = table.flags("in_service")
            power = _power_mw(table)
            slack = table.flags("slack", missing=False)
            for i, at in enumerate(table.columns.get(column or node, [])):
                if at in self.row:
                    sort = Role.SOURCE if slack[i] else role
                    words = (f"{name}:{table.index[i]}", self.row[at], name, sort)
                    label = table.words("name")[i]
                    self.device_rows.append((*words, power[i], bool(working[i]), -1, label))
        for name in CONSUMING_EDGES:
            table = self.document[name]
            working, power = table.flags("in_service"), np.abs(table.numbers("qext_w")) / 1e6
            labels = table.words("name")
            for i, start, _ in self._ends(table, *ENDS[name]):
                key = f"{name}:{table.index[i]}"
                own = (key, start, name, Role.CONSUMER, power[i], bool(working[i]))
                self.device_rows.append((*own, self.edge_of[key], labels[i]))

    def returns(self) -> NDArray[np.intp]:
        """Return the nodes where circulation pumps take the water back."""
        found = [
            self.row[at]
            for name in ("circ_pump_pressure", "circ_pump_mass")
            for at in self.document[name].columns.get("return_junction", [])
            if at in self.row
        ]
        return np.array(found, np.intp)

    def made_edges(self) -> Edges:
        """Return the edges."""
        count = len(self.edge_rows)
        ids, start, end, kind, state, length = _columns(self.edge_rows, 6)
        return Edges(
            ids=ids,
            start=start.astype(np.intp),
            end=end.astype(np.intp),
            kind=kind,
            state=state,
            length_m=length.astype(np.float64),
            geometry=np.full(count, None, object),
            switches=self.switches,
        )

    def made_devices(self) -> Devices:
        """Return the devices."""
        ids, node, kind, role, power, working, edge, label = _columns(self.device_rows, 8)
        return Devices(
            ids=ids,
            node=node.astype(np.intp),
            kind=kind,
            role=role,
            power_mw=power.astype(np.float64),
            in_service=working.astype(bool),
            edge=edge.astype(np.intp),
            values={"name": label},
        )


def _columns(rows: list[tuple[Any, ...]], count: int) -> list[NDArray[Any]]:
    made = []
    for i in range(count):
        column = np.empty(len(rows), dtype=object)
        column[:] = [row[i] for row in rows]
        made.append(column)
    return made


def _power_mw(table: Table) -> NDArray[np.float64]:
    scaling = table.numbers("scaling", 1.0)
    if "p_a_mw" in table.columns:
        return np.abs(sum(table.numbers(f"p_{p}_mw", 0.0) for p in "abc") * scaling)
    return np.asarray(np.abs(table.numbers("p_mw") * scaling))
