"""The words of the heat network: kinds, units and labels, in English and French."""

from __future__ import annotations

from collections.abc import Mapping

from twin.api import Column, Text, network, rows

KINDS: Mapping[str, Text] = {
    "well": {"en": "well", "fr": "puits"},
    "plant": {"en": "heat plant", "fr": "centrale de chaleur"},
    "substation": {"en": "sub-station", "fr": "sous-station"},
    "heat_pump": {"en": "heat pump", "fr": "pompe à chaleur"},
    "valve": {"en": "valve", "fr": "vanne"},
    "node": {"en": "junction", "fr": "nœud"},
    "pipe": {"en": "pipe", "fr": "conduite"},
}
NETWORKS: Mapping[str, Text] = {
    "temperate_loop": {"en": "temperate loop", "fr": "boucle d'eau tempérée"},
    "heat": {"en": "heat", "fr": "chaleur"},
    "cold": {"en": "cold", "fr": "froid"},
}
SIDES: Mapping[str, Text] = {
    "supply": {"en": "supply", "fr": "aller"},
    "return": {"en": "return", "fr": "retour"},
}
WELLS: Mapping[str, Text] = {
    "production": {"en": "production", "fr": "production"},
    "injection": {"en": "reinjection", "fr": "réinjection"},
}
COLUMNS: Mapping[str, Column] = {
    "kind": Column(label={"en": "Kind", "fr": "Nature"}),
    "network_kind": Column(label={"en": "Network", "fr": "Réseau"}),
    "side": Column(label={"en": "Side", "fr": "Sens"}),
    "depth_m": Column(unit="m", label={"en": "Depth", "fr": "Profondeur"}),
    "depth_sources": Column(label={"en": "Depth by source", "fr": "Profondeur selon la source"}),
    "diameter_mm": Column(unit="mm", label={"en": "Diameter", "fr": "Diamètre"}),
    "length_m": Column(unit="m", label={"en": "Length", "fr": "Longueur"}),
    "power_kw": Column(unit="kW", label={"en": "Rated power", "fr": "Puissance nominale"}),
    "temperature_c": Column(unit="°C", label={"en": "Temperature", "fr": "Température"}),
    "flow_m_s": Column(unit="m/s", label={"en": "Flow speed", "fr": "Vitesse d'écoulement"}),
    "mass_flow_kg_s": Column(unit="kg/s", label={"en": "Mass flow", "fr": "Débit massique"}),
    "dwellings": Column(label={"en": "Dwellings", "fr": "Logements"}),
    "heat_kw": Column(unit="kW", label={"en": "Heat now", "fr": "Chaleur livrée"}),
    "pressure_bar": Column(unit="bar", label={"en": "Pressure", "fr": "Pression"}),
    "loss_kw": Column(unit="kW", label={"en": "Heat loss", "fr": "Pertes thermiques"}),
    network.DATA_STATE: network.STATE_COLUMN,
    "from_node": Column(label={"en": "From", "fr": "De"}),
    "to_node": Column(label={"en": "To", "fr": "Vers"}),
    "building": Column(label={"en": "Building", "fr": "Bâtiment"}),
    "well_kind": Column(label={"en": "Use of the well", "fr": "Usage du puits"}),
    "name": Column(label={"en": "Name", "fr": "Nom"}),
    "strata": Column(
        label={"en": "Ground", "fr": "Terrains traversés", "ko": "지층", "ar": "الطبقات الأرضية"}
    ),
    "phase": Column(label={"en": "Phase", "fr": "Phase", "ko": "단계", "ar": "المرحلة"}),
    "begins": Column(
        label={
            "en": "In service from",
            "fr": "Mise en service",
            "ko": "가동 시작",
            "ar": "بدء التشغيل",
        }
    ),
    "valid_from": Column(label={"en": "From", "fr": "Depuis"}),
    "valid_to": Column(label={"en": "Until", "fr": "Jusqu'à"}),
}


def depth_text(values: Mapping[str, object]) -> str:
    """Return the depth as a label says it: one number, or all that the sources give."""
    if rows.known(values, "depth_sources"):
        parts = str(values["depth_sources"]).split("|")
        return " / ".join(part.partition("(")[0].strip() for part in parts)
    if rows.known(values, "depth_m"):
        return f"{float(str(values['depth_m'])):g} m"
    return ""
