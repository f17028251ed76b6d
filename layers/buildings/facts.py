"""What a click on a building shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from layers.buildings.uses import USE_GROUP, called
from twin import api

WORKED_OUT = ("height_m", "ground_m", "footprint_m2", "volume_m3")
INVENTED = frozenset({api.Quality.SYNTHETIC, api.Quality.SIMULATED})
HIDDEN = frozenset((*WORKED_OUT, "height_quality", USE_GROUP, api.FEATURE_ID))


def of_building(table: api.FeatureTable, row: int) -> list[api.Fact]:
    """Return the facts of a row: use and sizes with their quality, then every column that has a value."""
    values = table.frame.iloc[row]
    facts = [_use(table, values)] if values[USE_GROUP] != "other" else []
    for name in WORKED_OUT:
        if _known(values[name]):
            fact = _fact(table, name, round(float(values[name]), 1))
            # What an invented source declares is invented all the same.
            if name == "height_m" and table.provenance.quality not in INVENTED:
                quality = api.Quality(str(values["height_quality"]))
                fact = replace(fact, provenance=replace(fact.provenance, quality=quality))
            facts.append(fact)
    geometry = table.frame.geometry.name
    others = [str(c) for c in table.frame.columns if c != geometry and c not in HIDDEN]
    facts += [_fact(table, name, values[name]) for name in others if _known(values[name])]
    return [*facts, _fact(table, api.FEATURE_ID, values[api.FEATURE_ID])]


def _use(table: api.FeatureTable, values: Any) -> api.Fact:
    column = table.column(USE_GROUP)
    return api.Fact(
        label={"en": "Use", "fr": "Usage", "ko": "용도", "ar": "الاستعمال"},
        value=called(values[USE_GROUP]),
        provenance=column.provenance,
    )


def _fact(table: api.FeatureTable, name: str, value: Any) -> api.Fact:
    column = table.column(name)
    return api.Fact(
        label=column.label or {"en": name},
        value=value,
        unit=column.unit,
        provenance=column.provenance,
    )


def _known(value: Any) -> bool:
    return value is not None and value == value and value != ""  # noqa: PLR0124 - NaN is not itself
