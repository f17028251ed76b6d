"""The poster: all stops of a story on one A1 sheet."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from twin.errors import BelvedereError
from twin.show.card import Told
from ui.show.handout import SOFT, Handout, Sheet
from ui.show.wording import right_to_left, told
from ui.text import SEMIBOLD

WIDTH_MM, HEIGHT_MM, EDGE_MM, GAP_MM = 841.0, 594.0, 24.0, 14.0


def write_poster(handout: Handout, path: Path) -> None:
    """Write the PDF. Raises BelvedereError where it cannot be written."""
    writer = QPdfWriter(str(path))
    writer.setTitle(handout.story.told(handout.story.title, handout.language))
    writer.setCreator("Belvedere")
    writer.setResolution(300)
    size = QPageSize(QPageSize.PageSizeId.A1)
    writer.setPageLayout(
        QPageLayout(size, QPageLayout.Orientation.Landscape, QMarginsF(0, 0, 0, 0))
    )
    painter = QPainter()
    if not painter.begin(writer):
        raise BelvedereError("export.cannot_write", str(path), reason="PDF")
    try:
        sheet = Sheet(painter, mirrored=right_to_left(handout.language), width_mm=WIDTH_MM)
        _fill(sheet, handout)
    finally:
        painter.end()


def _fill(sheet: Sheet, handout: Handout) -> None:
    story, language = handout.story, handout.language
    title = story.told(story.title, language)
    y = sheet.text(title, (EDGE_MM, 22, WIDTH_MM - 2 * EDGE_MM), mm=24, weight=SEMIBOLD)
    summary = story.told(story.summary, language)
    top = sheet.text(summary, (EDGE_MM, y + 3, WIDTH_MM - 2 * EDGE_MM), mm=9, ink=SOFT) + 12
    columns = math.ceil(math.sqrt(len(story.stops) * 1.2)) or 1
    rows = math.ceil(len(story.stops) / columns)
    width = (WIDTH_MM - 2 * EDGE_MM - (columns - 1) * GAP_MM) / columns
    height = (HEIGHT_MM - top - 26) / max(rows, 1)
    for number, stop in enumerate(story.stops):
        x = EDGE_MM + (number % columns) * (width + GAP_MM)
        y = top + (number // columns) * height
        words = told(stop, story, handout.project, language)
        if stop.id in handout.pictures:
            high, wide = handout.pictures[stop.id].shape[:2]
            shown = min(width, (height * 0.62) * wide / high)
            y = sheet.picture(handout.pictures[stop.id], x, y, shown) + 3
        y = sheet.text(words.title, (x, y, width), mm=8.5, weight=SEMIBOLD) + 1
        y = sheet.text(words.text, (x, y, width), mm=4.8) + 2
        line = " · ".join(_figures(words))
        if line:
            sheet.text(line, (x, y, width), mm=4.4, ink=SOFT)
    notice = told(story.stops[0], story, handout.project, language).notice if story.stops else ""
    sheet.text(f"{notice} · Belvedere", (EDGE_MM, HEIGHT_MM - 14, 700), mm=5, ink=SOFT)


def _figures(words: Told) -> list[str]:
    if not words.beside:
        return [f"{value} {label}" for value, label, _ in words.figures]
    # The same figure of two places, in the order in which they are named.
    pairs = zip(words.figures, words.beside, strict=False)
    names = " / ".join(some.title for some in words.plates)
    return [names, *(f"{own[1]}: {own[0]} / {other[0]}" for own, other in pairs)]
