"""What a well goes through: its geological column and the aquifer that it reaches, as stacked cylinders.

The column ``strata`` of a well is a text of layers from the top down, for instance
``0-40 limestone = calcaire; 40-480 chalk = craie; *600-750 Albian sands = sables de l'Albien``: depths in metres below
the ground, the name in English and after each ``=`` in French, Korean, Arabic; a star marks the aquifer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.api import Drawable, Glyphs, Labels, Role, Text

LANGUAGES = ("en", "fr", "ko", "ar")
LAYER = re.compile(r"(\*?)\s*(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\s+([^=]+?)(?:\s*=\s*(.+))?$")
MOST_LAYERS = 40
COLUMN_M, AQUIFER_M = 9.0, 70.0
"""Drawn width of the column, and of the aquifer around the foot of the well."""
LABEL_DISTANCE_M = 700.0
ROCKS: Mapping[str, tuple[int, int, int]] = {
    "clay": (134, 142, 128), "marl": (168, 170, 148), "limestone": (222, 208, 168), "chalk": (240, 238, 226),
    "sand": (226, 190, 116), "gravel": (190, 160, 120), "alluvi": (178, 146, 104), "fill": (140, 128, 118),
    "gypsum": (226, 214, 220), "granite": (176, 140, 140),
}  # fmt: skip
UNKNOWN_ROCK = (176, 168, 158)
WATER = (70, 138, 200)


@dataclass(frozen=True)
class Stratum:
    """A layer of the ground: metres below it, name, and whether it is the aquifer."""

    top_m: float
    bottom_m: float
    name: Text
    aquifer: bool

    @property
    def rgba(self) -> tuple[float, float, float, float]:
        """Its colour by the word for the rock in its English name."""
        words = self.name["en"].casefold()
        found = next((c for word, c in ROCKS.items() if word in words), UNKNOWN_ROCK)
        r, g, b = WATER if self.aquifer else found
        return (r / 255, g / 255, b / 255, 1.0)


def parsed(text: str) -> list[Stratum]:
    """Return the layers of a text; parts that are none are left out."""
    found = []
    for part in text.split(";")[:MOST_LAYERS]:
        match = LAYER.match(part.strip())
        if match is None or float(match[3]) <= float(match[2]):
            continue
        words = [match[4].strip(), *(word.strip() for word in (match[5] or match[4]).split("="))]
        name = dict(zip(LANGUAGES, words, strict=False))
        found.append(Stratum(float(match[2]), float(match[3]), name, bool(match[1])))
    return found


def drawn(
    foot: NDArray[np.float64], row: int, layers: list[Stratum], shown_m: float
) -> Iterator[Drawable]:
    """Return the column below the foot of a well; one deeper than ``shown_m`` is drawn shorter, and says so.

    Parameters
    ----------
    foot : (3,) float64
        Head of the well in the scene.
    """
    deep = max((s.bottom_m for s in layers), default=0.0)
    if deep <= 0:
        return
    scale = min(1.0, shown_m / deep)
    for layer in layers:
        high = (layer.bottom_m - layer.top_m) * scale
        at = foot - np.array([0.0, 0.0, layer.bottom_m * scale])
        wide = AQUIFER_M if layer.aquifer else COLUMN_M
        yield Glyphs(
            xyz_in_scene=at[None].astype(np.float32),
            shape="cylinder",
            scale_m=np.array([[wide, wide, high * 0.98]], np.float32),
            row_of_glyph=np.array([row], np.int32),
            rgba=layer.rgba,
            styled=False,
            role=Role.UNDERGROUND,
        )
    yield _labels(foot, row, layers, scale)


def _labels(foot: NDArray[np.float64], row: int, layers: list[Stratum], scale: float) -> Labels:
    middle = np.array([(s.top_m + s.bottom_m) / 2 for s in layers]) * scale
    at = foot + np.column_stack([np.full(len(layers), COLUMN_M), np.zeros(len(layers)), -middle])
    times = "" if scale >= 1.0 else f" · 1:{1 / scale:.0f}"
    texts = tuple(
        {
            lang: f"{name} {s.top_m:g}–{s.bottom_m:g} m{times if s.aquifer else ''}"
            for lang, name in s.name.items()
        }
        for s in layers
    )
    return Labels(
        xyz_in_scene=at.astype(np.float32),
        texts=texts,
        rank=np.array([5 if s.aquifer else 8 for s in layers], np.int32),
        row_of_label=np.full(len(layers), row, np.int32),
        max_distance_m=LABEL_DISTANCE_M,
    )
