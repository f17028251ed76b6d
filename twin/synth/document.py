"""The project document of the demo city: its layers with sources and styles, its views, its clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.model.style import Style
from twin.model.table import Provenance, Quality
from twin.synth import geography, looks, plans
from twin.synth.day import NOW
from twin.synth.stories import stories
from twin.synth.translated import translated
from twin.synth.views import AT_FIRST_HIDDEN, ORIGIN, SERVICES, views

TITLE = {
    "fr": "Issy-les-Moulineaux, maquette synthétique",
    "en": "Issy-les-Moulineaux, synthetic model",
}
NOTICE = {
    "fr": "Maquette synthétique : géographie arrondie, bâti et réseaux générés, mesures simulées.",
    "en": "Synthetic model: rounded geography, generated buildings and networks, simulated values.",
}
MAKER = "Belvedere, twin.synth"
DATE = "2026"
MAP, CITY, HEAT, POWER, WASTE, SENSORS = (
    "reference",
    "city",
    "energy",
    "energy",
    "services",
    "sensors",
)
"""Groups that the interface words."""
FORT_NOTICE = {
    "fr": "Réseau privé de la géothermie du Fort : chiffres sourcés, tracés synthétiques, valeurs simulées.",
    "en": "Private geothermal network of the Fort: sourced figures, synthetic routes, simulated values.",
}
TOWN_NOTICE = {
    "fr": "Issy Cœur de Ville : eau à environ 15 °C à 35 m, 600 logements, 40 000 m² de bureaux (genieclimatique), "
    "315 logements sociaux (issy.com) ; le reste est synthétique.",
    "en": "Issy Cœur de Ville: ground water of about 15 °C at 35 m, 600 dwellings, 40,000 m² of offices "
    "(genieclimatique), 315 social dwellings (issy.com); the rest is synthetic.",
}
ISSYGRID_NOTICE = {
    "fr": "Expérimentation terminée fin 2018 (lancée en 2012) : montrée comme passée, valeurs simulées.",
    "en": "Experiment that ended late in 2018 (launched in 2012): shown as past, simulated values.",
}
GRID_NOTICE = {
    "fr": "Réseau électrique synthétique, valeurs simulées.",
    "en": "Synthetic electric grid, simulated values.",
}
WASTE_NOTICE = {
    "fr": "115 bornes et 1,78 km de tubes (monimmeuble, maisonapart, 2013) ; tracés synthétiques, vie simulée.",
    "en": "115 inlets and 1.78 km of tubes (monimmeuble, maisonapart, 2013); synthetic routes, simulated life.",
}
SEINE_NOTICE = {
    "fr": "Réseau fixe vers Isséane : environ 1 km, 2 bornes par immeuble (prévu début 2014) ; "
    "tracé synthétique, vie simulée.",
    "en": "Fixed network to Isséane: about 1 km, 2 inlets a building (planned early 2014); "
    "synthetic route, simulated life.",
}
SENSOR_NOTICE = {
    "fr": "Capteurs simulés : aucun n'existe.",
    "en": "Simulated sensors: none of them exists.",
}

SERVICE_NOTICE = {
    "fr": "Données inventées, dans le format des services réels.",
    "en": "Made-up data, in the format of the real services.",
}
VEHICLES_NOTICE = {
    "fr": "Lignes inventées : véhicules placés d'après un horaire simulé, aucun n'existe.",
    "en": "Made-up lines: vehicles where a simulated timetable has them; none of them exists.",
}
SERVICE_LAYERS = (
    ("car_sharing", ("Autopartage", "Car sharing"), {
        "stations": "gbfs_station_information.json", "status": "gbfs_station_status.json",
        "vehicles": "gbfs_vehicle_status.json", "types": "gbfs_vehicle_types.json"}),
    ("car_pooling", ("Covoiturage", "Car pooling"), {
        "places": "covoiturage_lieux.csv", "journeys": "covoiturage_trajets.csv", "centres": "communes.csv"}),
    ("smart_parking", ("Stationnement", "Parking"), {
        "parks": "stationnement.csv", "occupancy": "stationnement_direct.json"}),
    ("transit", ("Transports : accessibilité", "Public transport: reach"), {
        "gtfs": "gtfs.zip", "streets": "streets.parquet"}),
    ("waste_rounds", ("Tournées de collecte", "Waste rounds"), {"containers": "conteneurs.json"}),
    ("city_services", ("Services de la ville", "City services"), {"places": "services.csv"}),
    ("business_park", ("Parc d'activités", "Business park"), {"offers": "parc_activites.csv"}),
    ("home_energy", ("Logements connectés", "Connected homes"), {
        "buildings": "buildings.parquet", "aggregates": "logements_connectes.csv"}),
    ("biosourced", ("Bois et paille", "Timber and straw"), {
        "buildings": "buildings.parquet", "materials": "materiaux.csv"}),
)  # fmt: skip
"""Layer types of bundled plugins, titles, and their files by role."""
SERVICE_PARAMS: Mapping[str, Mapping[str, Any]] = {"biosourced": {"open_m": 3.0}}
"""Settings other than the usual: the school of timber and straw is shown opened up floor by floor."""


def _source(path: str, *, simulated: bool = False) -> Source:
    quality = Quality.SIMULATED if simulated else Quality.SYNTHETIC
    return Source(path=f"data/{path}", provenance=Provenance(MAKER, DATE, "MIT", quality))


def _layer(
    name: str,
    kind: str,
    titles: tuple[str, str],
    sources: Mapping[str, Source],
    group: str,
    **more: Any,
) -> LayerSpec:
    title = {"fr": titles[0], "en": titles[1]}
    return LayerSpec(
        id=name, type=f"belvedere.{kind}", title=title, sources=sources, group=group, **more
    )


def _vector(
    name: str,
    titles: tuple[str, str],
    path: str,
    group: str,
    style: Style | None,
    *,
    params: dict[str, Any],
    **more: Any,
) -> LayerSpec:
    sources = {"features": _source(path)}
    # The colours of the base map and of street furniture explain themselves.
    more.setdefault("legend", group not in (MAP, CITY))
    return _layer(name, "vector", titles, sources, group, params=params, style=style, **more)


def _map_layers() -> Iterator[LayerSpec]:
    elevation = {"elevation": _source("terrain.tif"), "imagery": _source("map.tif")}
    yield _layer(
        "terrain", "terrain", ("Relief", "Terrain"), elevation, MAP, params={"colours": "plain"}
    )
    land = looks.by("kind", looks.LAND, ("Occupation du sol", "Land use"))
    yield _vector(
        "land",
        ("Occupation du sol", "Land use"),
        "land.parquet",
        MAP,
        land,
        params={"lift_m": 0.05},
    )
    pavement = looks.by("kind", looks.PAVEMENTS, ("Trottoirs", "Pavements"))
    yield _vector(
        "pavements",
        ("Trottoirs", "Pavements"),
        "pavements.parquet",
        MAP,
        pavement,
        params={"lift_m": 0.09},
    )
    roads = looks.by("kind", looks.ROADS, ("Voirie", "Streets"))
    names = {"lift_m": 0.13, "label_column": ""}
    yield _vector("roads", ("Voirie", "Streets"), "roads.parquet", MAP, roads, params=names)
    white = looks.plain("#efede6")
    yield _vector(
        "markings",
        ("Marquages", "Markings"),
        "markings.parquet",
        MAP,
        white,
        params={"lift_m": 0.15},
    )
    water = {"water": True, "water_level_column": "water_level_m"}
    yield _vector(
        "water", ("La Seine", "The Seine"), "water.fgb", MAP, looks.plain("#8fb2c4"), params=water
    )
    rails = looks.by("kind", looks.RAIL, ("Rails", "Rails"))
    track = {"as_": "ribbon", "width_m": 1.6, "lift_m": 0.16}
    yield _vector(
        "rails", ("Voies ferrées", "Railway tracks"), "rails.fgb", MAP, rails, params=track
    )
    limit = {"as_": "lines", "line_width_px": 2.0, "lift_m": 1.5}
    yield _vector(
        "limit",
        ("Limite communale", "Municipal limit"),
        "limit.fgb",
        MAP,
        looks.plain("#b0685c"),
        params=limit,
    )


def _city_layers() -> Iterator[LayerSpec]:
    use = looks.by("use", looks.USE, ("Usage des bâtiments", "Use of buildings"))
    made = {"buildings": _source("buildings.parquet")}
    yield _layer("buildings", "buildings", ("Bâtiments", "Buildings"), made, CITY, style=use)
    around = {"buildings": _source("surroundings.parquet")}
    quiet = looks.plain("#e3dfd6")
    yield _layer(
        "surroundings",
        "buildings",
        ("Communes voisines", "Neighbouring towns"),
        around,
        CITY,
        style=quiet,
    )
    solids = {"buildings": _source("structures.parquet")}
    walls = looks.by("kind", looks.STRUCTURES, ("Ouvrages", "Structures"))
    own = {"place": "own", "facades": False}
    yield _layer(
        "structures", "buildings", ("Ponts, remparts, péniches", "Bridges, ramparts, barges"), solids, CITY,
        style=walls, params=own, legend=False,
    )  # fmt: skip


def _small_layers() -> Iterator[LayerSpec]:
    """Trees and what stands along streets."""
    species = looks.by("species_fr", looks.TREES, ("Essences", "Species"), other="#83a264")
    trees = {
        "as_": "glyphs",
        "glyph_column": "glyph",
        "glyph_height_column": "height_m",
        "glyph_width_column": "crown_m",
        "natural_greens": False,
    }
    yield _vector("trees", ("Arbres", "Trees"), "trees.parquet", CITY, species, params=trees)
    paint = looks.by("kind", looks.CARS, ("Voitures garées", "Parked cars"))
    parked = {
        "as_": "glyphs",
        "glyph": "car",
        "glyph_height_column": "height_m",
        "heading_column": "heading_deg",
    }
    yield _vector(
        "cars", ("Voitures garées", "Parked cars"), "cars.parquet", CITY, paint, params=parked
    )
    seats = {"as_": "glyphs", "glyph": "bench", "heading_column": "heading_deg"}
    wood = looks.plain("#a9865f")
    yield _vector("benches", ("Bancs", "Benches"), "benches.parquet", CITY, wood, params=seats)
    lamps = {"as_": "glyphs", "glyph": "lamp", "glyph_height_column": "height_m"}
    yield _vector(
        "lamps", ("Éclairage public", "Street lamps"), "lamps.parquet", CITY, None, params=lamps
    )


def _label_layers() -> Iterator[LayerSpec]:
    labels = {
        "as_": "labels",
        "label_column": "name",
        "label_rank_column": "rank",
        "label_height_m": 32.0,
    }
    yield _vector("labels", ("Lieux", "Places"), "labels.fgb", CITY, None, params=labels)
    close = {**labels, "label_height_m": 24.0, "label_max_distance_m": 1500.0}
    yield _vector(
        "labels_near",
        ("Lieux, de près", "Places, from near"),
        "labels_near.fgb",
        CITY,
        None,
        params=close,
    )
    near = {**labels, "label_height_m": 7.0, "label_max_distance_m": 650.0, "label_kind": "street"}
    yield _vector(
        "street_names",
        ("Noms de rues", "Street names"),
        "street_names.fgb",
        CITY,
        None,
        params=near,
    )


def _network_layers() -> Iterator[LayerSpec]:
    for name, titles, notice in (
        ("heat_fort", ("Géothermie du Fort", "Geothermal network of the Fort"), FORT_NOTICE),
        ("heat_town", ("Boucles de Cœur de Ville", "Cœur de Ville loops"), TOWN_NOTICE),
    ):
        sources = {
            "features": _source(f"{name}.parquet"),
            "series": _source(f"{name}_day.parquet", simulated=True),
        }
        params = {"repeat_day": True, "min_diameter_m": 1.6, "gap_m": 2.6}
        yield _layer(name, "heat", titles, sources, HEAT, params=params, notice=notice)
    for name, titles, notice in (
        ("grid", ("Réseau électrique", "Electric grid"), GRID_NOTICE),
        (
            "issygrid",
            ("IssyGrid (2012-2018, passé)", "IssyGrid (2012-2018, past)"),
            ISSYGRID_NOTICE,
        ),
    ):
        sources = {
            "features": _source(f"{name}.parquet"),
            "series": _source(f"{name}_day.parquet", simulated=True),
        }
        params = {"repeat_day": True, "cable_diameter_m": 1.6, "symbol_scale": 1.8}
        yield _layer(name, "grid", titles, sources, POWER, params=params, notice=notice)
    yield from _waste_layers()
    metro = {"z_mode": "depth", "depth_column": "depth_m", "radius_m": 3.2}
    yield _vector(
        "metro",
        ("Métro (tunnels)", "Metro (tunnels)"),
        "metro.fgb",
        CITY,
        looks.plain("#8f89a8"),
        params=metro,
    )


def _waste_layers() -> Iterator[LayerSpec]:
    """Both systems of pneumatic collection; their life over time is simulated by the plugin."""
    for name, titles, collection, notice in (
        (
            "waste",
            ("Collecte pneumatique du Fort", "Pneumatic waste of the Fort"),
            "mobile",
            WASTE_NOTICE,
        ),
        (
            "waste_seine",
            ("Collecte pneumatique, Bords de Seine", "Pneumatic waste, Bords de Seine"),
            "fixed",
            SEINE_NOTICE,
        ),
    ):
        prefix = "waste" if collection == "mobile" else name
        sources = {role: _source(f"{prefix}_{role}.fgb") for role in ("tubes", "inlets")}
        title = {"fr": titles[0], "en": titles[1]}
        layer = "waste_tubes" if collection == "mobile" else name
        yield LayerSpec(
            id=layer, type="pneumatic_waste", title=title, sources=sources, group=WASTE,
            params={"collection": collection}, notice=notice,
        )  # fmt: skip


def _sensor_layer() -> LayerSpec:
    sources = {"features": _source("sensors.fgb", simulated=True)}
    sources["observations"] = _source("observations.parquet", simulated=True)
    params = {"repeat_day": True, "symbol_scale": 1.4, "dot_px": 11.0}
    return _layer(
        "sensors",
        "sensors",
        ("Capteurs", "Sensors"),
        sources,
        SENSORS,
        params=params,
        notice=SENSOR_NOTICE,
    )


def _vehicle_layer() -> LayerSpec:
    sources, titles = (
        {"gtfs": _source("gtfs.zip", simulated=True)},
        ("Transports en circulation", "Vehicles under way"),
    )
    return _layer("vehicles", "vehicles", titles, sources, WASTE, notice=VEHICLES_NOTICE)


def _service_layers() -> Iterator[LayerSpec]:
    """Layers of bundled plugins: the same files that real services publish, made up."""
    for kind, titles, files in SERVICE_LAYERS:
        yield LayerSpec(
            id=kind,
            type=kind,
            title={"fr": titles[0], "en": titles[1]},
            sources={role: _source(path, simulated=True) for role, path in files.items()},
            params=SERVICE_PARAMS.get(kind, {}),
            group=WASTE,
            notice=SERVICE_NOTICE,
        )


def project() -> Project:
    """Return the project of the demo city."""
    named = (*_map_layers(), *_city_layers(), *_small_layers(), *_label_layers())
    made = (*named, *_network_layers(), _sensor_layer(), _vehicle_layer(), *_service_layers())
    hidden = {*AT_FIRST_HIDDEN, *SERVICES}
    layers = tuple(replace(spec, visible=spec.id not in hidden) for spec in made)
    frame = GeoFrame(crs=geography.CRS, origin=ORIGIN)
    now = datetime.fromisoformat(NOW)
    document = Project(
        title=TITLE,
        notice=NOTICE,
        frame=frame,
        layers=layers,
        views=views(),
        stories=stories(),
        variants=plans.variants(),
        phases=plans.phases(),
        deltas=plans.deltas(),
        at=now,
    )
    return translated(document)
