"""Textures of city models: which picture a ring has, and where its corners lie in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.pictures import Pictures

Uv = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Textures:
    """The textures that a document or a feature refers to.

    ``numbers`` are those of the pictures of the model, -1 for none; ``uv`` is (n, 2), v up.
    """

    numbers: tuple[int, ...] = ()
    uv: Uv = field(default_factory=lambda: np.empty((0, 2), np.float32))

    def of(
        self, values: Any, path: tuple[int, ...], rings: list[list[int]]
    ) -> tuple[int, list[Uv]] | None:
        """Return picture and places of a surface; None where it has no texture, or one that contradicts it."""
        for index in path:
            if not isinstance(values, list) or index >= len(values):
                return None
            values = values[index]
        if not isinstance(values, list) or len(values) < len(rings):
            return None
        places = []
        picture = -1
        for ring, told in zip(rings, values, strict=False):
            if not isinstance(told, list) or len(told) != len(ring) + 1:
                return None
            if not all(type(number) is int and number >= 0 for number in told):
                return None
            if told[0] >= len(self.numbers) or max(told[1:]) >= len(self.uv):
                return None
            picture = self.numbers[told[0]]
            places.append(self.uv[told[1:]])
        return (picture, places) if picture >= 0 else None


def textures_of(appearance: Any, pictures: Pictures) -> Textures:
    """Return the textures of an ``appearance``; pictures that are named twice are kept once."""
    if not isinstance(appearance, Mapping) or not isinstance(appearance.get("textures"), list):
        return Textures()
    numbers = []
    for entry in appearance["textures"]:
        image = entry.get("image") if isinstance(entry, Mapping) else None
        numbers.append(pictures.add(image) if isinstance(image, str) and image else -1)
    try:
        uv = np.asarray(appearance.get("vertices-texture") or [], np.float32).reshape(-1, 2)
    except (TypeError, ValueError, OverflowError):
        uv = np.empty((0, 2), np.float32)
    return Textures(tuple(numbers), uv)


def texture_values(geometry: Mapping[str, Any]) -> Any:
    """Return the values of the first theme, None without any."""
    themes = geometry.get("texture")
    if not isinstance(themes, Mapping) or not themes:
        return None
    theme = next(iter(themes.values()))
    return theme.get("values") if isinstance(theme, Mapping) else None
