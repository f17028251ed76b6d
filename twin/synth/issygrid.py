"""IssyGrid as the past experiment it was, 2012 to 2018: what it joined, with one simulated day.

Numbers of plants, stores and streets are facts with their source; places, routes and values are synthetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import Point

from twin.synth import fort, geography
from twin.synth.day import local_hours
from twin.synth.nets import Net
from twin.synth.plane import Float64, beside, chance, first_point, stretch
from twin.synth.power import BT_DEPTH_M, BT_KV, HOME_KW, HTA_DEPTH_M, HTA_KV, course, street_graph
from twin.synth.routes import path
from twin.synth.streets import Plan

if TYPE_CHECKING:
    import geopandas as gpd

FROM, TO = "2012-01-01", "2019-01-01"
DAY = np.datetime64("2017-04-10T22:00:00", "ms")
"""Local midnight of the day that is shown, while the experiment ran."""
FORT_FROM = "2013-06-01"
SITES = (  # id, short coordinates, names, start
    (
        "seine",
        (6010.0, 9240.0),
        "Poste Val de Seine (IssyGrid)",
        "Val de Seine substation (IssyGrid)",
        FROM,
    ),
    (
        "bar",
        (6080.0, 9000.0),
        "Poste École Bar (IssyGrid)",
        "Bar school substation (IssyGrid)",
        FROM,
    ),
    ("fort", (6400.0, 7945.0), "Poste du Fort (IssyGrid)", "Fort substation (IssyGrid)", FORT_FROM),
)
OFFICES_M2 = 165_000.0
CHARGERS = 6
LAMP_STEP_M, LAMP_KW = 28.0, 0.11
LIT_STREETS = ("Rue Camille Desmoulins", "Rue Rouget de Lisle", "Rue Bara")
NOTE = {
    "note_en": "Past experiment, 2012 to 2018: announced in 2011, operational in 2016, ended late in 2018. "
    "Synthetic place, simulated values.",
    "note_fr": "Expérimentation passée, 2012 à 2018 : annoncée en 2011, opérationnelle en 2016, terminée fin "
    "2018. Position synthétique, valeurs simulées.",
}
FORECAST = {"pv": 0.12, "load": 0.03}
"""What was forecast the evening before (a forecast of the sun's power was part of it: hubinstitute), and how far off
an hour is from the one before. Both are simulated."""
BOOK = {
    "storage": "second-life batteries of 33 kWh and 60 kWh: Le Parisien, Enedis",
    "pv": "3 PV plants, 2 stores, lighting of 3 streets: hubinstitute; 250 m2 at the Bar school: Le Parisien",
    "load": "Seine Ouest: 160,000 m2 of offices, Tower Sequana 42,000 m2: environnement-magazine, pole-medee",
    "fort": "the Fort joined in 2013-2015: valeurenergie, bee-eng",
    "grid": "ten firms, 14 information systems: environnement-magazine, pole-medee, valeurenergie, bee-eng",
}


@dataclass(eq=False)
class Site:
    """A supervised substation and what hangs on it; ``load_kw`` and ``forecast_kw`` add up what is attached."""

    net: Net
    feature: str
    at: Float64
    start: str
    load_kw: Float64 = field(default_factory=lambda: np.zeros(25))
    forecast_kw: Float64 = field(default_factory=lambda: np.zeros(25))

    @property
    def life(self) -> dict[str, str]:
        """From when to when it was part of the experiment."""
        return {"valid_from": self.start, "valid_to": TO, "phase": "issygrid"}

    def attach(self, name: str, kind: str, at: Float64, p_kw: Float64, **values: Any) -> None:
        """Add a point with its BT cable and count its power in; what has a forecast is off it by chance."""
        forecast = p_kw
        if kind in FORECAST:
            p_kw = forecast * _weather(name, FORECAST[kind])
        feature = self.net.point(name, kind, at, voltage_kv=BT_KV, **self.life, **NOTE, **values)
        self.cable(f"bt-{name}", np.vstack([self.at, at]), feature, p_kw)
        told = {"p_kw": p_kw, "forecast_kw": forecast} if kind in FORECAST else {"p_kw": p_kw}
        self.net.series.append((feature, told))
        self.load_kw += p_kw
        self.forecast_kw += forecast

    def cable(
        self, name: str, route: Float64, end: str, p_kw: Float64, *, kv: float = BT_KV
    ) -> None:
        """Add a cable from here to ``end`` with its loading."""
        reserve = chance(name).uniform(1.15, 2.4)
        rated = round(max(float(np.abs(p_kw).max()) * reserve, 40.0))
        cable = self.net.line(
            name, route, (self.feature, end), kind="line", voltage_kv=kv, rated_kw=rated,
            depth_m=BT_DEPTH_M if kv == BT_KV else HTA_DEPTH_M, **self.life,
        )  # fmt: skip
        loading = np.abs(p_kw) / rated * 100.0
        self.net.series.append((cable, {"p_kw": p_kw, "loading_percent": loading}))


def _weather(name: str, spread: float) -> Float64:
    """Return what happened over what was forecast, by hour: one is as forecast, and midnight closes the day."""
    drift = np.cumsum(chance("forecast", name).standard_normal(25)) * spread
    made = np.clip(1.0 + drift - np.linspace(drift[0], drift[-1], 25), 0.25, 1.3)
    return np.append(made[:-1], made[0])


def _storage(capacity_kwh: float) -> Float64:
    """Return the power of a store: it fills at noon and empties in the evening, the day's sum is zero."""
    hour = local_hours()[:-1]
    fill = np.exp(-0.5 * ((hour - 13.5) / 1.8) ** 2)
    drain = np.exp(-0.5 * ((hour - 19.5) / 1.4) ** 2)
    p_kw = capacity_kwh * 0.8 * (fill / fill.sum() - drain / drain.sum())
    return np.append(p_kw, p_kw[0])


def _offices(site: Site, buildings: gpd.GeoDataFrame) -> None:
    """Attach Tower Sequana and the offices nearest to Val de Seine, about 160,000 square metres in all."""
    offices = buildings[(buildings["use"] == "office") & ~buildings["context"]].copy()
    offices["floor_m2"] = offices.geometry.area * offices["storeys"]
    offices.loc[offices["name_en"] == "Sequana tower", "floor_m2"] = 42_000.0
    here = Point(site.at)
    far = offices.geometry.distance(here).to_numpy()
    offices = offices.iloc[np.lexsort((far, offices["name_en"].isna()))]
    offices = offices[offices["floor_m2"] > 6000.0]
    offices = offices[offices["floor_m2"].cumsum() < OFFICES_M2]
    for number, (_, row) in enumerate(offices.iterrows(), start=1):
        at = first_point(shapely.shortest_line(row.geometry.exterior, here))
        shake = 1 + 0.04 * chance("office", number).standard_normal(25)
        known = isinstance(row["name_en"], str)
        names = {
            "name_fr": row["name_fr"] if known else f"Bureaux {number}",
            "name_en": row["name_en"] if known else f"Offices {number}",
            "rated_kw": round(row["floor_m2"] * 0.03),
            "source": BOOK["load"],
        }
        p_kw = row["floor_m2"] * 0.020 * course("office") * shake
        site.attach(f"office-{number}", "load", at, p_kw, **names)


def _school_and_roofs(seine: Site, bar: Site, fort_: Site) -> None:
    names = {"name_fr": "École Bar", "name_en": "Bar school", "source": BOOK["storage"]}
    at = bar.at + np.array([22.0, 14.0])
    bar.attach("bar-school", "load", at, 70.0 * course("school"), rated_kw=90.0, **names)
    roofs = (
        (bar, "pv-bar", (26.0, 8.0), 250.0, "École Bar"),
        (seine, "pv-seine", (-24.0, 30.0), 420.0, "Val de Seine"),
        (fort_, "pv-fort", (28.0, -30.0), 180.0, "Fort"),
    )
    for site, name, move, area, where in roofs:
        values = {
            "area_m2": area,
            "height_m": 9.0,
            "rated_kw": round(0.16 * area),
            "source": BOOK["pv"],
        }
        names = {"name_fr": f"Photovoltaïque, {where}", "name_en": f"Photovoltaics, {where}"}
        p_kw = -0.15 * area * course("sun")
        site.attach(name, "pv", site.at + np.array(move), p_kw, **values, **names)


def _stores_and_chargers(seine: Site, bar: Site) -> None:
    for site, name, move, size in (
        (seine, "store-33", (12.0, -9.0), 33.0),
        (bar, "store-60", (14.0, -12.0), 60.0),
    ):
        values = {"capacity_kwh": size, "rated_kw": round(size / 2), "source": BOOK["storage"]}
        names = {
            "name_fr": f"Batteries de seconde vie, {size:g} kWh",
            "name_en": f"Second-life batteries, {size:g} kWh",
        }
        at = site.at + np.array(move)
        site.attach(name, "storage", at, _storage(size), **values, **names)
    for i in range(CHARGERS):
        site = (seine, bar)[i % 2]
        turn = 2.2 + 0.5 * i
        at = site.at + (18.0 + 3 * i) * np.array([np.cos(turn), np.sin(turn)])
        names = {"name_fr": f"Borne de recharge {i + 1}", "name_en": f"Charging point {i + 1}"}
        p_kw = 22.0 * course("charger") * (0.4 + 0.6 * chance("ev", i).random(25))
        site.attach(f"ev-{i + 1}", "charger", at, p_kw, rated_kw=22.0, **names)


def _fort_homes(site: Site) -> None:
    """Attach the buildings of the Fort as one load of homes."""
    names = {"name_fr": "Logements du Fort (1 623)", "name_en": "Homes of the Fort (1,623)"}
    p_kw = fort.DWELLINGS * HOME_KW * course("housing")
    values = {"rated_kw": 2200.0, "source": BOOK["fort"]}
    site.attach("fort-homes", "load", fort.polar(120.0, 66.0), p_kw, **values, **names)


def _lighting(site: Site, plan: Plan) -> None:
    """Attach the lamps of three streets: a cabinet for each, and its lamps."""
    for number, name in enumerate(LIT_STREETS, start=1):
        line = next(s.line for s in plan.streets if s.name == name and s.known)
        lit = beside(stretch(line, 10.0, min(line.length - 10.0, 420.0)), 3.2)
        stations = np.arange(14.0, lit.length, LAMP_STEP_M)
        p_kw = LAMP_KW * len(stations) * course("night")
        names = {"name_fr": f"Éclairage public, {name}", "name_en": f"Street lighting, {name}"}
        site.attach(
            f"light-{number}", "lighting", first_point(lit), p_kw, source=BOOK["pv"], **names
        )
        lamps = shapely.get_coordinates(shapely.line_interpolate_point(lit, stations))
        for i, at in enumerate(lamps, start=1):
            site.net.point(f"lamp-{number}-{i:02d}", "lighting", at, **site.life, **names)


def issygrid(plan: Plan, buildings: gpd.GeoDataFrame) -> Net:
    """Return the experiment with its simulated day."""
    net = Net("issygrid", "electricity")
    sites = {
        name: Site(net, f"issygrid-ps-{name}", geography.absolute([at])[0], start)
        for name, at, _, _, start in SITES
    }
    seine, bar, fort_ = sites["seine"], sites["bar"], sites["fort"]
    _offices(seine, buildings)
    _school_and_roofs(seine, bar, fort_)
    _stores_and_chargers(seine, bar)
    _fort_homes(fort_)
    _lighting(seine, plan)
    graph = street_graph(plan)
    ways = graph.tree(graph.nearest(seine.at))
    for name, site in (("bar", bar), ("fort", fort_)):
        route = np.vstack([seine.at, path(ways, graph.nearest(site.at)), site.at])
        seine.cable(f"hta-{name}", route, site.feature, site.load_kw.copy(), kv=HTA_KV)
    seine.load_kw += bar.load_kw + fort_.load_kw
    seine.forecast_kw += bar.forecast_kw + fort_.forecast_kw
    for name, _, french, english, _ in SITES:
        site = sites[name]
        rated = round(float(np.abs(site.load_kw).max()) * 1.35)
        names = {"name_fr": french, "name_en": english, "voltage_kv": HTA_KV, "rated_kw": rated}
        net.point(
            f"ps-{name}", "substation", site.at, source=BOOK["grid"], **names, **site.life, **NOTE
        )
        loading = np.abs(site.load_kw) / rated * 100.0
        told = {"p_kw": site.load_kw, "forecast_kw": site.forecast_kw, "loading_percent": loading}
        net.series.append((site.feature, told))
    return net
