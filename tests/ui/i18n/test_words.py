"""Words of data sets in the language of the interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ui.i18n import translator
from ui.i18n.catalogue import LANGUAGES, entries
from ui.i18n.formats import value
from ui.i18n.words import ALIASES, key_of


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    before = translator.language
    yield
    translator.set_language(before)


@pytest.mark.parametrize(
    ("written", "language", "shown"),
    [
        ("gabled", "fr", "à deux pans"),
        ("Résidentiel", "en", "Residential"),
        ("brick", "ko", "벽돌"),
        ("half-hipped", "fr", "à demi-croupes"),
        ("En construction", "ar", "قيد الإنشاء"),
        ("Brick Lane", "fr", "Brick Lane"),
        ("", "fr", ""),
        ("A 1.0", "fr", "A 1.0"),
    ],
)
def test_known_words_are_worded_and_others_left(written: str, language: str, shown: str) -> None:
    translator.set_language(language)
    assert value(written) == shown


def test_every_word_has_a_wording_in_every_language() -> None:
    keys = {f"word.{key}" for key in ALIASES}
    for language in LANGUAGES:
        known = {key for key in entries(language) if key.startswith("word.")}
        assert known == keys, language


def test_no_word_means_two_things() -> None:
    aliases = [alias for words in ALIASES.values() for alias in words.split()]
    assert len(aliases) == len(set(aliases))
    assert all(key_of(alias) for alias in aliases)
