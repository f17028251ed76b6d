"""Bookmarks of the demo city: where to stand, where to look, at what time, without what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from twin.model.project import View
from twin.synth import fort, geography, terrain

ORIGIN = (646_000.0, 6_858_400.0, 0.0)
"""Of the scene, EPSG:2154 and metres NGF."""
Place = tuple[float, float, float]
UNDER = ("heat_fort", "heat_town", "waste_tubes", "waste_seine", "metro")
TECHNICAL = (*UNDER, "grid", "issygrid", "sensors")
AT_FIRST_HIDDEN: tuple[str, ...] = (
    "heat_town", "issygrid", "metro", "waste_tubes", "waste_seine", "limit",
)  # fmt: skip
SERVICES = (
    "car_sharing",
    "car_pooling",
    "smart_parking",
    "transit",
    "vehicles",
    "waste_rounds",
    "city_services",
    "business_park",
    "home_energy",
    "biosourced",
)
CALM = (*TECHNICAL, "limit")


def _scene(at: Place) -> Place:
    """Return scene coordinates of short coordinates and a height above the ground."""
    xy = geography.absolute([at[:2]])
    z = float(terrain.relief().at(xy)[0]) + at[2]
    x, y = xy[0] - ORIGIN[:2]
    return (round(float(x), 1), round(float(y), 1), round(z, 1))


def _view(name: str, titles: tuple[str, str], position: Place, target: Place, **more: Any) -> View:
    title = {"fr": titles[0], "en": titles[1]}
    shown = more.pop("services", ())
    more["hidden"] = (*more.get("hidden", ()), *(s for s in SERVICES if s not in shown))
    return View(id=name, title=title, position=_scene(position), target=_scene(target), **more)


def _around_fort(distance_m: float, angle_deg: float, height_m: float) -> Place:
    x, y = np.asarray(fort.polar(distance_m, angle_deg)) - geography.ORIGIN
    return (float(x), float(y), height_m)


def views() -> tuple[View, ...]:
    """Return the bookmarks: positions are metres in the scene, heights above the ground where the eye is."""
    fx, fy = geography.FORT_CENTRE
    moment = datetime.fromisoformat
    return (
        _view("overview", ("Vue d'ensemble, la Seine au fond", "Overview, the Seine behind"),
            (5790, 6890, 400), (6170, 8350, -30), field_of_view_deg=45.0, hidden=AT_FIRST_HIDDEN),
        _view("fort", ("Le Fort d'Issy", "The Fort d'Issy"),
            _around_fort(520, 238, 250), (fx, fy - 10, 0), hidden=CALM),
        _view("fort_xray", ("Sous le Fort : géothermie et tubes", "Under the Fort: geothermal loop and tubes"),
            _around_fort(360, 250, 190), (fx, fy + 5, -18), xray=True,
            hidden=("trees", "grid", "issygrid", "sensors", "street_names", "heat_town", "metro", "limit")),
        _view("coeur_de_ville", ("Cœur de Ville : boucles chaude et froide", "Cœur de Ville: warm and cold loops"),
            (6560, 8130, 250), (6790, 8620, -12), xray=True,
            hidden=("trees", "grid", "issygrid", "sensors", "street_names", "heat_fort", "waste_tubes", "waste_seine",
                    "metro", "limit")),
        _view("town_hall", ("L'Hôtel de Ville, à hauteur d'homme", "The town hall, at eye height"),
            (6704, 8526, 1.7), (6657, 8561, 9.5), field_of_view_deg=58.0,
            at=moment("2026-04-14T09:10:00+00:00"), hidden=CALM),
        _view("street", ("Avenue Victor-Cresson, à pied", "Avenue Victor Cresson, on foot"),
            (6455, 8386.5, 1.7), (6640, 8462, 6.0), field_of_view_deg=60.0, hidden=CALM),
        _view("seine", ("La Seine et l'île Saint-Germain", "The Seine and Île Saint-Germain"),
            (5905, 9690, 150), (5120, 8640, 4), field_of_view_deg=46.0,
            at=moment("2026-04-14T08:20:00+00:00"), hidden=CALM),
        _view("val_de_seine", ("Val de Seine, les bureaux au bord du fleuve", "Val de Seine, offices on the river"),
            (5330, 8760, 170), (5990, 9230, 12), field_of_view_deg=44.0, hidden=CALM),
        _view("sensors", ("La ville mesurée", "The city measured"),
            (6420, 7960, 420), (6480, 8640, 10), hidden=(*UNDER, "grid", "issygrid", "limit")),
        _view("grid", ("Le réseau électrique", "The electric grid"),
            (5760, 8330, 330), (6120, 8960, 0), xray=True,
            hidden=(*UNDER, "issygrid", "sensors", "trees", "limit")),
        _view("issygrid", ("IssyGrid en 2017, une expérimentation passée", "IssyGrid in 2017, a past experiment"),
            (5780, 8860, 170), (6030, 9170, 5), at=moment("2017-04-11T14:30:00+00:00"), xray=True,
            hidden=(*UNDER, "grid", "sensors", "trees", "limit")),
        _view("evening", ("Corentin-Celton au soir", "Corentin Celton in the evening"),
            (6820, 8640, 90), (7190, 8900, 6), at=moment("2026-04-14T18:55:00+00:00"), hidden=CALM),
        _view("renewal", ("Rénovation des dalles, projet fictif", "Renewal of the slabs, a fictional project"),
            (5560, 7850, 150), (5706, 8040, 6), field_of_view_deg=44.0, hidden=CALM),
        _view("services", ("La ville qui rend service", "The city that serves"),
            (6390, 7960, 300), (6560, 8560, 0), field_of_view_deg=48.0, hidden=CALM,
            services=("car_sharing", "car_pooling", "smart_parking", "city_services", "waste_rounds", "vehicles")),
        _view("top", ("Le plan", "The plan"), (5850, 8400, 5900), (5850, 8401, 0), field_of_view_deg=40.0,
            hidden=TECHNICAL),
    )  # fmt: skip
