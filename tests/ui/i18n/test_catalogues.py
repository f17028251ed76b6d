"""Every key that the sources use is worded in every language, with the same values."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.ui.i18n.sources import Use, keys_of_problems, keys_of_ui
from twin.model.layer import LayerState
from twin.model.table import Quality
from twin.problems import Severity
from ui.i18n import catalogue

FIELD = re.compile(r"{(\w+)")


def test_the_search_finds_keys() -> None:
    assert any(use.key == "crs.unknown" for use in keys_of_problems())
    assert any(use.key.startswith("age.") for use in keys_of_ui())


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_key_of_the_interface_is_worded(language: str) -> None:
    assert _unworded(keys_of_ui(), language) == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_problem_is_worded(language: str) -> None:
    assert _unworded(keys_of_problems(), language) == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_state_quality_and_severity_is_worded(language: str) -> None:
    keys = [f"state.{s.value}" for s in LayerState]
    keys += [f"quality.{q.value}" for q in Quality]
    keys += [f"severity.{s.value}" for s in Severity]
    known = catalogue.entries(language)
    assert [key for key in keys if key not in known] == []


def test_languages_have_the_same_keys_values_and_plurals() -> None:
    english, french = catalogue.entries("en"), catalogue.entries("fr")
    assert english.keys() ^ french.keys() == set()
    differing = {
        key: (_fields(entry), _fields(french[key]))
        for key, entry in english.items()
        if _fields(entry) != _fields(french[key])
        or isinstance(entry, str) != isinstance(french[key], str)
    }
    assert differing == {}


def test_no_french_space_before_high_punctuation_can_break() -> None:
    loose = [
        (key, text)
        for key, entry in catalogue.entries("fr").items()
        for text in _texts(entry)
        if re.search(r" [;:!?»%](\s|$)|« ", text)
    ]
    assert loose == []


def _unworded(uses: set[Use], language: str) -> list[str]:
    known = catalogue.entries(language)
    return sorted(
        f"{use.key} ({use.place})"
        for use in uses
        if (use.key not in known and not use.prefix)
        or (use.prefix and not any(key.startswith(use.key) for key in known))
    )


def _texts(entry: catalogue.Entry) -> list[str]:
    return list(entry.values()) if isinstance(entry, Mapping) else [entry]


def _fields(entry: catalogue.Entry) -> set[str]:
    return {name for text in _texts(entry) for name in FIELD.findall(text)}
