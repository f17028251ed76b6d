"""The small second network: warm and cold loops of Issy Cœur de Ville along the streets, with one day.

600 dwellings and 40,000 m2 of offices at first, 315 social dwellings from 2022; the warm loop is laid as twin pipes
(synthetic), the cold one as two pipes.
"""

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
FIRST_HOMES, ADDED_HOMES = 600, 315
"""Dwellings of the district (genieclimatique), and of the social housing that the network came to (issy.com)."""
LEAST_HOMES = 20
"""Smaller buildings have a boiler of their own."""
OFFICES_M2 = 40_000.0
"""Offices of the district (genieclimatique)."""
STUDIED = 3
REACH_M = 460.0
COOLED = (0.8, 0.3)
"""Cold that offices and homes take, in parts of their heating: an estimate."""
STRATA = (
    "0-6 fill and alluvium = remblais et alluvions = 매립토와 충적층 = ردم وطمي; "
    "6-14 coarse limestone = calcaire grossier = 조립 석회암 = حجر جيري خشن; "
    "14-22 plastic clay = argile plastique = 점토 = طين لدن; "
    "*22-35 fractured chalk = craie fissurée = 균열 백악 = طباشير متشقق"
)
STRATA_NOTE = {
    "note_en": "Ground water at 35 m: genieclimatique. The layers above it are estimated.",
    "note_fr": "Eau souterraine à 35 m : genieclimatique. Les terrains au-dessus sont estimés.",
}
GROUND_WATER = (
    "ground water of about 15 °C at 35 m, warm and cold loops: genieclimatique; place synthetic"
)


@dataclass(frozen=True)
class Loop:
    """A loop: its network kind, names, supply temperature, how much consumers cool it, its sideways
    shift, and whether its two pipes are in one casing (synthetic).
    """

    kind: str
    name_fr: str
    name_en: str
    start_c: float
    drop_k: float
    aside_m: float
    casing: str


LOOPS = (
    Loop("heat", "boucle chaude", "warm loop", 45.0, 10.0, 0.0, "twin"),
    Loop("cold", "boucle froide", "cold loop", 8.0, -6.0, 2.2, "single"),
)


@dataclass(frozen=True, eq=False)
class Served:
    """The buildings of a network, the oldest phase first, and the phase of each."""

    buildings: gpd.GeoDataFrame
    phase: list[Phase]


@dataclass(frozen=True)
class Phase:
    """A phase: what features carry, and the end of the names."""

    told: dict[str, str]
    name_fr: str = ""
    name_en: str = ""


FIRST = Phase({})
ADDED = Phase(
    {"planned_from": "2020-01-01", "valid_from": "2022-01-01", "source": "extended in 2022 to 315 social dwellings: "
     "issy.com, geothermie-perspectives; beginning of the plan synthetic"},
    " (extension 2022)", " (extension 2022)",
)  # fmt: skip
STUDY = Phase(
    {"planned_from": "2025-06-01", "valid_from": "2029-09-01", "source": "fictional, to show a part that is planned"},
    " (projet fictif, 2029)", " (fictional project, 2029)",
)  # fmt: skip


OFFICES = Phase(
    {"source": "40,000 m2 of offices: genieclimatique; which buildings is synthetic"}, ", bureaux", ", offices"
)  # fmt: skip


def with_offices(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the buildings of the city, of which as many near the district are offices as the sources say."""
    near = _near(buildings)
    near = near[(near["district"] == "modern") & (near["use"] == "housing")]
    homes = near[near["dwellings"] > LEAST_HOMES]
    kept = homes.iloc[_summing(homes["dwellings"].tolist(), FIRST_HOMES)]
    free = near[~near["feature_id"].isin(kept["feature_id"])]
    chosen, left = [], OFFICES_M2
    for name, floor in zip(free["feature_id"], free.geometry.area * free["storeys"], strict=True):
        if floor <= left:
            chosen.append(name)
            left -= floor
    buildings = buildings.copy()
    mine = buildings["feature_id"].isin(chosen)
    buildings.loc[mine, "use"] = "office"
    buildings.loc[mine, "dwellings"] = 0
    return buildings


def _near(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the buildings of the commune within reach, the nearest first."""
    near = buildings[~buildings["context"]].copy()
    near["far_m"] = near.geometry.distance(Point(geography.absolute([CENTRE])[0]))
    return near[near["far_m"] < REACH_M].sort_values(["far_m", "feature_id"])


def town_loops(plan: Plan, buildings: gpd.GeoDataFrame) -> list[Net]:
    """Return both loops of Issy Cœur de Ville: the district, its extension, and a part that is only planned."""
    served = _served(buildings)
    centre = geography.absolute([CENTRE])[0]
    around = Point(centre).buffer(1.15 * REACH_M)
    lines = [s.line for s in plan.streets if s.kind != "path" and not s.bridge]
    graph = StreetGraph(line for line in lines if line.intersects(around))
    return [_loop(loop, served, graph) for loop in LOOPS]


def _served(buildings: gpd.GeoDataFrame) -> Served:
    """Choose the nearest buildings that have just as many dwellings as the sources say."""
    import pandas as pd

    near = _near(buildings)
    homes = near[near["dwellings"] > LEAST_HOMES]
    offices = near[(near["use"] == "office") & (near["district"] == "modern")]
    modern, others = homes[homes["district"] == "modern"], homes[homes["district"] != "modern"]
    first = modern.iloc[_summing(modern["dwellings"].tolist(), FIRST_HOMES)]
    added = others.iloc[_summing(others["dwellings"].tolist(), ADDED_HOMES)]
    left = homes[~homes["feature_id"].isin([*first["feature_id"], *added["feature_id"]])].head(
        STUDIED
    )
    parts = ((first, FIRST), (offices, OFFICES), (added, ADDED), (left, STUDY))
    phases = [phase for part, phase in parts for _ in range(len(part))]
    return Served(pd.concat([part for part, _ in parts]), phases)


def _summing(sizes: list[float], total: int) -> list[int]:
    """Return the places of numbers that add up to a total, of the first ones where several ways exist."""
    ways: dict[int, list[int]] = {0: []}
    for place, size in enumerate(sizes):
        for reached, way in list(ways.items()):
            now = reached + int(size)
            if now <= total and now not in ways:
                ways[now] = [*way, place]
        if total in ways:
            return ways[total]
    raise ValueError(f"no buildings with {total} dwellings together within reach")


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


def _loop(loop: Loop, served: Served, graph: StreetGraph) -> Net:
    net, chosen = Net(f"town-{loop.kind}", loop.kind), served.buildings
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
    ids = _substations(net, served, [end for _, end in courses], power)
    layout, pipe_of = _layout(net, plant, courses, ids)
    heating, water = demand_kw(floor, flats)
    cooled = np.where(chosen["use"] == "office", *COOLED)[:, None]
    load = (
        heating + water
        if loop.kind == "heat"
        else cooled * heating.max(axis=1, keepdims=True) * _sun()
    )
    taken = np.zeros((len(layout.courses), load.shape[1]))
    taken[pipe_of] = load / (WATER_KJ_KG_K * abs(loop.drop_k))
    design = 2.2 * taken.max(axis=1)
    given = add_loop(
        net, layout, taken, design, start_c=loop.start_c, drop_k=loop.drop_k, depth_m=PIPE_DEPTH_M,
        values_of=[{"casing": loop.casing, **_of_pipe(p)} for p in _phases(layout, pipe_of, served.phase)],
    )  # fmt: skip
    net.series.append((plant, {"heat_kw": given}))
    net.series += [
        (name, {"heat_kw": load[i], "mass_flow_kg_s": taken[pipe_of[i]]})
        for i, name in enumerate(ids)
    ]
    return net


def _of_pipe(phase: Phase) -> dict[str, str]:
    """Return what a pipe carries of its phase: the offices are those who take the water, not the pipe."""
    return {} if phase is OFFICES else phase.told


def _phases(layout: Layout, pipe_of: list[int], phases: list[Phase]) -> list[Phase]:
    """Return the phase of each pipe: the first of those whose water it carries."""
    rank = {id(p): i for i, p in enumerate((FIRST, OFFICES, ADDED, STUDY))}
    of_pipe = [STUDY] * len(layout.courses)
    for pipe, phase in zip(pipe_of, phases, strict=True):
        at = pipe
        while at >= 0:
            of_pipe[at] = min(of_pipe[at], phase, key=lambda p: rank[id(p)])
            at = layout.parents[at] - 1
    return of_pipe


def _substations(net: Net, served: Served, places: list[Float64], power: Float64) -> list[str]:
    chosen = served.buildings
    made = []
    for i, phase in enumerate(served.phase):
        values = {"source": "power estimated", **phase.told}
        made.append(
            net.point(
                f"sub-{i + 1:02d}", "substation", places[i], name_fr=f"Sous-station {i + 1}{phase.name_fr}",
                name_en=f"Substation {i + 1}{phase.name_en}", power_kw=float(power[i]),
                building=str(chosen["feature_id"].iloc[i]), dwellings=int(chosen["dwellings"].iloc[i]), **values,
            )
        )  # fmt: skip
    return made


def _boreholes(net: Net, plant: Float64) -> None:
    for number, (angle, kind) in enumerate(((0.6, "production"), (3.5, "injection")), start=1):
        at = plant + 38.0 * np.array([np.cos(angle), np.sin(angle)])
        names = {
            "name_fr": f"Forage Cœur de Ville {number}",
            "name_en": f"Cœur de Ville borehole {number}",
        }
        net.point(
            f"well-{number}", "well", at, depth_m=35.0, well_kind=kind, temperature_c=15.0,
            source=GROUND_WATER, strata=STRATA, **STRATA_NOTE, **names,
        )  # fmt: skip


def _sun() -> Float64:
    """Return the course of cooling over the day: a little always, more in the afternoon."""
    hour = np.arange(25, dtype=np.float64)
    return 0.25 + 0.75 * np.exp(-(((hour - 15.5) / 3.5) ** 2))


def _spot(xy: Float64) -> tuple[float, float]:
    return round(float(xy[0]), 2), round(float(xy[1]), 2)
