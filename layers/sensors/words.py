"""The words of sensors: states, status, units and labels, in English and French."""

from __future__ import annotations

from collections.abc import Mapping

from twin.api import Column, Text

STATES: Mapping[str, Text] = {
    "live": {"en": "live", "fr": "en direct"},
    "replayed": {"en": "replayed", "fr": "rejoué"},
    "simulated": {"en": "simulated", "fr": "simulé"},
    "stale": {"en": "stale", "fr": "périmé"},
    "missing": {"en": "no value", "fr": "pas de valeur"},
}
TRENDS: Mapping[str, Text] = {
    "rising": {"en": "rising ↗", "fr": "en hausse ↗"},
    "falling": {"en": "falling ↘", "fr": "en baisse ↘"},
    "steady": {"en": "steady →", "fr": "stable →"},
}
STATUS: Mapping[str, Text] = {
    "ok": {"en": "normal", "fr": "normal"},
    "warn": {"en": "warning", "fr": "avertissement"},
    "alarm": {"en": "alarm", "fr": "alarme"},
    "stale": {"en": "stale value", "fr": "valeur périmée"},
    "missing": {"en": "no value", "fr": "pas de valeur"},
}
COUNTS: Mapping[str, Text] = {
    "alarm": {"en": "In alarm", "fr": "En alarme"},
    "warn": {"en": "With a warning", "fr": "En avertissement"},
    "stale": {"en": "With a stale value", "fr": "À valeur périmée"},
    "missing": {"en": "Without a value", "fr": "Sans valeur"},
}
STATUS_COLOURS: Mapping[str, str] = {
    "ok": "#2f8f9d",
    "warn": "#e6a52a",
    "alarm": "#c2362f",
    "stale": "#8a93a6",
    "missing": "#c4c2bb",
}
"""Told apart by lightness as well as by hue."""

THRESHOLDS: Mapping[str, Text] = {
    "warn_above": {"en": "Warning from", "fr": "Avertissement dès"},
    "alarm_above": {"en": "Alarm from", "fr": "Alarme dès"},
    "warn_below": {"en": "Warning up to", "fr": "Avertissement jusqu'à"},
    "alarm_below": {"en": "Alarm up to", "fr": "Alarme jusqu'à"},
}

COLUMNS: Mapping[str, Column] = {
    "name": Column(label={"en": "Name", "fr": "Nom"}),
    "observed_property": Column(label={"en": "Observed property", "fr": "Grandeur observée"}),
    "unit": Column(label={"en": "Unit", "fr": "Unité"}),
    "value": Column(label={"en": "Value", "fr": "Valeur"}),
    "age_s": Column(unit="s", label={"en": "Age of the value", "fr": "Âge de la valeur"}),
    "state": Column(label={"en": "State", "fr": "État"}),
    "status": Column(label={"en": "Status", "fr": "Situation"}),
    "trend": Column(label={"en": "Trend", "fr": "Tendance"}),
    "reading": Column(label={"en": "Reading", "fr": "Mesure"}),
    "weight": Column(
        unit="1", label={"en": "Weight among neighbours", "fr": "Poids parmi les voisins"}
    ),
    "stale_after_s": Column(unit="s", label={"en": "Stale after", "fr": "Périmé après"}),
    "height_m": Column(unit="m", label={"en": "Height", "fr": "Hauteur"}),
    **{name: Column(label=label) for name, label in THRESHOLDS.items()},
}


def span(seconds: float) -> Text:
    """Return a stretch of time in words, in its largest whole unit."""
    for size, english, french in (
        (86_400.0, "d", "j"),
        (3600.0, "h", "h"),
        (60.0, "min", "min"),
    ):
        if seconds >= size:
            count = int(seconds // size)
            return {"en": f"{count} {english}", "fr": f"{count} {french}"}
    return {"en": f"{int(seconds)} s", "fr": f"{int(seconds)} s"}
