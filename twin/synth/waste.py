"""Pneumatic waste: the Fort (115 inlets, 1.78 km of tubes, three suction points) and Bords de Seine (fixed).

Facts: 115 inlets, inaugurated 29 May 2013 (Envac, Veolia); 1.78 km, 1.2 km of it under roads (maisonapart);
a truck sucks three times a week at points on the edge. Bords de Seine: about 1 km at about 3 m, two inlets a building,
straight to the Isséane plant, planned for early 2014. Routes and places are synthetic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, Point

from twin.synth import fort
from twin.synth.heat import arc, door
from twin.synth.nets import Net
from twin.synth.plane import Float64
from twin.synth.power import street_graph
from twin.synth.routes import Node, Ways
from twin.synth.streets import Plan

if TYPE_CHECKING:
    import geopandas as gpd

INLETS, LENGTH_M = 115, 1780.0
PER_BUILDING = 6
DEPTH_M = 2.4
SUCTION_M = 205.0
SEINE_LENGTH_M, SEINE_DEPTH_M = 1050.0, 3.0
SEINE_TRIED = 60
"""So many buildings, the nearest first, are asked whether the tubes still reach them."""
SEINE_SINCE = "2014-01-01"
SEINE_SOURCE = (
    "about 1 km, about 3 m deep, 2 inlets per building, direct to Isséane: press 2013-2014"
)
SEINE_STREAMS = (("ordures résiduelles", "residual waste"), ("emballages", "packaging"))
SINCE = "2013-05-29"
SOURCE = "115 inlets, Envac and Veolia, 29 May 2013: monimmeuble, La Gazette; 1.78 km: maisonapart"


def network() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return tubes (lines) and inlets with suction points (points)."""
    from twin.synth.ground import frame_of

    net, ring = Net("waste", "vacuum"), fort.ring_street()
    doors = [door(polygon, ring) for _, _, polygon, _ in fort.residences()]
    trunk, taps = _trunk(net, ring, doors)
    reach = sum(float(np.hypot(*(at - tap))) for at, tap in zip(doors, taps, strict=True))
    front = (LENGTH_M - trunk - reach) / len(doors)
    for i, (at, tap) in enumerate(zip(doors, taps, strict=True)):
        _building(net, i, at, tap, front_m=front)
    outdoor = INLETS - PER_BUILDING * len(doors)
    for i in range(outdoor):
        at = arc(ring, i * ring.length / outdoor, i * ring.length / outdoor)[0]
        _inlet(net, f"out-{i + 1}", at, "Borne extérieure", "Outdoor inlet")
    tubes = frame_of([row for row in net.rows if row["kind"] == "tube"], "")
    points = frame_of([row for row in net.rows if row["kind"] != "tube"], "")
    return tubes, points


def bords_de_seine(
    plan: Plan, buildings: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return tubes and inlets, with the terminal, of the fixed network: a tree along the streets to Isséane."""
    from twin.synth.ground import frame_of

    net, graph = Net("waste-seine", "vacuum"), street_graph(plan)
    plant = np.asarray(
        buildings[buildings["name_fr"] == "Isséane"].geometry.iloc[0].centroid.coords[0]
    )
    ways = graph.tree(graph.nearest(plant))
    homes = buildings[buildings["use"].isin(["housing", "office"]) & ~buildings["context"]]
    order = np.argsort(homes.geometry.distance(Point(plant)).to_numpy(), kind="stable")
    laid: set[Node] = set()
    total = _seine_tube(net, "terminal", np.vstack([plant, graph.nearest(plant)]))
    names = {"name_fr": "Terminal Isséane", "name_en": "Isséane terminal"}
    net.point("terminal", "terminal", plant, source=SEINE_SOURCE, valid_from=SEINE_SINCE, **names)
    for number, shape in enumerate(homes.geometry.iloc[order], start=1):
        node = graph.nearest(np.asarray(shape.centroid.coords[0]))
        at = door(shape, LineString([node, (node[0] + 0.1, node[1])]))
        if number > SEINE_TRIED:
            break
        if total + _still_to_lay(ways, node, laid) + float(np.hypot(*(at - node))) > SEINE_LENGTH_M:
            continue
        total += _seine_tube(net, f"branch-{number:02d}", np.vstack([node, at]))
        for inlet, (french, english) in enumerate(SEINE_STREAMS, start=1):
            place = at + np.array([0.0, 1.2 * (inlet - 1)])
            values = {"stream_fr": french, "stream_en": english, "valid_from": SEINE_SINCE}
            net.point(
                f"{number:02d}-{inlet}", "inlet", place, source=SEINE_SOURCE, name_fr="Borne",
                name_en="Inlet", **values,
            )  # fmt: skip
        while node in ways and node not in laid:
            laid.add(node)
            before, line = ways[node]
            total += _seine_tube(net, f"street-{len(laid):02d}", shapely.get_coordinates(line))
            node = before
    tubes = frame_of([row for row in net.rows if row["kind"] == "tube"], "")
    return tubes, frame_of([row for row in net.rows if row["kind"] != "tube"], "")


def _still_to_lay(ways: Ways, node: Node, laid: set[Node]) -> float:
    """Return the length of the streets to a node where no tube lies yet."""
    total = 0.0
    while node in ways and node not in laid:
        node, line = ways[node]
        total += float(line.length)
    return total


def _seine_tube(net: Net, name: str, course: Float64) -> float:
    line = LineString(course)
    if line.length < 0.5:
        return 0.0
    values = {"depth_m": SEINE_DEPTH_M, "diameter_mm": 500.0, "source": SEINE_SOURCE}
    net.line(f"tube-{name}", course, ("", ""), kind="tube", valid_from=SEINE_SINCE, **values)
    return float(line.length)


def _trunk(net: Net, ring: LineString, doors: list[Float64]) -> tuple[float, list[Float64]]:
    """Lay the ring with a tap for each building and the ways to the suction points; return its length and taps."""
    station = [ring.project(Point(at)) for at in doors]
    gates = [ring.project(Point(line.coords[0])) for line in fort.entries()]
    cuts = sorted({*station, *gates})
    total = 0.0
    for number, (first, last) in enumerate(
        zip(cuts, [*cuts[1:], cuts[0] + ring.length], strict=True), start=1
    ):
        total += _tube(net, f"ring-{number:02d}", arc(ring, first, last), 500.0)
    for number, (gate, line) in enumerate(zip(gates, fort.entries(), strict=True), start=1):
        start = arc(ring, gate, gate)[0]
        end = np.asarray(line.interpolate(SUCTION_M - fort.RING_RADIUS_M).coords[0])
        total += _tube(net, f"suction-{number}", np.vstack([start, end]), 500.0)
        names = {"name_fr": f"Point d'aspiration {number}", "name_en": f"Suction point {number}"}
        net.point(
            f"suction-point-{number}", "suction", end, source=SOURCE, valid_from=SINCE, **names
        )
    return total, [arc(ring, s, s)[0] for s in station]


def _building(net: Net, number: int, at: Float64, tap: Float64, *, front_m: float) -> None:
    """Lay the branch of a building and ``front_m`` of tube with inlets before its front."""
    across = (at - tap) / max(float(np.hypot(*(at - tap))), 1e-9)
    along, half = np.array([-across[1], across[0]]), front_m / 2
    _tube(net, f"branch-{number + 1:02d}", np.vstack([tap, at]), 400.0)
    _tube(net, f"front-{number + 1:02d}", np.vstack([at - along * half, at + along * half]), 400.0)
    for i, shift in enumerate(np.linspace(-half, half, PER_BUILDING), start=1):
        _inlet(net, f"{number + 1:02d}-{i}", at + along * shift, "Borne", "Inlet")


def _tube(net: Net, name: str, course: Float64, diameter_mm: float) -> float:
    values = {"depth_m": DEPTH_M, "diameter_mm": diameter_mm, "source": SOURCE, "valid_from": SINCE}
    net.line(f"tube-{name}", course, ("", ""), kind="tube", **values)
    return float(shapely.length(LineString(course)))


def _inlet(net: Net, name: str, at: Float64, french: str, english: str) -> None:
    stream = {"stream_fr": "ordures et emballages", "stream_en": "residual waste and packaging"}
    net.point(
        f"inlet-{name}",
        "inlet",
        at,
        name_fr=french,
        name_en=english,
        source=SOURCE,
        valid_from=SINCE,
        **stream,
    )
