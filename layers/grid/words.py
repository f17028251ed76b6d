"""The words of the grid: kinds, units and labels, in English and French."""

from __future__ import annotations

from collections.abc import Mapping

from twin.api import Column, Text, network

KINDS: Mapping[str, Text] = {
    "substation": {"en": "substation", "fr": "poste"},
    "line": {"en": "line", "fr": "ligne"},
    "load": {"en": "load", "fr": "consommation"},
    "pv": {"en": "photovoltaics", "fr": "photovoltaïque"},
    "storage": {"en": "storage", "fr": "stockage"},
    "charger": {"en": "charging point", "fr": "borne de recharge"},
    "lighting": {"en": "street lighting", "fr": "éclairage public"},
    "generator": {"en": "generation", "fr": "production"},
    "node": {"en": "node", "fr": "nœud"},
}
PERIODS: Mapping[str, Text] = {
    "past": {"en": "no longer exists", "fr": "n'existe plus"},
    "present": {"en": "exists", "fr": "existe"},
}
PERIOD = "period"
MARK_SPEED = "mark_speed_m_s"

COLUMNS: Mapping[str, Column] = {
    "name": Column(label={"en": "Name", "fr": "Nom"}),
    "kind": Column(label={"en": "Kind", "fr": "Nature"}),
    PERIOD: Column(label={"en": "Period", "fr": "Période"}),
    "voltage_kv": Column(unit="kV", label={"en": "Voltage", "fr": "Tension"}),
    "rated_kw": Column(unit="kW", label={"en": "Rated power", "fr": "Puissance nominale"}),
    "rated_kva": Column(unit="kVA", label={"en": "Rated power", "fr": "Puissance nominale"}),
    "capacity_kwh": Column(unit="kWh", label={"en": "Capacity", "fr": "Capacité"}),
    "area_m2": Column(unit="m²", label={"en": "Area", "fr": "Surface"}),
    "depth_m": Column(unit="m", label={"en": "Depth", "fr": "Profondeur"}),
    "height_m": Column(unit="m", label={"en": "Height", "fr": "Hauteur"}),
    "length_m": Column(unit="m", label={"en": "Length", "fr": "Longueur"}),
    "from_node": Column(label={"en": "From", "fr": "De"}),
    "to_node": Column(label={"en": "To", "fr": "Vers"}),
    "building": Column(label={"en": "Building", "fr": "Bâtiment"}),
    "loading_percent": Column(unit="%", label={"en": "Loading", "fr": "Taux de charge"}),
    "p_kw": Column(unit="kW", label={"en": "Power now", "fr": "Puissance"}),
    "forecast_kw": Column(
        unit="kW",
        label={
            "en": "Forecast of the evening before",
            "fr": "Prévision de la veille",
            "ko": "전날 예측",
            "ar": "توقعات الليلة السابقة",
        },
    ),
    "voltage_pu": Column(unit="pu", label={"en": "Voltage", "fr": "Tension"}),
    "loss_kw": Column(unit="kW", label={"en": "Losses", "fr": "Pertes"}),
    MARK_SPEED: Column(unit="m/s", label={"en": "Speed of the marks", "fr": "Vitesse des repères"}),
    "valid_from": Column(label={"en": "From", "fr": "Depuis"}),
    "valid_to": Column(label={"en": "Until", "fr": "Jusqu'à"}),
    "ended": Column(label={"en": "Ended", "fr": "Terminé"}),
    network.DATA_STATE: network.STATE_COLUMN,
}
