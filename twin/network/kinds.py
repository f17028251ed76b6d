"""What a point of a network is, told from the words that files use for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twin.network import model

Words = Sequence[tuple[str, Sequence[str]]]

TYPE_COLUMNS = (
    "type",
    "nature",
    "category",
    "fclass",
    "class",
    "asset_type",
    "district_system_type",
)
"""Columns, compared without case, whose texts tell what a thing is."""

HEAT: Words = (
    ("heat_pump", ("heat pump", "heat_pump", "heatpump", "pompe à chaleur")),
    ("well", ("well", "puits", "forage", "borehole", "bohrung")),
    (
        "plant",
        (
            "plant", "source", "supply", "generator", "chaufferie", "centrale", "central", "erzeuger",
            "ground heat exchanger",
        ),
    ),
    ("substation", ("substation", "sous-station", "consumer", "demand", "sink", "transfer")),
    ("valve", ("valve", "vanne")),
)  # fmt: skip
GRID: Words = (
    ("substation", ("substation", "transformer", "poste", "trafo")),
    ("pv", ("photovolt", "solar", "solaire", "pv_", "pv ")),
    ("storage", ("storage", "battery", "batterie", "stockage")),
    ("charger", ("charging", "charger", "recharge", "irve", "evse")),
    ("lighting", ("lamp", "lighting", "éclairage", "candélabre", "luminaire")),
    ("load", ("load", "consumer", "consommation", "meter", "compteur")),
)
"""Kinds with the marks that tell them; the first that is found counts."""


def words_of(commodity: str) -> Words:
    """Return the words of a commodity."""
    return GRID if commodity == model.ELECTRICITY else HEAT


def by_words(texts: Iterable[str], words: Words) -> list[str]:
    """Return the kind of each text, empty where no word tells it."""
    return [_kind(text.casefold(), words) for text in texts]


def _kind(text: str, words: Words) -> str:
    return next((kind for kind, marks in words if any(mark in text for mark in marks)), "")
