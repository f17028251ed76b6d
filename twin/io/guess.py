"""Which column means what: the names that producers use for heights, storeys, uses, ids ..."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.model.table import FeatureTable


def names_of(text: str) -> tuple[str, ...]:
    """Return the words of a text: a list that reads well in the source."""
    return tuple(text.split())


# Names as `normalised` makes them, the surest first. BD TOPO 2 and 3 (IGN), BDNB (CSTB), OpenStreetMap,
# Overture, EUBUCCO, 3DBAG, CityJSON, THERMOS, and plain words in several languages.
NAMES: Mapping[str, Sequence[str]] = {
    "id": names_of(
        "feature_id cleabs rnb_id batiment_groupe_id id_rnb uuid guid globalid gml_id "
        "identificatie full_id osm_id osmid id fid objectid identifiant code ref gid"
    ),
    "height": names_of(
        "hauteur height measuredheight measured_height building_height bldg_height "
        "height_m hauteur_m hauteur_mean b3_h_dak_max b3_h_nok b3_h_70p b3_h_dak_70p "
        "h_70p relh hoehe hohe altezza altura hgt height_mean height_max"
    ),
    "storeys": names_of(
        "building_levels nombre_d_etages nb_etages storeysaboveground "
        "storeys_above_ground num_floors floors levels storeys stories nb_niveau "
        "nb_niveaux b3_bouwlagen etages niveaux geschosse geschosszahl piani plantas "
        "numero_etages number_of_floors nb_etage"
    ),
    "ground_z": names_of(
        "altitude_minimale_sol z_min_sol altitude_sol altitude_s altitude_sol_mean "
        "b3_h_maaiveld h_maaiveld ground_z z_sol zmin_sol ground_elevation terrain_height "
        "alti_sol"
    ),
    "ground_z_max": names_of("altitude_maximale_sol z_max_sol zmax_sol"),
    "eaves_z": names_of("altitude_minimale_toit z_min_toit zmin_toit b3_h_dak_min"),
    "roof_z": names_of("altitude_maximale_toit z_max_toit zmax_toit"),
    "min_height": names_of("min_height building_min_height hauteur_min"),
    "min_level": names_of("building_min_level min_level min_floor"),
    "roof_height": names_of("roof_height hauteur_toit"),
    "roof_levels": names_of("roof_levels building_roof_levels"),
    "roof_shape": names_of(
        "roof_shape building_roof_shape rooftype roof_type b3_dak_type dak_type "
        "forme_toit type_toit"
    ),
    "roof_direction": names_of("roof_direction building_roof_direction"),
    "roof_orientation": names_of("roof_orientation building_roof_orientation"),
    "roof_colour": names_of("roof_colour roof_color building_roof_colour"),
    "colour": names_of("building_colour building_color facade_color colour color"),
    "year": names_of(
        "annee_construction construction_year year_built built_year yearofconstruction "
        "year_of_construction start_date date_d_apparition date_app date_appar "
        "oorspronkelijkbouwjaar bouwjaar baujahr annee year"
    ),
    "use": names_of(
        "usage_1 usage1 usage_niveau_1_txt building usage use function class land_use "
        "fonction nature type use_1"
    ),
    "name": names_of(
        "name nom toponyme libelle label name_fr name_en nom_commune title titre bezeichnung naam"
    ),
    "address": names_of("adresse address addr_full adresse_principale libelle_adr_principale_ban"),
    "dwellings": names_of(
        "nombre_de_logements nb_logts nb_log dwellings building_flats nb_logements nombre_logements"
    ),
    "material": names_of(
        "materiaux_des_murs mat_murs mat_mur_txt facade_material building_material"
    ),
    "state": names_of("etat_de_l_objet etat status building_status"),
    "valid_from": names_of("valid_from"),
    "valid_to": names_of("valid_to"),
    "lon": names_of(
        "longitude lon lng long xlong stop_lon x_wgs84 consolidated_longitude "
        "geo_longitude lon_wgs84 x_long longitud longitudine laenge lange langengrad lengtegraad boylam "
        "dlugosc dlugosc_geograficzna долгота 경도 経度 经度 經度 خط_الطول"
    ),
    "lat": names_of(
        "latitude lat ylat stop_lat y_wgs84 consolidated_latitude geo_latitude lat_wgs84 y_lat "
        "latitud latitudine breite breitengrad breedtegraad enlem "
        "szerokosc szerokosc_geograficzna широта 위도 緯度 纬度 خط_العرض دائرة_العرض"
    ),
    "x": names_of(
        "x coord_x xcoord x_coord coordx point_x easting est e_lambert x_ouv93 coordonnee_x lambert_x "
        "lambertx x_centroid centroid_x east este ost ostwert rechts rechtswert utm_e utm_x utm_east utm_easting e"
    ),
    "y": names_of(
        "y coord_y ycoord y_coord coordy point_y northing nord n_lambert y_ouv93 coordonnee_y lambert_y "
        "lamberty y_centroid centroid_y north norte nordwert hoch hochwert utm_n utm_y utm_north utm_northing n"
    ),
    "z": names_of("z altitude elevation alti_inst altitude_m elevation_m alti"),
    "wkt": names_of(
        "wkt geom geometry the_geom geometrie wkt_geom geometry_wkt geo_shape shape wkb_geometry geojson wkb"
    ),
}

SHAPEFILE_LETTERS = 10

LENGTH_MEANINGS = frozenset(("height", "min_height", "roof_height"))
"""Metres above the foot: 0 in ``height`` means unknown."""
ELEVATION_MEANINGS = frozenset(("ground_z", "ground_z_max", "eaves_z", "roof_z"))
COUNT_MEANINGS = frozenset(("storeys", "min_level", "roof_levels"))


_TOO_LITTLE = {"constructi"}
"""Of the year of a construction, and of ``construction_legere``."""


def _cut_names() -> Mapping[str, str]:
    """Return meaning by the ten letters that a shapefile leaves of a name, where they can mean one thing only."""
    whole = {name for names in NAMES.values() for name in names}
    meant: dict[str, set[str]] = {}
    for meaning, names in NAMES.items():
        for name in names:
            if len(name) > SHAPEFILE_LETTERS:
                meant.setdefault(name[:SHAPEFILE_LETTERS], set()).add(meaning)
    return {
        cut: next(iter(of))
        for cut, of in meant.items()
        if len(of) == 1 and cut not in whole | _TOO_LITTLE and len(cut.rpartition("_")[2]) >= 3
    }


_CUT = _cut_names()


@lru_cache(maxsize=4096)
def normalised(name: str) -> str:
    """Return a column name in lower case without accents, anything else than letters and digits as ``_``.

    Letters of every script stay: ``"경도"``, ``"долгота"``.
    """
    apart = unicodedata.normalize("NFKD", name.replace("ł", "l"))
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFC", bare).lower()).strip("_")


def column_for(meaning: str, columns: Iterable[str]) -> str:
    """Return the column that means something, empty when none does.

    Parameters
    ----------
    meaning : str
        A key of :data:`NAMES`.
    columns : iterable of str
        Names as in the file.
    """
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(normalised(str(column)), str(column))
    for name in NAMES[meaning]:
        if name in by_name:
            return by_name[name]
    cut = (column for name, column in by_name.items() if _CUT.get(name) == meaning)
    return next(cut, "")


def columns_for(columns: Iterable[str]) -> dict[str, str]:
    """Return meaning → column for all meanings that are found."""
    names = list(columns)
    found = {meaning: column_for(meaning, names) for meaning in NAMES}
    return {meaning: column for meaning, column in found.items() if column}


def meanings(table: FeatureTable) -> Mapping[str, str]:
    """Return what the columns of a table mean, as meaning → column name.

    Meanings: ``height storeys ground_z ground_z_max eaves_z roof_z min_height min_level roof_height
    roof_levels roof_shape roof_direction roof_orientation roof_colour colour year use name address dwellings
    material state valid_from valid_to id`` and coordinates. Heights are metres above the foot, ``*_z`` metres above the
    sea. A meaning is listed only when the column has at least one value.
    """
    frame: Any = table.frame
    found = columns_for(
        str(name) for name in frame.columns if name not in {"geometry", "feature_id"}
    )
    return {meaning: column for meaning, column in found.items() if frame[column].notna().any()}
