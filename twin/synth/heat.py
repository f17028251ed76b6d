"""The temperate loop of the Fort: Albian doublet, plant under the school, 18 heat pumps, and one day.

Facts carry their source; routes, sizes and all values over time are synthetic or simulated.
Rated power of a substation (estimated): ``0.025 kW/m2 x floor area + 0.42 kW x dwellings`` (heating of a
new building, and hot water with a simultaneity of one third). Heat pumps: COP 5 heating, 3.2 hot water.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from twin.synth import fort
from twin.synth.day import local_hours
from twin.synth.hydraulics import WATER_KJ_KG_K, speed_m_s
from twin.synth.nets import Layout, Net, add_loop
from twin.synth.plane import Float64, chance, first_point

PIPE_DEPTH_M = 1.5
LOOP_C, LOOP_DROP_K = 28.0, 8.0
PRODUCED_C, INJECTED_C = 28.6, 19.4
COP_HEAT, COP_WATER = 5.0, 3.2
WELL_DEPTH_M = 650.0
LINK_MM = 150.0
WELL_SOURCES = "600 m (enerzine, 2010) | 750 m (infodelimmo)"
STRATA = (
    "0-40 limestone and marl = calcaires et marnes = 석회암과 이회암 = حجر جيري ومارل; "
    "40-75 plastic clay and sand = argile plastique et sables = 점토와 모래 = طين لدن ورمل; "
    "75-480 chalk = craie = 백악 = طباشير; "
    "480-560 marl and clay = marnes et argiles = 이회암과 점토 = مارل وطين; "
    "*560-650 Albian sands, aquifer = sables de l'Albien, aquifère = 알비앙 모래, 대수층 = رمال ألبيان، طبقة جوفية"
)
"""Order of the layers of the Paris basin; thicknesses are an estimate of ours."""
WELL_FACT = {
    "strata": STRATA,
    "depth_m": WELL_DEPTH_M,
    "depth_sources": WELL_SOURCES,
    "quality": "estimated",
    "source": "two wells to the Albian aquifer: enerzine 2010, geothermie-perspectives 2013",
    "note_en": "Sources disagree on the depth: 600 m or 750 m. Drawn at 650 m, an estimate, as are "
    "the layers of the ground; synthetic place.",
    "note_fr": "Les sources divergent sur la profondeur : 600 m ou 750 m. Dessiné à 650 m, estimation, comme "
    "les terrains traversés ; position synthétique.",
}
PUMP_SOURCE = (
    "heat pumps at the foot of 18 buildings: geothermie-perspectives 2013; power estimated"
)
WELLS = (  # kind, distance and direction from the centre, names
    ("production", 70.0, 40.0, "Puits de production (Albien)", "Production well (Albian)"),
    ("injection", 72.0, 252.0, "Puits de réinjection (Albien)", "Reinjection well (Albian)"),
)


def demand_kw(floor_m2: Float64, flats: Float64) -> tuple[Float64, Float64]:
    """Return heating and hot water of each building over the day, (n, hours) kW, on a mild day of spring."""
    hour = local_hours()
    outside_c = 10.5 + 4.0 * np.cos((hour - 15.5) / 24 * 2 * np.pi)
    setback = np.where((hour >= 6) & (hour < 23), 1.0, 0.75)
    heating = floor_m2[:, None] * 25.0 / 26.0 / 1000.0 * np.maximum(18.0 - outside_c, 0) * setback
    draw = 0.35 + np.exp(-(((hour - 7.4) / 1.6) ** 2)) + 0.8 * np.exp(-(((hour - 20.0) / 2.0) ** 2))
    water = flats[:, None] * 0.24 * draw / draw.mean()
    shake = 1.0 + 0.06 * chance("demand").standard_normal((len(floor_m2), len(hour)))
    return heating * shake, water * shake


def capacity_kw(floor_m2: Float64, flats: Float64) -> Float64:
    """Return the estimated rated power of substations, kW; the formula is at the head of the module."""
    return np.round(0.025 * floor_m2 + 0.42 * flats)


def door(footprint: Polygon, toward: LineString) -> Float64:
    """Return a place two metres in front of a building, on the side of ``toward``."""
    near = shapely.shortest_line(footprint, toward)
    return first_point(shapely.line_interpolate_point(near, min(2.0, near.length / 2)))


def arc(ring: LineString, first: float, last: float) -> Float64:
    """Return the course along a closed ring between two stations in metres, either way round."""
    steps = np.linspace(first, last, max(2, int(abs(last - first) / 8) + 1))
    return shapely.get_coordinates(shapely.line_interpolate_point(ring, np.mod(steps, ring.length)))


def _plant(net: Net, power_kw: float) -> str:
    return net.point(
        "plant", "plant", fort.plant(), depth_m=4.0, power_kw=power_kw, supply_c=LOOP_C, drop_k=LOOP_DROP_K,
        name_fr="Centrale géothermique (sous l'école)", name_en="Geothermal plant (under the school)",
        source="plant room under the school: radio-pulsar, Le Moniteur; power estimated",
    )  # fmt: skip


def _wells(net: Net, plant: str, heat_kw: Float64) -> None:
    """Add both wells with their mains to the plant; the doublet gives what the loop takes."""
    flow = heat_kw / (WATER_KJ_KG_K * (PRODUCED_C - INJECTED_C))
    speed = speed_m_s(flow[None, :], np.array([250.0]))[0]
    for kind, radius, angle, french, english in WELLS:
        produced = kind == "production"
        warm = PRODUCED_C if produced else INJECTED_C
        at = fort.polar(radius, angle)
        names = {"name_fr": french, "name_en": english, "well_kind": kind, "temperature_c": warm}
        well = net.point(f"well-{kind}", "well", at, **WELL_FACT, **names)
        course = np.vstack([at, fort.plant()] if produced else [fort.plant(), at])
        main = net.line(
            f"main-{kind}", course, (well, plant) if produced else (plant, well), kind="pipe",
            side="supply" if produced else "return", depth_m=PIPE_DEPTH_M, diameter_mm=250.0,
        )  # fmt: skip
        # A return pipe that is drawn from the plant to the well flows the way it is drawn.
        values = {
            "temperature_c": np.full(len(flow), warm),
            "flow_m_s": speed,
            "mass_flow_kg_s": flow,
        }
        net.series.append((main, values))


def _pumps(net: Net, doors: list[Float64], power_kw: Float64, flats: list[int]) -> list[str]:
    return [
        net.point(
            f"hp-{i + 1:02d}", "heat_pump", doors[i], name_fr=f"Pompe à chaleur, {fr}",
            name_en=f"Heat pump, {en}", building=en, power_kw=float(power_kw[i]), dwellings=flats[i],
            source=PUMP_SOURCE,
        )
        for i, (fr, en, _, _) in enumerate(fort.residences())
    ]  # fmt: skip


def _layout(
    net: Net, doors: list[Float64], plant: str, pumps: list[str]
) -> tuple[Layout, list[int]]:
    """Lay the ring, open at its far side, and a branch to each building; return the pipe of each building."""
    ring = fort.ring_street()
    origin = ring.project(Point(fort.plant()))
    station = [(ring.project(Point(at)) - origin) % ring.length for at in doors]
    order = sorted(range(len(doors)), key=lambda i: station[i])
    near = [i for i in order if station[i] <= ring.length / 2]
    far = [i for i in reversed(order) if station[i] > ring.length / 2]
    tap = arc(ring, origin, origin)[0]
    layout, pipe_of = Layout(nodes=[plant]), [0] * len(doors)
    start = layout.add(np.vstack([fort.plant(), tap]), 0, net.point("tap", "node", tap))
    for sequence, shift in ((near, 0.0), (far, -ring.length)):
        before, at = start, 0.0
        for i in sequence:
            course = arc(ring, origin + at, origin + station[i] + shift)
            before = layout.add(course, before, f"fort-node-{i + 1:02d}")
            pipe_of[i] = layout.add(np.vstack([course[-1], doors[i]]), before, pumps[i]) - 1
            at = station[i] + shift
    _valve(net, ring, origin, [(i, station[i]) for i in (near[-1], far[-1])])
    return layout, pipe_of


def _valve(net: Net, ring: LineString, origin: float, ends: list[tuple[int, float]]) -> None:
    """Join both ends of the open ring to a closed valve: opened, it feeds either side from the other."""
    middle = (ends[0][1] + ends[1][1]) / 2
    names = {"name_fr": "Vanne de maillage", "name_en": "Ring valve", "state": "closed"}
    valve = net.point("valve", "valve", arc(ring, origin + middle, origin + middle)[0], **names)
    still = np.zeros(len(local_hours()))
    for number, (building, station) in enumerate(ends, start=1):
        course = arc(ring, origin + station, origin + middle)
        for feature in net.pair(
            f"link-{number}", course, (f"fort-node-{building + 1:02d}", valve),
            depth_m=PIPE_DEPTH_M, diameter_mm=LINK_MM,
        ):  # fmt: skip
            net.series.append((feature, {"flow_m_s": still, "mass_flow_kg_s": still}))


def fort_loop() -> Net:
    """Return the network of the Fort with its day."""
    net, residences = Net("fort", "temperate_loop"), fort.residences()
    homes = fort.dwellings(residences)
    flats = np.array(homes, dtype=np.float64)
    floor = np.array([polygon.area * storeys for _, _, polygon, storeys in residences])
    power = capacity_kw(floor, flats)
    doors = [door(polygon, fort.ring_street()) for _, _, polygon, _ in residences]
    plant = _plant(net, float(power.sum()))
    layout, pipe_of = _layout(net, doors, plant, _pumps(net, doors, power, homes))
    heating, water = demand_kw(floor, flats)
    drawn_kw = heating * (1 - 1 / COP_HEAT) + water * (1 - 1 / COP_WATER)
    taken = np.zeros((len(layout.courses), drawn_kw.shape[1]))
    taken[pipe_of] = drawn_kw / (WATER_KJ_KG_K * LOOP_DROP_K)
    design = np.zeros(len(taken))
    design[pipe_of] = power * (1 - 1 / COP_HEAT) / (WATER_KJ_KG_K * LOOP_DROP_K)
    given_kw = add_loop(
        net, layout, taken, design, start_c=LOOP_C, drop_k=LOOP_DROP_K, depth_m=PIPE_DEPTH_M
    )
    for i, pipe in enumerate(pipe_of):
        values = {"heat_kw": (heating + water)[i], "mass_flow_kg_s": taken[pipe]}
        net.series.append((f"fort-hp-{i + 1:02d}", values))
    net.series.append((plant, {"heat_kw": given_kw}))
    _wells(net, plant, given_kw)
    return net
