"""The poster: all stops of a story on one A1 sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from twin.errors import BelvedereError
from twin.show.card import Told
from ui.show.handout import SOFT, Handout, Letters, Sheet
from ui.show.wording import right_to_left, told
from ui.text import SEMIBOLD

TITLE, TEXT, FIGURES = (
    Letters(mm=9.5, weight=SEMIBOLD),
    Letters(mm=6.2),
    Letters(mm=5.2, ink=SOFT),
)
Texts = Sequence[tuple[str, Letters]]
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
    y = sheet.text(title, (EDGE_MM, 22, WIDTH_MM - 2 * EDGE_MM), Letters(mm=24, weight=SEMIBOLD))
    summary = story.told(story.summary, language)
    top = (
        sheet.text(summary, (EDGE_MM, y + 3, WIDTH_MM - 2 * EDGE_MM), Letters(mm=9, ink=SOFT)) + 12
    )
    told_of = [told(stop, story, handout.project, language) for stop in story.stops]
    _grid(sheet, handout, [_texts(words, sheet) for words in told_of], top)
    notice = told_of[0].notice if told_of else ""
    sheet.text(f"{notice} · Belvedere", (EDGE_MM, HEIGHT_MM - 14, 700), Letters(mm=5, ink=SOFT))


def _grid(sheet: Sheet, handout: Handout, texts: Sequence[Texts], top: float) -> None:
    """Draw all stops: pictures of one height, which leave room for the longest text."""
    stops = handout.story.stops
    columns = math.ceil(math.sqrt(len(stops) * 1.2)) or 1
    rows = max(math.ceil(len(stops) / columns), 1)
    width = (WIDTH_MM - 2 * EDGE_MM - (columns - 1) * GAP_MM) / columns
    height = (HEIGHT_MM - top - 26) / rows
    longest = max(
        (sum(sheet.height(words, width, how) + 1.5 for words, how in told) for told in texts),
        default=0.0,
    )
    room = max(height - longest - 9.0, 0.25 * height)
    for number, stop in enumerate(stops):
        x = EDGE_MM + (number % columns) * (width + GAP_MM)
        y = top + (number // columns) * height
        if stop.id in handout.pictures:
            high, wide = handout.pictures[stop.id].shape[:2]
            y = sheet.picture(handout.pictures[stop.id], x, y, min(width, room * wide / high)) + 3
        for words, how in texts[number]:
            y = sheet.text(words, (x, y, width), how) + 1.5


def _texts(words: Told, sheet: Sheet) -> Texts:
    """Return what stands below the picture of a stop."""
    figures = " · ".join(_figures(words, mirrored=sheet.mirrored))
    texts = ((words.title, TITLE), (words.text, TEXT), (figures, FIGURES))
    return [(text, how) for text, how in texts if text]


def _figures(words: Told, *, mirrored: bool) -> list[str]:
    def sourced(text: str, *sources: str) -> str:
        said = " / ".join(filter(None, sources))
        # Sources are names of sites: read from left to right within any text.
        return (
            f"{text} (\u2066{said}\u2069)"
            if said and mirrored
            else f"{text} ({said})"
            if said
            else text
        )

    if not words.beside:
        return [sourced(f"{value} {label}", source) for value, label, source in words.figures]
    # The same figure of two places, in the order in which they are named.
    names = " / ".join(some.title for some in words.plates)
    pairs = zip(words.figures, words.beside, strict=False)
    rows = [sourced(f"{a[1]}: {a[0]} / {b[0]}", a[2], b[2]) for a, b in pairs]
    return [names, *rows]
