"""What stands beside a picture on a page: legend, north arrow, scale bar, paragraphs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from twin.export.canvas import INK, PT_MM, Box, Canvas
from twin.render.overlay import Key

NICE = (1.0, 2.0, 5.0, 10.0)
SOFT = "#4d545e"
NEEDLE, NEEDLE_BACK = "#c73830", "#737a84"
LEADING = 1.35


def paragraph(
    canvas: Canvas,
    box: Box,
    text: str,
    *,
    size_pt: float,
    bold: bool = False,
    colour: str = INK,
    align: str = "left",
) -> None:
    """Write a text into a box, its lines broken between words; what does not fit is left out."""
    left, top, width, height = box
    leading = size_pt * PT_MM * LEADING
    x = {"right": left + width, "centre": left + width / 2}.get(align, left)
    y = top + size_pt * PT_MM * 0.95
    for line in broken(canvas, text, width, size_pt, bold=bold):
        if y > top + height + leading * 0.3:
            break
        canvas.words(line, x, y, size_pt=size_pt, bold=bold, colour=colour, align=align)
        y += leading


def broken(
    canvas: Canvas, text: str, width_mm: float, size_pt: float, *, bold: bool = False
) -> list[str]:
    """Return the lines of a text in a column."""
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for word in part.split(" "):
            longer = f"{line} {word}" if line else word
            if line and canvas.width_mm(longer, size_pt, bold=bold) > width_mm:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def shortened(canvas: Canvas, text: str, width_mm: float, size_pt: float) -> str:
    """Return a text that fits into one line, ending in … where it does not."""
    if canvas.width_mm(text, size_pt) <= width_mm:
        return text
    while len(text) > 1 and canvas.width_mm(text + "…", size_pt) > width_mm:
        text = text[:-1]
    return text.rstrip() + "…"


def legend(canvas: Canvas, box: Box, keys: Sequence[Key], *, size_pt: float = 8.0) -> None:
    """Draw the legends of some layers, as many as fit; what is left out is said."""
    left, top, width, height = box
    step = size_pt * PT_MM * 1.6
    y = top
    for number, key in enumerate(keys):
        needed = step * (1 + bool(key.what) + len(key.swatches))
        if y + min(needed, step * 4) > top + height:
            canvas.words(
                f"+ {len(keys) - number}", left, y + step * 0.7, size_pt=size_pt, colour=SOFT
            )
            return
        y += step
        title = shortened(canvas, key.title, width, size_pt)
        canvas.words(title, left, y - step * 0.3, size_pt=size_pt, bold=True)
        if key.what:
            y += step
            what = shortened(canvas, key.what, width, size_pt * 0.9)
            canvas.words(what, left, y - step * 0.35, size_pt=size_pt * 0.9, colour=SOFT)
        for swatch in key.swatches:
            if y + step > top + height:
                break
            y += step
            _swatch(canvas, left, y - step * 0.75, step * 0.62, swatch.colour)
            words = shortened(canvas, swatch.words, width - step * 1.6, size_pt)
            canvas.words(words, left + step * 1.5, y - step * 0.3, size_pt=size_pt)
        y += step * 0.4


def _swatch(canvas: Canvas, left: float, top: float, side: float, colour: str) -> None:
    canvas.area(
        [
            (left, top),
            (left + side * 1.6, top),
            (left + side * 1.6, top + side),
            (left, top + side),
        ],
        colour[:7],
    )


def north(canvas: Canvas, box: Box, heading_deg: float) -> None:
    """Draw a needle that points north in a picture whose top is the direction of view."""
    left, top, width, height = box
    x, y, reach = left + width / 2, top + height / 2, min(width, height) / 2
    turn = math.radians(-heading_deg)

    def at(angle: float, share: float) -> tuple[float, float]:
        return (
            x + reach * share * math.sin(turn + angle),
            y - reach * share * math.cos(turn + angle),
        )

    tip, tail = at(0.0, 0.78), at(math.pi, 0.62)
    right, left_side = at(math.pi / 2, 0.2), at(-math.pi / 2, 0.2)
    canvas.area([tip, right, left_side], NEEDLE)
    canvas.area([tail, right, left_side], NEEDLE_BACK)
    letter = at(0.0, 0.97)
    canvas.words("N", letter[0], letter[1] + 1.2, size_pt=8.0, bold=True, align="centre")


def scale_bar(canvas: Canvas, box: Box, metres_per_mm: float, lang: str) -> None:
    """Draw a bar of a round length, and say the scale."""
    left, top, width, height = box
    longest = width * 0.7 * metres_per_mm
    if not longest > 0 or not math.isfinite(longest):
        return
    power = 10.0 ** math.floor(math.log10(longest))
    length = max(n * power for n in NICE if n * power <= longest)
    half, y = length / metres_per_mm / 2, top + height * 0.55
    thick = min(1.6, height * 0.2)
    for start, colour in ((left, INK), (left + half, "#ffffff")):
        corners = [(start, y), (start + half, y), (start + half, y + thick), (start, y + thick)]
        canvas.area(corners, colour)
        canvas.line([*corners, corners[0]], INK, 0.4)
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    words = words.replace(".", ",") if lang == "fr" else words
    canvas.words("0", left, y - 0.8, size_pt=7.0)
    canvas.words(words, left + 2 * half, y - 0.8, size_pt=7.0, align="centre")
    ratio = round(metres_per_mm * 1000, -1 if metres_per_mm < 1 else -2)
    said = f"1:{ratio:,.0f}".replace(",", "\u202f" if lang == "fr" else ",")
    canvas.words(said, left, y + thick + 3.0, size_pt=7.0, colour=SOFT)
