"""A network from features: lines and points that name their nodes, or plain lines whose ends must be found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.model.table import FeatureTable
from twin.network import areas, model, single_line, topology
from twin.network.feature_rows import BLOCKERS, LOW_KV, SHUT_WORDS, WORKING, Rows, text_of
from twin.network.model import Devices, Edges, Network, NetworkError, Nodes, Role, State
from twin.problems import Problem, Severity

if TYPE_CHECKING:
    import geopandas as gpd

RETURN = ".return"
LOW_SIDE = ".lv"
KEPT_OF_EDGES = (
    "name_en", "name_fr", "diameter_mm", "depth_m", "voltage_kv", "rated_kw", "side", "network_kind",
    "begins", "ended", "valid_from", "valid_to",
)  # fmt: skip
KEPT_OF_DEVICES = (
    "dwellings", "building", "rated_kw", "power_kw", "area_m2", "capacity_kwh", "cop", "supply_c", "drop_k",
    "opens_s", "open_s", "open_days", "begins", "ended", "valid_from", "valid_to",
)  # fmt: skip


def network_of(
    frame: gpd.GeoDataFrame,
    *,
    name: str,
    commodity: str = "",
    crs: str = "",
    snap_m: float = topology.SNAP_M,
) -> Network:
    """Return the network of a table of features.

    Lines are edges. Where they name ``from_node`` and ``to_node`` these are the nodes; otherwise their ends
    are joined (see :mod:`twin.network.topology`). Points are devices at nodes by their ``kind``; a valve or
    switch becomes an edge, so that it can be closed; a substation between two voltages gets a transformer;
    pipes whose ``side`` is ``return`` have nodes of their own, which consumers join to those of the supply.

    Raises
    ------
    NetworkError
        No lines.
    """
    lines = shapely.get_dimensions(frame.geometry.to_numpy()) == 1
    if not lines.any():
        raise NetworkError("network.no_lines", name)
    rows = areas.as_points(frame.reset_index(drop=True))
    problems: list[Problem] = []
    if not _names_nodes(rows, lines):
        rows, problems = topology.joined(rows, lines, snap_m=snap_m)
        lines = shapely.get_dimensions(rows.geometry.to_numpy()) == 1
    build = _Build(rows, lines, _commodity(rows, commodity))
    build.run()
    return build.network(name, crs, problems)


def _names_nodes(frame: gpd.GeoDataFrame, lines: NDArray[np.bool_]) -> bool:
    if not {"from_node", "to_node"} <= set(frame.columns):
        return False
    named = (frame["from_node"].fillna("") != "") & (frame["to_node"].fillna("") != "")
    return bool(named.to_numpy()[lines].mean() > 0.5)


def _commodity(frame: gpd.GeoDataFrame, usual: str) -> str:
    if "network_kind" in frame:
        words = frame["network_kind"].dropna().astype(str)
        words = words[words != ""]
        if len(words):
            return str(words.iloc[0])
    return usual or commodity_in(frame)


def commodity_in(frame: gpd.GeoDataFrame) -> str:
    """Return what flows as the kinds and columns of features tell: heat where nothing does."""
    kinds = set(frame["kind"].dropna().astype(str)) if "kind" in frame else set()
    columns = {str(c).lower() for c in frame.columns}
    if "tube" in kinds or "inlet" in kinds:
        return model.VACUUM
    if kinds & {"line", "load", "pv"} or columns & {"voltage_kv", "power", "voltage", "vn_kv"}:
        return model.ELECTRICITY
    return model.HEAT


class _Build(Rows):
    """Nodes, edges and devices while they are made."""

    def __init__(self, frame: gpd.GeoDataFrame, lines: NDArray[np.bool_], commodity: str) -> None:
        super().__init__(frame, commodity)
        self.lines = lines
        self.at: list[tuple[float, float]] = []
        self.labels: list[str] = []
        self.edges: list[tuple[Any, ...]] = []
        self.devices: list[tuple[Any, ...]] = []

    def run(self) -> None:
        """Make everything."""
        self._low = self._substations()
        self.split: dict[str, int] = {}
        lines: list[int] = np.flatnonzero(self.lines).tolist()
        self.doubled = len(lines) if single_line.drawn_once(self, lines) else 0
        for row in lines:
            self._line(row)
            if self.doubled:
                self._line(row, RETURN)
        for point in self.points:
            self._point(int(point))

    def _substations(self) -> set[str]:
        """Return the substations where high and low voltage meet: their low side is a node of its own."""
        if self.commodity != model.ELECTRICITY or "voltage_kv" not in self.columns:
            return set()
        high: set[str] = set()
        low: set[str] = set()
        for row in np.flatnonzero(self.lines):
            kv = self.number("voltage_kv", int(row))
            ends = {text_of(self.columns["from_node"][row]), text_of(self.columns["to_node"][row])}
            (low if kv < LOW_KV else high).update(ends)
        stations = {i for i, row in self.point_of.items() if self.kind[row] == "substation"}
        said = {
            i
            for i in stations
            if self.number("voltage_kv", self.point_of[i]) >= LOW_KV and i in low
        }
        return (high & low & stations) | said

    def _node(self, name: str, at: tuple[float, float], label: str = "") -> int:
        if name not in self.node:
            self.node[name] = len(self.at)
            self.at.append(at)
            self.labels.append(label)
        return self.node[name]

    def _line(self, row: int, side: str = "") -> None:
        shape = self.geometry[row]
        whole = shapely.get_parts(shape)
        if not len(whole) or shapely.is_empty(shape):
            return
        first, last = whole[0], whole[-1]
        ends: list[int] = []
        places = (shapely.get_point(first, 0), shapely.get_point(last, -1))
        back = bool(side) or ("side" in self.columns and self.words("side")[row] == "return")
        low = self.number("voltage_kv", row) < LOW_KV
        for column, place in zip(("from_node", "to_node"), places, strict=True):
            name = text_of(self.columns[column][row])
            at = (float(shapely.get_x(place)), float(shapely.get_y(place)))
            ends.append(self._end(name, at, back=back, low=low))
        state = self.state(row)
        length = self.number("length_m", row)
        length = length if length > 0 else float(shapely.length(shape))
        kind = self.kind[row] or ("line" if self.commodity == model.ELECTRICITY else "pipe")
        ends = ends[::-1] if side else ends  # what went out comes back
        self.edges.append((self.ids[row] + side, *ends, kind, state, length, shape, row))

    def _end(self, name: str, at: tuple[float, float], *, back: bool, low: bool) -> int:
        """Return the node where a line ends."""
        point = self.point_of.get(name)
        if point is not None and self.kind[point] == "well":
            back = False  # a well has one side: water comes up, or goes down
        if point is not None and self.kind[point] in BLOCKERS:
            # A valve has a node on either side; lines that arrive and lines that leave meet there.
            count = self.split.get(name + RETURN * back, 0)
            self.split[name + RETURN * back] = count + 1
            name = f"{name}{'' if count == 0 else '.b'}"
        if low and name in self._low:
            name += LOW_SIDE
        return self._node(name + RETURN * back, at, self.label(point))

    def _point(self, row: int) -> None:
        name, kind, shape = self.ids[row], self.kind[row], self.geometry[row]
        at = (float(shapely.get_x(shape)), float(shapely.get_y(shape)))
        if not np.isfinite(at).all():
            return
        label = self.label(row)
        if kind in BLOCKERS:
            self._blocker(row, at)
            return
        place = self.words(topology.AT_NODE)[row] if topology.AT_NODE in self.columns else ""
        node = self._node(place or name, at, label)
        role = self.role(row)
        if name in self._low:
            low = self._node(name + LOW_SIDE, at, label)
            self.edges.append(
                (f"trafo:{name}", node, low, "trafo", self.state(row), 0.0, None, row)
            )
            if role is not Role.SOURCE:
                return
        if kind in {"", "node"}:
            return
        edge = -1
        back = name + RETURN
        if role is Role.CONSUMER and back in self.node:
            edge = len(self.edges)
            self.edges.append((name, node, self.node[back], kind, self.state(row), 0.0, None, row))
        power = self.power(row)
        working = self.state(row) is State.IN_SERVICE
        self.devices.append((name, node, kind, role, power, working, edge, label, row))

    def _blocker(self, row: int, at: tuple[float, float]) -> None:
        """Make the edge through a valve or switch, for supply and return."""
        name, kind = self.ids[row], self.kind[row]
        word = (self.words("state")[row] or self.words("status")[row]).lower()
        name_words = " ".join(
            text_of(self.columns.get(c, {row: ""})[row]).lower() for c in ("name_en", "name_fr")
        )
        passing = {"valve": "open", "switch": "closed", "door": "open"}[kind]
        fine = word.rsplit("/", 1)[-1] in {passing, *WORKING}
        shut = not fine if word else any(s in name_words for s in SHUT_WORDS)
        state = BLOCKERS[kind] if shut else State.IN_SERVICE
        label = self.label(row)
        sides = [s for s in ("", RETURN) if f"{name}{'.b'}{s}" in self.node] or [""]
        for side in sides:
            start = self._node(name + side, at, label)
            end = self._node(f"{name}.b{side}", at, label)
            self.edges.append((name + side, start, end, kind, state, 0.0, None, row))

    def network(self, name: str, crs: str, problems: list[Problem]) -> Network:
        """Return what was made."""
        xy = np.array(self.at, dtype=np.float64).reshape(-1, 2)
        ids = np.array(list(self.node), dtype=object)
        edges = self._made_edges()
        return Network(
            id=name,
            commodity=self.commodity,
            crs=crs,
            nodes=Nodes(
                ids=ids, x_m=xy[:, 0], y_m=xy[:, 1], values={"name": _objects(self.labels)}
            ),
            edges=edges,
            devices=self._made_devices(),
            aliases={i: f"trafo:{i}" for i in self._low},
            valid=self.valid(),
            returns=self._returns(),
            problems=(*problems, *self._doubled(), *self._islands(len(ids), edges)),
        )

    def _doubled(self) -> list[Problem]:
        """Say that returns were assumed."""
        values = {"count": self.doubled}
        said = Problem("network.returns_assumed", "", values, Severity.INFO)
        return [said] if self.doubled else []

    def _islands(self, nodes: int, edges: Edges) -> tuple[Problem, ...]:
        """Say into how many parts the lines fall; an assumed return is no part of its own."""
        from twin.network.graph import Graph

        own = np.array([not (self.doubled and str(i).endswith(RETURN)) for i in edges.ids], bool)
        start, end = edges.start[own], edges.end[own]
        everything = np.ones(len(start), bool)
        length = edges.length_m[own]
        _, label = Graph(nodes, start, end, length_m=length, conducts=everything).components()
        count = len(np.unique(label[start]))
        if count < 2:
            return ()
        return (Problem("network.islands", "", {"count": count}, Severity.INFO),)

    def _made_edges(self) -> Edges:
        columns = [_objects([edge[i] for edge in self.edges]) for i in range(7)]
        rows = np.array([edge[7] for edge in self.edges], dtype=np.intp)
        kept = [c for c in KEPT_OF_EDGES if c in self.columns and len(rows)]
        return Edges(
            ids=columns[0],
            start=columns[1].astype(np.intp),
            end=columns[2].astype(np.intp),
            kind=columns[3],
            state=columns[4],
            length_m=columns[5].astype(np.float64),
            geometry=columns[6],
            values={c: self.columns[c][rows] for c in kept},
        )

    def _made_devices(self) -> Devices:
        columns = [_objects([device[i] for device in self.devices]) for i in range(9)]
        rows = np.array(columns[8], dtype=np.intp)
        kept = [c for c in KEPT_OF_DEVICES if c in self.columns and len(rows)]
        hung = {c: self.columns[c][rows] for c in kept}
        return Devices(
            ids=columns[0],
            node=columns[1].astype(np.intp),
            kind=columns[2],
            role=columns[3],
            power_mw=columns[4].astype(np.float64),
            in_service=columns[5].astype(bool),
            edge=columns[6].astype(np.intp),
            values={"name": columns[7], "building_id": self._stated(rows), **hung},
        )

    def _returns(self) -> NDArray[np.intp]:
        """Return the nodes to which water comes back: injection wells with a main, else plants."""
        wells = self.ids[(self.kind == "well") & (self.words("well_kind") == "injection")]
        touched = {edge[1] for edge in self.edges} | {edge[2] for edge in self.edges}
        found = [self.node[w] for w in wells if self.node.get(w, -1) in touched]
        if not found:
            plants = [f"{i}{RETURN}" for i in self.ids[self.kind == "plant"]]
            found = [self.node[p] for p in plants if p in self.node]
        return np.array(found, np.intp)

    def _stated(self, rows: NDArray[np.intp]) -> NDArray[Any]:
        stated = (
            self.words("building_id") if "building_id" in self.columns else self.words("building")
        )
        return np.array([str(stated[r]) for r in rows], dtype=object)


def _objects(values: list[Any]) -> NDArray[Any]:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def networks_of(table: FeatureTable, *, commodity: str = "") -> tuple[Network, ...]:
    """Return the networks in a layer's table: one for each ``network_kind``.

    Parameters
    ----------
    commodity : str
        Of features that do not say.

    Raises
    ------
    NetworkError
        The table has no lines.
    """
    frame = table.frame
    snap = frame["snap_m"].max() if "snap_m" in frame and len(frame) else topology.SNAP_M
    kinds = (
        sorted(set(frame["network_kind"].dropna().astype(str))) if "network_kind" in frame else []
    )
    kinds = [kind for kind in kinds if kind]
    if len(kinds) < 2:
        made = [network_of(frame, name=table.name, commodity=commodity, crs=table.crs, snap_m=snap)]
        return tuple(_with_peaks(network, table) for network in made)
    made = []
    for kind in kinds:
        part = frame[frame["network_kind"].astype("string").fillna("") == kind]
        if (shapely.get_dimensions(part.geometry.to_numpy()) == 1).any():
            name = f"{table.name}.{kind}"
            made.append(network_of(part, name=name, commodity=kind, crs=table.crs, snap_m=snap))
    return tuple(_with_peaks(network, table) for network in made)


def _with_peaks(network: Network, table: FeatureTable) -> Network:
    """Return the network with the peak of its series as power of devices that state none."""
    samples = table.tables.get("series")
    name = "p_kw" if network.commodity == model.ELECTRICITY else "heat_kw"
    if samples is None or name not in samples:
        return network
    peak = samples[name].abs().groupby(samples["feature_id"].astype(str)).max() / 1000.0
    devices = network.devices
    known = peak.reindex([str(i) for i in devices.ids]).to_numpy(np.float64)
    power = np.where(np.isfinite(devices.power_mw), devices.power_mw, known)
    return replace(network, devices=replace(devices, power_mw=power))
