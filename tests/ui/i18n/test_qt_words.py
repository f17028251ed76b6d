from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QKeySequence

from ui.i18n import translator
from ui.i18n.qt_words import QtWords


@pytest.fixture
def words(qapp) -> Iterator[QtWords]:
    before = translator.language
    made = QtWords(qapp)
    yield made
    made.close()
    translator.set_language(before)


def native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def test_keys_are_named_in_the_language_of_the_interface(words: QtWords) -> None:
    translator.set_language("fr")
    assert [native(key) for key in ("Home", "Space", "Shift+F9")] == ["Début", "Espace", "Maj+F9"]
    translator.set_language("en")
    assert native("Home") == "Home"


def test_windows_that_hear_of_a_new_language_find_its_words_there(words: QtWords) -> None:
    seen: list[str] = []

    def listen(_language: str) -> None:
        seen.append(native("Home"))

    translator.language_changed.connect(listen)
    translator.set_language("en")
    seen.clear()
    translator.set_language("fr")
    translator.language_changed.disconnect(listen)
    assert seen == ["Début"]
