"""The handout: a PDF with a page for each stop, its picture, text and figures with their sources.

Qt writes the texts as text, with the letters that are used embedded, shaped and ordered as the language wants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from ui.show.wording import right_to_left, told, worded
from ui.text import SEMIBOLD, font

DOTS_PER_MM = 300 / 25.4
INK, SOFT, LINE = "#17202a", "#5b6773", "#c4ccd3"
A4 = QPageSize.PageSizeId.A4
TOP, BOTTOM, COLUMN_X, SEEN_WIDE = 17.0, 192.0, 192.0, 172.0


@dataclass(frozen=True, kw_only=True)
class Handout:
    """What a handout is made of; pictures and charts are (h, w, 3) uint8 by stop id."""

    project: Project
    story: Story
    language: str
    pictures: Mapping[str, NDArray[np.uint8]]
    charts: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    folder: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Letters:
    """How a text is set; ``own_way``: from left to right also on a mirrored page."""

    mm: float
    ink: str = INK
    weight: int = 400
    own_way: bool = False


TITLE, BODY, RUNNING = (
    Letters(mm=7.4, weight=SEMIBOLD),
    Letters(mm=4.2),
    Letters(mm=3.2, ink=SOFT),
)
VALUE, LABEL, NAME = (
    Letters(mm=5.6, weight=SEMIBOLD),
    Letters(mm=3.7),
    Letters(mm=3.7, ink=SOFT, weight=SEMIBOLD),
)
SOURCE, NOTE = Letters(mm=2.7, ink=SOFT, own_way=True), Letters(mm=2.8, ink=SOFT)


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
        pages = Pages(handout, sheet, writer)
        for number, stop in enumerate(handout.story.stops, start=1):
            pages.begin(f"{number} / {len(handout.story.stops)}")
            _stop(pages, handout, stop)
    finally:
        painter.end()
    return pages.count


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
        self, words: str, at: tuple[float, float, float], letters: Letters, *, far: bool = False
    ) -> float:
        """Write a paragraph at x, y within a width, ``far``: along its far edge; return where it ends."""
        x, y, width = at
        layout, height = self._laid(words, width, letters, far=far)
        self.painter.setPen(QColor(letters.ink))
        layout.draw(self.painter, self.rect(x, y, width, 1.0).topLeft())
        return y + height

    def height(self, words: str, width: float, letters: Letters) -> float:
        """Return how high a paragraph is."""
        return self._laid(words, width, letters)[1]

    def lines(self, words: str, width: float, letters: Letters) -> list[str]:
        """Return the lines that a paragraph is broken into."""
        layout, _ = self._laid(words, width, letters)
        units = words.encode("utf-16-le")  # what Qt counts in
        rows = (layout.lineAt(number) for number in range(layout.lineCount()))
        spans = [(2 * row.textStart(), 2 * row.textLength()) for row in rows]
        return [units[begin : begin + size].decode("utf-16-le").strip() for begin, size in spans]

    def picture(self, pixels: NDArray[np.uint8], x: float, y: float, width: float) -> float:
        """Draw a picture at a width; return where it ends."""
        return self.image(image_of(pixels), x, y, width)

    def image(self, image: QImage, x: float, y: float, width: float) -> float:
        """Draw a picture at a width; return where it ends."""
        height = width * image.height() / max(image.width(), 1)
        self.painter.drawImage(self.rect(x, y, width, height), image)
        return y + height

    def rule(self, x: float, y: float, width: float) -> None:
        """Draw a thin line."""
        self.painter.fillRect(self.rect(x, y, width, 0.25), QColor(LINE))

    def _laid(
        self, words: str, width: float, letters: Letters, *, far: bool = False
    ) -> tuple[QTextLayout, float]:
        layout = QTextLayout(words, _face(letters.mm, letters.weight))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        turned = self.mirrored and not letters.own_way
        direction = Qt.LayoutDirection.RightToLeft if turned else Qt.LayoutDirection.LeftToRight
        option.setTextDirection(direction)
        right = self.mirrored != far
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
        layout.setTextOption(option)
        layout.beginLayout()
        down = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width * DOTS_PER_MM)
            line.setPosition(QPointF(0.0, down))
            # Arabic faces leave twice the room that a page of short lines needs.
            down += min(line.height() * 1.12, letters.mm * DOTS_PER_MM * 1.62)
        layout.endLayout()
        return layout, down / DOTS_PER_MM


class Pages:
    """The pages of a handout: what stands on each of them, and a fresh one where a stop needs more."""

    def __init__(self, handout: Handout, sheet: Sheet, writer: QPdfWriter) -> None:
        self._handout, self.sheet, self._writer = handout, sheet, writer
        self._place = ""
        self.count = 0

    def begin(self, place: str = "") -> None:
        """Begin a page; ``place`` says which stop it is of, empty: the same as before."""
        if self.count:
            self._writer.newPage()
        self.count += 1
        self._place = place or self._place
        story, language, sheet = self._handout.story, self._handout.language, self.sheet
        sheet.text(story.told(story.title, language), (14, 9, 200), RUNNING)
        # A count reads from left to right in every language.
        sheet.text(self._place, (253, 9, 30), replace(RUNNING, own_way=True), far=True)
        title = story.told(self._handout.project.title, language)
        sheet.rule(14, 197, 269)
        sheet.text(f"{title} · Belvedere", (14, 199, 269), NOTE)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A text in a row of a column, ``x`` mm from the column's edge."""

    words: str
    letters: Letters
    x: float = 0.0
    width: float = 91.0


class Column:
    """What is told of a stop, from top to bottom, and on a further page where one does not hold it."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._sheet = pages, pages.sheet
        self._x, self._y = COLUMN_X, TOP

    def paragraph(self, words: str, letters: Letters, gap: float) -> None:
        """Write a text; one that is too long goes on line by line."""
        high = self._sheet.height(words, 91.0, letters)
        if self._y + high <= BOTTOM:
            lines = [words]
        else:
            lines = self._sheet.lines(words, 91.0, letters)
        for line in lines:
            self.block([[Cell(words=line, letters=letters)]], gap=0.0)
        self._y += gap

    def block(
        self, rows: Sequence[Sequence[Cell]], *, ruled: bool = False, gap: float = 2.2
    ) -> None:
        """Write rows of texts side by side, all on one page; ``ruled``: under a line."""
        edge = 1.6 if ruled else 0.0
        if self._y + edge + sum(map(self._high, rows)) > BOTTOM:
            self._pages.begin()
            self._x, self._y = 14.0, TOP
        if ruled:
            self._sheet.rule(self._x, self._y, 91.0)
        self._y += edge
        for row in rows:
            for cell in row:
                at = (self._x + cell.x, self._y, cell.width)
                self._sheet.text(cell.words, at, cell.letters)
            self._y += self._high(row)
        self._y += gap

    def _high(self, row: Sequence[Cell]) -> float:
        return max(self._sheet.height(cell.words, cell.width, cell.letters) for cell in row)


def _stop(pages: Pages, handout: Handout, stop: Stop) -> None:
    words = told(stop, handout.story, handout.project, handout.language, handout.folder)
    _seen(pages.sheet, handout, stop, words)
    column = Column(pages)
    column.paragraph(words.title, TITLE, 2.0)
    column.paragraph(words.text, BODY, 4.0)
    if words.beside:
        _compared(column, words)
    else:
        for value, label, source in words.figures:
            column.block(
                [[_cell(value, VALUE)], [_cell(label, LABEL)], [_cell(source, SOURCE)]], ruled=True
            )


def _seen(sheet: Sheet, handout: Handout, stop: Stop, words: Told) -> None:
    """Draw what is seen of a stop: its picture, what must be said of it, and below its chart and its pictures."""
    bottom = TOP
    if stop.id in handout.pictures:
        bottom = sheet.picture(handout.pictures[stop.id], 14, TOP, SEEN_WIDE)
    said = [f"{some.title} · {some.notice}" for some in words.plates if some.notice]
    for line in said or [words.notice]:
        bottom = sheet.text(line, (14, bottom + 1.5, SEEN_WIDE), NOTE)
    x, bottom = 14.0, bottom + 4.0
    for image, caption in _beside(handout, stop):
        high = sheet.height(caption, 84.0, NOTE) if caption else 0.0
        wide = min(84.0, (BOTTOM - bottom - high) * image.width() / max(image.height(), 1))
        if wide < 25.0 or x + wide > 14.0 + SEEN_WIDE:
            continue
        below = sheet.image(image, x, bottom, wide)
        if caption:
            sheet.text(caption, (x, below + 0.5, 84.0), NOTE)
        x += (84.0 if caption else wide) + 4.0


def _beside(handout: Handout, stop: Stop) -> Iterator[tuple[QImage, str]]:
    """Yield the chart and the pictures of a stop, with what stands below them."""
    if stop.id in handout.charts:
        yield image_of(handout.charts[stop.id]), ""
    for picture in stop.pictures if handout.folder is not None else ():
        image = QImage(str(handout.folder / picture.path))
        caption = worded(picture.caption, handout.story, handout.language)
        if not image.isNull():
            yield image, " · ".join(filter(None, (caption, picture.source)))


def _cell(words: str, letters: Letters) -> Cell:
    return Cell(words=words, letters=letters)


def _compared(column: Column, words: Told) -> None:
    """Write the figures of two places as a table."""

    def pair(own: str, other: str, letters: Letters) -> list[Cell]:
        wide = 43.0
        return [
            Cell(words=text, letters=letters, x=x, width=wide)
            for text, x in ((own, 0.0), (other, 48.0))
        ]

    column.block([pair(words.plates[0].title, words.plates[1].title, NAME)])
    for own, other in zip(words.figures, words.beside, strict=False):
        rows = [pair(own[0], other[0], VALUE), pair(own[2], other[2], SOURCE)]
        column.block([[_cell(own[1], LABEL)], *rows], ruled=True)


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """Return (h, w, 3) uint8 as an image of Qt that owns its pixels."""
    rows = np.ascontiguousarray(pixels)
    high, wide = rows.shape[:2]
    return QImage(rows.data, wide, high, rows.strides[0], QImage.Format.Format_RGB888).copy()


def _face(mm: float, weight: int) -> QFont:
    # A pixel size in dots of the page: the same on every screen.
    return font(max(round(mm * DOTS_PER_MM), 1), weight)
