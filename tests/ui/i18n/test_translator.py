"""Words, numbers and dates in the user's language, switched while running."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from twin.problems import Problem
from ui.i18n import formats, problem_text, text, tr, translator
from ui.i18n.typography import typeset

THIN = "\u202f"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = translator.language
    translator.set_language("en")
    yield
    translator.set_language(before)


def test_switching_the_language_is_announced_once(qtbot: QtBot) -> None:
    heard: list[str] = []
    translator.language_changed.connect(heard.append)
    translator.set_language("fr_CA")
    translator.set_language("fr")
    translator.language_changed.disconnect(heard.append)
    assert heard == ["fr"]
    assert tr("value.yes") == "oui"


def test_an_unknown_language_becomes_english() -> None:
    translator.set_language("tlh")
    assert translator.language == "en"


def test_a_key_without_wording_comes_back_as_it_is() -> None:
    assert tr("no.such.key") == "no.such.key"


def test_plurals_follow_the_language() -> None:
    assert tr("age.hours", count=0) == "0 hours ago"
    assert tr("age.hours", count=1) == "1 hour ago"
    translator.set_language("fr")
    assert tr("age.hours", count=0) == "il y a 0 heure"
    assert tr("age.hours", count=2) == "il y a 2 heures"


def test_a_forgotten_value_shows_its_name() -> None:
    assert "{reason}" in tr("job.failed", where="Roads")


def test_text_falls_back_to_english_then_to_any() -> None:
    translator.set_language("fr")
    assert text({"en": "Town hall", "fr": "Mairie"}) == "Mairie"
    assert text({"en": "Town hall"}) == "Town hall"
    assert text({"de": "Rathaus"}) == "Rathaus"
    assert text({}, "?") == "?"


def test_a_problem_says_what_and_what_to_do() -> None:
    problem = Problem("crs.unknown", "EPSG:1")
    what, advice = translator.problem(problem)
    assert "EPSG:1" in what
    assert "EPSG:2154" in advice
    assert problem_text(problem) == f"{what} {advice}"


def test_numbers_keep_what_matters() -> None:
    assert formats.number(1234567) == "1,234,567"
    assert formats.number(3.14159) == "3.142"
    assert formats.number(2.5) == "2.5"
    assert formats.number(0.000123456) == "0.000123"
    assert formats.number(float("nan")) == "–"
    translator.set_language("fr")
    assert formats.number(1234567.2) == f"1{THIN}234{THIN}567"
    assert formats.number(2.5, 2) == "2,50"


def test_units_are_printed_as_people_write_them() -> None:
    assert formats.quantity(21.5, "degC") == f"21.5{THIN}°C"
    assert formats.quantity(45, "%") == "45%"
    assert formats.quantity(float("nan"), "m") == "–"
    translator.set_language("fr")
    assert formats.quantity(45, "%") == f"45{THIN}%"
    assert formats.file_size(12_400_000) == f"12,4{THIN}Mo"


def test_dates_are_in_the_zone_of_the_project() -> None:
    at = datetime(2026, 6, 21, 14, 30, tzinfo=UTC)
    assert formats.date_time(at, "Europe/Paris") == "21/06/2026 at 16:30"
    assert formats.date(at) == "Sunday, 21 June 2026"
    translator.set_language("fr")
    assert formats.date(at) == "dimanche 21 juin 2026"
    assert formats.age(timedelta(minutes=3)) == "il y a 3 minutes"


def test_values_inside_wordings_are_localised() -> None:
    translator.set_language("fr")
    assert f"1{THIN}500 minutes" in tr("age.minutes", count=1500)


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Voir : ici", f"Voir{THIN}: ici"),
        ("Quoi ?", f"Quoi{THIN}?"),
        ("Quoi?", f"Quoi{THIN}?"),
        ("« maquette »", f"«{THIN}maquette{THIN}»"),
        ("12:30 https://ign.fr", "12:30 https://ign.fr"),
        ("l'emprise ; 20 %", f"l’emprise{THIN}; 20{THIN}%"),
        ("module:Classe", "module:Classe"),
    ],
)
def test_french_type(typed: str, set_: str) -> None:
    assert typeset(typed, "fr") == set_


def test_english_type_leaves_punctuation_alone() -> None:
    assert typeset("What? Here: 20 %", "en") == "What? Here: 20 %"
