"""What the files of others call the columns of networks: France Chaleur Urbaine, THERMOS, Enedis, OSM, INSPIRE."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from twin.network import kinds, model
from twin.network.feature_rows import BLOCKERS, CONSUMERS, PRODUCERS, SOURCES

if TYPE_CHECKING:
    import geopandas as gpd

Factor = float
NUMBERS: Mapping[str, tuple[tuple[str, Factor], ...]] = {
    "diameter_mm": (
        ("diameter_mm", 1.0), ("inner_diameter_mm", 1.0), ("dn", 1.0), ("diametre_mm", 1.0), ("diametre", 1.0),
        ("pipediameter", 1.0), ("diameter-mm", 1.0), ("dia-mm", 1.0), ("diameter_m", 1000.0), ("diameter", 1.0),
    ),
    "length_m": (("length_m", 1.0), ("longueur_m", 1.0), ("length_km", 1000.0), ("longueur", 1.0)),
    "depth_m": (("depth_m", 1.0), ("profondeur_m", 1.0), ("profondeur", 1.0), ("depth", 1.0)),
    "power_kw": (
        ("power_kw", 1.0), ("peak-demand", 1.0), ("peak_demand", 1.0), ("peak_kw", 1.0), ("puissance_kw", 1.0),
        ("puissance_nominale", 1.0), ("power_mw", 1000.0),
    ),
    "annual_kwh": (("annual-demand", 1.0), ("annual_demand", 1.0), ("conso_kwh", 1.0), ("consommation_kwh", 1.0)),
    "voltage_kv": (("voltage_kv", 1.0), ("vn_kv", 1.0), ("tension_kv", 1.0), ("voltage", 0.001)),
    "dwellings": (("dwellings", 1.0), ("connection-count", 1.0), ("nb_logements", 1.0)),
}  # fmt: skip
"""By our name: theirs, compared without case, with the factor to our unit.

OSM writes volts and millimetres, THERMOS kW and kWh a year.
"""

TEXTS: Mapping[str, tuple[str, ...]] = {
    "from_node": ("from_node", "startnode", "start_node", "noeud_debut", "source_node", "startfeatureid", "from"),
    "to_node": ("to_node", "endnode", "end_node", "noeud_fin", "target_node", "endfeatureid", "to"),
    "name": ("name", "nom", "nom_reseau", "nom_poste", "libelle"),
    "state": ("state", "currentstatus", "status", "etat", "statut"),
    "valid_from": ("valid_from", "validfrom", "beginlifespanversion", "mise_en_service", "annee_creation"),
    "valid_to": ("valid_to", "validto", "endlifespanversion"),
}  # fmt: skip
POWER = {
    "line": "line", "minor_line": "line", "cable": "line", "substation": "substation", "transformer": "substation",
    "generator": "generator", "plant": "plant", "switch": "switch",
}  # fmt: skip
"""Kinds by OSM's ``power``; poles and towers carry lines, they are no nodes."""
KNOWN = (*SOURCES, *CONSUMERS, *PRODUCERS, *BLOCKERS, "storage", "node")
DEMANDS = ("annual-demand", "peak-demand")
"""Columns of THERMOS that only buildings with a demand fill."""
WATER = ("hot_water", "heat", "steam", "water_heating")
THERMAL = ("heat", "chaleur", "thermos", "rcu", "geotherm", "froid")


def ours(frame: gpd.GeoDataFrame, mapping: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Return the features with our column names, units and kinds beside their own.

    Parameters
    ----------
    mapping : mapping
        Our column name to that of the file; goes before every guess.
    """
    frame = frame.copy()
    lower = {str(c).lower(): str(c) for c in frame.columns}
    for name, column in mapping.items():
        if column in frame:
            frame[name] = frame[column]
    for name, others in NUMBERS.items():
        if name not in mapping:
            _number(frame, name, others, lower)
    for name, words in TEXTS.items():
        found = next((lower[w] for w in words if w in lower), None)
        if name not in frame and found is not None:
            frame[name] = frame[found]
    _same_ids(frame, lower)
    if "kind" not in frame:
        frame["kind"] = _kinds(frame, lower)
    return frame


def told_kinds(frame: gpd.GeoDataFrame, commodity: str) -> gpd.GeoDataFrame:
    """Return the features with a kind for those that are no lines and have none, by the words of their type."""
    lower = {str(c).lower(): str(c) for c in frame.columns}
    columns = [lower[c] for c in kinds.TYPE_COLUMNS if c in lower]
    words = kinds.words_of(commodity)
    said = frame["kind"].astype("string").fillna("").to_numpy(object)
    texts = frame[columns].astype("string").fillna("").agg(" ".join, axis=1) if columns else said
    told = kinds.by_words(texts, words)
    own = kinds.by_words(said, words)
    asked = _kinds(frame, lower)
    line = shapely.get_dimensions(frame.geometry.to_numpy()) == 1
    known = np.isin(said, KNOWN) | line
    frame = frame.copy()
    frame["kind"] = [
        old if keep else (mine or other or by_columns or old)
        for old, keep, mine, other, by_columns in zip(said, known, own, told, asked, strict=True)
    ]
    return frame


def _same_ids(frame: gpd.GeoDataFrame, lower: Mapping[str, str]) -> None:
    """Where lines name their ends by a column ``id`` of the points, that column is the id."""
    if "from_node" not in frame or "id" not in lower:
        return
    ends = set(frame["from_node"].dropna().astype(str)) - {""}
    own = frame[lower["id"]].astype("string").fillna("")
    if ends and not ends & set(frame["feature_id"].astype(str)) and ends & set(own):
        frame["feature_id"] = [
            mine or old for mine, old in zip(own, frame["feature_id"], strict=True)
        ]


def _number(
    frame: gpd.GeoDataFrame,
    name: str,
    others: tuple[tuple[str, Factor], ...],
    lower: Mapping[str, str],
) -> None:
    import pandas as pd

    if name in frame:
        return
    for other, factor in others:
        if other in lower:
            text = frame[lower[other]].astype("string").str.split(";").str[0].str.replace(",", ".")
            numbers = pd.to_numeric(text, errors="coerce") * factor
            if numbers.notna().any():
                frame[name] = numbers.astype("float64")
                return


def _kinds(frame: gpd.GeoDataFrame, lower: Mapping[str, str]) -> list[str]:
    from twin.io.inspire_networks import APPURTENANCE

    rules: list[tuple[str, Callable[[str], str]]] = [
        ("power", lambda word: POWER.get(word, "")),
        ("appurtenancetype", lambda word: APPURTENANCE.get(word.rsplit("/", 1)[-1], "")),
        ("man_made", lambda word: "pipe" if word == "pipeline" else ""),
        ("amenity", lambda word: "charger" if word == "charging_station" else ""),
    ]
    found = [""] * len(frame)
    for column, rule in rules:
        if column in lower:
            words = frame[lower[column]].astype("string").fillna("").str.lower()
            found = [old or rule(word) for old, word in zip(found, words, strict=True)]
    for column in (lower[c] for c in DEMANDS if c in lower):
        asked = frame[column].notna()
        found = [
            kind or ("consumer" if asks else "") for kind, asks in zip(found, asked, strict=True)
        ]
    return found


def commodity_of(frame: gpd.GeoDataFrame, name: str) -> str:
    """Return what flows: as columns and the file's name tell; empty if they do not."""
    lower = {str(c).lower(): c for c in frame.columns}

    def words(column: str) -> set[str]:
        if column not in lower:
            return set()
        return set(frame[lower[column]].dropna().astype(str).str.lower())

    if words("substance") & set(WATER) or words("utility") & {"heating"}:
        return model.HEAT
    stated: Any = words("utilitynetworktype")
    for mark, commodity in (("electric", model.ELECTRICITY), ("thermal", model.HEAT)):
        if any(mark in word for word in stated):
            return commodity
    if "identifiant reseau" in lower or "thermalproducttype" in lower:
        return model.COLD if "froid" in name.lower() else model.HEAT
    low = name.lower()
    if words("power") or any(mark in low for mark in ("hta", "reseau-bt", "reseau_bt", "electr")):
        return model.ELECTRICITY
    return model.HEAT if any(mark in low for mark in THERMAL) else ""
