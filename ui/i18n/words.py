"""Words that data sets write in their attributes (uses, roofs, materials, states), in the language of the interface.

A value is only shown otherwise: filters, tables that are exported and the data itself keep what the source wrote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

ALIASES: Mapping[str, str] = {
    # key: how OpenStreetMap, Overture, BD TOPO and BDNB (IGN, CSTB) and CityGML write it, as ``plain`` makes it
    "residential": "residential housing residentiel",
    "apartments": "apartments residentiel_collectif logement_collectif",
    "house": "house detached semidetached_house residentiel_individuel maison",
    "office": "office offices bureau bureaux",
    "commercial": "commercial commercial_et_services",
    "retail": "retail commerce commerces shop",
    "industrial": "industrial industriel industrie",
    "agricultural": "agricultural agricole farm",
    "religious": "religious religieux",
    "sport": "sport sports sportif",
    "annex": "annex annexe dependance",
    "undetermined": "indifferencie",
    "school": "school ecole",
    "hospital": "hospital hopital",
    "church": "church eglise",
    "hotel": "hotel",
    "warehouse": "warehouse entrepot",
    "garage": "garage garages",
    "public": "public",
    "mixed": "mixed mixte",
    "flat": "flat plat",
    "gabled": "gabled gable",
    "hipped": "hipped hip",
    "half_hipped": "half_hipped",
    "pyramidal": "pyramidal",
    "mansard": "mansard",
    "gambrel": "gambrel",
    "skillion": "skillion",
    "dome": "dome spherical",
    "onion": "onion",
    "round": "round",
    "saltbox": "saltbox",
    "sawtooth": "sawtooth",
    "brick": "brick brique briques",
    "concrete": "concrete beton",
    "stone": "stone pierre",
    "wood": "wood timber bois",
    "timber_framing": "timber_framing timber_frame pan_de_bois",
    "glass": "glass verre",
    "metal": "metal",
    "steel": "steel acier",
    "plaster": "plaster",
    "cement_block": "cement_block agglomere",
    "straw": "straw straw_bale paille",
    "earth": "earth rammed_earth terre",
    "slate": "slate ardoises ardoise",
    "tiles": "roof_tiles tuiles tuile",
    "zinc": "zinc zinc_aluminium",
    "in_service": "en_service",
    "under_construction": "en_construction",
    "planned": "en_projet planned",
    "in_ruin": "en_ruine ruins",
    # answers of the analyses
    "facade": "facade",
    "roof": "roof",
    "excess": "excess",
    "envelope": "envelope",
    "setback": "setback",
}
_KEY = {alias: f"word.{key}" for key, aliases in ALIASES.items() for alias in aliases.split()}
_LONGEST = max(map(len, _KEY))


def key_of(value: str) -> str:
    """Return the key of the wording of an attribute's word, empty where it is none that is known."""
    if not value or len(value) > _LONGEST + 4 or not value[0].isalpha():
        return ""
    letters = unicodedata.normalize("NFKD", value.lower()).encode("ascii", "ignore").decode()
    return _KEY.get(re.sub(r"[^a-z0-9]+", "_", letters).strip("_"), "")
