"""What platforms call in their own words is seen as what it is."""

from __future__ import annotations

import pytest

from layers.sensors.drawing import GLYPH
from twin.live import family_of
from twin.live.families import WORDS
from twin.live.names import TOLD, label_of
from twin.live.properties import PROPERTIES
from twin.shapes import GLYPHS

SAID = {
    "air": ("NO2", "PM2.5", "NOX", "co2", "Particules PM10", "indice_pollution"),
    "noise": ("LAeq", "noise_level_day", "Niveau sonore", "soundPressureLevel"),
    "waste": ("fillingLevel", "fillingrate", "Filling level"),
    "charge": ("occupation_pdc", "charge_points_free", "charging_power"),
    "car": ("cars", "car_free", "voitures_disponibles"),
    "bike": ("bikes", "num_bikes_available_types.ebike", "numdocksavailable", "Vélos libres"),
    "parking": ("availableSpotNumber", "value_free_spots", "nombre_places_disponibles"),
    "weather": ("relativeHumidity", "windSpeed", "precipitation", "Température de l'air"),
    "traffic": ("vitesse_km_h", "indice_de_congestion", "intensity"),
    "water": ("waterLevel", "hauteur_eau"),
    "meter": ("activePower", "totalActiveEnergyImport", "Puissance thermique"),
    "": ("capacity", "latitude", "temps_perdu_secondes", "", "x" * 10_000, "\ud800"),
}


@pytest.mark.parametrize(("family", "name"), [(f, n) for f, names in SAID.items() for n in names])
def test_a_name_speaks_of_its_family(family: str, name: str) -> None:
    assert family_of(name) == family


def test_every_family_has_a_symbol_of_its_own() -> None:
    families = {known.family for known in PROPERTIES.values()} | set(WORDS)
    assert families <= set(GLYPH)
    assert len(set(GLYPH.values())) == len(GLYPH)
    assert set(GLYPH.values()) <= set(GLYPHS)


def test_an_observed_property_has_words_in_every_language_or_stands_for_itself() -> None:
    assert label_of("noise") == PROPERTIES["noise"].label
    assert label_of("docks")["fr"] == "Bornes libres"
    assert set(label_of("nobody knows").values()) == {"nobody knows"}
    assert label_of("") == {}
    assert all(len(set(words)) == 4 and all(words.values()) for words in TOLD.values())
