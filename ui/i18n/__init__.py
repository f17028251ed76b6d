"""Words: the translator, the catalogues, and how numbers, dates and units are written."""

from __future__ import annotations

from ui.i18n.formats import plain
from ui.i18n.translator import Translator, problem_text, text, tr, translator

__all__ = ["Translator", "problem_text", "text", "tr", "translator"]

translator.set_writer(plain)
