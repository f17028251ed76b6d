"""Which of the things that a city watches a name speaks of: air, parking, bicycles ...

Platforms name the same in their own words and languages: ``availableSpotNumber``, ``places_libres``, ``NO2``.
A family is what looks alike in the scene.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from twin.live.properties import PROPERTIES

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "noise": (
            *(
                "noise",
                "bruit",
                r"son(?:ore|o)\w*",
                r"sound\w*",
                r"acousti\w*",
                "dba?",
                r"decibel\w*",
            ),
            *("l?a?eq", "lamax", "la90", "lden"),
        ),
        "weather": (
            *(
                "temp",
                r"temper\w*",
                r"humid\w*",
                r"wind\w*",
                "vent",
                r"rain\w*",
                "pluie",
                r"precip\w*",
            ),
            *(
                "pressure",
                "pression",
                r"solar\w*",
                r"irradian\w*",
                "meteo",
                "weather",
                "dew",
                "snow",
            ),
            *("neige", "uv", "sunshine"),
        ),
        "air": (
            *(
                "air",
                "aqi",
                "iqa",
                "atmo",
                "no",
                "no2",
                "nox",
                "o3",
                "so2",
                "co",
                "co2",
                "nh3",
                "voc",
            ),
            *("cov", r"pm\d+", "ozone", r"benzen\w*", r"particul\w*", r"pollu\w*"),
        ),
        "waste": (
            *("waste", "dechets?", "trash", "garbage", "ordures", r"fill\w*", "bac", "bin"),
            "remplissage_(?:du_|des_)?(?:bacs?|conteneurs?)",
        ),
        "charge": ("pdc", "irve", "evse", r"charg\w*", "recharge", r"connector\w*", "bornes?"),
        "car": ("cars?", "autopartage", r"carshar\w*", "voitures?"),
        "bike": (
            *(r"(?:num)?(?:bikes?|ebikes?|docks?)(?:available|disabled)?", "velos?", r"bicycl\w*"),
            *("bornettes?", "velib", "cyclistes?", "mechanical"),
        ),
        "parking": (
            *("parking", "spots?", "spaces?", "stationnement", "places?", "vacant", "occupancy"),
            *("occupation", "remplissage"),
        ),
        "traffic": (
            *(
                "traffic",
                "trafic",
                "congestion",
                "vitesse",
                "speed",
                "intensity",
                "comptage",
                "flow",
            ),
            *("vehicles?", "vehicules?"),
        ),
        "water": ("water", "eau", "river", "level", "hauteur", "depth", "groundwater", "nappe"),
        "meter": (
            *(
                "power",
                "puissance",
                "energy",
                "energie",
                "consumption",
                r"conso\w*",
                "kwh?",
                "voltage",
            ),
            *(
                "tension",
                "current",
                "courant",
                "heat",
                "chaleur",
                r"electric\w*",
                "meter",
                "compteur",
            ),
            *("gas", "gaz"),
        ),
    }
)
"""Words of each family, whole; the first family of which a name has one counts."""

_FAMILIES = {
    family: re.compile(rf"(?:^|_)(?:{'|'.join(words)})(?:_|$)") for family, words in WORDS.items()
}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GAP = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def family_of(observed_property: str) -> str:
    """Return the family of an observed property by its name, empty where it says none.

    Parameters
    ----------
    observed_property : str
        Of :data:`~twin.live.properties.PROPERTIES`, or as a platform names it.
    """
    known = PROPERTIES.get(observed_property)
    if known is not None:
        return known.family
    text = unicodedata.normalize("NFKD", _HUMP.sub("_", observed_property[:200]))
    plain = _GAP.sub("_", text.encode("ascii", "ignore").decode().lower())
    return next((family for family, words in _FAMILIES.items() if words.search(plain)), "")
