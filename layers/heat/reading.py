"""What the files of heat networks call their things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layers.heat.words import COLUMNS, KINDS
from twin.api import network

VALUES = ("temperature_c", "flow_m_s", "mass_flow_kg_s", "heat_kw", "pressure_bar", "loss_kw")
"""Columns that change with the clock: constants of the table, or by time in the series."""

ALIASES: Mapping[str, Sequence[tuple[str, float]]] = {
    "diameter_mm": (
        ("inner_diameter_mm", 1.0),
        ("dn", 1.0),
        ("diametre_mm", 1.0),
        ("diameter_m", 1000.0),
        ("inner_diameter_m", 1000.0),
    ),
    "insulation_mm": (
        ("epaisseur_isolant_mm", 1.0),
        ("isolation_mm", 1.0),
        ("insulation_m", 1000.0),
    ),
    "depth_m": (("profondeur_m", 1.0), ("profondeur", 1.0), ("depth", 1.0)),
    "length_m": (("longueur_m", 1.0), ("length_km", 1000.0)),
    "power_kw": (("puissance_kw", 1.0), ("power_mw", 1000.0), ("power_w", 0.001)),
    "temperature_c": (("temperature_supply_c", 1.0), ("temperature", 1.0), ("temp_c", 1.0)),
    "flow_m_s": (("v_mean_m_per_s", 1.0), ("velocity_m_s", 1.0), ("vitesse_m_s", 1.0)),
}

VOCABULARY = network.Vocabulary(
    columns=COLUMNS,
    numbers=("depth_m", "diameter_mm", "insulation_mm", "length_m", "power_kw", *VALUES),
    moving=VALUES,
    kinds=tuple(KINDS),
    line_kind="pipe",
    point_kind="node",
    aliases=ALIASES,
    words=network.HEAT_WORDS,
)
