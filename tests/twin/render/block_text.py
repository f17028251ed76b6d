"""A text engine for tests: every letter is a solid block half as wide as high."""

from __future__ import annotations

import numpy as np

from twin.render.text import Colour, TextImage


class BlockText:
    """Remembers what it was asked to write."""

    def __init__(self) -> None:
        self.written: list[str] = []

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
        self.written.append(text)
        width, height = max(1, len(text) * font_px // 2), font_px
        picture = np.empty((height, width, 4), np.uint8)
        picture[:] = np.round(np.array(rgba) * 255)
        return TextImage(rgba=picture, width=width, height=height, baseline=height - 2)
