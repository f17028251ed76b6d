"""Fonts that travel: a typeface cut down to the letters that a text needs, with its licence beside it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from twin.extras import require

ALWAYS = "".join(chr(code) for code in range(0x20, 0x7F)) + "  –—…«»“”‘’·²³°µ€≥≤×%"


def subset(path: Path, texts: Iterable[str], *, flavour: str = "woff") -> bytes:
    """Return the letters of some texts out of a font file; the same texts give the same bytes.

    Parameters
    ----------
    path : Path
        TrueType or OpenType; the rules that shape Arabic and Korean are kept.
    flavour : str
        ``woff`` for web pages, empty for a plain font.

    Raises
    ------
    MissingExtraError
        Without the extra ``show``.
    """
    require("show", "fontTools")
    from fontTools import subset as cutter
    from fontTools.ttLib import TTFont

    wanted = sorted({ord(letter) for text in (*texts, ALWAYS) for letter in text})
    options = cutter.Options()
    options.layout_features = ["*"]
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.hinting = False
    with TTFont(path, recalcTimestamp=False, lazy=True) as font:
        cut = cutter.Subsetter(options)
        cut.populate(unicodes=wanted)
        cut.subset(font)
        font.flavor = flavour or None
        written = io.BytesIO()
        font.save(written)
    return written.getvalue()
