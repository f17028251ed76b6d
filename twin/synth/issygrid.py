"""IssyGrid as the past experiment it was, 2012 to 2018: what it joined, with one simulated day.

Numbers of plants, stores and streets are facts with their source; places, routes and values are synthetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import Point
from shapely.ops import substring

from twin.synth import fort, geography
from twin.synth.day import local_hours
from twin.synth.nets import Net
from twin.synth.plane import Float64, chance
from twin.synth.power import BT_DEPTH_M, BT_KV, HTA_DEPTH_M, HOME_KW, HTA_KV, course
from twin.synth.routes import StreetGraph, densified, path
from twin.synth.streets import Plan

if TYPE_CHECKING:
    import geopandas as gpd

FROM, TO = "2012-01-01", "2019-01-01"
FORT_FROM = "2013-06-01"
SITES = (  # id, short coordinates, names, start
    ("seine", (6010.0, 9240.0), "Poste Val de Seine (IssyGrid)", "Val de Seine substation (IssyGrid)", FROM),
    ("bar", (6080.0, 9000.0), "Poste École Bar (IssyGrid)", "Bar school substation (IssyGrid)", FROM),
    ("fort", (6400.0, 7945.0), "Poste du Fort (IssyGrid)", "Fort substation (IssyGrid)", FORT_FROM),
)
LIT_STREETS = ("Rue Camille Desmoulins", "Rue Rouget de Lisle", "Rue Bara")
NOTE = {
    "note_en": "Past experiment, 2012 to 2018: announced in 2011, operational in 2016, ended late in 2018. "
    "Synthetic place, simulated values.",
    "note_fr": "Expérimentation passée, 2012 à 2018 : annoncée en 2011, opérationnelle en 2016, terminée fin "
    "2018. Position synthétique, valeurs simulées.",
}
BOOK = {
    "storage": "second-life batteries of 33 kWh and 60 kWh: Le Parisien, Enedis",
    "pv": "3 PV plants, 2 stores, lighting of 3 streets: hubinstitute; 250 m2 at the Bar school: Le Parisien",
    "load": "Seine Ouest: 160,000 m2 of offices, Tower Sequana 42,000 m2: environnement-magazine, pole-medee",
    "fort": "the Fort joined in 2013-2015: valeurenergie, bee-eng",
    "grid": "ten firms, 14 information systems: environnement-magazine, pole-medee, valeurenergie, bee-eng",
}


@dataclass(eq=False)
class Site:
    """A supervised substation and what hangs on it."""

    feature: str
    at: Float64
    start: str
    load_kw: Float64 = field(default_factory=lambda: np.zeros(25))


def _attach(net: Net, site: Site, name: str, kind: str, at: Float64, p_kw: Float64, **values: Any) -> None:
    """Add a point with its BT cable to the site and count its power in."""
    life = {"valid_from": site.start, "valid_to": TO, "phase": "issygrid"}
    feature = net.point(name, kind, at, voltage_kv=BT_KV, **life, **NOTE, **values)
    _cable(net, site, f"bt-{name}", np.vstack([site.at, at]), feature, p_kw)
    net.series.append((feature, {"p_kw": p_kw}))
    site.load_kw += p_kw


def _cable(net: Net, site: Site, name: str, route: Float64, end: str, p_kw: Float64, *, kv: float = BT_KV) -> None:
    rated = max(float(np.abs(p_kw).max()) * chance(name).uniform(1.15, 2.4), 40.0)
    cable = net.line(
        name, route, (site.feature, end), kind="line", voltage_kv=kv, rated_kw=round(rated),
        depth_m=BT_DEPTH_M if kv == BT_KV else HTA_DEPTH_M, valid_from=site.start, valid_to=TO, phase="issygrid",
    )  # fmt: skip
    net.series.append((cable, {"p_kw": p_kw, "loading_percent": np.abs(p_kw) / round(rated) * 100.0}))


def _storage(capacity_kwh: float) -> Float64:
    """Return the power of a store: it fills at noon and empties in the evening, the day's sum is zero."""
    hour = local_hours()[:-1]
    fill = np.exp(-0.5 * ((hour - 13.5) / 1.8) ** 2)
    drain = np.exp(-0.5 * ((hour - 19.5) / 1.4) ** 2)
    p_kw = capacity_kwh * 0.8 * (fill / fill.sum() - drain / drain.sum())
    return np.append(p_kw, p_kw[0])


def _offices(net: Net, sites: dict[str, Site], buildings: gpd.GeoDataFrame) -> None:
    """Attach Tower Sequana and the offices nearest to Val de Seine, about 160,000 square metres in all."""
    offices = buildings[(buildings["use"] == "office") & ~buildings["context"]].copy()
    offices["floor_m2"] = offices.geometry.area * offices["storeys"]
    far = offices.geometry.distance(Point(sites["seine"].at)).to_numpy()
    offices = offices.iloc[np.lexsort((far, offices["name_en"].isna()))]
    number, total = 0, 0.0
    for shape, floor, name in zip(offices.geometry, offices["floor_m2"], offices["name_en"], strict=True):
        if total > 150_000 or floor < 6000:
            continue
        floor = 42_000.0 if name == "Sequana tower" else floor
        number, total = number + 1, total + floor
        at = shapely.get_coordinates(shapely.shortest_line(shape.exterior, Point(sites["seine"].at)))[0]
        p_kw = floor * 0.020 * course("office") * (1 + 0.04 * chance("office", number).standard_normal(25))
        names = {"name_en": name or f"Offices {number}", "name_fr": "Tour Sequana" if name else f"Bureaux {number}"}
        _attach(net, sites["seine"], f"office-{number}", "load", at, p_kw, rated_kw=round(floor * 0.03), source=BOOK["load"], **names)


def _school_and_stores(net: Net, sites: dict[str, Site]) -> None:
    seine, bar, fort_ = sites["seine"], sites["bar"], sites["fort"]
    sun = course("sun")
    _attach(net, bar, "bar-school", "load", bar.at + [22.0, 14.0], 70.0 * course("school"), name_fr="École Bar", name_en="Bar school", source=BOOK["storage"])
    roofs = ((bar, "pv-bar", [26.0, 8.0], 250.0, "École Bar"), (seine, "pv-seine", [-24.0, 30.0], 420.0, "Val de Seine"), (fort_, "pv-fort", [28.0, -30.0], 180.0, "Fort"))
    for site, name, move, area, where in roofs:
        names = {"name_fr": f"Photovoltaïque, {where}", "name_en": f"Photovoltaics, {where}", "area_m2": area, "height_m": 9.0}
        _attach(net, site, name, "pv", site.at + move, -0.15 * area * sun, rated_kw=round(0.16 * area), source=BOOK["pv"], **names)
    for site, name, move, size in ((seine, "store-33", [12.0, -9.0], 33.0), (bar, "store-60", [14.0, -12.0], 60.0)):
        names = {"name_fr": f"Batteries de seconde vie, {size:g} kWh", "name_en": f"Second-life batteries, {size:g} kWh"}
        _attach(net, site, name, "storage", site.at + move, _storage(size), capacity_kwh=size, rated_kw=round(size / 2), source=BOOK["storage"], **names)
    for i in range(6):
        site = (seine, bar)[i % 2]
        at = site.at + (18.0 + 3 * i) * np.array([np.cos(2.2 + 0.5 * i), np.sin(2.2 + 0.5 * i)])
        names = {"name_fr": f"Borne de recharge {i + 1}", "name_en": f"Charging point {i + 1}"}
        p_kw = 22.0 * course("charger") * (0.4 + 0.6 * chance("ev", i).random(25))
        _attach(net, site, f"ev-{i + 1}", "charger", at, p_kw, rated_kw=22.0, **names)


def _fort_homes(net: Net, site: Site) -> None:
    """Attach the buildings of the Fort as one load of homes."""
    p_kw = fort.DWELLINGS * HOME_KW * course("housing")
    names = {"name_fr": "Logements du Fort (1 623)", "name_en": "Homes of the Fort (1,623)"}
    _attach(net, site, "fort-homes", "load", fort.polar(120.0, 66.0), p_kw, rated_kw=2200.0, source=BOOK["fort"], **names)


def _lighting(net: Net, site: Site, plan: Plan) -> None:
    """Attach the lamps of three streets: a cable along each, a point for its cabinet."""
    for number, name in enumerate(LIT_STREETS, start=1):
        line = next(s.line for s in plan.streets if s.name == name and s.known)
        part = shapely.offset_curve(substring(line, 10.0, min(line.length - 10.0, 420.0)), 3.2)
        xy = densified(shapely.get_coordinates(part))
        p_kw = 0.11 * round(part.length / 28.0) * course("night")
        names = {"name_fr": f"Éclairage public, {name}", "name_en": f"Street lighting, {name}"}
        _attach(net, site, f"light-{number}", "lighting", xy[0], p_kw, source=BOOK["pv"], **names)
        for i, at in enumerate(shapely.get_coordinates(shapely.line_interpolate_point(part, np.arange(14.0, part.length, 28.0))), 1):
            life = {"valid_from": site.start, "valid_to": TO, "phase": "issygrid"}
            net.point(f"lamp-{number}-{i:02d}", "lighting", at, **life, **names)


def issygrid(plan: Plan, buildings: gpd.GeoDataFrame) -> Net:
    """Return the experiment with its simulated day."""
    net = Net("issygrid", "electricity")
    sites = {
        name: Site(f"issygrid-ps-{name}", geography.absolute([at])[0], start) for name, at, _, _, start in SITES
    }
    _offices(net, sites, buildings)
    _school_and_stores(net, sites)
    _fort_homes(net, sites["fort"])
    _lighting(net, sites["seine"], plan)
    commune = geography.commune().buffer(60.0)
    graph = StreetGraph(s.line for s in plan.streets if s.kind not in ("path", "motorway") and s.line.intersects(commune))
    hub = sites["seine"]
    ways = graph.tree(graph.nearest(hub.at))
    for name in ("bar", "fort"):
        site = sites[name]
        route = np.vstack([hub.at, path(ways, graph.nearest(site.at)), site.at])
        _cable(net, Site(hub.feature, hub.at, site.start), f"hta-{name}", route, site.feature, site.load_kw.copy(), kv=HTA_KV)
    total = hub.load_kw + sites["bar"].load_kw + sites["fort"].load_kw
    for name, _, french, english, start in SITES:
        shown = total if name == "seine" else sites[name].load_kw
        rated = round(float(np.abs(shown).max()) * 1.35)
        names = {"name_fr": french, "name_en": english, "voltage_kv": HTA_KV, "rated_kw": rated}
        life = {"valid_from": start, "valid_to": TO, "phase": "issygrid"}
        net.point(f"ps-{name}", "substation", sites[name].at, source=BOOK["grid"], **names, **life, **NOTE)
        net.series.append((sites[name].feature, {"p_kw": shown, "loading_percent": np.abs(shown) / rated * 100.0}))
    return net

