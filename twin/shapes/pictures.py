"""Pictures on the ground as pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PAPER = 214.0


def faded(pixels: NDArray[np.uint8], strength: float) -> NDArray[np.uint8]:
    """Return (h, w, 3 or 4) pixels, faded towards paper where ``strength`` is less than 1."""
    if strength >= 1.0:
        return np.ascontiguousarray(pixels, np.uint8)
    found = pixels.astype(np.float32)
    found[..., :3] = found[..., :3] * strength + PAPER * (1 - strength)
    return np.rint(found).astype(np.uint8)
