"""Colours that the data gives single buildings: ``building:colour`` and ``roof:colour`` of OpenStreetMap."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from layers.buildings import columns
from layers.buildings.uses import PLASTER
from twin import api

Rgba = NDArray[np.uint8]
NONE = (0, 0, 0, 0)
WORDS: Mapping[str, str] = {
    # The words of the wiki's page on the key, as CSS defines them.
    "black": "#000000", "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0", "white": "#ffffff",
    "maroon": "#800000", "red": "#ff0000", "purple": "#800080", "fuchsia": "#ff00ff", "green": "#008000",
    "lime": "#00ff00", "olive": "#808000", "yellow": "#ffff00", "navy": "#000080", "blue": "#0000ff",
    "teal": "#008080", "aqua": "#00ffff", "brown": "#a52a2a", "beige": "#f5f5dc", "orange": "#ffa500",
    "pink": "#ffc0cb", "tan": "#d2b48c", "ivory": "#fffff0", "cream": "#fffdd0", "darkgray": "#a9a9a9",
    "darkgrey": "#a9a9a9", "lightgray": "#d3d3d3", "lightgrey": "#d3d3d3", "lightblue": "#add8e6",
    "darkgreen": "#006400", "darkred": "#8b0000", "sienna": "#a0522d", "salmon": "#fa8072",
}  # fmt: skip
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")


def split(
    whole: api.Mesh, table: api.FeatureTable, found: Mapping[str, str], is_roof: NDArray[np.bool_]
) -> list[api.Mesh]:
    """Return what takes the colours of the style, and what has colours of its own."""
    row = whole.row_of_vertex
    walls, roofs = (_of_rows(table, found.get(name)) for name in ("colour", "roof_colour"))
    if row is None or not (walls[:, 3].any() or roofs[:, 3].any()):
        return [whole]
    own = (walls[:, 3] > 0) | (roofs[:, 3] > 0)
    plaster = np.array(rgba(PLASTER), np.uint8)
    colour = np.where((is_roof & (roofs[row, 3] > 0))[:, None], roofs[row], walls[row])
    colour = np.where(colour[:, 3:] > 0, colour, plaster).astype(np.uint8)
    coloured = own[row[whole.triangles[:, 0]]]
    parts = []
    if not coloured.all():
        parts.append(_part(whole, ~coloured)[0])
    part, used = _part(whole, coloured)
    parts.append(replace(part, rgba_of_vertex=colour[used], styled=False))
    return parts


def rgba(word: str) -> tuple[int, int, int, int]:
    """Return the colour that a word or ``#rgb``, ``#rrggbb`` names; transparent for none."""
    text = word.strip().lower().replace(" ", "").replace("_", "")
    digits = _HEX.fullmatch(WORDS.get(text, text))
    if digits is None:
        return NONE
    full = digits[1] if len(digits[1]) == 6 else "".join(2 * digit for digit in digits[1])
    return (int(full[:2], 16), int(full[2:4], 16), int(full[4:], 16), 255)


def _of_rows(table: api.FeatureTable, name: str | None) -> Rgba:
    words, index = np.unique(columns.texts(table, name).astype(str), return_inverse=True)
    return np.array([rgba(str(word)) for word in words] or [NONE], np.uint8)[index.reshape(-1)]


def _part(whole: api.Mesh, chosen: NDArray[np.bool_]) -> tuple[api.Mesh, NDArray[np.intp]]:
    used, compact = np.unique(whole.triangles[chosen], return_inverse=True)
    shade, row = whole.shade_of_vertex, whole.row_of_vertex
    part = replace(
        whole,
        xyz_in_scene=whole.xyz_in_scene[used],
        triangles=compact.reshape(-1, 3).astype(np.int32),
        row_of_vertex=None if row is None else row[used],
        shade_of_vertex=None if shade is None else shade[used],
    )
    return part, used
