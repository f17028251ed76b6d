"""Numbers within texts that run from right to left."""

from __future__ import annotations

import re

from PySide6.QtCore import QLocale, Qt

_NUMBER = r"\d(?:[\d.,:\u202f]*\d)?"
_UNIT = r"(?:[ \u00a0\u202f]?(?:°C|%|[A-Za-z€²/]+))?"
_MEASURE = re.compile(rf"(?<![A-Za-z\d]){_NUMBER}(?:[–-]{_NUMBER})?{_UNIT}")


def isolated(text: str, language: str) -> str:
    """Return a text in which a number, or a range of two, keeps its Latin unit on its right in every language."""
    leftwards = QLocale(language).textDirection() is Qt.LayoutDirection.RightToLeft
    if not leftwards or "\u2066" in text:
        return text
    return _MEASURE.sub("\u2066\\g<0>\u2069", text)
