"""The electric grid of today, synthetic: one source, HTA cables, substations, loads, chargers and roofs.

Power flows are simulated without losses: at every node what comes in goes out or is used. ``p_kw`` is
positive for consumption and along a cable's direction, negative for production.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import Point, STRtree

from twin.synth import geography
from twin.synth.day import local_hours
from twin.synth.nets import Net
from twin.synth.plane import Float64, chance, points_at
from twin.synth.routes import Node, StreetGraph, Ways
from twin.synth.streets import Plan

if TYPE_CHECKING:
    import geopandas as gpd

HTA_KV, BT_KV = 20.0, 0.4
HTA_DEPTH_M, BT_DEPTH_M = 1.0, 0.8
SUBSTATIONS = 72
SPREAD_M = 175.0
SOURCE_AT = (6160.0, 9440.0)
CHARGERS, ROOFS = 28, 16
HOME_KW = 0.6
"""Peak of a dwelling as the substation sees it: not all cook at once."""
W_PER_M2 = {"office": 15.0, "shop": 38.0, "school": 16.0, "public": 22.0, "industry": 30.0}
CABLES_KW = (1500.0, 3000.0, 5000.0, 7000.0, 9000.0, 12000.0)
FEEDERS = 8
NOTE = {
    "note_en": "Synthetic grid: values simulated, no losses.",
    "note_fr": "Réseau synthétique : valeurs simulées, sans pertes.",
}


def course(use: str) -> Float64:
    """Return the course of a day of a use, (25,) factors between 0 and 1."""
    hour = local_hours()

    def bump(at: float, width: float) -> Float64:
        off = np.mod(hour - at + 12, 24) - 12
        return np.asarray(np.exp(-0.5 * (off / width) ** 2))

    if use in ("office", "school", "public", "industry"):
        return np.asarray(
            0.22 + 0.78 / (1 + np.exp(-(hour - 8.2) * 1.6)) / (1 + np.exp((hour - 18.6) * 1.4))
        )
    if use == "shop":
        return np.asarray(
            0.2 + 0.8 / (1 + np.exp(-(hour - 9.3) * 2)) / (1 + np.exp((hour - 19.8) * 2))
        )
    if use == "charger":
        return np.asarray(0.1 + 0.55 * bump(10.0, 2.0) + 0.9 * bump(19.5, 2.4))
    if use == "sun":
        return np.asarray(np.clip(np.cos((hour - 13.9) / 13.3 * np.pi), 0.0, None) ** 1.25)
    if use == "night":
        return np.asarray(((hour < 6.8) | (hour >= 20.6)).astype(float))
    return np.asarray(0.32 + 0.38 * bump(8.0, 1.6) + 0.68 * bump(20.0, 2.3))


@dataclass(frozen=True, eq=False)
class Supply:
    """A substation: its node in the street graph, its id, and what it must deliver over the day."""

    node: Node
    feature: str
    load_kw: Float64


def _sites(plan: Plan, graph: StreetGraph) -> list[Node]:
    """Choose places of substations: one after the other, as near as the spread allows."""
    commune = geography.commune()
    nodes = sorted(
        {
            graph.nearest(np.asarray(b.polygon.centroid.coords[0]))
            for b in plan.blocks
            if not b.context
        }
    )
    nodes = [node for node in nodes if commune.contains(Point(node))]
    order = chance("substations").permutation(len(nodes))
    chosen: list[Node] = []
    for i in order:
        if all(np.hypot(nodes[i][0] - x, nodes[i][1] - y) > SPREAD_M for x, y in chosen):
            chosen.append(nodes[i])
        if len(chosen) == SUBSTATIONS:
            break
    return sorted(chosen)


def _loads(sites: list[Node], buildings: gpd.GeoDataFrame) -> Float64:
    """Return the load of each substation over the day, (n, 25) kW, from the buildings nearest to it."""
    rng = chance("load")
    used = buildings[~buildings["context"]]
    nearest = STRtree(points_at(sites)).nearest(used.geometry.centroid.to_numpy())
    floor = (used.geometry.area * used["storeys"]).to_numpy()
    uses = used["use"].to_numpy(dtype=object)
    load = np.zeros((len(sites), 25))
    for use in sorted(set(uses)):
        mine = uses == use
        watts = W_PER_M2.get(use)
        peak = (
            floor[mine] * watts / 1000.0 if watts else used["dwellings"].to_numpy()[mine] * HOME_KW
        )
        total = np.bincount(nearest[mine], weights=peak, minlength=len(sites))
        load += total[:, None] * course(use)[None, :]
    return load * (1 + 0.03 * rng.standard_normal(load.shape))


def _lateral(
    net: Net, supply: Supply, at: Float64, name: str, p_kw: Float64, **values: Any
) -> Float64:
    """Join a point to a substation by a BT cable; add its series and return what the substation gives it."""
    feature = net.point(name, values.pop("kind"), at, voltage_kv=BT_KV, **values, **NOTE)
    rated = float(
        np.ceil(max(float(np.abs(p_kw).max()) * chance(net.prefix, name).uniform(1.1, 2.6), 30.0))
    )
    ends = (supply.feature, feature)
    cable = net.line(
        f"bt-{name}",
        np.vstack([supply.node, at]),
        ends,
        kind="line",
        depth_m=BT_DEPTH_M,
        voltage_kv=BT_KV,
        rated_kw=rated,
    )
    net.series.append((feature, {"p_kw": p_kw}))
    net.series.append((cable, {"p_kw": p_kw, "loading_percent": np.abs(p_kw) / rated * 100.0}))
    return p_kw


def _extras(net: Net, supplies: list[Supply], buildings: gpd.GeoDataFrame) -> None:
    """Add a load, chargers and roofs with panels to the substations and count them in."""
    rng = chance("extras")
    for i, supply in enumerate(supplies):
        own = supply.load_kw.copy()
        at = np.asarray(supply.node) + rng.uniform(7.0, 11.0, 2) * rng.choice([-1.0, 1.0], 2)
        _lateral(
            net,
            supply,
            at,
            f"load-{i + 1:02d}",
            own,
            kind="load",
            name_fr="Quartier desservi",
            name_en="Area served",
        )
    tree = STRtree(points_at([s.node for s in supplies]))
    for i in range(CHARGERS):
        supply = supplies[int(rng.integers(len(supplies)))]
        at = np.asarray(supply.node) + rng.uniform(12.0, 30.0) * _way(rng)
        p_kw = 44.0 * course("charger") * rng.uniform(0.5, 1.0) * (0.6 + 0.4 * rng.random(25))
        names = {"name_fr": "Borne de recharge", "name_en": "Charging point", "rated_kw": 44.0}
        supply.load_kw[:] += _lateral(
            net, supply, at, f"ev-{i + 1:02d}", p_kw, kind="charger", **names
        )
    flat = buildings[
        (~buildings["context"])
        & (buildings["roof_shape"] == "flat")
        & (buildings.geometry.area > 600)
    ]
    flat = flat[flat["use"].isin(["office", "school", "public"])]
    picked = flat.iloc[np.sort(rng.permutation(len(flat))[:ROOFS])]
    for i, (shape, height) in enumerate(zip(picked.geometry, picked["height_m"], strict=True)):
        at = shapely.get_coordinates(shape.representative_point())[0]
        supply = supplies[int(tree.nearest(Point(at)))]
        area = min(0.35 * shape.area, 900.0)
        p_kw = -0.16 * area * course("sun") * (0.9 + 0.1 * rng.random(25))
        names = {
            "name_fr": "Toiture solaire",
            "name_en": "Solar roof",
            "area_m2": round(area),
            "height_m": float(height),
        }
        supply.load_kw[:] += _lateral(
            net,
            supply,
            at,
            f"pv-{i + 1:02d}",
            p_kw,
            kind="pv",
            rated_kw=round(0.18 * area),
            **names,
        )


def _way(rng: np.random.Generator) -> Float64:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _feeders(net: Net, graph: StreetGraph, source: Node, supplies: list[Supply]) -> Float64:
    """Lay HTA feeders from the source along the streets; return the power that the source gives."""
    tree = graph.tree(source)
    order = sorted(supplies, key=lambda s: _trail(tree, s.node))
    bounds = [i * len(order) // FEEDERS for i in range(FEEDERS + 1)]
    given = np.zeros(25)
    for number, (first, last) in enumerate(pairwise(bounds), start=1):
        given += Feeder(net, tree, source, order[first:last]).laid(number)
    return given


def _trail(tree: Ways, node: Node) -> list[Node]:
    """Return the nodes from the source to ``node``: sorting by it keeps neighbours together."""
    trail = [node]
    while trail[-1] in tree:
        trail.append(tree[trail[-1]][0])
    return trail[::-1]


class Feeder:
    """One HTA feeder: a tree of cables along the streets from the source to its substations."""

    def __init__(self, net: Net, tree: Ways, source: Node, supplies: list[Supply]) -> None:
        self._net, self._source = net, source
        self._wanted = {s.node: s.load_kw for s in supplies}
        self._ids = {source: "grid-source"} | {s.node: s.feature for s in supplies}
        self._used: Ways = {}
        for supply in supplies:
            node = supply.node
            while node != source and node not in self._used:
                self._used[node] = tree[node]
                node = tree[node][0]

    def laid(self, number: int) -> Float64:
        """Add joints and cables to the net; return the power at the source, (25,) kW."""
        flow = self._flows()
        children = Counter(parent for parent, _ in self._used.values())
        stops = set(self._ids) | {node for node, count in children.items() if count > 1}
        for count, node in enumerate(sorted(stops - set(self._ids)), start=1):
            name = f"joint-{number}-{count}"
            self._ids[node] = self._net.point(name, "node", np.asarray(node), depth_m=HTA_DEPTH_M)
        for node in sorted(stops - {self._source}):
            self._cable(stops, node, flow[node])
        first = [node for node, (parent, _) in sorted(self._used.items()) if parent == self._source]
        return np.asarray(sum((flow[node] for node in first), np.zeros(25)))

    def _flows(self) -> dict[Node, Float64]:
        """Return the power through the piece that ends at each node: its own load and all behind it."""
        flow = {node: self._wanted.get(node, np.zeros(25)).copy() for node in self._used}
        far = {node: len(_trail(self._used, node)) for node in self._used}
        for node in sorted(self._used, key=lambda n: (-far[n], n)):
            parent = self._used[node][0]
            if parent != self._source:
                flow[parent] += flow[node]
        return flow

    def _cable(self, stops: set[Node], node: Node, p_kw: Float64) -> None:
        """Add the cable from the last stop before ``node`` to ``node``, with its loading."""
        start, pieces = node, list[Float64]()
        while start == node or start not in stops:
            start, line = self._used[start]
            pieces.append(shapely.get_coordinates(line))
        route = np.vstack(pieces[::-1])
        route = route[np.append(True, np.hypot(*np.diff(route, axis=0).T) > 0.02)]
        name, peak = self._ids[node], float(np.abs(p_kw).max())
        reserve = chance("cable", name).uniform(1.02, 1.3)
        rated = next((size for size in CABLES_KW if size > peak * reserve), CABLES_KW[-1])
        cable = self._net.line(
            f"hta-{name.removeprefix('grid-')}", route, (self._ids[start], name), kind="line",
            depth_m=HTA_DEPTH_M, voltage_kv=HTA_KV, rated_kw=rated,
        )  # fmt: skip
        loading = np.abs(p_kw) / rated * 100.0
        self._net.series.append((cable, {"p_kw": p_kw, "loading_percent": loading}))


def street_graph(plan: Plan) -> StreetGraph:
    """Return the streets of the commune as a graph."""
    commune = geography.commune().buffer(60.0)
    kinds = ("boulevard", "avenue", "street", "lane")
    lines = [s.line for s in plan.streets if s.kind in kinds]
    return StreetGraph(line for line in lines if line.intersects(commune))


def _stations(net: Net, supplies: list[Supply]) -> None:
    """Add the substations with what they deliver, which must be known by now."""
    for i, supply in enumerate(supplies):
        peak = float(np.abs(supply.load_kw).max()) * chance("ps", i).uniform(1.04, 1.4)
        rated = float(np.ceil(peak / 250.0) * 250.0)
        names = {"name_fr": f"Poste HTA/BT {i + 1}", "name_en": f"HTA/BT substation {i + 1}"}
        values = {"voltage_kv": HTA_KV, "rated_kw": rated}
        net.point(
            f"ps-{i + 1:02d}", "substation", np.asarray(supply.node), **values, **names, **NOTE
        )
        loading = np.abs(supply.load_kw) / rated * 100.0
        net.series.append((supply.feature, {"p_kw": supply.load_kw, "loading_percent": loading}))


def city_grid(plan: Plan, buildings: gpd.GeoDataFrame) -> Net:
    """Return the grid of today with its day."""
    net, graph = Net("grid", "electricity"), street_graph(plan)
    source = graph.nearest(geography.absolute([SOURCE_AT])[0])
    sites = [node for node in _sites(plan, graph) if node != source]
    loads = _loads(sites, buildings)
    supplies = [
        Supply(node, f"grid-ps-{i + 1:02d}", load)
        for i, (node, load) in enumerate(zip(sites, loads, strict=True))
    ]
    _extras(net, supplies, buildings)
    _stations(net, supplies)
    given = _feeders(net, graph, source, supplies)
    rated = float(np.ceil(given.max() * 1.3 / 5000.0) * 5000.0)
    names = {"name_fr": "Poste source (synthétique)", "name_en": "Source substation (synthetic)"}
    values = {"voltage_kv": 63.0, "rated_kw": rated}
    net.point("source", "substation", np.asarray(source), **values, **names, **NOTE)
    net.series.append(("grid-source", {"p_kw": given, "loading_percent": given / rated * 100.0}))
    return net
