"""Korean and Arabic are complete, keep every value, and fit; Arabic counts as Arabic does."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QRawFont

from ui.app import make_application
from ui.i18n import catalogue, formats, tr, translator
from ui.text import font, font_files, script_files

FIELD = re.compile(r"{(\w+)")


def fields(entry: catalogue.Entry) -> set[str]:
    texts = entry.values() if isinstance(entry, Mapping) else [entry]
    return {name for text in texts for name in FIELD.findall(text)}


@pytest.fixture
def language(qapp: object, request: pytest.FixtureRequest):
    before = translator.language
    make_application()
    translator.set_language(request.param)
    yield request.param
    translator.set_language(before)


@pytest.mark.parametrize("name", ["ko", "ar"])
def test_every_wording_is_translated_with_the_same_values(name: str) -> None:
    english, own = catalogue.entries("en"), catalogue.entries(name)
    assert sorted(english.keys() - own.keys()) == []
    assert sorted(own.keys() - english.keys()) == []
    foreign = {key: fields(own[key]) - fields(entry) for key, entry in english.items()}
    assert {key: names for key, names in foreign.items() if names} == {}


@pytest.mark.parametrize("name", ["ko", "ar"])
def test_every_letter_has_a_font(qapp: object, name: str) -> None:
    faces = [QRawFont(str(path), 16.0) for path in (font_files()[0], *script_files().values())]
    letters = {
        c for entry in catalogue.entries(name).values() for c in str(entry) if c.isprintable()
    }
    lacking = {
        c
        for c in letters
        if not c.isspace() and not any(f.supportsCharacter(ord(c)) for f in faces)
    }
    assert lacking == set()


@pytest.mark.parametrize("name", ["ko", "ar"])
def test_no_action_needs_much_more_room_than_in_french(qapp: object, name: str) -> None:
    """Menus and buttons are laid out for French, the longest language so far."""
    metrics = QFontMetricsF(font(13))
    keys = [
        k
        for k in catalogue.entries("en")
        if k.startswith(("action.", "menu.", "console.", "dock."))
    ]
    wide = {
        key: catalogue.entries(name)[key]
        for key in keys
        if key in catalogue.entries(name)
        and metrics.horizontalAdvance(str(catalogue.entries(name)[key]))
        > max(1.5 * metrics.horizontalAdvance(str(catalogue.entries("fr")[key])), 220.0)
    }
    assert wide == {}


@pytest.mark.parametrize("language", ["ar"], indirect=True)
def test_arabic_is_laid_out_from_the_right(language: str, qapp) -> None:
    assert qapp.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert formats.quantity(200, "m").startswith("\u2066200")
    assert tr("value.yes") == "نعم"
    translator.set_language("en")
    assert qapp.layoutDirection() is Qt.LayoutDirection.LeftToRight


@pytest.mark.parametrize(
    ("count", "form"),
    [
        (0, "zero"),
        (1, "one"),
        (2, "two"),
        (3, "few"),
        (10, "few"),
        (11, "many"),
        (99, "many"),
        (100, "other"),
        (103, "few"),
        (1.5, "other"),
    ],
)
def test_arabic_plurals(count: float, form: str) -> None:
    assert catalogue.plural_form("ar", count) == form
    assert catalogue.plural_form("ko", count) == "other"


@pytest.mark.parametrize("language", ["ko"], indirect=True)
def test_korean_numbers_and_dates(language: str) -> None:
    from datetime import UTC, datetime

    assert formats.number(1234567) == "1,234,567"
    assert "2026년 6월 21일" in formats.date(datetime(2026, 6, 21, tzinfo=UTC))
