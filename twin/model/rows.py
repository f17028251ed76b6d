"""Reading one row of a table: its names by language, its own source, words of its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from twin.drawables import Text
from twin.model.table import FeatureTable, Provenance, Quality

if TYPE_CHECKING:
    import pandas as pd

LANGUAGES = ("en", "fr", "ko", "ar")
ALWAYS = ("en", "fr")
"""A text has these whatever a row says; the others where it does."""


def known(values: Mapping[str, Any], name: str) -> bool:
    """Return whether a row has a value in a column: not null, not NaN, not empty."""
    value = values.get(name)
    return value is not None and value == value and value != ""  # noqa: PLR0124 - NaN


def text_of(values: Mapping[str, Any], name: str) -> Text:
    """Return a text by language from ``<name>``, ``<name>_en``, ``<name>_fr`` and so on; empty without any."""
    texts = {la: str(values[f"{name}_{la}"]) for la in LANGUAGES if known(values, f"{name}_{la}")}
    common = str(values[name]) if known(values, name) else next(iter(texts.values()), "")
    return {**dict.fromkeys(ALWAYS, common), **texts} if common else {}


def texts_of(frame: pd.DataFrame, name: str) -> list[Text]:
    """Return what :func:`text_of` says of every row: of ten thousand rows, asking each by itself takes a second."""
    names = [n for n in (name, *(f"{name}_{la}" for la in LANGUAGES)) if n in frame]
    columns = [frame[n].tolist() for n in names]
    if not names:
        return [{}] * len(frame)
    return [text_of(dict(zip(names, row, strict=True)), name) for row in zip(*columns, strict=True)]


def provenance_of(table: FeatureTable, values: Mapping[str, Any]) -> Provenance:
    """Return where a row comes from: its own ``source``, ``date``, ``quality``, else the table's."""
    whole = table.provenance
    quality = str(values["quality"]) if known(values, "quality") else ""
    return Provenance(
        source=str(values["source"]) if known(values, "source") else whole.source,
        date=str(values["date"]) if known(values, "date") else whole.date,
        licence=whole.licence,
        quality=Quality(quality) if quality in set(Quality) else whole.quality,
    )


def word(words: Mapping[str, Text], value: Any) -> Text:
    """Return the translation of a value, or the value itself in every language."""
    text = str(value)
    return words.get(text, dict.fromkeys(ALWAYS, text))
