"""Colour ramps that colour-blind viewers can read: perceptually uniform, from kept collections."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RAMPS: dict[str, str] = {
    "viridis": "bids:viridis",
    "cividis": "cividis",
    "batlow": "crameri:batlow",
    "lajolla": "crameri:lajolla",
    "davos": "crameri:davos",
    "bamako": "crameri:bamako",
    "vik": "crameri:vik",
    "roma": "crameri:roma",
    "berlin": "crameri:berlin",
}
"""Our names, and those of the ``cmap`` catalogue. The last three diverge about their middle.

Sources: viridis and cividis (van der Walt, Smith; Nuñez et al. 2018), the others F. Crameri,
"Scientific colour maps" (2018).
"""

DIVERGING = frozenset({"vik", "roma", "berlin"})


@lru_cache(maxsize=256)
def _ramp(name: str, count: int) -> NDArray[np.uint8]:
    from cmap import Colormap

    at = np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5])
    # The ends of most ramps are near black or white and vanish on a lit or dark scene; those of the
    # diverging ones are the darkest, and their middle stays where it is.
    cut = 0.14 if name in DIVERGING else 0.06
    at = cut + (1.0 - 2.0 * cut) * at
    colours = np.asarray(Colormap(RAMPS[name])(at))
    return np.asarray(np.round(colours * 255), dtype=np.uint8)


def ramp_rgba(name: str, count: int) -> NDArray[np.uint8]:
    """Return (count, 4) uint8 colours from low to high. Raises KeyError for an unknown ramp."""
    return _ramp(name, count).copy()


def rgba_of_hex(colour: str) -> NDArray[np.uint8]:
    """Return (4,) uint8 of ``#rrggbb``. Raises ValueError for anything else."""
    digits = colour.removeprefix("#")
    if len(digits) != 6:
        raise ValueError(f"not a colour of the form #rrggbb: {colour!r}")
    return np.array([*bytes.fromhex(digits), 255], dtype=np.uint8)


def hex_of_rgba(rgba: NDArray[np.uint8]) -> str:
    """Return ``#rrggbb`` of a (4,) or (3,) uint8 colour."""
    return "#" + bytes(int(c) for c in rgba[:3]).hex()
