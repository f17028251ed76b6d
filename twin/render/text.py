"""What the engine asks of whoever draws texts: pictures of words, shaped in any script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False, kw_only=True)
class TextImage:
    """A text as a picture.

    Parameters
    ----------
    rgba : (height, width, 4) uint8
        Top row first, straight alpha.
    baseline : int
        Pixels from the top to the line that letters stand on.
    """

    rgba: NDArray[np.uint8]
    width: int
    height: int
    baseline: int


class TextEngine(Protocol):
    """Draws texts."""

    def render(
        self,
        text: str,
        *,
        font_px: int,
        bold: bool,
        rgba: Colour,
        halo_rgba: Colour | None,
        locale: str,
    ) -> TextImage:
        """Return the picture of a text; the halo is a soft outline that keeps it legible."""
