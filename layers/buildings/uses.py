"""What buildings are used for, in a few groups, and their calm colours; and what else city models hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from layers.buildings.columns import plain
from twin import api

USE_GROUP = "use_group"
PLASTER = "#e6e3da"

GROUPS: Mapping[str, tuple[str, str, str, str, str]] = {
    # group: colour, English, French, Korean, Arabic
    "residential": ("#ebe5d9", "Housing", "Logement", "주거", "سكن"),
    "commercial": (
        "#d0d9e0",
        "Offices and shops",
        "Bureaux et commerces",
        "업무·상업",
        "مكاتب ومتاجر",
    ),
    "industrial": ("#c8c4cb", "Industry", "Industrie", "공업", "صناعة"),
    "public": (
        "#e4d0c2",
        "Public services, schools",
        "Services publics, écoles",
        "공공시설·학교",
        "خدمات عامة ومدارس",
    ),
    "heritage": (
        "#d9cba8",
        "Religious and heritage",
        "Religieux et patrimoine",
        "종교·문화유산",
        "ديني وتراثي",
    ),
    "sport": ("#cad7be", "Sport and leisure", "Sport et loisirs", "체육·여가", "رياضة وترفيه"),
    "annex": (
        "#d8d6cf",
        "Annexes, farm buildings",
        "Annexes, agricole",
        "부속·농업",
        "ملحقات ومبان زراعية",
    ),
    "other": (PLASTER, "Not specified", "Non précisé", "미분류", "غير محدد"),
    "road": ("#dedcd6", "Roads and squares", "Voirie et places", "도로·광장", "طرق وساحات"),
    "water": ("#9fbfd0", "Water", "Eau", "물", "مياه"),
    "vegetation": ("#b4c79c", "Vegetation", "Végétation", "식생", "غطاء نباتي"),
    "land": ("#d5d6c2", "Land", "Terrain", "토지", "أرض"),
    "structure": (
        "#c8c2b8",
        "Bridges and other works",
        "Ponts et autres ouvrages",
        "교량·구조물",
        "جسور ومنشآت أخرى",
    ),
}

LANGUAGES = ("en", "fr", "ko", "ar")

OBJECTS: Mapping[str, str] = {
    # CityJSON's types of city objects that are no buildings (CityJSON 2.0.1, section 2).
    "Road": "road",
    "Railway": "road",
    "TransportSquare": "road",
    "WaterBody": "water",
    "Waterway": "water",
    "PlantCover": "vegetation",
    "SolitaryVegetationObject": "vegetation",
    "LandUse": "land",
    "TINRelief": "land",
    "Bridge": "structure",
    "Tunnel": "structure",
    "CityFurniture": "structure",
    "OtherConstruction": "structure",
}

WORDS: Mapping[str, str] = {
    # Beginnings of words as BD TOPO, BDNB, OpenStreetMap, Overture and CityGML write them, unaccented.
    "residential": "residen apartment house habitation logement detached semidetached terrace dormitory bungalow"
    " villa maison collectif individuel immeuble home housing",
    "commercial": "commerc office retail shop supermarket hotel bureau tertiaire kiosk mall warehouse_retail bank"
    " restaurant mixed",
    "industrial": "industr warehouse factory entrepot manufacture plant works depot utility service transformer",
    "public": "public school civic education university college hospital kindergarten enseignement sante mairie"
    " government train_station station transport library fire police creche ecole administr medical",
    "heritage": "relig church chapel cathedral mosque synagogue temple eglise chapelle chateau castle monument"
    " tour_donjon historic fort",
    "sport": "sport leisure stadium gym pavilion grandstand loisir culture theatre cinema museum entertainment",
    "annex": "annexe annex garage shed barn farm agric hut carport roof greenhouse serre parking outbuilding stable"
    " leger",
}
_GROUP_OF_WORD = {word: group for group, words in WORDS.items() for word in words.split()}


def called(group: str) -> dict[str, str]:
    """Return the name of a group by language."""
    return dict(zip(LANGUAGES, GROUPS[group][1:], strict=True))


@lru_cache(maxsize=4096)
def group_of(value: str) -> str:
    """Return the group that a word of a data source belongs to, ``other`` where it is not known."""
    word = plain(value)
    best = max((w for w in _GROUP_OF_WORD if word.startswith(w)), key=len, default="")
    return _GROUP_OF_WORD[best] if best else "other"


def groups(values: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the group of every value, (n,) object of str."""
    import pandas as pd

    index, distinct = pd.factorize(values)
    known = np.array([*(group_of(str(v)) for v in distinct), group_of("")], dtype=object)
    found: NDArray[np.object_] = known[index]  # -1, nothing told, is the last
    return found


def of_objects(
    types: NDArray[np.object_], groups_of_buildings: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Return the groups of a city model: that of the type of object, for buildings that of their use."""

    def group(kind: str) -> str:
        return next((name for start, name in OBJECTS.items() if kind.startswith(start)), "")

    told = {kind: group(kind) for kind in set(types)}
    return np.array(
        [told[kind] or other for kind, other in zip(types, groups_of_buildings, strict=True)],
        dtype=object,
    )


def style(table: api.FeatureTable) -> api.Style:
    """Colour by use where it is known, else plaster."""
    frame = table.frame
    if USE_GROUP not in frame.columns or (frame[USE_GROUP] == "other").all():
        return api.Style(rule=api.Constant(colour=PLASTER))
    present = set(frame[USE_GROUP])
    return api.Style(
        rule=api.Categories(
            column=USE_GROUP,
            categories=tuple(
                api.Category(value=group, colour=colour, label=called(group))
                for group, (colour, *_) in GROUPS.items()
                if group in present
            ),
            other=PLASTER,
        ),
        title={
            "en": "Use of buildings",
            "fr": "Usage des bâtiments",
            "ko": "건물 용도",
            "ar": "استعمال المباني",
        },
    )
