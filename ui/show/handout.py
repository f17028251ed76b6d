"""The handout: a PDF with a page for each stop, its picture, text and figures with their sources.

Qt writes the texts as text, with the letters that are used embedded, shaped and ordered as the language wants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextLayout,
    QTextOption,
)

from twin.errors import BelvedereError
from twin.model.project import Project
from twin.model.story import Stop, Story
from twin.show.card import Told
from ui.show.wording import right_to_left, told
from ui.text import SEMIBOLD, font

DOTS_PER_MM = 300 / 25.4
INK, SOFT, LINE = QColor("#17202a"), QColor("#5b6773"), QColor("#c4ccd3")
A4 = QPageSize.PageSizeId.A4


@dataclass(frozen=True, kw_only=True)
class Handout:
    """What a handout is made of; pictures are (h, w, 3) uint8 by stop id."""

    project: Project
    story: Story
    language: str
    pictures: Mapping[str, NDArray[np.uint8]]
    folder: Path | None = None


def write_handout(handout: Handout, path: Path) -> int:
    """Write the PDF; return its number of pages. Raises BelvedereError where it cannot be written."""
    writer = QPdfWriter(str(path))
    writer.setTitle(handout.story.told(handout.story.title, handout.language))
    writer.setCreator("Belvedere")
    writer.setResolution(300)
    writer.setPageLayout(
        QPageLayout(QPageSize(A4), QPageLayout.Orientation.Landscape, QMarginsF(0, 0, 0, 0))
    )
    painter = QPainter()
    if not painter.begin(writer):
        raise BelvedereError("export.cannot_write", str(path), reason="PDF")
    try:
        sheet = Sheet(painter, mirrored=right_to_left(handout.language))
        for number, stop in enumerate(handout.story.stops, start=1):
            if number > 1:
                writer.newPage()
            _stop(sheet, handout, stop, number)
    finally:
        painter.end()
    return len(handout.story.stops)


class Sheet:
    """A page in millimetres, mirrored for languages that run from right to left."""

    def __init__(self, painter: QPainter, *, mirrored: bool, width_mm: float = 297.0) -> None:
        self.painter, self.mirrored, self.width = painter, mirrored, width_mm

    def rect(self, x: float, y: float, width: float, height: float) -> QRectF:
        """Return a rectangle in dots of the page."""
        left = self.width - x - width if self.mirrored else x
        k = DOTS_PER_MM
        return QRectF(left * k, y * k, width * k, height * k)

    def text(
        self, words: str, at: tuple[float, float, float], *, mm: float, ink: QColor = INK,
        weight: int = 400, own_way: bool = False,
    ) -> float:  # fmt: skip
        """Write a paragraph at x, y within a width, letters ``mm`` high; return where it ends."""
        x, y, width = at
        layout = QTextLayout(words, _face(mm, weight))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        mirrored = self.mirrored
        direction = Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight
        option.setTextDirection(Qt.LayoutDirection.LeftToRight if own_way else direction)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
        layout.setTextOption(option)
        box = self.rect(x, y, width, 1.0)
        layout.beginLayout()
        down = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(box.width())
            line.setPosition(QPointF(0.0, down))
            down += line.height() * 1.12
        layout.endLayout()
        self.painter.setPen(ink)
        layout.draw(self.painter, box.topLeft())
        return y + down / DOTS_PER_MM

    def picture(self, pixels: NDArray[np.uint8], x: float, y: float, width: float) -> float:
        """Draw a picture at a width; return where it ends."""
        rows = np.ascontiguousarray(pixels)
        high, wide = rows.shape[:2]
        image = QImage(rows.data, wide, high, rows.strides[0], QImage.Format.Format_RGB888)
        height = width * high / wide
        self.painter.drawImage(self.rect(x, y, width, height), image)
        return y + height


def _stop(sheet: Sheet, handout: Handout, stop: Stop, number: int) -> None:
    story, language = handout.story, handout.language
    words = told(stop, story, handout.project, language, handout.folder)
    sheet.text(story.told(story.title, language), (14, 9, 200), mm=3.2, ink=SOFT)
    sheet.text(f"{number} / {len(story.stops)}", (263, 9, 20), mm=3.2, ink=SOFT, own_way=True)
    bottom = 22.0
    if stop.id in handout.pictures:
        bottom = sheet.picture(handout.pictures[stop.id], 14, 18, 172)
    y = sheet.text(words.title, (192, 17, 92), mm=7.4, weight=SEMIBOLD) + 2.0
    y = sheet.text(words.text, (192, y, 92), mm=4.2) + 4.0
    if words.beside:
        _compared(sheet, words, y)
    else:
        _figures(sheet, words.figures, y)
    for path in words.pictures[:1]:
        shown = QImage(path)
        if not shown.isNull() and bottom < 150:
            wide = min(80.0, 50.0 * shown.width() / max(shown.height(), 1))
            high = wide * shown.height() / max(shown.width(), 1)
            sheet.painter.drawImage(sheet.rect(14, bottom + 9, wide, high), shown)
    said = [f"{some.title} · {some.notice}" for some in words.plates if some.notice]
    for line in said or [words.notice]:
        bottom = sheet.text(line, (14, bottom + 3, 172), mm=2.8, ink=SOFT) - 2
    _footer(sheet, handout)


def _figures(sheet: Sheet, figures: Sequence[tuple[str, str, str]], y: float) -> None:
    for value, label, source in figures:
        if y > 182:
            return
        sheet.painter.fillRect(sheet.rect(192, y, 91, 0.25), LINE)
        y = sheet.text(value, (192, y + 1.6, 92), mm=5.6, weight=SEMIBOLD)
        y = sheet.text(label, (192, y, 92), mm=3.7)
        if source:
            y = sheet.text(source, (192, y, 92), mm=2.7, ink=SOFT, own_way=True)
        y += 2.2


def _compared(sheet: Sheet, words: Told, y: float) -> None:
    """Write the figures of two places as a table."""

    def pair(texts: Sequence[str], y: float, **how: object) -> float:
        return max(
            sheet.text(text, (x, y, 44), **how)  # type: ignore[arg-type]
            for text, x in zip(texts, (192.0, 240.0), strict=True)
        )

    y = pair([some.title for some in words.plates], y, mm=3.7, ink=SOFT, weight=SEMIBOLD) + 2.0
    for own, other in zip(words.figures, words.beside, strict=False):
        if y > 182:
            return
        sheet.painter.fillRect(sheet.rect(192, y, 91, 0.25), LINE)
        y = sheet.text(own[1], (192, y + 1.6, 92), mm=3.7)
        y = pair((own[0], other[0]), y, mm=5.6, weight=SEMIBOLD)
        y = pair((own[2], other[2]), y, mm=2.7, ink=SOFT, own_way=True) + 2.2


def _footer(sheet: Sheet, handout: Handout) -> None:
    title = handout.story.told(handout.project.title, handout.language)
    sheet.painter.fillRect(sheet.rect(14, 197, 269, 0.25), LINE)
    sheet.text(f"{title} · Belvedere", (14, 199, 269), mm=2.8, ink=SOFT)


def _face(mm: float, weight: int) -> QFont:
    # A pixel size in dots of the page: the same on every screen.
    return font(max(round(mm * DOTS_PER_MM), 1), weight)
