"""The small second network: warm and cold loops of Issy Cœur de Ville along the streets, with one day."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from shapely import LineString, Point

from twin.synth import geography
from twin.synth.heat import PIPE_DEPTH_M, capacity_kw, demand_kw, door
from twin.synth.hydraulics import WATER_KJ_KG_K
from twin.synth.nets import Layout, Net, add_loop
from twin.synth.plane import Float64
from twin.synth.routes import StreetGraph, path
from twin.synth.streets import Plan

if TYPE_CHECKING:
    import geopandas as gpd

CENTRE = (6800.0, 8655.0)
BUILDINGS = 9
GROUND_WATER = (
    "ground water of about 15 °C at 35 m, warm and cold loops: genieclimatique; place synthetic"
)


@dataclass(frozen=True)
class Loop:
    """A loop: its network kind, names, supply temperature, how much consumers cool it, and its sideways shift."""

    kind: str
    name_fr: str
    name_en: str
    start_c: float
    drop_k: float
    aside_m: float


LOOPS = (
    Loop("heat", "boucle chaude", "warm loop", 45.0, 10.0, 0.0),
    Loop("cold", "boucle froide", "cold loop", 8.0, -6.0, 2.2),
)


def town_loops(plan: Plan, buildings: gpd.GeoDataFrame) -> list[Net]:
    """Return both loops of Issy Cœur de Ville."""
    centre = geography.absolute([CENTRE])[0]
    near = buildings[(buildings["district"] == "modern") & (buildings["dwellings"] > 20)]
    far = near.geometry.distance(Point(centre)).to_numpy()
    chosen = near.iloc[np.argsort(far, kind="stable")[:BUILDINGS]]
    around = Point(centre).buffer(420.0)
    lines = [s.line for s in plan.streets if s.kind != "path" and not s.bridge]
    graph = StreetGraph(line for line in lines if line.intersects(around))
    return [_loop(loop, chosen, graph) for loop in LOOPS]


def _courses(
    loop: Loop, chosen: gpd.GeoDataFrame, graph: StreetGraph
) -> list[tuple[Float64, Float64]]:
    """Return for each building its way along the streets and its door."""
    centre = geography.absolute([CENTRE])[0]
    ways = graph.tree(graph.nearest(centre))
    shift, found = np.array([loop.aside_m, loop.aside_m]), []
    for shape in chosen.geometry:
        way = path(ways, graph.nearest(np.asarray(shape.centroid.coords[0]))) + shift
        line = LineString(way if len(way) > 1 else np.vstack([way, way + 0.1]))
        found.append((way, door(shape, line)))
    return found


def _layout(
    net: Net, plant: str, courses: list[tuple[Float64, Float64]], ids: list[str]
) -> tuple[Layout, list[int]]:
    """Merge the ways into one tree; return it and the pipe of each building."""
    layout, pipe_of = Layout(nodes=[plant]), []
    known = {_spot(courses[0][0][0]): 0}
    for (way, end), consumer in zip(courses, ids, strict=True):
        before = known[_spot(way[0])]
        for first, last in pairwise(way):
            spot = _spot(last)
            if spot not in known:
                node = f"{net.prefix}-node-{len(layout.courses) + 1}"
                known[spot] = layout.add(np.vstack([first, last]), before, node)
            before = known[spot]
        pipe_of.append(layout.add(np.vstack([way[-1], end]), before, consumer) - 1)
    return layout, pipe_of


def _loop(loop: Loop, chosen: gpd.GeoDataFrame, graph: StreetGraph) -> Net:
    net = Net(f"town-{loop.kind}", loop.kind)
    floor = (chosen.geometry.area * chosen["storeys"]).to_numpy(dtype=np.float64)
    flats = chosen["dwellings"].to_numpy(dtype=np.float64)
    power = capacity_kw(floor, flats)
    courses = _courses(loop, chosen, graph)
    plant = net.point(
        "plant", "plant", courses[0][0][0], depth_m=4.0, power_kw=float(power.sum()), source=GROUND_WATER,
        supply_c=loop.start_c, drop_k=loop.drop_k,
        name_fr=f"Cœur de Ville, {loop.name_fr}", name_en=f"Cœur de Ville, {loop.name_en}",
    )  # fmt: skip
    if loop.kind == "heat":
        _boreholes(net, courses[0][0][0])
    ids = [
        net.point(
            f"sub-{i + 1:02d}", "substation", courses[i][1], name_fr=f"Sous-station {i + 1}",
            name_en=f"Substation {i + 1}", power_kw=float(power[i]), source="power estimated",
            building=str(chosen["feature_id"].iloc[i]),
        )
        for i in range(len(chosen))
    ]  # fmt: skip
    layout, pipe_of = _layout(net, plant, courses, ids)
    heating, water = demand_kw(floor, flats)
    load = (
        heating + water
        if loop.kind == "heat"
        else 0.3 * heating.max(axis=1, keepdims=True) * _sun()
    )
    taken = np.zeros((len(layout.courses), load.shape[1]))
    taken[pipe_of] = load / (WATER_KJ_KG_K * abs(loop.drop_k))
    design = 2.2 * taken.max(axis=1)
    given = add_loop(
        net, layout, taken, design, start_c=loop.start_c, drop_k=loop.drop_k, depth_m=PIPE_DEPTH_M
    )
    net.series.append((plant, {"heat_kw": given}))
    net.series += [
        (name, {"heat_kw": load[i], "mass_flow_kg_s": taken[pipe_of[i]]})
        for i, name in enumerate(ids)
    ]
    return net


def _boreholes(net: Net, plant: Float64) -> None:
    for number, (angle, kind) in enumerate(((0.6, "production"), (3.5, "injection")), start=1):
        at = plant + 38.0 * np.array([np.cos(angle), np.sin(angle)])
        names = {
            "name_fr": f"Forage Cœur de Ville {number}",
            "name_en": f"Cœur de Ville borehole {number}",
        }
        net.point(
            f"well-{number}", "well", at, depth_m=35.0, well_kind=kind, temperature_c=15.0,
            source=GROUND_WATER, **names,
        )  # fmt: skip


def _sun() -> Float64:
    """Return the course of cooling over the day: a little always, more in the afternoon."""
    hour = np.arange(25, dtype=np.float64)
    return 0.25 + 0.75 * np.exp(-(((hour - 15.5) / 3.5) ** 2))


def _spot(xy: Float64) -> tuple[float, float]:
    return round(float(xy[0]), 2), round(float(xy[1]), 2)
