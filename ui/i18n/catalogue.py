"""The catalogues: JSON files ``<part>.<language>.json`` of wordings by key, merged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ui.i18n.typography import typeset

LANGUAGES = ("en", "fr", "ko", "ar")
FALLBACK = "en"
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "translations"

Entry = str | Mapping[str, str]
"""A wording, or wordings by plural form: ``one`` and ``other``, in Arabic also ``zero two few many``."""


@cache
def entries(language: str) -> Mapping[str, Entry]:
    """Return all wordings of a language, well set; empty for an unknown language."""
    merged: dict[str, Entry] = {}
    for path in sorted(FOLDER.glob(f"*.{language}.json")):
        merged.update(json.loads(path.read_text(encoding="utf-8")))
    return {key: _set(entry, language) for key, entry in merged.items()}


def find(key: str, language: str) -> Entry | None:
    """Return the wording of a key, in the fallback language if need be; None if it has none."""
    for name in (language, FALLBACK):
        entry = entries(name).get(key)
        if entry is not None:
            return entry
    return None


def plural_form(language: str, count: float) -> str:
    """Return the plural form of a count by the rules of the language (Unicode CLDR 46)."""
    if language == "fr":
        return "one" if abs(count) < 2 else "other"
    if language == "ko":
        return "other"
    if language == "ar":
        return _arabic_form(count)
    return "one" if count == 1 else "other"


def _arabic_form(count: float) -> str:
    if count != int(count):
        return "other"
    if count in (0, 1, 2):
        return ("zero", "one", "two")[int(count)]
    rest = int(abs(count)) % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"


def _set(entry: Entry, language: str) -> Entry:
    if isinstance(entry, str):
        return typeset(entry, language)
    return {form: typeset(text, language) for form, text in entry.items()}
