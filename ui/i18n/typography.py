"""The rules of French type, so that no wording needs to carry its thin spaces by hand."""

from __future__ import annotations

import re

NARROW_SPACE = "\u202f"
"""Narrow no-break space (espace fine insécable)."""

_BEFORE_HIGH = re.compile(r"(?<=[\w)\]}»%€\"'’…])[ \u00a0]?([;!?])(?=\s|$|[)»\"])")
_BEFORE_COLON = re.compile(r"[ \u00a0]:(?=\s|$)")
_OPEN = re.compile(r"«[ \u00a0\u202f]?")
_CLOSE = re.compile(r"[ \u00a0\u202f]?»")
_PERCENT = re.compile(r"(?<=[\d}])[ \u00a0]?%")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def typeset(text: str, language: str) -> str:
    """Return a wording as a printer would set it in its language.

    In French a narrow no-break space stands before ``; : ! ?`` and ``%`` and inside guillemets, and
    apostrophes are curly. Addresses such as ``https://`` and times such as ``12:30`` stay.
    """
    if language != "fr":
        return _APOSTROPHE.sub("’", text)
    text = _BEFORE_HIGH.sub(NARROW_SPACE + r"\1", text)
    text = _BEFORE_COLON.sub(NARROW_SPACE + ":", text)
    text = _OPEN.sub("«" + NARROW_SPACE, text)
    text = _CLOSE.sub(NARROW_SPACE + "»", text)
    text = _PERCENT.sub(NARROW_SPACE + "%", text)
    return _APOSTROPHE.sub("’", text)
