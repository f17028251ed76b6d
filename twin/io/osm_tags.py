"""What the tags of OpenStreetMap say of a part of a network: what it is, and what it carries.

Tags: https://wiki.openstreetmap.org/wiki/Key:power and https://wiki.openstreetmap.org/wiki/Tag:man_made=pipeline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Tag = Callable[[str], str]
"""The value of a tag, empty without one."""

ELECTRICITY, HEAT, UNSAID = "electricity", "heat", "pipeline"
CABLES = ("line", "minor_line", "cable")
MASTS = ("tower", "pole", "portal", "terminal", "connection")
"""They carry lines: one where lines end is a node, all others lie within a line."""
STATIONS: Mapping[str, str] = {
    "substation": "substation", "transformer": "substation", "converter": "substation", "plant": "plant",
    "generator": "generator", "switch": "switch", **dict.fromkeys(MASTS, "node"),
}  # fmt: skip
AT_PIPES: Mapping[str, str] = {"valve": "valve", "substation": "substation", "station": "plant"}
SUBSTANCES: Mapping[str, tuple[str, ...]] = {
    HEAT: ("hot_water", "heat", "heating", "steam", "water_heating", "district_heating"),
    "cold": ("cold", "cold_water", "chilled_water", "cooling"),
    "gas": ("gas", "natural_gas", "lng", "lpg", "cng", "biogas", "methane"),
}
"""By our word the values of ``substance``; any other value is a commodity of its own."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def carried(tag: Tag) -> str:
    """Return what a line carries."""
    if tag("power") in CABLES:
        return ELECTRICITY
    said = tag("substance") or tag("type") or tag("utility")
    return commodity(said) or UNSAID


def commodity(substance: str) -> str:
    """Return our word of a substance, empty where nothing is said."""
    word = substance.partition(";")[0].strip().lower()
    return next((ours for ours, theirs in SUBSTANCES.items() if word in theirs), word)


def kind(tag: Tag) -> str:
    """Return what a point or an area is, empty for what is no part of a network."""
    power, pipe = tag("power"), tag("pipeline")
    if power == "generator" and "solar" in tag("generator_source"):
        return "pv"
    if power:
        return STATIONS.get(power, "")
    if tag("amenity") == "charging_station":
        return "charger"
    if pipe:
        return AT_PIPES.get(pipe, "node")
    return "plant" if tag("man_made") == "pumping_station" else ""


def serves(tag: Tag) -> frozenset[str]:
    """Return what a point or an area may carry; empty: whatever runs there."""
    power = tag("power")
    if power:
        electric = tag(f"{power}_output_electricity") not in {"", "no"}
        hot = tag(f"{power}_output_hot_water") not in {"", "no"}
        return frozenset(
            ({ELECTRICITY} if electric or not hot else set()) | ({HEAT} if hot else set())
        )
    if tag("amenity") == "charging_station":
        return frozenset({ELECTRICITY})
    said = commodity(tag("substance"))
    return frozenset({said} if said else set())


def sizes(tag: Tag) -> dict[str, float]:
    """Return voltage (kV, the highest) and diameter (mm) where they are numbers.

    Volts are plain numbers (``63000;20000``), diameters are in millimetres unless they say metres or centimetres.
    """
    found = {}
    volts = [float(v) for v in _NUMBER.findall(tag("voltage").replace(",", "."))]
    if volts:
        found["voltage_kv"] = max(volts) / 1000.0
    said = tag("diameter").lower().replace(",", ".")
    wide = _NUMBER.search(said)
    if wide is not None:
        unit = said[wide.end() :].strip().partition(" ")[0]
        found["diameter_mm"] = float(wide.group()) * {"m": 1000.0, "cm": 10.0}.get(unit, 1.0)
    return found
