"""What a heat network says of itself: facts of a click and indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.heat import planned, strata
from layers.heat.words import CASINGS, COLUMNS, KINDS, NETWORKS, SIDES, WELLS
from twin.api import Fact, FeatureTable, Provenance, Quality, Text, network, rows

TRANSLATED: Mapping[str, Mapping[str, Text]] = {
    "kind": KINDS,
    "network_kind": NETWORKS,
    "side": SIDES,
    "well_kind": WELLS,
    "casing": CASINGS,
}
ORDER = (
    "kind",
    "network_kind",
    "side",
    "well_kind",
    "building",
    "dwellings",
    "depth_m",
    "diameter_mm",
    "insulation_mm",
    "casing",
    "length_m",
    "power_kw",
    "from_node",
    "to_node",
    "begins",
    "valid_from",
    "valid_to",
)
NOTE: Text = {"en": "Note", "fr": "Remarque", "ko": "비고", "ar": "ملاحظة"}


def describe(table: FeatureTable, row: int, now: Mapping[str, NDArray[Any]]) -> list[Fact]:
    """Return what a click on a feature shows."""
    values = table.frame.iloc[row]
    own = rows.provenance_of(table, values)
    name = rows.text_of(values, "name")
    facts = [network.fact(table, "name", name, own)] if name else []
    if planned.PHASE in now:
        facts.append(
            network.fact(table, "phase", rows.word(planned.PHASES, now["phase"][row]), own)
        )
        now = {name: values for name, values in now.items() if name != planned.PHASE}
    for column in ORDER:
        if column == "depth_m" and rows.known(values, "depth_sources"):
            facts += _depths(values, own)
        elif rows.known(values, column):
            words = TRANSLATED.get(column)
            value = rows.word(words, values[column]) if words else values[column]
            facts.append(network.fact(table, column, value, own))
    facts += network.moving_facts(table, row, now)
    facts += _strata(table, values, own)
    note = rows.text_of(values, "note")
    return [*facts, Fact(label=NOTE, value=note, provenance=own)] if note else facts


def indicators(table: FeatureTable, now: Mapping[str, NDArray[Any]]) -> list[Fact]:
    """Return the numbers of the whole network at a moment."""
    if not len(table):
        return []
    nothing = np.full(len(table), np.nan)
    kind = table.frame["kind"].to_numpy(object)
    users = np.isin(kind, ("substation", "heat_pump"))
    heat, speed = now.get("heat_kw", nothing)[users], np.abs(now.get("flow_m_s", nothing))
    provenance = table.column("heat_kw").provenance
    facts = []
    if np.isfinite(heat).any():
        label = {
            "en": "Heat delivered now",
            "fr": "Chaleur livrée",
            "ko": "현재 공급 열량",
            "ar": "الحرارة المسلّمة الآن",
        }
        total = float(np.nansum(heat))
        facts.append(Fact(label=label, value=total, unit="kW", provenance=provenance))
    if np.isfinite(speed).any():
        label = {
            "en": "Fastest flow",
            "fr": "Écoulement le plus rapide",
            "ko": "최고 유속",
            "ar": "أسرع جريان",
        }
        top = float(np.nanmax(speed))
        facts.append(Fact(label=label, value=top, unit="m/s", provenance=provenance))
    return [*facts, *_counts(table, kind, users)]


def _counts(table: FeatureTable, kind: NDArray[Any], users: NDArray[np.bool_]) -> Iterator[Fact]:
    length = _trench_km(table, kind)
    if length > 0:
        label = {
            "en": "Length of trench",
            "fr": "Longueur de tranchée",
            "ko": "굴착 길이",
            "ar": "طول الخندق",
        }
        computed = replace(table.provenance, quality=Quality.ESTIMATED)
        yield Fact(label=label, value=length, unit="km", provenance=computed)
    if users.any():
        label = {
            "en": "Sub-stations and heat pumps",
            "fr": "Sous-stations et pompes à chaleur",
            "ko": "열교환소와 열펌프",
            "ar": "المحطات الفرعية والمضخات الحرارية",
        }
        yield Fact(label=label, value=int(users.sum()), provenance=table.provenance)


def _trench_km(table: FeatureTable, kind: NDArray[Any]) -> float:
    """Return the length of the pipes in plan, return pipes beside supply pipes not counted."""
    pipes, side = kind == "pipe", network.texts(table, "side")
    if (side[pipes] == "supply").any():
        pipes &= side != "return"
    return float(shapely.length(table.frame.geometry.to_numpy()[pipes]).sum() / 1000.0)


def _strata(table: FeatureTable, values: Mapping[str, Any], own: Provenance) -> Iterator[Fact]:
    """One line a layer of the ground, from the top down."""
    if not rows.known(values, "strata"):
        return
    for layer in strata.parsed(str(values["strata"])):
        depth = f"{layer.top_m:g}–{layer.bottom_m:g} m"
        words = {lang: f"{name}, {depth}" for lang, name in layer.name.items()}
        yield network.fact(table, "strata", words, own)


def _depths(values: Mapping[str, Any], own: Provenance) -> Iterator[Fact]:
    """One line a source: where they differ, none is preferred."""
    for part in str(values["depth_sources"]).split("|"):
        text, _, source = part.strip().partition("(")
        provenance = replace(own, source=source.rstrip(") ") or own.source)
        yield Fact(label=COLUMNS["depth_m"].label, value=text.strip(), provenance=provenance)
